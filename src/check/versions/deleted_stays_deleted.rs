//! Verifies (D11): after a delete was acknowledged, nothing that it had seen is shown by a read
//! that began later and must see it, nor by any home in the end.
//!
//! Does not verify when tombstones go (D12). A read must see a delete where quorums are strict and
//! R + W > N; other reads may be stale, and are not looked at. Knobs and troubles that legitimately
//! break it, and make it an anomaly: `tombstones` that are dropped, since what was away for longer
//! comes back; `versioning` `literal` and `last_write_wins`, `clock_truncation`; retries that are
//! not recognised; disks that lost a copy of the key; and homes that nothing brings up to date.
//! Examines each read that must see deletes of its key, and each home's copy of each deleted key.

use std::collections::BTreeMap;

use crate::check::convergence::{is_end_of_hints, is_promised};
use crate::check::holdings::{Holdings, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::fact::Fact;
use crate::dynamo::versioning::version::{Content, VersionSet};
use crate::ghost::{Ghost, Past};
use crate::id::{EventId, Key, NodeId, OperationId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Function, OperationResult};

/// The judge.
#[derive(Debug)]
pub struct DeletedStaysDeleted {
    exactness: Exactness,
    /// By key that was ever deleted, what the acknowledged deletes had seen.
    deleted: BTreeMap<Key, Past>,
    /// Reads under way, and what was deleted of their keys when they began.
    reads: BTreeMap<OperationId, Past>,
    /// By key, writes that were made twice or that a disk has lost.
    excused: BTreeMap<Key, Past>,
    lacks_hints: bool,
    examined: u64,
    findings: Weighed,
}

impl DeletedStaysDeleted {
    /// Nothing is deleted yet.
    pub fn new(layout: &Layout) -> DeletedStaysDeleted {
        DeletedStaysDeleted {
            exactness: Exactness::of(layout),
            deleted: BTreeMap::new(),
            reads: BTreeMap::new(),
            excused: BTreeMap::new(),
            lacks_hints: false,
            examined: 0,
            findings: Weighed::default(),
        }
    }

    fn on_committed(&mut self, key: Key, ghost: &Ghost, set: &VersionSet) {
        let own = set.versions().iter().find(|v| v.ghost.event() == ghost.event());
        if own.is_some_and(|version| version.value.content == Content::Tombstone) {
            self.deleted.entry(key).or_default().join(ghost.past());
        }
    }

    fn on_client(&mut self, time: Time, fact: &ClientFact, holdings: &Holdings) {
        match fact {
            ClientFact::Invoked(begun) if begun.function == Function::Get => {
                let deleted = self.deleted.get(&begun.key);
                if let Some(past) = deleted.filter(|_| self.exactness.reads_see_writes) {
                    self.reads.insert(begun.operation, past.clone());
                }
            }
            ClientFact::Ended(ending) => {
                let Some(past) = self.reads.remove(&ending.operation) else { return };
                if let OperationResult::Ok { set: Some(set), .. } = &ending.result {
                    self.examined += 1;
                    let excused = holdings.has_disk_lost(ending.key);
                    for event in shown(set, &past) {
                        let allowed =
                            excused || !self.exactness.is_exact() || holdings.is_made_again(event);
                        let story = format!(
                            "{} returned {event}, which had been deleted",
                            ending.operation
                        );
                        self.find(allowed, Some(time), (event, "a read shows it"), story, None);
                    }
                }
            }
            _other => {}
        }
    }

    fn find(
        &mut self,
        allowed: bool,
        time: Option<Time>,
        (event, mechanism): (EventId, &'static str),
        story: String,
        node: Option<NodeId>,
    ) {
        let nodes = node.into_iter().collect();
        let (key, event) = (Some(event.key), Some(event));
        self.findings.add(allowed, || Finding { time, key, nodes, event, mechanism, story });
    }

    fn look_at_end(&mut self, layout: &Layout, account: &Account) {
        let promised = is_promised(layout, self.lacks_hints, account.now) && account.quiescent;
        let excused = !promised || !self.exactness.is_exact();
        let allowed = excused || !layout.cluster.tombstones.are_kept();
        for (place, node) in (0_u32..).zip(&account.nodes) {
            for (key, set) in &node.copies {
                let Some(deleted) = self.deleted.get(key).cloned() else { continue };
                self.examined += 1;
                for event in shown(set, &deleted) {
                    let excused = self.excused.get(key);
                    let allowed = allowed || excused.is_some_and(|e| e.contains(event.number));
                    let node = NodeId(place);
                    let story = format!("{event} was deleted, and {node} shows it in the end");
                    let what = (event, "a home shows it in the end");
                    self.find(allowed, None, what, story, Some(node));
                }
            }
        }
    }
}

/// What a set shows of these events.
fn shown<'a>(set: &'a VersionSet, past: &'a Past) -> impl Iterator<Item = EventId> + 'a {
    let events = set.visible().map(|version| version.ghost.event());
    events.filter(|event| past.contains(event.number))
}

impl Judge for DeletedStaysDeleted {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        match record.of_store() {
            Some(Fact::Committed { key, ghost, set }) => {
                return self.on_committed(*key, ghost, set);
            }
            Some(Fact::Made { making, .. }) => {
                let event = making.ghost.event();
                if holdings.is_made_again(event) {
                    self.excused.entry(event.key).or_default().insert(event.number);
                }
            }
            _other => {}
        }
        if let Some(step) = holdings.step().filter(|step| step.why == Why::Lost) {
            // A delete may have gone with what was lost: all that it had seen may come back.
            let before =
                step.before.as_ref().map_or_else(Past::default, |set| set.history().into_owned());
            self.excused.entry(step.key).or_default().join(&before);
        }
        self.lacks_hints |= is_end_of_hints(record);
        if let Record::Client { fact, .. } = record {
            self.on_client(time, fact, holdings);
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        self.look_at_end(layout, account);
        Some(self.findings.verdict("deleted_stays_deleted", self.examined))
    }
}
