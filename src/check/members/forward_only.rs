//! Verifies: what a node believes of another's membership never goes back to a change that it had
//! known to be replaced, while it keeps its disk; and a change that is made is no older one.
//!
//! There are no generations in this protocol: the past of a change is what its maker had believed
//! before, whatever counter it was given. Nobody's own membership comes before his earlier one when
//! he starts again, for the history is on the disk. No knob breaks it; a disk that was wiped or
//! restored has known nothing. Examines each belief that has turned.

use crate::check::judge::Judge;
use crate::check::members::chronicle::{By, Chronicle, Turn};
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct ForwardOnly {
    chronicle: Chronicle,
    turned: u64,
    findings: Findings,
}

impl Judge for ForwardOnly {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        for turn in self.chronicle.see(now, record) {
            let Turn { believer, subject, from: Some(from), to: Some(to), by } = turn else {
                continue;
            };
            self.turned += 1;
            if by == By::Nobody || !self.chronicle.is_past(subject, to, from) {
                continue;
            }
            self.findings.add(|| Finding {
                time: Some(now),
                nodes: vec![believer, subject],
                mechanism: match by {
                    By::Announced => "a change that is older than what it replaces",
                    By::Heard | By::Nobody => "a view that goes back",
                },
                ..Finding::story(format!(
                    "{believer} knew a later change of {subject}'s membership than the one that \
                     it believes in now"
                ))
            });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let verdict = self.findings.verdict_if_met("forward_only", self.turned, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}
