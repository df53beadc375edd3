//! One run before the judges, without numbers and files: what a hunt does thousands of times.

use crate::check::judges::Judges;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::hunt::bugs::Bug;
use crate::hunt::fingerprint::{Fingerprint, Sighting, sightings};
use crate::scenario::read::Checked;
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::trace::observer::{Observer, Observers};

/// Name of the judge of runs that never end.
pub const BUDGET: &str = "budget";
/// Name of the judge of runs that do not repeat.
pub const REPEAT: &str = "repeat";
/// Name of the judge of code that gave up.
pub const PANIC: &str = "panic";

/// Events after which a run is taken for one that never ends, where nothing else is said: a
/// hundred times what the largest drawn plans take.
pub const EVENTS: u64 = 20_000_000;

/// Steps of a run between two looks at whether it is still wanted.
const LOOKS: u64 = 1 << 14;

/// How far a run may go.
#[derive(Clone, Copy)]
pub struct Budget<'b> {
    /// After so many events it is taken for one that never ends.
    pub events: u64,
    /// Does nobody want to know any more how it comes out? It is given up then, and shows nothing.
    pub is_unwanted: &'b (dyn Fn() -> bool + Sync),
}

impl From<u64> for Budget<'static> {
    fn from(events: u64) -> Budget<'static> {
        Budget { events, is_unwanted: &|| false }
    }
}

/// What came of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    pub verdicts: Vec<Verdict>,
    /// Fingerprint of the run.
    pub digest: u64,
    /// Inputs handled by nodes and clients.
    pub events: u64,
}

/// How closely a run is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Care {
    /// It runs once, before the judges.
    Once,
    /// It runs again with nobody watching, and must do the same.
    Twice,
}

impl Trial {
    /// Runs a scenario before all judges.
    pub fn of(checked: &Checked) -> Trial {
        Trial::of_plan(&checked.plan(), EVENTS, &mut [])
    }

    /// Tries a planted bug: with the care that its invariants need.
    pub fn of_bug(bug: &Bug, checked: &Checked) -> Trial {
        Trial::with_care(&checked.plan(), EVENTS, care_for(bug), &mut [])
    }

    /// Runs a plan before all judges and these others, and gives it up after so many events.
    pub fn of_plan<'b>(
        plan: &Plan,
        budget: impl Into<Budget<'b>>,
        others: &mut [&mut dyn Observer],
    ) -> Trial {
        let mut judges = Judges::new(&plan.layout());
        let mut watchers: Vec<&mut dyn Observer> = vec![&mut judges];
        watchers.extend(others.iter_mut().map(|other| &mut **other as &mut dyn Observer));
        let mut observers = Observers::new(watchers);
        let mut simulation = Simulation::new(plan);
        if let Some(ending) = give_up(&mut simulation, &mut observers, budget.into()) {
            return ending;
        }
        let account = simulation.finish(&mut observers);
        let (digest, events) = (account.digest, account.totals.events);
        Trial { verdicts: judges.verdicts(&account), digest, events }
    }

    /// The same with care.
    pub fn with_care<'b>(
        plan: &Plan,
        budget: impl Into<Budget<'b>>,
        care: Care,
        others: &mut [&mut dyn Observer],
    ) -> Trial {
        let budget = budget.into();
        let mut trial = Trial::of_plan(plan, budget, others);
        if care == Care::Twice {
            let repeat = repeated(plan, budget, trial.digest);
            // Where one of the runs was given up, its digest says nothing about the other.
            trial.verdicts.extend(repeat.filter(|_| !(budget.is_unwanted)()));
        }
        trial
    }

    /// A run that ended with a panic that said this.
    pub fn panicked(message: &str) -> Trial {
        let mut findings = Findings::default();
        findings.add(|| Finding::story(message.to_string()));
        let verdicts = vec![findings.verdict(PANIC, 1, Outcome::Violated)];
        Trial { verdicts, digest: 0, events: 0 }
    }

    /// The judges who say that something is broken.
    pub fn broken(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Violated)
    }

    /// What was found, each fingerprint once.
    pub fn sightings(&self) -> Vec<Sighting> {
        self.broken().flat_map(sightings).collect()
    }

    /// Was this found?
    pub fn shows(&self, fingerprint: &Fingerprint) -> bool {
        self.sightings().iter().any(|sighting| sighting.fingerprint == *fingerprint)
    }
}

