//! The lines of `expect` against the run: the windows and moments that they ask for.

use crate::experiment::Tested;
use crate::metrics::moment::Standing;
use crate::metrics::observer::Metrics;
use crate::metrics::window::Windows;
use crate::report::document::{Origin, Report};
use crate::scenario::expect::Expectation;
use crate::scenario::when::{Place, When};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::record::Account;

/// Metrics of their own for each window that is asked for.
pub struct Probes {
    windows: Vec<(Place, Metrics)>,
}

/// All that was measured.
pub struct Measured<'m> {
    pub layout: &'m Layout,
    /// The whole run.
    pub report: &'m Report,
    /// The run with each window as its part `during`.
    pub windows: Vec<(Place, Report)>,
    /// What stood at each moment that was asked for.
    pub moments: Vec<(Time, Standing)>,
}

/// Every place that is asked for, once.
fn places(expectations: &[Expectation], layout: &Layout) -> Vec<Place> {
    let sides = expectations.iter().flat_map(|line| line.when.iter().chain(&line.against));
    let mut places: Vec<Place> = sides.map(|when| place(when, layout)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn place(when: &When, layout: &Layout) -> Place {
    when.place(&layout.faults).expect("the line was checked")
}

/// The moments that are asked for.
pub fn moments(expectations: &[Expectation], layout: &Layout) -> Vec<Time> {
    let moment = |place| match place {
        Place::Moment(at) => Some(at),
        Place::Window(..) => None,
    };
    places(expectations, layout).into_iter().filter_map(moment).collect()
}

impl Probes {
    /// Nothing has happened yet.
    pub fn new(expectations: &[Expectation], layout: &Layout) -> Probes {
        let window = |place| match place {
            Place::Window(from, to) => {
                Some((place, Metrics::by_windows(layout, Windows::around(from, to))))
            }
            Place::Moment(_) => None,
        };
        Probes { windows: places(expectations, layout).into_iter().filter_map(window).collect() }
    }

    /// Those who watch the run.
    pub fn observers(&mut self) -> impl Iterator<Item = &mut Metrics> {
        self.windows.iter_mut().map(|(_, metrics)| metrics)
    }

    /// What they have measured.
    pub fn finish(
        self,
        origin: &Origin,
        layout: &Layout,
        account: &Account,
    ) -> Vec<(Place, Report)> {
        let report = |(place, metrics): (Place, Metrics)| {
            let figures = metrics.finish(account);
            (place, Report::new(origin.clone(), layout, account, figures, Vec::new()))
        };
        self.windows.into_iter().map(report).collect()
    }
}

impl Measured<'_> {
    /// What became of each line.
    pub fn test(&self, expectations: &[Expectation]) -> Vec<Tested> {
        let test = |expectation: &Expectation| {
            let actual = self.figure(expectation.when.as_ref(), &expectation.path);
            let bound = match &expectation.against {
                None => Some(expectation.value),
                Some(when) => {
                    let other = self.figure(Some(when), &expectation.path);
                    other.map(|other| expectation.value * other)
                }
            };
            let held = actual.zip(bound).is_some_and(|(a, b)| expectation.holds(a, b));
            Tested { expectation: expectation.clone(), actual, bound, held }
        };
        expectations.iter().map(test).collect()
    }

    fn figure(&self, when: Option<&When>, path: &str) -> Option<f64> {
        let Some(when) = when else {
            return self.report.figure(path).flatten();
        };
        match place(when, self.layout) {
            Place::Moment(at) => {
                let (_, standing) = self.moments.iter().find(|(moment, _)| *moment == at)?;
                standing.figure(path).map(|value| value as f64)
            }
            window @ Place::Window(..) => {
                let (_, report) = self.windows.iter().find(|(place, _)| *place == window)?;
                let (section, rest) = path.split_once('.')?;
                report.figure(&format!("{section}.during.{rest}")).flatten()
            }
        }
    }
}
