//! Rules of the lines of `expect`: there are such figures, windows and moments.

use std::collections::BTreeSet;

use crate::faults::composed::laid_out;
use crate::faults::fault::Fault;
use crate::faults::schedule::window;
use crate::metrics::moment::FIGURES as AT_A_MOMENT;
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::expect::Expectation;
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::spec::Scenario;
use crate::scenario::when::{Place, When};
use crate::time::Time;
use crate::trace::layout::FaultWindow;

/// Most windows that are measured: each costs as much as all other numbers of the run.
pub const WINDOW_LIMIT: usize = 16;

/// The kinds of figure that a line can name.
#[derive(Clone, Copy)]
enum Kind {
    WholeRun,
    Window,
    Moment,
}

struct Rules<'r> {
    scenario: &'r Scenario,
    known: &'r [&'r str],
    /// None while the faults are not as they should be.
    faults: Option<Vec<FaultWindow>>,
    windows: BTreeSet<Place>,
    findings: &'r mut Findings,
}

/// Checks all lines. Comes last: where faults are is known only of those that keep their rules.
pub(super) fn check(scenario: &Scenario, known: &[&str], findings: &mut Findings) {
    let faults = findings.is_empty().then(|| windows_of(scenario));
    let mut rules = Rules { scenario, known, faults, windows: BTreeSet::new(), findings };
    for (i, line) in scenario.expect.iter().enumerate() {
        let path = Path::from("expect").index(i);
        match Expectation::parse(line) {
            Ok(expectation) => rules.check(&expectation, &path),
            Err(message) => rules.findings.require(false, path, message),
        }
    }
    let count = rules.windows.len();
    let message = format!("{count} different windows; at most {WINDOW_LIMIT} are measured");
    rules.findings.require(count <= WINDOW_LIMIT, "expect", message);
}

fn windows_of(scenario: &Scenario) -> Vec<FaultWindow> {
    let window = |fault: &Fault| {
        let (from, to) = window(&fault.what, scenario.duration);
        let (kind, optional) = (fault.what.plain().kind(), fault.is_optional());
        FaultWindow { kind, label: String::new(), from, to, optional }
    };
    laid_out(&scenario.faults).iter().map(window).collect()
}

impl Rules<'_> {
    fn check(&mut self, expectation: &Expectation, path: &Path) {
        self.check_side(expectation.when.as_ref(), &expectation.path, path);
        if expectation.against.is_some() && expectation.against != expectation.when {
            self.check_side(expectation.against.as_ref(), &expectation.path, path);
        }
    }

    fn check_side(&mut self, when: Option<&When>, figure: &str, path: &Path) {
        let kind = match when {
            None => Kind::WholeRun,
            Some(When::Later(..) | When::Earlier(..) | When::At(_)) => Kind::Moment,
            Some(When::During(_) | When::Before(_) | When::After(_) | When::FromTo(..)) => {
                Kind::Window
            }
        };
        self.check_figure(kind, figure, path);
        let placed = when.zip(self.faults.as_ref()).map(|(when, faults)| when.place(faults));
        let message = match placed {
            Some(Ok(place)) => self.check_place(place),
            Some(Err(message)) => Some(message),
            None => None,
        };
        if let Some(message) = message {
            self.findings.require_with(false, path.clone(), ["faults", "duration"], message);
        }
    }

    /// What is wrong with a place, if anything is.
    fn check_place(&mut self, place: Place) -> Option<String> {
        let Scenario { duration, settle_limit, .. } = self.scenario;
        let (asked, end) = (Time::ZERO + *duration, Time::ZERO + *duration + *settle_limit);
        match place {
            Place::Window(from, _) if from >= asked => {
                Some(format!("nothing begins in this window: clients ask until {duration}"))
            }
            Place::Moment(at) if at > end => {
                Some(format!("{} is after the end of the run, which comes by {end}", at))
            }
            Place::Window(..) => {
                self.windows.insert(place);
                None
            }
            Place::Moment(_) => None,
        }
    }

    fn check_figure(&mut self, kind: Kind, figure: &str, path: &Path) {
        let (list, nowhere): (Vec<String>, &str) = match kind {
            Kind::WholeRun => {
                (self.known.iter().map(ToString::to_string).collect(), "no report has a figure")
            }
            Kind::Window => (in_windows(self.known), "in a window there is no figure"),
            Kind::Moment => {
                (AT_A_MOMENT.map(str::to_string).to_vec(), "at a moment there is no figure")
            }
        };
        if list.is_empty() || list.iter().any(|known| known == figure) {
            return;
        }
        let some = || {
            let elsewhere = elsewhere(kind, figure);
            let some = list[..list.len().min(5)].join(", ");
            elsewhere.unwrap_or_else(|| format!("figures are, for instance, {some}"))
        };
        let near = did_you_mean(figure, list.iter().map(String::as_str));
        let help = near.filter(|_| elsewhere(kind, figure).is_none()).or_else(|| Some(some()));
        let message = format!("{nowhere} `{}`", shortened(figure));
        self.findings.add(Problem { help, ..Problem::new(path.clone(), message) });
    }
}

/// A figure of moments where none belongs.
fn elsewhere(kind: Kind, figure: &str) -> Option<String> {
    match kind {
        Kind::WholeRun | Kind::Window => AT_A_MOMENT.contains(&figure).then(|| {
            format!("it has a value at a moment, as in \"30s after heal: {figure} == 0\"")
        }),
        Kind::Moment => None,
    }
}

/// The figures that reports have by parts of the run, without the part.
fn in_windows(known: &[&str]) -> Vec<String> {
    let without =
        |path: &&str| path.contains(".during.").then(|| path.replacen(".during.", ".", 1));
    known.iter().filter_map(without).collect()
}
