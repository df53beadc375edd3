//! Verifies: each operation that a client began ended exactly once, and none ended that never
//! began.
//!
//! Does not verify that the end is true (that a failed put had no effect, say). No knob breaks
//! this. Examines each operation.

use std::collections::BTreeSet;

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::id::OperationId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::ClientFact;

/// The judge.
#[derive(Debug, Default)]
pub struct Operations {
    open: BTreeSet<OperationId>,
    begun: u64,
    findings: Findings,
}

impl Judge for Operations {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Client { fact, .. } = record else { return };
        match fact {
            ClientFact::Invoked(invocation) => {
                self.begun += 1;
                if !self.open.insert(invocation.operation) {
                    self.find(now, invocation.operation, "began while it was under way");
                }
            }
            ClientFact::Retried { .. } | ClientFact::Moved { .. } => {}
            ClientFact::Refreshed { .. } | ClientFact::Misrouted { .. } => {}
            ClientFact::Coordinated(_) => {}
            ClientFact::Ended(ending) => {
                if !self.open.remove(&ending.operation) {
                    self.find(now, ending.operation, "ended while it was not under way");
                }
            }
        }
    }

    fn verdict(mut self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        for operation in std::mem::take(&mut self.open) {
            self.find(account.now, operation, "never ended");
        }
        Some(self.findings.verdict("operations", self.begun, Outcome::Violated))
    }
}

impl Operations {
    fn find(&mut self, now: Time, operation: OperationId, what: &str) {
        let story = || format!("operation {operation} {what}");
        self.findings.add(|| Finding { time: Some(now), ..Finding::story(story()) });
    }
}
