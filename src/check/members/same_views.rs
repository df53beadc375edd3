//! Verifies: in the end all members that run believe the same of everybody: status, tokens and
//! who takes whose place.
//!
//! Does not verify that what they believe is right (kept_changes does). If a run ended before
//! gossip had the rounds that it needs after the last disturbance, it says nothing. Knob that
//! legitimately breaks it, and makes it an anomaly: `gossip.rumours` that nobody reconciles.
//! Examines each member that runs, in runs in which somebody's belief ever changed.

use crate::check::judge::Judge;
use crate::check::members::chronicle::{Chronicle, Turn};
use crate::check::members::{if_met_or_administered, of_ignorance};
use crate::check::verdict::{Finding, Findings, Verdict};
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct SameViews {
    chronicle: Chronicle,
    turned: bool,
}

impl Judge for SameViews {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let turns = self.chronicle.see(now, record);
        self.turned |= turns.iter().any(|turn: &Turn| turn.from.is_some() || turn.to.is_none());
    }

    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let (mut findings, mut examined) = (Findings::default(), 0);
        let told = account.quiescent || self.chronicle.is_told(layout, account);
        let runs = |node: &NodeId| {
            let node = account.nodes.get(node.index());
            node.is_some_and(|node| node.up && node.belongs)
        };
        let mut members = self.chronicle.views().filter(|(node, _)| runs(node));
        let first = members.next().filter(|_| told && self.turned);
        for (node, view) in members.take_while(|_| first.is_some()) {
            let (first, other) = first.expect("there is one");
            examined += 1;
            if !view.changes().eq(other.changes()) {
                findings.add(|| Finding {
                    nodes: vec![first, node],
                    mechanism: "members that believe differently in the end",
                    ..Finding::story(format!(
                        "{first} and {node} are members, and believe differently in the end"
                    ))
                });
            }
        }
        let verdict = findings.verdict_if_met("same_views", examined, of_ignorance(layout));
        if_met_or_administered(layout, verdict)
    }
}
