//! Verifies (D3): whenever a version goes because of another, in a copy, in a hint, as a new one is
//! made or in the answer to a read, what stays has it in its true past.
//!
//! Does not verify that what should go does (D4, D8). Knobs that legitimately break it, and make it
//! an anomaly: `versioning` `literal`, which takes two puts with one context for one after the
//! other, and `clock_truncation`. Says nothing where the last write wins, whose losers D14 counts.
//! Examines each set that was written over another and each merge of two that differ.

use crate::check::holdings::{Holdings, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::fact::{Fact, Merge, Merger};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct FalseDominance {
    exactness: Exactness,
    examined: u64,
    findings: Weighed,
}

/// Where a version went.
struct Place<'a> {
    time: Time,
    key: Key,
    node: Option<NodeId>,
    mechanism: &'static str,
    after: &'a VersionSet,
}

impl FalseDominance {
    /// Nothing was replaced yet.
    pub fn new(layout: &Layout) -> FalseDominance {
        let exactness = Exactness::of(layout);
        FalseDominance { exactness, examined: 0, findings: Weighed::default() }
    }

    fn look_at(&mut self, before: &VersionSet, place: &Place<'_>) {
        self.examined += 1;
        let Place { time, key, node, mechanism, after } = place;
        for event in place.after.missing_of(before) {
            self.findings.add(!self.exactness.drops_only_seen(), || {
                let stays: Vec<String> =
                    after.versions().iter().map(|v| v.ghost.event().to_string()).collect();
                let stays = stays.join(", ");
                let story = format!("{event} went for {stays}, of which none had seen it");
                Finding {
                    time: Some(*time),
                    key: Some(*key),
                    nodes: node.iter().copied().collect(),
                    event: Some(event),
                    mechanism,
                    story,
                }
            });
        }
    }

    fn on_merge(&mut self, time: Time, node: Option<NodeId>, merge: &Merge) {
        let mechanism = match merge.at {
            Merger::Home => "a copy that came was dropped",
            Merger::StandIn => "a hint that came was dropped",
            Merger::Coordinator => "the answer to a read lacks a version",
        };
        let place = Place { time, key: merge.key, node, mechanism, after: &merge.merged };
        merge.parts.iter().for_each(|part| self.look_at(part, &place));
    }
}

impl Judge for FalseDominance {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        let node = match record {
            Record::Node { node, .. } => Some(*node),
            _other => None,
        };
        if let Some(Fact::Merged(merge)) = record.of_store() {
            return self.on_merge(time, node, merge);
        }
        let Some(step) = holdings.step() else { return };
        if !matches!(step.why, Why::Kept(_) | Why::Hinted) {
            return;
        }
        if let (Some(before), Some(after)) = (&step.before, step.news()) {
            let mechanism = "a stored version was replaced";
            let place = Place { time, key: step.key, node, mechanism, after };
            self.look_at(before, &place);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let FalseDominance { exactness, examined, findings } = *self;
        exactness.has_clocks().then(|| findings.verdict("false_dominance", examined))
    }
}
