//! Verifies (H3): a hint is for a home of its key; and where homes change, no member is left with a
//! hint for one that is no member any more, long after the trouble is over.
//!
//! Does not verify, while nodes join and leave, for whom a hint comes to be: views differ then. A
//! hint for a member that is no home any more is delivered, and goes on from there. Who comes back
//! and is no member yet goes by no ring, and turns to other homes once it is one. Knob that
//! legitimately breaks the second, and makes it an anomaly: `gossip.rumours` that nobody
//! reconciles. Examines each hint that comes to be.

use std::collections::BTreeMap;

use crate::check::hints::patience;
use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::history::Status;
use crate::dynamo::storage::hint_store::Hint;
use crate::id::NodeId;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Targets {
    administered: bool,
    settled: Option<Time>,
    /// Who knows of whom that it was taken out, and since when.
    gone: BTreeMap<(NodeId, NodeId), Time>,
    /// Within which it has looked through its hints.
    bound: Duration,
    examined: u64,
    findings: Findings,
}

impl Targets {
    /// No hint yet.
    pub fn new(layout: &Layout) -> Targets {
        let (administered, findings) = (layout.administered, Findings::default());
        let scan = layout.cluster.hinted_handoff.on().map_or(0, |on| on.scan_interval.0);
        let gossip = &layout.cluster.gossip;
        let round = gossip.interval.0.saturating_mul(gossip.reconciles_every().unwrap_or(1));
        let bound = Duration((3 * scan).saturating_add(round));
        let gone = BTreeMap::new();
        Targets { administered, settled: None, gone, bound, examined: 0, findings }
    }

    fn look_at_delivery(&mut self, now: Time, node: NodeId, hint: &Hint) {
        let gone = self.gone.get(&(node, hint.target)).copied();
        let Some(since) = gone.filter(|since| *since + self.bound < now) else { return };
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(hint.key),
            nodes: vec![node, hint.target],
            mechanism: "a hint for one that is gone",
            ..Finding::story(format!(
                "{node} has delivered a hint of {} to {}, of which it knew from {since} that it \
                 was taken out, and has not turned to the homes that there are since",
                hint.key, hint.target
            ))
        });
    }

    fn look_at_the_end(&mut self, account: &Account, bound: Duration) {
        let long_ago = self.settled.is_some_and(|settled| settled + bound <= account.now);
        let members = (0_u32..).map(NodeId).zip(&account.nodes).filter(|(_, it)| it.belongs);
        for (node, holder) in members.filter(|(_, it)| long_ago && it.up) {
            let gone =
                |target: NodeId| account.nodes.get(target.index()).is_none_or(|it| !it.belongs);
            for hint in holder.hints.iter().filter(|hint| gone(hint.target)) {
                self.findings.add(|| Finding {
                    key: Some(hint.key),
                    nodes: vec![node, hint.target],
                    mechanism: "a hint for one that is gone",
                    ..Finding::story(format!(
                        "{node} still keeps a hint of {} for {}, which is no member any more, and \
                         has not turned to the homes that there are now",
                        hint.key, hint.target
                    ))
                });
            }
        }
    }
}

impl Judge for Targets {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if matches!(record, Record::Settling) {
            self.settled = Some(now);
        }
        match record {
            Record::Node { node, fact: Fact::Member(MemberFact::Believes { history, .. }) } => {
                let status = history.change(*node).map(|change| change.status);
                let comes = status == Some(Status::Joining);
                let removed = if comes { &[] } else { history.removed() };
                self.gone.retain(|(by, target), _| by != node || removed.contains(target));
                for target in removed {
                    self.gone.entry((*node, *target)).or_insert(now);
                }
            }
            Record::Down { node, .. } => self.gone.retain(|(by, _), _| by != node),
            Record::Node { node, fact: Fact::HintDelivered { hint } } => {
                self.look_at_delivery(now, *node, hint);
            }
            _other => {}
        }
        let Record::Node { node, fact: Fact::HintCreated { hint } } = record else { return };
        self.examined += 1;
        if self.administered || holdings.homes(hint.key).contains(&hint.target) {
            return;
        }
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(hint.key),
            nodes: vec![*node, hint.target],
            mechanism: "a hint for one that is no home",
            ..Finding::story(format!(
                "{node} keeps a hint of {} for {}, which is none of its homes",
                hint.key, hint.target
            ))
        });
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?;
        let most = account.nodes.iter().map(|node| node.hints.len() as u64).max().unwrap_or(0);
        self.look_at_the_end(account, patience(layout, most));
        let otherwise = match layout.cluster.gossip.reconciles_every() {
            None if self.administered => Outcome::Anomaly,
            Some(_) | None => Outcome::Violated,
        };
        Some(self.findings.verdict_if_met("hint_targets", self.examined, otherwise))
    }
}
