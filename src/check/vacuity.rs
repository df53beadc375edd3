//! Verifies: each fault of the scenario touched a message, a node, a disk job or a copy.
//!
//! Does not verify that it touched enough to matter. A run with a vacuous fault is inconclusive
//! and not wrong: it shows less than its scenario says. A fault on a link that nobody uses, or one
//! shorter than the gaps in traffic, is vacuous by design; one that is optional may be. Examines
//! each fault; silent without any.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::trace::layout::Layout;
use crate::trace::record::{Account, Touched};

/// The judge.
#[derive(Debug)]
pub struct Vacuity;

impl Judge for Vacuity {
    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        if layout.faults.is_empty() {
            return None;
        }
        let mut findings = Findings::default();
        for (fault, touched) in layout.faults.iter().zip(&account.touched) {
            if is_nothing(touched) && !fault.optional {
                findings.add(|| Finding {
                    time: Some(fault.from),
                    ..Finding::story(format!("{}: {} touched nothing", fault.kind, fault.label))
                });
            }
        }
        Some(findings.verdict("vacuity", layout.faults.len() as u64, Outcome::Vacuous))
    }
}

fn is_nothing(touched: &Touched) -> bool {
    // Bytes are those of the messages.
    // An operation is touched in a message, a job or a node.
    let Touched { messages, bytes: _, operations: _, nodes, jobs, copies } = *touched;
    messages + nodes + jobs + copies == 0
}
