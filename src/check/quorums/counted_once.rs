//! Verifies: a get that succeeds has counted R answers and a put W, each of another node, and no
//! node is asked twice in one attempt; whatever was sent or answered twice.
//!
//! Does not verify what was answered. No knob breaks this. Examines each successful request.

use crate::check::judge::Judge;
use crate::check::quorums::promise::counted;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::request::{Counted, Heard};
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct CountedOnce {
    r: u32,
    w: u32,
    examined: u64,
    findings: Findings,
}

impl CountedOnce {
    /// Nothing has been counted.
    pub fn new(layout: &Layout) -> CountedOnce {
        let (r, w) = (layout.cluster.r, layout.cluster.w);
        CountedOnce { r, w, examined: 0, findings: Findings::default() }
    }

    fn look_at(&mut self, now: Time, counted: &Counted) {
        self.examined += 1;
        let asked = &counted.request.asked;
        let answered = asked.iter().filter(|asked| asked.heard == Heard::Answer);
        let answered: Vec<NodeId> = answered.map(|asked| asked.node).collect();
        let needed = if counted.request.ghost.is_some() { self.w } else { self.r };
        let fault = match () {
            () if different(answered.iter().copied()) < counted.count as usize => {
                "counted more answers than nodes have given"
            }
            () if counted.count < needed => "counted too few answers",
            () if different(asked.iter().map(|asked| asked.node)) < asked.len() => {
                "asked a node twice"
            }
            () => return,
        };
        let (attempt, count) = (counted.request.attempt, counted.count);
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(counted.request.key),
            event: counted.request.ghost.as_ref().map(|ghost| ghost.event()),
            mechanism: fault,
            story: format!(
                "attempt {attempt} succeeded with {count} answers counted of {needed} needed, of \
                 {} different nodes: the coordinator {fault}",
                different(answered.iter().copied())
            ),
            nodes: answered,
        });
    }
}

fn different(nodes: impl Iterator<Item = NodeId>) -> usize {
    let mut nodes: Vec<NodeId> = nodes.collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes.len()
}

impl Judge for CountedOnce {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Some(counted) = counted(record) {
            self.look_at(now, counted);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let CountedOnce { examined, findings, .. } = *self;
        Some(findings.verdict_if_met("counted_once", examined, Outcome::Violated))
    }
}
