//! Verifies: membership changes by an administrator's order only, and no further than ordered;
//! whoever comes or goes may prepare that (its tokens, its heirs) and end it. Nobody believes in a
//! change that nobody has made.
//!
//! Suspicion changes only where requests go: a node that takes silence for departure is found here.
//! Does not verify that an order is obeyed (kept_changes does). No knob breaks it; this protocol
//! has no removal without an order. Examines each change that was announced.

use std::collections::BTreeMap;

use crate::check::judge::Judge;
use crate::check::members::chronicle::{By, Chronicle, Turn};
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::message::Command;
use crate::dynamo::ring::history::Status;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct OrderedChanges {
    chronicle: Chronicle,
    /// The last order that each node was given, and when.
    orders: BTreeMap<NodeId, (Time, Command)>,
    examined: u64,
    findings: Findings,
}

impl Judge for OrderedChanges {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Node { node, fact: Fact::Member(MemberFact::Commanded(command)) } = record {
            self.orders.insert(*node, (now, command.clone()));
        }
        for turn in self.chronicle.see(now, record) {
            let mechanism = match turn.by {
                By::Heard => continue,
                By::Nobody => "a change that nobody has made",
                By::Announced => "a change without an order",
            };
            self.examined += 1;
            if turn.by == By::Announced && (self.is_its_own(turn) || self.is_ordered(now, turn)) {
                continue;
            }
            let Turn { believer, subject, .. } = turn;
            self.findings.add(|| Finding {
                time: Some(now),
                nodes: vec![believer, subject],
                mechanism,
                ..Finding::story(format!(
                    "{believer} has {subject}'s membership changed, and no administrator said so"
                ))
            });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let verdict =
            self.findings.verdict_if_met("ordered_changes", self.examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}

impl OrderedChanges {
    fn status(&self, subject: NodeId, place: Option<usize>) -> Option<Status> {
        place.map(|place| self.chronicle.entries(subject)[place].change.status)
    }

    /// A node prepares or ends its own coming or going.
    fn is_its_own(&self, turn: Turn) -> bool {
        let status = |place| self.status(turn.subject, place);
        let step = match (status(turn.from), status(turn.to)) {
            (Some(Status::Joining), Some(Status::Joining | Status::Member)) => true,
            (Some(Status::Leaving), Some(Status::Leaving | Status::Left)) => true,
            _other => false,
        };
        step && turn.believer == turn.subject
    }

    fn is_ordered(&self, now: Time, turn: Turn) -> bool {
        let Turn { believer, subject, to, .. } = turn;
        let Some((at, command)) = self.orders.get(&believer) else { return false };
        // To forget a node at once is one way to remove it.
        let status = self.status(subject, to).unwrap_or(Status::Removed);
        let meant = match *command {
            Command::Settle(ref settler) => settler.node == subject && status == Status::Joining,
            Command::Join(node) => node == subject && status == Status::Joining,
            Command::Leave(node) | Command::LeaveAgain { node, .. } => {
                node == subject && matches!(status, Status::Leaving | Status::Removed)
            }
            Command::Remove(node) => node == subject && status == Status::Removed,
            Command::Replace { dead, by } => {
                dead == subject && status == Status::Removed
                    || by == subject && status == Status::Member
            }
        };
        meant && *at == now
    }
}
