//! Verifies (C2): in the end each home of a key holds those writes that reached any disk and that
//! no other such write had seen, and no others.
//!
//! Does not verify that the homes agree (C1) nor that what they hold was acknowledged (D2). Knobs
//! and troubles that legitimately break it, and make it an anomaly: `versioning` `literal`, and
//! `vectors` as to the others, `clock_truncation`, `tombstones` that are dropped, disks that lost a
//! copy of the key, hints dropped after their `window`, retries that are not recognised, machines
//! that are taken out, and homes that nothing brings up to date. Says nothing where the last write
//! wins (D14 does). Examines each key that was ever stored.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::convergence::{is_end_of_hints, is_promised};
use crate::check::holdings::{Holdings, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::{Ghost, Past};
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// What no clocks excuse that only ever keep too much.
const ABSENT: &str = "a newest write is not there";

/// The judge.
#[derive(Debug)]
pub struct GhostFrontier {
    exactness: Exactness,
    /// By key, all writes that reached a disk, and those that no other of them had seen.
    reached: BTreeMap<Key, (Past, Vec<Ghost>)>,
    /// Keys of which a disk lost a copy, a hint was dropped, or writes were made twice.
    excused: BTreeSet<Key>,
    lacks_hints: bool,
}

impl GhostFrontier {
    /// Nothing reached a disk yet.
    pub fn new(layout: &Layout) -> GhostFrontier {
        let (reached, excused) = (BTreeMap::new(), BTreeSet::new());
        GhostFrontier { exactness: Exactness::of(layout), reached, excused, lacks_hints: false }
    }

    fn reach(&mut self, key: Key, set: &VersionSet, holdings: &Holdings) {
        let (known, frontier) = self.reached.entry(key).or_default();
        for version in set.versions() {
            let event = version.ghost.event();
            if holdings.is_made_again(event) {
                self.excused.insert(key);
            }
            if known.contains(event.number) {
                continue;
            }
            known.insert(event.number);
            let sees = |newer: &Ghost, older: &Ghost| newer.past().contains(older.event().number);
            frontier.retain(|ghost| !sees(&version.ghost, ghost));
            if !frontier.iter().any(|ghost| sees(ghost, &version.ghost)) {
                frontier.push(version.ghost.clone());
            }
        }
    }

    fn compare(
        &self,
        key: Key,
        node: NodeId,
        held: Option<&VersionSet>,
    ) -> Option<(EventId, &'static str, String)> {
        let event = |number| EventId { key, number };
        let numbers: BTreeSet<u32> = held
            .iter()
            .flat_map(|set| set.versions())
            .map(|version| version.ghost.event().number)
            .collect();
        let (_, frontier) = &self.reached[&key];
        let newest: BTreeSet<u32> = frontier.iter().map(|ghost| ghost.event().number).collect();
        if let Some(missing) = newest.difference(&numbers).next() {
            let missing = event(*missing);
            let story =
                format!("{node} lacks {missing}, which reached a disk and nothing has seen");
            return Some((missing, ABSENT, story));
        }
        let extra = event(*numbers.difference(&newest).next()?);
        let story = format!("{node} keeps {extra}, which a write that reached a disk had seen");
        Some((extra, "an old write is still there", story))
    }
}

impl Judge for GhostFrontier {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, _: Time, record: &Record<'_>, holdings: &Holdings) {
        self.lacks_hints |= is_end_of_hints(record);
        let Some(step) = holdings.step() else { return };
        if matches!(step.why, Why::Lost | Why::Dropped) {
            self.excused.insert(step.key);
        }
        if let Some(set) = step.news() {
            self.reach(step.key, set, holdings);
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        if !self.exactness.has_clocks() {
            return None;
        }
        let mut findings = Weighed::default();
        let promised = is_promised(layout, self.lacks_hints, account.now) && account.quiescent;
        let kept = layout.cluster.tombstones.are_kept();
        let excused = !promised || !kept || layout.administered;
        let (exact, whole) = (self.exactness.is_exact(), self.exactness.drops_only_seen());
        for key in self.reached.keys().copied() {
            for node in account.homes.of(key) {
                let copies = &account.nodes[node.index()].copies;
                let place = copies.binary_search_by_key(&key, |(key, _)| *key).ok();
                let held = place.map(|place| &*copies[place].1);
                let Some((event, mechanism, story)) = self.compare(key, *node, held) else {
                    continue;
                };
                let exact = if mechanism == ABSENT { whole } else { exact };
                let allowed = excused || !exact || self.excused.contains(&key);
                findings.add(allowed, || Finding {
                    key: Some(key),
                    nodes: vec![*node],
                    event: Some(event),
                    mechanism,
                    ..Finding::story(story)
                });
            }
        }
        Some(findings.verdict("ghost_frontier", self.reached.len() as u64))
    }
}
