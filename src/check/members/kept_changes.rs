//! Verifies: joining two histories loses nothing. Nobody forgets a node that it knew; of two
//! concurrent changes of one node the same wins wherever both are known; and in the end each change
//! that was announced is believed in by all members, or a later or concurrent one is.
//!
//! What is later is by who knew what. Two administrators who change one node's membership without
//! knowing of each other have one of their changes lost: that is how histories are joined, and no
//! finding. If a run ended before gossip had the rounds that it needs, only what nodes do to each
//! other is judged. What no disk holds any more, because all that did were lost, nobody can know.
//! Knob that legitimately breaks the last, and makes it an anomaly: `gossip.rumours` that nobody
//! reconciles. Examines each belief that has turned, and each change announced.

use std::collections::BTreeSet;

use crate::check::judge::Judge;
use crate::check::members::chronicle::{By, Chronicle, Turn};
use crate::check::members::{if_met_or_administered, of_ignorance};
use crate::check::verdict::{Finding, Outcome, Verdict};
use crate::check::weighed::Weighed;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct KeptChanges {
    chronicle: Chronicle,
    /// Concurrent changes of a node where the second won over the first.
    won: BTreeSet<(NodeId, usize, usize)>,
    examined: u64,
    findings: Weighed,
}

impl Judge for KeptChanges {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        for turn in self.chronicle.see(now, record) {
            if turn.from.is_some() || turn.by == By::Announced {
                self.examined += 1;
            }
            if let Some(mechanism) = self.wrong(turn) {
                let Turn { believer, subject, .. } = turn;
                self.findings.add(false, || Finding {
                    time: Some(now),
                    nodes: vec![believer, subject],
                    mechanism,
                    ..Finding::story(format!("{believer}, of {subject}: {mechanism}"))
                });
            }
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let told = account.quiescent || self.chronicle.is_told(layout, account);
        let dies = of_ignorance(layout) == Outcome::Anomaly;
        for (node, subject) in if told { self.lost(account) } else { Vec::new() } {
            self.findings.add(dies, || Finding {
                nodes: vec![node, subject],
                mechanism: "a change that a member does not know in the end",
                ..Finding::story(format!(
                    "{node} does not know in the end of a change of {subject}'s membership"
                ))
            });
        }
        let verdict = self.findings.verdict("kept_changes", self.examined);
        if_met_or_administered(layout, verdict)
    }
}

impl KeptChanges {
    fn wrong(&mut self, turn: Turn) -> Option<&'static str> {
        let Turn { subject, from, to, by, .. } = turn;
        let (from, to) = match (from, to) {
            (Some(_), None) => return Some("a node that was known is forgotten"),
            (Some(from), Some(to)) if by == By::Heard => (from, to),
            _other => return None,
        };
        let ordered = |one, other| self.chronicle.is_past(subject, one, other);
        if ordered(from, to) || ordered(to, from) {
            return None;
        }
        self.won.insert((subject, from, to));
        let both = self.won.contains(&(subject, to, from));
        both.then_some("of two concurrent changes now one wins and now the other")
    }

    /// Members that run and do not know of a change that was announced.
    fn lost(&self, account: &Account) -> Vec<(NodeId, NodeId)> {
        let mut lost = Vec::new();
        for (node, view) in self.chronicle.views() {
            let account = account.nodes.get(node.index());
            if account.is_none_or(|node| !node.up || !node.belongs) {
                continue;
            }
            for subject in self.chronicle.subjects() {
                let held = view.change(subject).and_then(|it| self.chronicle.place(subject, it));
                let later = |entry: &crate::check::members::chronicle::Entry| match held {
                    Some(held) => entry.past.contains(&held),
                    None => true,
                };
                let entries = self.chronicle.entries(subject).iter().enumerate();
                let mut missed = entries.filter(|(_, entry)| later(entry));
                if missed.any(|(place, _)| self.chronicle.is_remembered(subject, place)) {
                    lost.push((node, subject));
                }
            }
        }
        lost
    }
}
