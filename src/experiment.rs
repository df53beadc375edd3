//! Scenario in, report out.

pub mod answers;
pub mod expected;
pub mod frontier;
pub mod paired;
pub mod steady;
pub mod sweep;

use crate::check::judges::Judges;
use crate::check::verdict::{Finding, Findings, Outcome as Stand, Verdict};
use crate::dynamo::message::Kind;
use crate::experiment::expected::{Measured, Probes, moments};
use crate::metrics::moment::Watched;
use crate::metrics::observer::Metrics;
use crate::metrics::timeline::Row;
use crate::report::definitions::all;
use crate::report::document::{Origin, Report};
use crate::scenario::expect::Expectation;
use crate::scenario::read::Checked;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::{Observer, Observers};
use crate::trace::record::{Account, Drop};

/// Events between two looks at whoever waits for the run.
const EVENTS_PER_PULSE: u32 = 4096;

/// What a run has come to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub report: Report,
    /// The timeline, a row for each sampling interval.
    pub rows: Vec<Row>,
    /// The `expect` lines, in their order.
    pub expectations: Vec<Tested>,
    pub conclusion: Conclusion,
}

/// An `expect` line and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Tested {
    pub expectation: Expectation,
    /// The figure; none if the run has nothing to say there.
    pub actual: Option<f64>,
    /// What it is compared with; none if the run has nothing to say there.
    pub bound: Option<f64>,
    pub held: bool,
}

/// The worst of all that was judged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Conclusion {
    /// Everything held.
    Held,
    /// A fault touched nothing, or a judge had nothing to examine: the run proves less than it
    /// seems.
    Inconclusive,
    /// A judge or an expectation was broken.
    Finding,
}

/// Runs a scenario while `watchers` look on. `pulse` is called now and then with the simulated
/// time; when it answers false the run is given up and nothing comes of it.
pub fn run(
    checked: &Checked,
    layout: &Layout,
    watchers: Vec<&mut dyn Observer>,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Outcome> {
    let lines = checked.expectations();
    let mut metrics = Watched::new(Metrics::new(layout), moments(lines, layout));
    let (mut judges, mut probes) = (Judges::new(layout), Probes::new(lines, layout));
    let mut all: Vec<&mut dyn Observer> = vec![&mut metrics, &mut judges];
    all.extend(probes.observers().map(|metrics| metrics as &mut dyn Observer));
    for watcher in watchers {
        all.push(watcher);
    }
    let account = drive(Simulation::new(&checked.plan()), &mut Observers::new(all), pulse)?;
    let (metrics, moments) = metrics.finish();
    let figures = metrics.finish(&account);
    let rows = figures.timeline.clone();
    let verdicts = judges.verdicts(&account);
    let origin = origin(checked);
    let windows = probes.finish(&origin, layout, &account);
    let mut report = Report::new(origin, layout, &account, figures, verdicts);
    let expectations = Measured { layout, report: &report, windows, moments }.test(lines);
    report.verdicts.extend(verdict(&expectations));
    let conclusion = conclude(&report.verdicts);
    Some(Outcome { report, rows, expectations, conclusion })
}

/// All figures that `expect` lines can name, in the order of the report.
pub fn known_figures() -> Vec<String> {
    all().flat_map(|(pattern, _)| spelt_out(pattern)).collect()
}

fn drive(
    mut simulation: Simulation,
    observers: &mut Observers<'_>,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Account> {
    simulation.start(observers);
    let mut until_pulse = EVENTS_PER_PULSE;
    while simulation.step(observers) {
        until_pulse -= 1;
        if until_pulse == 0 {
            until_pulse = EVENTS_PER_PULSE;
            if !pulse(simulation.now()) {
                return None;
            }
        }
    }
    Some(simulation.finish(observers))
}

pub(crate) fn origin(checked: &Checked) -> Origin {
    Origin {
        scenario: checked.scenario().name.clone(),
        scenario_hash: checked.hash(),
        seed: checked.scenario().seed,
        inputs: checked.inputs().iter().map(|it| (it.copy(), it.digest.clone())).collect(),
    }
}

/// The `expect` lines as one more judge; none where there are none.
fn verdict(tested: &[Tested]) -> Option<Verdict> {
    let mut findings = Findings::default();
    for broken in tested.iter().filter(|tested| !tested.held) {
        findings.add(|| Finding::story(broken.story()));
    }
    let examined = tested.len() as u64;
    (examined > 0).then(|| findings.verdict("expect", examined, Stand::Violated))
}

fn conclude(verdicts: &[Verdict]) -> Conclusion {
    let each = verdicts.iter().map(|verdict| match verdict.outcome {
        Stand::Held | Stand::Anomaly | Stand::NotMet => Conclusion::Held,
        Stand::Vacuous | Stand::NothingExamined => Conclusion::Inconclusive,
        Stand::Violated => Conclusion::Finding,
    });
    each.max().unwrap_or(Conclusion::Held)
}

impl Tested {
    /// What was expected and what came.
    pub fn story(&self) -> String {
        format!("expected {}, but {}", self.expectation, self.found())
    }

    /// What came.
    pub fn found(&self) -> String {
        let path = &self.expectation.path;
        let nothing = "has no value in this run: there was nothing to measure";
        match (self.actual, self.bound, &self.expectation.against) {
            (Some(actual), _, None) => format!("{path} is {actual}"),
            (Some(actual), Some(bound), Some(_)) => {
                format!("{path} is {actual}, compared with {bound}")
            }
            (Some(actual), None, Some(_)) => {
                format!("{path} is {actual}, and what it is compared with {nothing}")
            }
            (None, _, _) => format!("{path} {nothing}"),
        }
    }
}

/// A pattern of figures as the paths that it stands for. Those of single verdicts and faults are
/// left out: their places say nothing to a reader.
fn spelt_out(pattern: &str) -> Vec<String> {
    let all = std::iter::once("total").filter(|_| pattern.starts_with("messages."));
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).chain(all).collect();
    let drops: Vec<&str> = Drop::ALL.iter().map(|drop| drop.name()).collect();
    let mut paths = vec![String::new()];
    for (place, step) in pattern.split('.').enumerate() {
        let names: Vec<&str> = match step {
            "*" if pattern.contains("dropped") && place > 2 => drops.clone(),
            "*" if pattern.starts_with("messages.") || pattern.starts_with("ledgers.") => {
                kinds.clone()
            }
            "*" => Vec::new(),
            step => step.split('|').collect(),
        };
        let dot = if place == 0 { "" } else { "." };
        let longer =
            |path: &String| names.iter().map(move |name| format!("{path}{dot}{name}")).collect();
        paths = paths.iter().flat_map(|path| -> Vec<String> { longer(path) }).collect();
    }
    paths
}
