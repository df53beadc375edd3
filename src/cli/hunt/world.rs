//! The worlds of a hunt: made from a scenario, tried, and seen to fall over.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};

use crate::cli::arguments::{Hunt, Subject};
use crate::cli::exit::Failure;
use crate::cli::parallel::is_panicking;
use crate::cli::sources::checked;
use crate::cli::terminal::Terminal;
use crate::hunt::coverage::{Cell, Meetings};
use crate::hunt::prospect;
use crate::hunt::swarm::draw;
use crate::hunt::trial::{Budget, Care, Trial};
use crate::scenario::overrides::are_alike_where_set;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;

/// Of so many worlds one is run twice, to see that it repeats.
const TWICE: u64 = 16;

/// Parts of a scenario that are drawn, unless `hunt` says otherwise.
const PARTS: [&str; 3] = ["cluster", "workload", "network"];
/// So many worlds tell what is drawn.
const LOOKED_AT: u64 = 16;

/// All worlds of a hunt.
pub struct Worlds {
    base: Scenario,
    subject: Subject,
    /// Does the scenario leave faults to the seed, so that it must be read again for each?
    drawn_when_read: bool,
    budget: u64,
    twice: bool,
}

/// A world that was tried.
pub struct Tried {
    pub trial: Trial,
    pub cells: BTreeSet<Cell>,
}

impl Worlds {
    /// Those of the scenario that the arguments name.
    pub fn new(arguments: &Hunt, terminal: &Terminal) -> Result<Worlds, Failure> {
        let subject = Subject {
            scenario: arguments.scenario.clone(),
            seed: None,
            overrides: arguments.overrides.clone(),
            plant: arguments.plant.clone(),
        };
        let read = checked(&subject, terminal)?;
        let worlds = Worlds {
            base: read.scenario().clone(),
            subject,
            drawn_when_read: read.is_drawn(),
            budget: arguments.budget,
            twice: arguments.twice,
        };
        worlds.refuse_what_is_drawn_over(&read)?;
        Ok(worlds)
    }

    /// What is set and then drawn would be set for nothing, and nobody would notice.
    fn refuse_what_is_drawn_over(&self, read: &Checked) -> Result<(), Failure> {
        if !self.is_swarm() {
            return Ok(());
        }
        let drawn: Vec<Checked> = (1..=LOOKED_AT).map(|seed| self.plain(seed)).collect();
        for set in &self.subject.overrides {
            let path = set.split_once('=').map_or(&**set, |(path, _)| path).trim();
            let Some(part) = PARTS.iter().find(|part| path.split('.').next() == Some(part)) else {
                continue;
            };
            if !drawn.iter().all(|world| are_alike_where_set(set, read, world)) {
                let story = format!(
                    "--set {path}: the hunt draws it for each seed; \
                     `--set hunt.{part}=false` keeps all of `{part}` as the scenario has it"
                );
                return Err(Failure::Arguments(story));
            }
        }
        Ok(())
    }

    /// The scenario's name.
    pub fn name(&self) -> &str {
        &self.base.name
    }

    /// What was asked for.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Is another world drawn for each seed, or does the scenario run with each?
    pub fn is_swarm(&self) -> bool {
        self.base.hunt.is_some()
    }

    /// The world of a seed, plain data.
    pub fn plain(&self, seed: u64) -> Checked {
        if !self.is_swarm() && self.drawn_when_read {
            let subject = Subject { seed: Some(seed.to_string()), ..self.subject.clone() };
            let read = checked(&subject, &Terminal::silent());
            return read.unwrap_or_else(|told| panic!("no rule is about seeds: {told}"));
        }
        let drawn = Checked::new(draw(&self.base, seed), &[]);
        drawn.unwrap_or_else(|told| panic!("a world that cannot be was drawn: {told:?}"))
    }

    /// What the world of a seed can be expected to reach.
    pub fn promise(&self, seed: u64) -> BTreeSet<Cell> {
        prospect::cells(&draw(&self.base, seed))
    }

    /// How closely a seed is looked at.
    pub fn care(&self, seed: u64) -> Care {
        let twice = self.twice || seed.is_multiple_of(TWICE);
        if twice { Care::Twice } else { Care::Once }
    }

    /// Events after which a run is given up.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// Tries a seed.
    pub fn attempt(&self, seed: u64) -> Tried {
        let mut cells = BTreeSet::new();
        let trial = caught(|| {
            let plan = self.plain(seed).plan();
            let mut meetings = Meetings::new(&plan.layout());
            let trial = Trial::with_care(&plan, self.budget, self.care(seed), &mut [&mut meetings]);
            cells = meetings.cells();
            trial
        });
        Tried { trial, cells }
    }
}

/// Tries a world that is known, within a budget.
pub fn attempt<'b>(checked: &Checked, budget: impl Into<Budget<'b>>, care: Care) -> Trial {
    caught(|| Trial::with_care(&checked.plan(), budget, care, &mut []))
}

/// A trial in which a panic is a finding like any other.
fn caught(trial: impl FnOnce() -> Trial) -> Trial {
    panic::catch_unwind(AssertUnwindSafe(trial)).unwrap_or_else(|told| {
        let text = told.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| told.downcast_ref::<&str>().copied());
        Trial::panicked(text.unwrap_or("a panic that says nothing"))
    })
}

/// While it lives, panics say nothing on standard error: they are findings, and told as such.
pub struct Silence;

impl Silence {
    /// From now on.
    pub fn new() -> Silence {
        panic::set_hook(Box::new(|_| {}));
        Silence
    }
}

impl Default for Silence {
    fn default() -> Silence {
        Silence::new()
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // The hook of a thread that is itself panicking cannot be taken.
        if !is_panicking() {
            let _ = panic::take_hook();
        }
    }
}
