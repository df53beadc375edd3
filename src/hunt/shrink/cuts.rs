//! Lists of a scenario from which members can be taken.

use crate::scenario::spec::Scenario;

/// A list of a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    Faults,
    Administration,
}

impl List {
    /// All of them.
    pub const ALL: [List; 2] = [List::Faults, List::Administration];

    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            List::Faults => "faults",
            List::Administration => "administration",
        }
    }

    /// How many members it has.
    pub fn length(self, scenario: &Scenario) -> usize {
        match self {
            List::Faults => scenario.faults.len(),
            List::Administration => scenario.administration.len(),
        }
    }
}

/// The scenario without some members of a list.
pub fn without(scenario: &Scenario, list: List, start: usize, count: usize) -> Scenario {
    let mut less = scenario.clone();
    let end = (start + count).min(list.length(scenario));
    match list {
        List::Faults => drop(less.faults.drain(start..end)),
        List::Administration => drop(less.administration.drain(start..end)),
    }
    less
}
