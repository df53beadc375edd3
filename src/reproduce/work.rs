//! How much is to be done, from which luck, and who waits for it.

use std::collections::BTreeMap;

use crate::experiment::{self, Outcome};
use crate::scenario::format::formatted;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;
use crate::time::Time;
use crate::trace::observer::Observer;

/// How much is spent on a reproduction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// What is published.
    Full,
    /// Little enough for a test; the verdicts must be the same.
    Reduced,
}

/// Whoever waits has given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped;

/// Does runs that know nothing of each other, perhaps several at a time: what came of each, in
/// their order, or nothing if they were given up. Beside them stand the parts of all work that are
/// done before and after them.
pub type Crew<'w> = &'w dyn Fn(&[Checked], (f64, f64)) -> Option<Vec<Outcome>>;

/// One reproduction under way.
pub struct Work<'w> {
    pub effort: Effort,
    /// From which all luck follows.
    pub seed: u64,
    /// What is asked for beside what the paper has.
    pub settings: Settings,
    pulse: &'w mut dyn FnMut(f64) -> bool,
    crew: Option<Crew<'w>>,
    part: f64,
}

/// Numbers by name that stand in for the paper's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    numbers: BTreeMap<String, Vec<u32>>,
}

impl Settings {
    /// Reads `name=1,2,3`, of these names; the error says what would do.
    pub fn read(texts: &[String], known: &[&str]) -> Result<Settings, String> {
        let mut numbers = BTreeMap::new();
        for text in texts {
            let (name, values) = text.split_once('=').unwrap_or((text, ""));
            if !known.contains(&name) {
                let there_are = match known {
                    [] => "nothing can be set".to_string(),
                    known => format!("there are {}", known.join(", ")),
                };
                return Err(format!("`{name}` cannot be set; {there_are}"));
            }
            let values: Result<Vec<u32>, _> = values.split(',').map(str::parse).collect();
            let values = values.map_err(|_| format!("write whole numbers, as in {name}=8,64"))?;
            numbers.insert(name.to_string(), values);
        }
        Ok(Settings { numbers })
    }

    /// Is nothing set?
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// What is set under this name.
    pub fn get(&self, name: &str) -> Option<&[u32]> {
        self.numbers.get(name).map(Vec::as_slice)
    }

    /// Each as `name=1,2,3`, in order of their names.
    pub fn texts(&self) -> Vec<String> {
        let text = |(name, values): (&String, &Vec<u32>)| {
            let values: Vec<String> = values.iter().map(u32::to_string).collect();
            format!("{name}={}", values.join(","))
        };
        self.numbers.iter().map(text).collect()
    }
}

/// A scenario of a reproduction.
#[derive(Clone, Debug)]
pub struct World {
    pub checked: Checked,
    /// The scenario in the one canonical layout: what the reproduction puts beside its page.
    pub text: String,
}

impl<'w> Work<'w> {
    /// `pulse` is called now and then with the part that is done, from 0 to 1; when it answers
    /// false the work is given up.
    pub fn new(effort: Effort, seed: u64, pulse: &'w mut dyn FnMut(f64) -> bool) -> Work<'w> {
        Work { effort, seed, settings: Settings::default(), pulse, crew: None, part: 0.0 }
    }

    /// The same with somebody who does several runs at a time.
    pub fn by(self, crew: Crew<'w>) -> Work<'w> {
        Work { crew: Some(crew), ..self }
    }

    /// The same with what is asked for beside what the paper has.
    pub fn with(self, settings: Settings) -> Work<'w> {
        Work { settings, ..self }
    }

    /// One of two, by effort.
    pub fn choose<T>(&self, full: T, reduced: T) -> T {
        match self.effort {
            Effort::Full => full,
            Effort::Reduced => reduced,
        }
    }

    /// So much of all is done, from 0 to 1.
    pub fn done(&mut self, part: f64) -> Result<(), Stopped> {
        self.part = part;
        if (self.pulse)(part) { Ok(()) } else { Err(Stopped) }
    }

    /// So much of all is done, from 0 to 1.
    pub fn part(&self) -> f64 {
        self.part
    }

    /// Is it to go on?
    pub fn go_on(&mut self) -> Result<(), Stopped> {
        self.done(self.part)
    }

    /// Runs a scenario, watched by its judges and metrics and by `watchers`.
    pub fn run(
        &mut self,
        checked: &Checked,
        watchers: Vec<&mut dyn Observer>,
    ) -> Result<Outcome, Stopped> {
        let (part, pulse) = (self.part, &mut self.pulse);
        let layout = checked.plan().layout();
        let mut pulse = |_: Time| pulse(part);
        experiment::run(checked, &layout, watchers, &mut pulse).ok_or(Stopped)
    }

    /// Runs scenarios that know nothing of each other; what came of each, in their order. After
    /// them so much of all is done, from 0 to 1.
    pub fn run_all(&mut self, runs: &[Checked], until: f64) -> Result<Vec<Outcome>, Stopped> {
        let from = self.part;
        let outcomes = match self.crew {
            Some(crew) => crew(runs, (from, until)).ok_or(Stopped)?,
            None => {
                let mut outcomes = Vec::new();
                for (place, checked) in runs.iter().enumerate() {
                    self.done(from + (until - from) * place as f64 / runs.len() as f64)?;
                    outcomes.push(self.run(checked, Vec::new())?);
                }
                outcomes
            }
        };
        self.done(until)?;
        Ok(outcomes)
    }
}

impl World {
    /// Reads a scenario that a reproduction has written, laid out anew.
    ///
    /// # Panics
    /// If anything is wrong with it: what is written in a program is right.
    pub fn read(text: &str) -> World {
        let read = |text: &str| Scenario::read("a reproduction", text, &[], &[]);
        let checked = read(text).unwrap_or_else(|told| panic!("{told}\n{text}"));
        let text = formatted(text, &checked);
        World { checked, text }
    }
}
