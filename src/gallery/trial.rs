//! One run of a figure, and what is measured of it: rows of the figure's table.

use crate::experiment::{self, Outcome};
use crate::gallery::watch::Watch;
use crate::reproduce::work::Stopped;
use crate::scenario::read::Checked;
use crate::scenario::shipped::SHIPPED;
use crate::scenario::spec::Scenario;

/// Cells of a row: names of columns with their values; none where there was nothing to measure.
pub type Cells = Vec<(&'static str, Option<f64>)>;

/// Whether to go on; asked now and then.
pub type Pulse<'p> = &'p mut dyn FnMut() -> bool;

type Work = dyn Fn(Pulse<'_>) -> Result<Vec<Cells>, Stopped> + Send + Sync;

/// One run.
pub struct Trial {
    /// What was set, by the names of columns: the first cells of each of its rows.
    pub told: Vec<(&'static str, String)>,
    work: Box<Work>,
}

/// What a run of a scenario leaves.
pub struct Seen {
    pub outcome: Outcome,
    pub watch: Watch,
}

/// A shipped scenario with some fields changed.
#[derive(Clone, Debug)]
pub struct Setting {
    pub scenario: &'static str,
    /// As `--set` takes them.
    pub set: Vec<String>,
    pub seed: u64,
    /// Are single messages of interest?
    pub messages: bool,
}

impl Trial {
    /// Work of any kind.
    pub fn new(
        told: Vec<(&'static str, String)>,
        work: impl Fn(Pulse<'_>) -> Result<Vec<Cells>, Stopped> + Send + Sync + 'static,
    ) -> Trial {
        Trial { told, work: Box::new(work) }
    }

    /// A run of a shipped scenario. The seed becomes a column.
    pub fn of(
        setting: Setting,
        mut told: Vec<(&'static str, String)>,
        measure: impl Fn(&Seen) -> Vec<Cells> + Send + Sync + 'static,
    ) -> Trial {
        told.push(("seed", setting.seed.to_string()));
        Trial::new(told, move |pulse| Ok(measure(&setting.run(pulse)?)))
    }

    /// Runs it: the header of the table, and its rows.
    pub fn run(&self, pulse: Pulse<'_>) -> Result<Vec<(Vec<String>, Vec<String>)>, Stopped> {
        let cell = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value}"));
        let row = |cells: Cells| {
            let names = self.told.iter().map(|(name, _)| *name);
            let names = names.chain(cells.iter().map(|(name, _)| *name));
            let values = self.told.iter().map(|(_, value)| value.clone());
            let values = values.chain(cells.iter().map(|(_, value)| cell(*value)));
            (names.map(str::to_string).collect(), values.collect())
        };
        Ok((self.work)(pulse)?.into_iter().map(row).collect())
    }
}

impl Setting {
    /// A shipped scenario with a seed.
    pub fn new(scenario: &'static str, seed: u64) -> Setting {
        Setting { scenario, set: Vec::new(), seed, messages: false }
    }

    /// The same with a field changed.
    pub fn set(mut self, change: impl Into<String>) -> Setting {
        self.set.push(change.into());
        self
    }

    /// The scenario, checked. Its promises are those of the shipped scenario, not of changed ones.
    ///
    /// # Panics
    /// If anything is wrong with it: what is written in a program is right.
    pub fn checked(&self) -> Checked {
        let found = SHIPPED.iter().find(|(name, _)| *name == self.scenario);
        let (name, text) = found.expect("scenarios of the gallery are shipped");
        let mut set = self.set.clone();
        set.extend([format!("seed={}", self.seed), "expect=[]".to_string()]);
        Scenario::read(name, text, &set, &[]).unwrap_or_else(|told| panic!("{told}"))
    }

    fn run(&self, pulse: Pulse<'_>) -> Result<Seen, Stopped> {
        let checked = self.checked();
        let layout = checked.plan().layout();
        let mut watch = Watch::new(&layout, self.messages);
        let outcome = experiment::run(&checked, &layout, vec![&mut watch], &mut |_| pulse());
        Ok(Seen { outcome: outcome.ok_or(Stopped)?, watch })
    }
}

impl Seen {
    /// A figure of the report; none if the run has nothing to say there.
    pub fn figure(&self, path: &str) -> Option<f64> {
        let found = self.outcome.report.figure(path);
        found.unwrap_or_else(|| panic!("{path} is a figure of reports"))
    }
}
