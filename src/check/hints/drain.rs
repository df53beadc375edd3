//! Verifies (H6): once all trouble is over for long enough, no member that runs keeps a hint for a
//! member that runs.
//!
//! Long enough is until a target is tried again and believed up, three scans, `idle`, gossip, and
//! 50 ms for each hint. A run that ends before, or with background work under admission control, is
//! not judged for what is left. Does not verify how fast hints drain meanwhile
//! (`handoff.drained_after_s` says so). No knob breaks this. Examines each hint that comes to be.

use crate::check::hints::patience;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Drain {
    settled: Option<Time>,
    examined: u64,
    findings: Findings,
}

impl Judge for Drain {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Settling => self.settled = Some(now),
            Record::Node { fact: Fact::HintCreated { .. }, .. } => self.examined += 1,
            _other => {}
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?;
        let free = layout.cluster.admission.on().is_none();
        let runs = |node: NodeId| {
            account.nodes.get(node.index()).is_some_and(|node| node.up && node.belongs)
        };
        for (node, holder) in (0_u32..).map(NodeId).zip(&account.nodes) {
            let bound = patience(layout, holder.hints.len() as u64);
            let over = self.settled.is_some_and(|settled| settled + bound <= account.now);
            if !over || !free || !runs(node) {
                continue;
            }
            for hint in holder.hints.iter().filter(|hint| runs(hint.target)) {
                self.findings.add(|| Finding {
                    key: Some(hint.key),
                    nodes: vec![node, hint.target],
                    mechanism: "a hint that is never delivered",
                    ..Finding::story(format!(
                        "{node} still keeps a hint of {} for {}, though both have been well for {}",
                        hint.key,
                        hint.target,
                        account.now.since(self.settled.unwrap_or(account.now))
                    ))
                });
            }
        }
        Some(self.findings.verdict_if_met("hint_drain", self.examined, Outcome::Violated))
    }
}
