//! Verifies (D10): two sets always merge to the same, whoever merges them and whichever of them was
//! there first; a set merged with itself is itself; and what comes of a merge holds nothing that is
//! in neither.
//!
//! Does not verify that what goes had been seen (D3), nor that three sets merge to the same in any
//! order (property tests do). Of the merges of a run those are compared that a table of 4,096
//! places still remembers. No knob breaks it. Examines each merge.

use std::rc::Rc;

use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::digest::digest_of;
use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::Key;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Merges that are remembered.
const REMEMBERED: usize = 4_096;

/// The judge.
#[derive(Debug)]
pub struct MergeLaws {
    /// By the digest of two sets, the lower first: their own digests and that of what they became.
    results: Vec<[u64; 3]>,
    /// What was made last: it was written, not merged.
    made: Option<u64>,
    /// Does a set that has come of a merge stay what it is when it is merged once more?
    is_stable: bool,
    examined: u64,
    findings: Findings,
}

/// A merge that was seen.
struct Seen<'a> {
    time: Time,
    key: Key,
    parts: [&'a Rc<VersionSet>; 2],
    merged: &'a Rc<VersionSet>,
}

impl MergeLaws {
    /// Nothing was merged yet.
    pub fn new(layout: &Layout) -> MergeLaws {
        let (results, findings) = (vec![[0; 3]; REMEMBERED], Findings::default());
        let exactness = Exactness::of(layout);
        let is_stable = exactness.is_exact() || !exactness.has_clocks();
        MergeLaws { results, made: None, is_stable, examined: 0, findings }
    }

    fn look_at(&mut self, seen: &Seen<'_>) {
        self.examined += 1;
        let [mut low, mut high] = seen.parts.map(|set| set.digest());
        if low > high {
            std::mem::swap(&mut low, &mut high);
        }
        let result = seen.merged.digest();
        let place = digest_of([low, high]) as usize % REMEMBERED;
        let [a, b, before] = std::mem::replace(&mut self.results[place], [low, high, result]);
        if [a, b] == [low, high] && before != result {
            self.find(seen, "two sets became different ones in another order or at another place");
        }
        let [mine, theirs] = seen.parts;
        let known = |event: u32| {
            let sets = [mine, theirs];
            let events = sets.iter().flat_map(|set| set.versions()).map(|v| v.ghost.event());
            events.into_iter().any(|known| known.number == event)
        };
        let mut versions = seen.merged.versions().iter();
        if versions.any(|version| !known(version.ghost.event().number)) {
            self.find(seen, "a merge holds what was in neither set");
        }
    }

    fn find(&mut self, seen: &Seen<'_>, mechanism: &'static str) {
        let list = |set: &VersionSet| {
            let events = set.versions().iter().map(|v| v.ghost.event().number.to_string());
            events.collect::<Vec<_>>().join(", ")
        };
        self.findings.add(|| {
            let [mine, theirs] = seen.parts.map(|set| list(set));
            let merged = list(seen.merged);
            let story = format!("{{{mine}}} and {{{theirs}}} became {{{merged}}}: {mechanism}");
            let event = seen.merged.versions().first().map(|version| version.ghost.event());
            let (time, key, nodes) = (Some(seen.time), Some(seen.key), Vec::new());
            Finding { time, key, nodes, event, mechanism, story }
        });
    }

    /// What a home keeps of what came is a merge too; of what was told apart, the same again.
    fn on_step(&mut self, time: Time, step: &Step) {
        let Why::Kept(_) = step.why else { return };
        if !self.is_stable {
            return;
        }
        let (Some(before), Some(after)) = (&step.before, step.news()) else { return };
        if self.made.take() == Some(after.digest()) {
            return;
        }
        // Whatever came, what is kept now holds it all: merged with that, it is that.
        let parts = [before, after];
        self.look_at(&Seen { time, key: step.key, parts, merged: after });
    }

    fn on_made(&mut self, making: &Making) {
        self.made = Some(making.set.digest());
    }
}

impl Judge for MergeLaws {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        match record.of_store() {
            Some(Fact::Merged(merge)) => {
                let [mine, theirs] = &merge.parts;
                let parts = [mine, theirs];
                self.look_at(&Seen { time, key: merge.key, parts, merged: &merge.merged });
            }
            Some(Fact::Made { making, .. }) => self.on_made(making),
            _other => {}
        }
        if let Some(step) = holdings.step() {
            self.on_step(time, step);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        Some(self.findings.verdict_if_met("merge_laws", self.examined, Outcome::Violated))
    }
}
