//! What a configuration promises of its quorums, and what may take it from a run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::dynamo::config::modes::Tombstones;
use crate::dynamo::config::{Flush, Quorum, Versioning};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::request::Counted;
use crate::id::{Key, OperationId};
use crate::trace::layout::Layout;
use crate::trace::record::Record;
use crate::workload::words::ClientFact;

/// Writes of which it is remembered whether a version was made of them.
const MOST: usize = 8_192;

/// Do versions tell exactly what supersedes what, and is that never forgotten?
pub fn is_exact(layout: &Layout) -> bool {
    layout.cluster.versioning == Versioning::Dotted && drops_only_seen(layout)
}

/// Does nothing go but what is superseded? It may stay all the same.
pub fn drops_only_seen(layout: &Layout) -> bool {
    let cluster = &layout.cluster;
    let kept = cluster.tombstones == Tombstones::Keep && cluster.clock_truncation.is_none();
    match cluster.versioning {
        Versioning::Dotted | Versioning::Vectors => kept,
        Versioning::Literal | Versioning::LastWriteWins => false,
    }
}

/// Is what was acknowledged on the disk?
pub fn is_durable(layout: &Layout) -> bool {
    layout.cluster.flush == Flush::Always
}

/// Does one node at least take part both in any successful put and in any later successful get?
pub fn quorums_meet(layout: &Layout) -> bool {
    let cluster = &layout.cluster;
    let strict = cluster.quorum == Quorum::Strict || cluster.hinted_handoff.on().is_none();
    let homes = cluster.conditions.pr + cluster.conditions.pw;
    strict && cluster.r + cluster.w > cluster.n || homes > cluster.n
}

/// The request that a coordinator has just found to have enough answers.
pub fn counted<'a>(record: &Record<'a>) -> Option<&'a Counted> {
    match record.of_store() {
        Some(Fact::Counted(counted)) => Some(counted),
        _other => None,
    }
}

/// Whether anything has taken what disks held, or has moved it to others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Losses {
    pub lost: bool,
    pub moved: bool,
}

impl Losses {
    /// Something happened.
    pub fn see(&mut self, record: &Record<'_>) {
        match record {
            Record::Node { fact: Fact::Lost { .. } | Fact::HintLost { .. }, .. } => {
                self.lost = true
            }
            // Its window may be over the moment it is kept, by a clock that is wrong.
            Record::Node { fact: Fact::HintDropped { .. }, .. } => self.lost = true,
            Record::Node { fact: Fact::Damaged { .. }, .. } => self.lost = true,
            Record::Rehomed { .. } => self.moved = true,
            _other => {}
        }
    }

    /// Nothing has.
    pub fn are_none(self) -> bool {
        !self.lost && !self.moved
    }
}

/// Keys of which one write was made into two versions, be it since its client tried again. Clocks
/// know no better than that these are two.
#[derive(Debug, Default)]
pub struct Doubled {
    keys: BTreeSet<Key>,
    /// By write: its key, and whether it has been made into a version.
    writes: BTreeMap<OperationId, (Key, bool)>,
    /// The oldest first.
    order: VecDeque<OperationId>,
}

impl Doubled {
    /// Something happened.
    pub fn see(&mut self, record: &Record<'_>) {
        match record {
            Record::Client { fact: ClientFact::Invoked(invocation), .. }
                if invocation.ghost.is_some() =>
            {
                if self.order.len() == MOST {
                    let oldest = self.order.pop_front();
                    oldest.and_then(|write| self.writes.remove(&write));
                }
                self.order.push_back(invocation.operation);
                self.writes.insert(invocation.operation, (invocation.key, false));
            }
            Record::Node { fact: Fact::Made { attempt, .. }, .. } => {
                let Some((key, made)) = self.writes.get_mut(&attempt.operation) else { return };
                if std::mem::replace(made, true) {
                    self.keys.insert(*key);
                }
            }
            _other => {}
        }
    }

    /// Is this one of them?
    pub fn contains(&self, key: Key) -> bool {
        self.keys.contains(&key)
    }
}
