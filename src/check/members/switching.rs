//! When ranges change hands, by the changes that nodes announce: what the judges of transfers need.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::check::holdings::Holdings;
use crate::check::members::chronicle::{Chronicle, Turn};
use crate::check::verdict::Outcome;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::history::{History, Status};
use crate::faults::spec::DiskAfterCrash;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::record::Record;

/// Follows what makes homes change.
#[derive(Debug, Default)]
pub struct Switching {
    chronicle: Chronicle,
    last: Option<Switch>,
    /// The last time at which somebody was removed or replaced, by order or without, or went off
    /// the ring to come in again.
    removed: Option<Time>,
    /// Joins and leaves that are past stepping back, since when, and whether the node knew then of
    /// the last change before.
    bound: BTreeMap<NodeId, (Time, bool)>,
    /// When one last ended.
    ended: Option<Time>,
    /// All that was announced, by whomever.
    announced: Option<Rc<History>>,
    /// When a disk last lost or changed anything, by node.
    harmed: BTreeMap<NodeId, Time>,
    /// Who has said that all has arrived that it gives, in the change under way.
    given: BTreeSet<NodeId>,
    /// What has come to them since.
    late: BTreeSet<(NodeId, Key)>,
    /// Is that change over?
    over: bool,
    /// Keys of which a tombstone was dropped.
    reaped: BTreeSet<Key>,
    /// Who was on the ring when the run began.
    founders: BTreeSet<NodeId>,
    /// Has anybody believed in a ring without any of them, or in one of its own since its disk was
    /// lost? Such rings merge with nobody giving anything (section 4.8.1).
    has_second_ring: bool,
}

/// A change of the membership by which homes change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Switch {
    pub kind: Kind,
    /// When it was begun.
    pub begun: Time,
    /// Who comes, goes, or was removed.
    pub node: NodeId,
    /// Was no other join or leave past stepping back at the same time, and had the one who comes or
    /// goes heard of all that were over?
    pub alone: bool,
}

/// What the change is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A join or a leave that was carried through.
    Planned,
    /// Somebody was taken out as dead, or replaced.
    Removal,
}

/// A home that gives a key up, and the one that it goes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    pub from: NodeId,
    pub to: NodeId,
}

impl Switching {
    /// Something happened. If by it the homes of keys have changed, says how that came.
    pub fn see(&mut self, now: Time, record: &Record<'_>) -> Option<Switch> {
        for turn in self.chronicle.see(now, record) {
            self.on_turn(now, turn);
        }
        if std::mem::take(&mut self.over) {
            self.given.clear();
            self.late.clear();
        }
        match record {
            Record::Node { node, fact } => match fact {
                Fact::Lost { .. } | Fact::Damaged { .. } => {
                    self.harmed.insert(*node, now);
                }
                Fact::Member(MemberFact::Given { .. }) => {
                    self.given.insert(*node);
                    self.late.retain(|(late, _)| late != node);
                }
                Fact::Kept { change, .. } if self.given.contains(node) && change.is_news() => {
                    self.late.insert((*node, change.key));
                }
                Fact::Reaped { change } => {
                    self.reaped.insert(change.key);
                }
                Fact::Member(MemberFact::Bound { transition }) => {
                    self.bound.insert(transition.node, (now, self.is_aware(*node)));
                }
                Fact::Announced { history } => {
                    let all = self.announced.as_ref().unwrap_or(history);
                    self.announced = Some(History::join(all, history));
                }
                Fact::Member(MemberFact::Believes { history, .. }) => {
                    self.on_belief(now, *node, history.members());
                }
                _other => {}
            },
            Record::Down { node, disk } if *disk != DiskAfterCrash::Kept => {
                self.harmed.insert(*node, now);
            }
            Record::Rehomed { .. } => {
                self.over = self.last.is_some();
                return self.last.take();
            }
            _other => {}
        }
        None
    }

