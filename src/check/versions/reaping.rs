//! Verifies (D12): what is dropped as a tombstone is one; at that moment nobody else keeps what it
//! has deleted; and in the end no tombstone is left that should long be gone.
//!
//! Does not verify that nothing deleted is shown (D11). Should be gone: its key has not changed,
//! and nothing has befallen anybody, for twenty times as long as tombstones wait, and five
//! seconds. Knobs and troubles that legitimately break the second, and make it an anomaly:
//! `tombstones` `timed`, which go whatever others hold; hints, for which nobody asks, and what
//! they bring back; homes that change; disks that lost a copy of the key; retries that are not
//! recognised. Says nothing where tombstones are kept. Examines each tombstone that is dropped or
//! left.

use std::collections::BTreeMap;

use crate::check::convergence::{is_end_of_hints, is_promised};
use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::config::modes::Tombstones;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Reaping {
    exactness: Exactness,
    tombstones: Tombstones,
    administered: bool,
    /// Keys of which a home holds tombstones only, and when a copy of each last changed.
    deleted: BTreeMap<Key, Time>,
    /// What each home knew of the tombstones that it has dropped.
    dropped: BTreeMap<(Key, NodeId), Past>,
    /// When something last befell anybody.
    troubled: Time,
    lacks_hints: bool,
    examined: u64,
    findings: Weighed,
}

impl Reaping {
    /// Nothing is deleted yet.
    pub fn new(layout: &Layout) -> Reaping {
        Reaping {
            exactness: Exactness::of(layout),
            tombstones: layout.cluster.tombstones,
            administered: layout.administered,
            deleted: BTreeMap::new(),
            dropped: BTreeMap::new(),
            troubled: Time::ZERO,
            lacks_hints: false,
            examined: 0,
            findings: Weighed::default(),
        }
    }

    fn on_step(&mut self, time: Time, step: &Step, holdings: &Holdings) {
        if step.why == Why::Reaped {
            return self.on_reaped(time, step, holdings);
        }
        let Some(set) = step.news() else { return };
        match set.visible().next() {
            None => self.deleted.insert(step.key, time),
            Some(_) => self.deleted.remove(&step.key),
        };
    }

    fn on_reaped(&mut self, time: Time, step: &Step, holdings: &Holdings) {
        let Some(before) = &step.before else { return };
        self.examined += 1;
        let finding = |mechanism, nodes, event, story| Finding {
            time: Some(time),
            key: Some(step.key),
            nodes,
            event: Some(event),
            mechanism,
            story,
        };
        if let Some(version) = before.visible().next() {
            let (event, nodes) = (version.ghost.event(), vec![step.node]);
            let story = format!("{} dropped {event}, which is no tombstone", step.node);
            self.findings.add(false, || finding("a value was dropped", nodes, event, story));
        }
        for (node, target, set) in holdings.all(step.key) {
            let events = set.visible().map(|version| version.ghost.event());
            for event in events.filter(|event| before.knows(event.number)) {
                let home = target.is_none() && holdings.homes(step.key).contains(&node);
                let asked = home && matches!(self.tombstones, Tombstones::WhenAllHomes(_));
                let excused = !self.exactness.is_exact()
                    || self.administered
                    || holdings.is_made_again(event)
                    || self.is_back(node, event)
                    || holdings.has_disk_lost(step.key);
                let (nodes, by) = (vec![step.node, node], step.node);
                let story = format!("{by} dropped its tombstone while {node} keeps {event}");
                let mechanism = "a tombstone was dropped too early";
                self.findings.add(!asked || excused, || finding(mechanism, nodes, event, story));
            }
        }
        self.dropped.entry((step.key, step.node)).or_default().join(&before.history());
    }

    /// Has this node dropped the tombstone of a write that it keeps? Then a hint brought it back.
    fn is_back(&self, node: NodeId, event: EventId) -> bool {
        let dropped = self.dropped.get(&(event.key, node));
        dropped.is_some_and(|past| past.contains(event.number))
    }

    fn look_at_end(&mut self, layout: &Layout, account: &Account) {
        let wait = match self.tombstones {
            Tombstones::Keep => return,
            Tombstones::Timed(wait) | Tombstones::WhenAllHomes(wait) => wait,
        };
        let patience = wait.0.saturating_mul(20).saturating_add(Duration::from_secs(5).0);
        for (place, node) in (0_u32..).zip(&account.nodes).filter(|(_, node)| node.belongs) {
            let left = node.copies.iter().filter(|(_, set)| set.visible().next().is_none());
            for (key, set) in left {
                let Some(last) = self.deleted.get(key) else { continue };
                let calm = account.now.since((*last).max(self.troubled));
                if calm.0 < patience {
                    continue;
                }
                self.examined += 1;
                let promised =
                    is_promised(layout, self.lacks_hints, account.now) && account.quiescent;
                let allowed = !promised || layout.administered || !self.exactness.right_time;
                self.findings.add(allowed, || Finding {
                    key: Some(*key),
                    nodes: vec![NodeId(place)],
                    event: set.versions().first().map(|version| version.ghost.event()),
                    mechanism: "a tombstone stays for ever",
                    ..Finding::story(format!(
                        "{} still keeps a tombstone of {key} that nothing has hindered for {calm}",
                        NodeId(place)
                    ))
                });
            }
        }
    }
}

impl Judge for Reaping {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if self.tombstones.are_kept() {
            return;
        }
        if let Some(step) = holdings.step() {
            self.on_step(time, step, holdings);
        }
        let troubles = matches!(
            record,
            Record::Down { .. }
                | Record::Up { .. }
                | Record::FaultBegan { .. }
                | Record::FaultEnded { .. }
                | Record::Rehomed { .. }
        );
        self.lacks_hints |= is_end_of_hints(record);
        if troubles {
            self.troubled = time;
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        if self.tombstones.are_kept() {
            return None;
        }
        self.look_at_end(layout, account);
        Some(self.findings.verdict("reaping", self.examined))
    }
}
