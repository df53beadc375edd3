//! Verifies (H4): a home that keeps what was delivered knows all that it knew before.
//!
//! Does not verify that it knows all that was delivered (hint_conservation does, when the hint
//! goes). Knobs that legitimately break it, and make it an anomaly: `versioning` `literal` and
//! `last_write_wins`, and `clock_truncation`, under which merging forgets. Examines each delivery.

use crate::check::hints::{covers, merges_keep_all};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::{Cause, Fact};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Delivery {
    examined: u64,
    findings: Findings,
}

impl Judge for Delivery {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Kept { change, cause: Cause::Handoff } } = record
        else {
            return;
        };
        self.examined += 1;
        let Some(before) = &change.before else { return };
        if !covers(change.after.as_deref(), before) {
            self.findings.add(|| Finding {
                time: Some(now),
                key: Some(change.key),
                nodes: vec![*node],
                mechanism: "a delivery that takes something away",
                ..Finding::story(format!(
                    "a hint of {} was delivered to {node}, which knows less of it since",
                    change.key
                ))
            });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?;
        let exact = merges_keep_all(layout);
        let otherwise = if exact { Outcome::Violated } else { Outcome::Anomaly };
        Some(self.findings.verdict_if_met("hint_delivery", self.examined, otherwise))
    }
}
