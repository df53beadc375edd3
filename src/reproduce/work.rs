//! How much is to be done, from which luck, and who waits for it.

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

/// One reproduction under way.
pub struct Work<'w> {
    pub effort: Effort,
    /// From which all luck follows.
    pub seed: u64,
    pulse: &'w mut dyn FnMut(f64) -> bool,
    part: f64,
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
        Work { effort, seed, pulse, part: 0.0 }
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
