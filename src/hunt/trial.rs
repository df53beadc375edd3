//! One run before the judges, without numbers and files: what a hunt does thousands of times.

use crate::check::judges::Judges;
use crate::check::verdict::{Outcome, Verdict};
use crate::scenario::read::Checked;
use crate::sim::simulation::Simulation;
use crate::trace::observer::Observers;

/// What came of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    pub verdicts: Vec<Verdict>,
    /// Fingerprint of the run.
    pub digest: u64,
    /// Inputs handled by nodes and clients.
    pub events: u64,
}

impl Trial {
    /// Runs a scenario before all judges.
    pub fn of(checked: &Checked) -> Trial {
        let plan = checked.plan();
        let mut judges = Judges::new(&plan.layout());
        let mut observers = Observers::new(vec![&mut judges]);
        let mut simulation = Simulation::new(&plan);
        simulation.start(&mut observers);
        while simulation.step(&mut observers) {}
        let account = simulation.finish(&mut observers);
        let (digest, events) = (account.digest, account.totals.events);
        Trial { verdicts: judges.verdicts(&account), digest, events }
    }

    /// The judges who say that something is broken.
    pub fn broken(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Violated)
    }
}
