//! Verifies: who was removed, or has left, owns nothing in the view of anybody who has known of
//! it, unless an administrator ordered a later join; and in the end nobody else believes in it
//! either.
//!
//! Which change is later is by who knew what, not by the counters that nodes go by. A node that has
//! lost its disk has known of nothing. A removal and a change that its maker had made without
//! knowing of it are concurrent: if the removal loses, that is an anomaly (of concurrent changes of
//! one node the protocol keeps one). What no disk holds any more, because all that did were lost,
//! nobody can know. Knob that legitimately breaks the last, and makes it an
//! anomaly: `gossip.rumours` that nobody reconciles. Examines each removal and each departure.

use crate::check::judge::Judge;
use crate::check::members::chronicle::{Chronicle, Turn};
use crate::check::members::{if_met_or_administered, of_ignorance};
use crate::check::verdict::{Finding, Outcome, Verdict};
use crate::check::weighed::Weighed;
use crate::dynamo::ring::history::Status;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct GoneForGood {
    chronicle: Chronicle,
    findings: Weighed,
}

impl Judge for GoneForGood {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        for turn in self.chronicle.see(now, record) {
            if self.comes_back(turn) {
                let Turn { believer, subject, .. } = turn;
                self.findings.add(false, || Finding {
                    time: Some(now),
                    nodes: vec![believer, subject],
                    mechanism: "a node that was gone is back in a view",
                    ..Finding::story(format!(
                        "{believer} knew that {subject} was gone, and believes again that it \
                         belongs"
                    ))
                });
            }
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let told = account.quiescent || self.chronicle.is_told(layout, account);
        let subjects: Vec<NodeId> = self.chronicle.subjects().collect();
        let gone = |subject: &NodeId| {
            let entries = self.chronicle.entries(*subject);
            entries.iter().filter(|entry| is_gone(entry.change.status)).count() as u64
        };
        let examined = subjects.iter().map(gone).sum();
        let views = self.chronicle.views().filter(|(node, _)| {
            let node = account.nodes.get(node.index());
            told && node.is_some_and(|node| node.up && node.belongs)
        });
        let mut zombies = Vec::new();
        for (node, view) in views {
            let owns = |subject: &&NodeId| view.is_member(**subject);
            let back = subjects.iter().filter(owns).filter(|subject| {
                let change = view.change(**subject).expect("it is a member");
                let held = self.chronicle.place(**subject, change);
                held.is_some_and(|held| self.is_outlived(**subject, held))
            });
            zombies.extend(back.map(|subject| (node, *subject)));
        }
        let dies = of_ignorance(layout) == Outcome::Anomaly;
        for (node, subject) in zombies {
            self.findings.add(dies, || Finding {
                nodes: vec![node, subject],
                mechanism: "a node that was gone owns ranges in the end",
                ..Finding::story(format!("{node} believes in the end that {subject} belongs"))
            });
        }
        let verdict = self.findings.verdict("gone_for_good", examined);
        if_met_or_administered(layout, verdict)
    }
}

impl GoneForGood {
    fn comes_back(&self, turn: Turn) -> bool {
        let Turn { believer, subject, from, to, .. } = turn;
        let Some(to) = to else { return false };
        let entries = self.chronicle.entries(subject);
        if !entries[to].change.status.is_on_ring() {
            return false;
        }
        match (from, self.chronicle.forgotten(believer, subject)) {
            (Some(from), _) => {
                let gone = is_gone(entries[from].change.status);
                gone && self.chronicle.is_past(subject, to, from)
            }
            (None, Some(known)) => to == known || self.chronicle.is_past(subject, to, known),
            (None, None) => false,
        }
    }

    /// Was the node gone after this change, by the knowledge of who said so, and has not every disk
    /// that knew it been lost?
    fn is_outlived(&self, subject: NodeId, held: usize) -> bool {
        let mut entries = self.chronicle.entries(subject).iter().enumerate();
        entries.any(|(place, entry)| {
            is_gone(entry.change.status)
                && entry.past.contains(&held)
                && self.chronicle.is_remembered(subject, place)
        })
    }
}

fn is_gone(status: Status) -> bool {
    match status {
        Status::Removed | Status::Left => true,
        Status::Joining | Status::Leaving | Status::Member => false,
    }
}
