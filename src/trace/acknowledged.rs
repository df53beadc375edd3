//! What a run promised to keep: the writes that were committed, and whether they are still there.

use crate::dynamo::fact::Fact;
use crate::ghost::Past;
use crate::id::{EventId, Key};
use crate::trace::record::Account;

/// The committed writes of a run, by key. A few intervals for each key, however long the run.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    keys: Vec<Past>,
}

impl Acknowledged {
    /// Nothing is committed on any of these keys.
    pub fn new(keys: u32) -> Acknowledged {
        Acknowledged { keys: vec![Past::default(); keys as usize] }
    }

    /// A node told something.
    pub fn fact(&mut self, fact: &Fact) {
        if let Fact::Committed { key, ghost, .. } = fact {
            self.keys[key.index()].insert(ghost.event().number);
        }
    }

    /// How many writes were committed.
    pub fn count(&self) -> u64 {
        self.keys.iter().map(Past::count).sum()
    }

    /// Those whose event is in the history of no copy and no hint, by key and number.
    pub fn lost(&self, account: &Account) -> Vec<EventId> {
        let covered = covered(self.keys.len(), account);
        let mut lost = Vec::new();
        for (place, (committed, covered)) in self.keys.iter().zip(&covered).enumerate() {
            if committed.count_missing_from(covered) > 0 {
                let missing = committed.iter().filter(|number| !covered.contains(*number));
                let key = Key(place as u32);
                lost.extend(missing.map(|number| EventId { key, number }));
            }
        }
        lost
    }
}

/// By key, all that any copy or hint knows.
fn covered(keys: usize, account: &Account) -> Vec<Past> {
    let mut covered = vec![Past::default(); keys];
    for node in &account.nodes {
        let copies = node.copies.iter().map(|(key, set)| (*key, set));
        for (key, set) in copies.chain(node.hints.iter().map(|hint| (hint.key, &hint.set))) {
            covered[key.index()].join(&set.history());
        }
    }
    covered
}
