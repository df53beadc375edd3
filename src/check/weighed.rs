//! Findings of two weights: those that nothing allows, and those that a run's own settings or
//! troubles explain.

use crate::check::verdict::{Finding, Findings, Outcome, Verdict};

/// Findings while they are gathered, each weighed.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    wrong: Findings,
    allowed: Findings,
}

impl Weighed {
    /// One more, that this run explains or not.
    pub fn add(&mut self, is_allowed: bool, finding: impl FnOnce() -> Finding) {
        match is_allowed {
            true => self.allowed.add(finding),
            false => self.wrong.add(finding),
        }
    }

    /// As `verdict`, of what must be met in every run.
    pub fn verdict_of_all(self, judge: &'static str, examined: u64) -> Verdict {
        match self.wrong.is_empty() {
            true => self.allowed.verdict(judge, examined, Outcome::Anomaly),
            false => self.wrong.verdict(judge, examined, Outcome::Violated),
        }
    }

    /// The verdict: only where nothing is wrong does it tell of what is allowed.
    pub fn verdict(self, judge: &'static str, examined: u64) -> Verdict {
        match self.wrong.is_empty() {
            true => self.allowed.verdict_if_met(judge, examined, Outcome::Anomaly),
            false => self.wrong.verdict(judge, examined, Outcome::Violated),
        }
    }
}