/// With which care a bug must be tried: one against repetition shows in a second run only.
pub fn care_for(bug: &Bug) -> Care {
    if bug.invariants.contains(&"Z1") { Care::Twice } else { Care::Once }
}

/// Runs to the end; what there is to say if the budget ends first.
fn give_up(
    simulation: &mut Simulation,
    observers: &mut Observers<'_>,
    budget: Budget<'_>,
) -> Option<Trial> {
    simulation.start(observers);
    let mut steps: u64 = 0;
    while simulation.step(observers) {
        steps += 1;
        if steps.is_multiple_of(LOOKS) && (budget.is_unwanted)() {
            return Some(Trial { verdicts: Vec::new(), digest: 0, events: 0 });
        }
        // Steps that hand nobody anything count as well.
        if steps.max(simulation.totals().events) >= budget.events {
            let mut findings = Findings::default();
            findings.add(|| Finding {
                time: Some(simulation.now()),
                mechanism: "the run does not end",
                ..Finding::story(format!(
                    "after {} events the run stands at {} and has not ended",
                    budget.events,
                    simulation.now()
                ))
            });
            let verdicts = vec![findings.verdict(BUDGET, 1, Outcome::Violated)];
            let (digest, events) = (simulation.digest(), simulation.totals().events);
            return Some(Trial { verdicts, digest, events });
        }
    }
    None
}

/// Runs the same again with nobody watching. Where that does something else, a third run tells
/// whether the watchers made the difference.
fn repeated(plan: &Plan, budget: Budget<'_>, watched: u64) -> Option<Verdict> {
    let unwatched = || {
        let (mut nobody, mut simulation) = (Observers::default(), Simulation::new(plan));
        match give_up(&mut simulation, &mut nobody, budget) {
            Some(trial) => trial.digest,
            None => simulation.finish(&mut nobody).digest,
        }
    };
    let mut findings = Findings::default();
    let second = unwatched();
    if second != watched {
        let third = unwatched();
        let mechanism = match second == third {
            true => "those who watch change the run",
            false => "the same run twice does not do the same",
        };
        let story = format!("digest {watched:016x} when watched, then {second:016x}, {third:016x}");
        findings.add(|| Finding { mechanism, ..Finding::story(story) });
    }
    Some(findings.verdict(REPEAT, 1, Outcome::Violated))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::scenario::spec::Scenario;
    use crate::time::Duration;

    fn plan() -> Plan {
        let text = r#"{ "name": "small", "duration": "1s", "cluster": { "nodes": 3 },
                        "workload": { "clients": 2, "keys": { "uniform": { "count": 5 } } } }"#;
        Scenario::read("small", text, &[], &[]).unwrap().plan()
    }

    #[test]
    fn a_run_that_repeats_is_held_and_one_without_end_is_found() {
        let trial = Trial::with_care(&plan(), EVENTS, Care::Twice, &mut []);
        assert_eq!(trial.sightings(), []);
        let last = trial.verdicts.last().unwrap();
        assert_eq!((last.invariant, last.outcome, last.examined), ("Z1", Outcome::Held, 1));
        let short = Trial::of_plan(&plan(), 100, &mut []);
        let words: Vec<String> =
            short.sightings().iter().map(|one| one.fingerprint.words()).collect();
        assert_eq!(words, ["budget: the run does not end"]);
        assert_eq!(repeated(&plan(), EVENTS.into(), 7).unwrap().outcome, Outcome::Violated);
    }

    /// A run that nobody wants any more shows nothing, nor does its repetition.
    #[test]
    fn what_is_not_wanted_any_more_is_no_finding() {
        let plan = Plan { duration: Duration::from_secs(120), ..plan() };
        let looks = AtomicUsize::new(0);
        let after = |most: usize, care: Care| {
            looks.store(0, Ordering::Relaxed);
            let is_unwanted = || looks.fetch_add(1, Ordering::Relaxed) >= most;
            let budget = Budget { events: EVENTS, is_unwanted: &is_unwanted };
            let trial = Trial::with_care(&plan, budget, care, &mut []);
            (trial.sightings(), trial.events > 0)
        };
        assert_eq!(after(usize::MAX, Care::Once), (Vec::new(), true));
        let whole = looks.load(Ordering::Relaxed);
        assert!(whole > 0, "the run is long enough to be looked at");
        assert_eq!(after(0, Care::Once), (Vec::new(), false));
        assert_eq!(after(whole, Care::Twice), (Vec::new(), true));
    }
}
