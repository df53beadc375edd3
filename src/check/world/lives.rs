//! Verifies: time never goes back, and no timer or finished job of an earlier life of a node is
//! handed to a later one.
//!
//! Does not verify that each timer comes at its time, nor that local clocks follow their faults.
//! No knob breaks this: it is a bug of the simulator. Counts starts of nodes and the end of the
//! scenario; looks at each record; the world itself counts what it hands to a node of another
//! life, beside the rule that should prevent it.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Lives {
    latest: Time,
    examined: u64,
    findings: Findings,
}

impl Judge for Lives {
    fn see(&mut self, now: Time, record: &Record<'_>) {
        // Other records come only if somebody wants them, which must not show.
        self.examined += u64::from(matches!(record, Record::Up { .. } | Record::Settling));
        let before = self.latest;
        if now < before {
            self.findings.add(|| Finding {
                time: Some(now),
                mechanism: "time goes back",
                ..Finding::story(format!("it was {before}, and then {now}"))
            });
        }
        self.latest = now;
    }

    fn verdict(mut self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        let astray = account.totals.astray;
        if astray > 0 {
            self.findings.add(|| Finding {
                mechanism: "a later life is handed what an earlier one has begun",
                ..Finding::story(format!(
                    "{astray} timers and jobs of an earlier life were handed to a node that has \
                     started again since"
                ))
            });
        }
        Some(self.findings.verdict_if_met("lives", self.examined, Outcome::Violated))
    }
}
