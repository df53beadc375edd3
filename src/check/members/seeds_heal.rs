//! Verifies: nodes that were parted, or that started knowing nobody, believe in the end what a seed
//! believes.
//!
//! Every node knows the seeds from its configuration, so that no group drifts apart for good. If a
//! run ended before gossip had the rounds that it needs after the last disturbance, or if no seed
//! runs, it says nothing. Does not verify what members believe who were never parted (same_views
//! does). Knobs that legitimately break it: a single seed that is the parted node itself, and, as
//! an anomaly, `gossip.rumours` that nobody reconciles. Examines each node that started knowing
//! nobody, and each that runs when faults end during which beliefs differ.

use std::collections::BTreeSet;

use crate::check::judge::Judge;
use crate::check::members::chronicle::Chronicle;
use crate::check::members::{if_met_or_administered, of_ignorance};
use crate::check::verdict::{Finding, Findings, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct SeedsHeal {
    chronicle: Chronicle,
    parted: BTreeSet<NodeId>,
    findings: Findings,
}

impl Judge for SeedsHeal {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.chronicle.see(now, record);
        match record {
            Record::Node { node, fact: Fact::Member(MemberFact::Believes { history, .. }) }
                if history.ring_is_unknown() =>
            {
                self.parted.insert(*node);
            }
            Record::FaultEnded { .. } => {
                let mut digests = self.chronicle.views().map(|(_, view)| view.digest());
                let first = digests.next();
                if digests.any(|digest| Some(digest) != first) {
                    self.parted.extend(self.chronicle.views().map(|(node, _)| node));
                }
            }
            _other => {}
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let up = |node: NodeId| account.nodes.get(node.index()).is_some_and(|node| node.up);
        let mut seeds = (0..layout.cluster.gossip.seeds).map(NodeId).filter(|seed| up(*seed));
        let seed = seeds.next().and_then(|seed| Some((seed, self.chronicle.view(seed)?)));
        let told = self.chronicle.is_told(layout, account);
        let mut examined = 0;
        for node in self.parted.iter().copied().filter(|node| told && up(*node)) {
            let (Some((seed, believed)), Some(view)) = (seed, self.chronicle.view(node)) else {
                continue;
            };
            examined += 1;
            if !view.changes().eq(believed.changes()) {
                self.findings.add(|| Finding {
                    nodes: vec![node, seed],
                    mechanism: "a node that was parted from the seeds remains so",
                    ..Finding::story(format!(
                        "{node} was parted from the others, and believes in the end something \
                         else than the seed {seed}"
                    ))
                });
            }
        }
        let verdict = self.findings.verdict_if_met("seeds_heal", examined, of_ignorance(layout));
        if_met_or_administered(layout, verdict)
    }
}