    /// Could all be handed over as it should: was nobody removed meanwhile?
    pub fn is_undisturbed(&self, switch: Switch) -> bool {
        switch.kind == Kind::Planned && self.removed.is_none_or(|at| at < switch.begun)
    }

    /// Has the disk of this node kept all since that moment?
    pub fn is_unharmed(&self, node: NodeId, since: Time) -> bool {
        self.harmed.get(&node).is_none_or(|at| *at < since)
    }

    /// Has this node, in the change under way or just over, got something of the key after it said
    /// that all had arrived which it gives away?
    pub fn is_late(&self, node: NodeId, key: Key) -> bool {
        self.late.contains(&(node, key))
    }

    /// Was a tombstone of this key dropped on purpose?
    pub fn is_reaped(&self, key: Key) -> bool {
        self.reaped.contains(&key)
    }

    /// What is wrong with a change: an honest limit where rings have merged that did not know of
    /// each other.
    pub fn outcome(&self, otherwise: Outcome) -> Outcome {
        if self.has_second_ring { Outcome::Anomaly } else { otherwise }
    }

    /// Does this node go by all changes of the ring that were announced? Who announces something
    /// need not know of them either.
    fn is_aware(&self, node: NodeId) -> bool {
        let (Some(all), Some(own)) = (&self.announced, self.chronicle.view(node)) else {
            return true;
        };
        History::join(own, all).membership() == own.membership()
    }

    fn on_belief(&mut self, now: Time, node: NodeId, members: &[NodeId]) {
        if now == Time::ZERO {
            self.founders.extend(members);
        }
        let strange = members.iter().all(|member| !self.founders.contains(member));
        let alone = members == [node] && self.founders.len() > 1 && self.harmed.contains_key(&node);
        self.has_second_ring |= (strange || alone) && !members.is_empty();
    }

    /// Was anybody ever removed, or off the ring to come in again?
    pub fn has_removed(&self) -> bool {
        self.removed.is_some()
    }

    fn on_turn(&mut self, now: Time, turn: Turn) {
        let Turn { believer, subject, from, to, by } = turn;
        if by != crate::check::members::chronicle::By::Announced {
            return;
        }
        let entries = self.chronicle.entries(subject);
        let Some(to) = to.map(|to| &entries[to]) else { return };
        let was_member = entries.iter().any(|it| it.change.status == Status::Member);
        let before = from.map(|from| (entries[from].change.status, &entries[from]));
        match (before, to.change.status) {
            (Some((Status::Joining, begun)), Status::Member)
            | (Some((Status::Leaving, begun)), Status::Left)
                if believer == subject =>
            {
                let begun = begun.at;
                let (since, aware) = self.bound.remove(&subject).unwrap_or((now, true));
                let first = self.ended.is_none_or(|ended| ended < since);
                let alone = self.bound.is_empty() && first && aware;
                self.ended = Some(now);
                self.last = Some(Switch { kind: Kind::Planned, begun, node: subject, alone });
            }
            (_, Status::Removed) => {
                self.removed = Some(now);
                let (kind, begun, node) = (Kind::Removal, now, subject);
                self.last = Some(Switch { kind, begun, node, alone: true });
            }
            // A member that has forgotten everything is told to join: it goes off the ring as if it
            // were removed.
            (None, Status::Joining) if was_member => self.removed = Some(now),
            _other => {}
        }
    }
}

/// Who gives a key up to whom, in order; of homes that come without anybody giving up, the first
/// former home is the one that gives.
pub fn pairs(holdings: &Holdings, key: Key) -> Vec<Pair> {
    let (old, new) = (holdings.former_homes(key), holdings.homes(key));
    if old == new {
        return Vec::new();
    }
    let mut losers = old.iter().filter(|home| !new.contains(home));
    let gainers = new.iter().filter(|home| !old.contains(home));
    gainers.map(|to| Pair { from: *losers.next().unwrap_or(&old[0]), to: *to }).collect()
}
