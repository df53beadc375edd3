//! Verifies (D13): no copy or hint holds more versions than there are writes in it that none of the
//! others had seen.
//!
//! Does not verify which they are (D4, C2). Each key is told of when it exceeds by more than ever
//! before. Knobs that legitimately break it, and make it an anomaly: `versioning` `vectors` and
//! `literal`, `clock_truncation`, and retries that are not recognised. Says nothing where the last
//! write wins. Examines each set of several versions that is stored.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::{Exactness, superseded};
use crate::check::weighed::Weighed;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{EventId, Key};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct BoundedSiblings {
    exactness: Exactness,
    /// By key, the most versions too many so far, and whether that is explained.
    worst: BTreeMap<(Key, bool), usize>,
    examined: u64,
    findings: Weighed,
}

impl BoundedSiblings {
    /// Nothing is stored yet.
    pub fn new(layout: &Layout) -> BoundedSiblings {
        let (exactness, worst) = (Exactness::of(layout), BTreeMap::new());
        BoundedSiblings { exactness, worst, examined: 0, findings: Weighed::default() }
    }

    fn look_at(&mut self, time: Time, step: &Step, set: &VersionSet, holdings: &Holdings) {
        self.examined += 1;
        let events = || set.versions().iter().map(|version| version.ghost.event());
        let seen: BTreeSet<EventId> = superseded(set).map(|old| old.ghost.event()).collect();
        let newest: BTreeSet<EventId> = events().filter(|event| !seen.contains(event)).collect();
        let held = set.versions().len();
        let excess = held - newest.len();
        let mut surplus = events().filter(|event| seen.contains(event));
        let again = events().any(|event| holdings.is_made_again(event))
            && surplus.all(|event| holdings.is_made_again(event));
        let allowed = !self.exactness.is_exact() || again;
        let worst = self.worst.entry((step.key, allowed)).or_default();
        if excess <= *worst {
            return;
        }
        *worst = excess;
        let concurrent = newest.len();
        self.findings.add(allowed, || Finding {
            time: Some(time),
            key: Some(step.key),
            nodes: vec![step.node],
            event: seen.first().copied(),
            mechanism: "more siblings than concurrent writes",
            story: format!(
                "{} holds {held} versions, of which {concurrent} are concurrent",
                step.place()
            ),
        });
    }
}

impl Judge for BoundedSiblings {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, _: &Record<'_>, holdings: &Holdings) {
        let Some(step) = holdings.step().filter(|step| step.why != Why::Lost) else { return };
        if let Some(set) = step.news().filter(|set| set.versions().len() > 1) {
            self.look_at(time, step, set, holdings);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let BoundedSiblings { exactness, examined, findings, .. } = *self;
        exactness.has_clocks().then(|| findings.verdict("bounded_siblings", examined))
    }
}
