//! What a run promised to keep: the writes that were committed, and whether they are still there.

use std::collections::{BTreeMap, BTreeSet};

use crate::dynamo::fact::Fact;
use crate::dynamo::versioning::version::Content;
use crate::ghost::Past;
use crate::id::{EventId, Key};
use crate::trace::record::Account;

/// The committed writes of a run, by key. A few intervals for each key, however long the run.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    keys: Vec<Past>,
    /// By key that was ever deleted, what the committed deletes knew.
    deleted: BTreeMap<Key, Past>,
    /// By key of which a tombstone was dropped, what that knew.
    reaped: BTreeMap<Key, Past>,
}

impl Acknowledged {
    /// Nothing is committed on any of these keys.
    pub fn new(keys: u32) -> Acknowledged {
        let keys = vec![Past::default(); keys as usize];
        Acknowledged { keys, deleted: BTreeMap::new(), reaped: BTreeMap::new() }
    }

    /// A node told something.
    pub fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Committed { key, ghost, set } => {
                self.keys[key.index()].insert(ghost.event().number);
                let own = set.versions().iter().find(|v| v.ghost.event() == ghost.event());
                if own.is_some_and(|version| version.value.content == Content::Tombstone) {
                    self.deleted.entry(*key).or_default().join(ghost.past());
                }
            }
            Fact::Reaped { change } => {
                let before = change.before.iter().map(|set| set.history());
                before.for_each(|past| self.reaped.entry(change.key).or_default().join(&past));
            }
            _other => {}
        }
    }

    /// How many writes were committed.
    pub fn count(&self) -> u64 {
        self.keys.iter().map(Past::count).sum()
    }

    /// Those whose event is in the history of no copy and no hint, by key and number.
    pub fn lost(&self, account: &Account) -> Vec<EventId> {
        let mut covered = covered(self.keys.len(), account);
        // What was dropped on purpose is not lost.
        self.reaped.iter().for_each(|(key, past)| covered[key.index()].join(past));
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

impl Acknowledged {
    /// Versions that a node shows at the end though a committed delete had seen them, by key and
    /// number.
    pub fn resurrected(&self, account: &Account) -> Vec<EventId> {
        let mut back = BTreeSet::new();
        for (key, set) in account.nodes.iter().flat_map(|node| &node.copies) {
            let Some(deleted) = self.deleted.get(key) else { continue };
            let events = set.visible().map(|version| version.ghost.event());
            back.extend(events.filter(|event| deleted.contains(event.number)));
        }
        back.into_iter().collect()
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
