//! What really became of each node's membership, beside what nodes believe of it.
//!
//! Every change that a node announces is an event, and its past is what that node had believed of
//! the same subject before. So which of two changes is later is known without a look at counters
//! and times of issue, by which the protocol goes. A change that two nodes made without knowing of
//! each other is concurrent: either may win, but everywhere the same.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::history::{Change, History};
use crate::faults::spec::DiskAfterCrash;
use crate::id::NodeId;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::record::{Account, Record};

/// Rounds of gossip after which everybody who can be reached knows everything: with a seed in each
/// tenth, and half as many again for each doubling of nodes, by far.
const ROUNDS: u64 = 60;

/// All changes so far, and who believes what.
#[derive(Debug, Default)]
pub struct Chronicle {
    entries: BTreeMap<NodeId, Vec<Entry>>,
    views: BTreeMap<NodeId, Rc<History>>,
    /// Nodes that have started and not yet said what they believe.
    started: BTreeSet<NodeId>,
    /// Believers that have forgotten a subject altogether, and what they had known of it.
    forgotten: BTreeMap<(NodeId, NodeId), usize>,
    /// Has a disk lost what it had?
    disk_lost: bool,
    last_disturbance: Time,
}

/// A change of one node's membership that was really made.
#[derive(Debug)]
pub struct Entry {
    pub change: Change,
    /// The changes of that node that who made it had known.
    pub past: BTreeSet<usize>,
    /// When it was announced.
    pub at: Time,
}

/// A node believes something else of another than before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Turn {
    pub believer: NodeId,
    pub subject: NodeId,
    /// Which change it believed in; none if it did not know the subject, or had forgotten it.
    pub from: Option<usize>,
    /// Which it believes in now; none if it has forgotten the subject.
    pub to: Option<usize>,
    pub by: By,
}

/// How a belief came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The believer has made the change.
    Announced,
    /// It was told of it, or read it from its disk.
    Heard,
    /// It believes in something that nobody has made.
    Nobody,
}

impl Chronicle {
    /// Something happened. Returns how beliefs have turned.
    pub fn see(&mut self, now: Time, record: &Record<'_>) -> Vec<Turn> {
        match record {
            Record::Node { node, fact: Fact::Announced { history } } => {
                self.last_disturbance = now;
                return self.turn(now, *node, history, true);
            }
            Record::Node { node, fact: Fact::Member(MemberFact::Believes { history, .. }) } => {
                return self.turn(now, *node, history, false);
            }
            Record::Down { node, disk } => {
                self.disk_lost |= *disk != DiskAfterCrash::Kept;
                match disk {
                    DiskAfterCrash::Kept | DiskAfterCrash::UnflushedLost | DiskAfterCrash::Torn => {
                    }
                    DiskAfterCrash::Restored(_) | DiskAfterCrash::Wiped => self.lose(*node),
                }
            }
            Record::Up { node } => {
                self.started.insert(*node);
                self.last_disturbance = now;
            }
            Record::FaultBegan { .. } | Record::FaultEnded { .. } => self.last_disturbance = now,
            _other => {}
        }
        Vec::new()
    }

    /// What a node believes.
    pub fn view(&self, node: NodeId) -> Option<&Rc<History>> {
        self.views.get(&node)
    }

    /// All who ever believed anything, with what they believed last.
    pub fn views(&self) -> impl Iterator<Item = (NodeId, &Rc<History>)> {
        self.views.iter().map(|(node, history)| (*node, history))
    }

    /// The changes of a node that were made, in the order in which they came to light.
    pub fn entries(&self, subject: NodeId) -> &[Entry] {
        self.entries.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// All nodes of which a change was made.
    pub fn subjects(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.entries.keys().copied()
    }

    /// Which change of a node this is.
    pub fn place(&self, subject: NodeId, change: &Change) -> Option<usize> {
        self.entries(subject).iter().position(|entry| entry.change == *change)
    }

    /// Had who made the one change known the other?
    pub fn is_past(&self, subject: NodeId, earlier: usize, later: usize) -> bool {
        self.entries(subject)[later].past.contains(&earlier)
    }

    /// Does anybody know of this change of a node, or of a later one? Without a disk that lost what
    /// it had, somebody must.
    pub fn is_remembered(&self, subject: NodeId, place: usize) -> bool {
        let knows = |held: usize| held == place || self.is_past(subject, place, held);
        let held = self.views().filter_map(|(_, view)| self.place(subject, view.change(subject)?));
        !self.disk_lost || held.into_iter().any(knows)
    }

    /// What a believer had known of a subject that it has forgotten.
    pub fn forgotten(&self, believer: NodeId, subject: NodeId) -> Option<usize> {
        self.forgotten.get(&(believer, subject)).copied()
    }

    /// Has gossip had the time that it needs to tell everybody who can be reached? Where rumours
    /// die, and nobody reconciles, as much as it would have needed.
    pub fn is_told(&self, layout: &Layout, account: &Account) -> bool {
        let gossip = &layout.cluster.gossip;
        let rounds = ROUNDS.saturating_mul(gossip.reconciles_every().unwrap_or(1));
        account.now >= self.last_disturbance + Duration(gossip.interval.0.saturating_mul(rounds))
    }

    fn lose(&mut self, node: NodeId) {
        self.views.remove(&node);
        self.forgotten.retain(|(believer, _), _| *believer != node);
    }

    fn turn(&mut self, now: Time, node: NodeId, to: &Rc<History>, announced: bool) -> Vec<Turn> {
        let started = self.started.remove(&node);
        let before = self.views.insert(node, Rc::clone(to));
        if before.as_ref().is_some_and(|before| Rc::ptr_eq(before, to)) {
            return Vec::new();
        }
        if before.is_none() && self.views.values().filter(|view| Rc::ptr_eq(view, to)).count() > 1 {
            return Vec::new();
        }
        let from = before.clone().unwrap_or_default();
        let root = before.is_none() && started;
        let mut turns = Vec::new();
        for (subject, change) in to.changes() {
            let old = from.change(subject);
            if old == Some(change) {
                continue;
            }
            let old = old.and_then(|old| self.place(subject, old));
            let (to, by) = match self.place(subject, change) {
                Some(place) if !announced => (place, By::Heard),
                Some(place) => (place, By::Announced),
                None if announced => (self.enter(now, subject, change, old), By::Announced),
                None if root => (self.enter(now, subject, change, None), By::Heard),
                None => (self.enter(now, subject, change, None), By::Nobody),
            };
            turns.push(Turn { believer: node, subject, from: old, to: Some(to), by });
        }
        let gone = from.changes().filter(|(subject, _)| to.change(*subject).is_none());
        for (subject, change) in gone {
            let old = self.place(subject, change);
            self.forgotten.extend(old.map(|old| ((node, subject), old)));
            let by = if announced { By::Announced } else { By::Heard };
            turns.push(Turn { believer: node, subject, from: old, to: None, by });
        }
        turns
    }

    fn enter(
        &mut self,
        at: Time,
        subject: NodeId,
        change: &Change,
        before: Option<usize>,
    ) -> usize {
        let entries = self.entries.entry(subject).or_default();
        let known = before.map(|before| &entries[before].past);
        let past = known.into_iter().flatten().copied().chain(before).collect();
        entries.push(Entry { change: change.clone(), past, at });
        entries.len() - 1
    }
}
