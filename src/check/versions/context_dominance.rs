//! Verifies (D7): a version that is made replaces, where it is made, all that its client had seen;
//! its clock covers each version that the client sent as seen; and its own name is new to what was
//! held and to what was seen.
//!
//! Does not verify that it replaces nothing else (D3). Knobs that legitimately break the first, and
//! make it an anomaly: `clock_truncation`, `versioning` `vectors` and `literal`, and retries that
//! are not recognised. Truncation alone never takes the youngest pairs, so that a put by a client
//! that had seen one version, and all that was held, covers it all the same, unless clocks of
//! machines are wrong. Says nothing where the last write wins. Examines each version made.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::id::{EventId, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct ContextDominance {
    exactness: Exactness,
    examined: u64,
    findings: Weighed,
}

impl ContextDominance {
    /// Nothing is made yet.
    pub fn new(layout: &Layout) -> ContextDominance {
        let exactness = Exactness::of(layout);
        ContextDominance { exactness, examined: 0, findings: Weighed::default() }
    }

    fn on_made(&mut self, at: (Time, NodeId), making: &Making, holdings: &Holdings) {
        let Some(own) = making.version() else { return };
        self.examined += 1;
        let seen = own.ghost.past();
        let kept = making.set.versions().iter().map(|version| version.ghost.event());
        for event in kept.filter(|event| seen.contains(event.number)) {
            let allowed = !self.exactness.is_exact() || holdings.is_made_again(event);
            self.find(allowed, at, making, (event, "a seen version stays beside the new one"));
        }
        for version in making.context.iter().flat_map(|context| context.versions()) {
            if !clock_of(own, &making.set).contains(version.dot) {
                let event = version.ghost.event();
                let allowed = self.may_be_cut(making) || holdings.is_made_again(event);
                self.find(allowed, at, making, (event, "the clock does not cover what was seen"));
            }
        }
        let sets = making.held.iter().chain(&making.context);
        if sets.into_iter().any(|set| set.clock().contains(own.dot)) {
            let allowed = self.exactness.versioning == Versioning::Literal;
            self.find(allowed, at, making, (own.ghost.event(), "the name of the new one is known"));
        }
    }

    /// Can the oldest pairs of the clock be those of what was seen?
    fn may_be_cut(&self, making: &Making) -> bool {
        let one = making.context.as_ref().is_none_or(|context| context.versions().len() == 1);
        let room = self.exactness.most_pairs.is_none_or(|most| most > 1);
        // Nor was anything held there that its client had not seen.
        let alone = making.set.versions().len() == 1;
        let seen = making.context.as_ref();
        let covered = making
            .held
            .as_ref()
            .is_none_or(|held| seen.is_some_and(|seen| seen.clock().covers(held.clock())));
        let youngest = one && room && alone && covered && self.exactness.right_time;
        self.exactness.most_pairs.is_some() && !youngest
    }

    fn find(
        &mut self,
        allowed: bool,
        (time, node): (Time, NodeId),
        making: &Making,
        (event, mechanism): (EventId, &'static str),
    ) {
        let new = making.ghost.event();
        self.findings.add(allowed, || Finding {
            time: Some(time),
            key: Some(making.key),
            nodes: vec![node],
            event: Some(event),
            mechanism,
            story: format!("{node} made {new}: {mechanism}, {event}"),
        });
    }
}

/// The clock of a version: its own, or that of the set that it is in.
fn clock_of<'a>(
    own: &'a Version,
    set: &'a VersionSet,
) -> &'a crate::dynamo::versioning::clock::Clock {
    own.clock.as_deref().unwrap_or(set.clock())
}

impl Judge for ContextDominance {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Record::Node { node, fact: Fact::Made { making, .. } } = record
            && self.exactness.has_clocks()
        {
            self.on_made((time, *node), making, holdings);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let ContextDominance { exactness, examined, findings } = *self;
        exactness.has_clocks().then(|| findings.verdict("context_dominance", examined))
    }
}
