//! What can be taken from a scenario: members of its lists, and lines that say other than the
//! default.

use crate::scenario::lines::Lines;
use crate::scenario::spec::Scenario;

/// Kinds of what can be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    Faults,
    Administration,
    /// Settings that are not the default.
    Settings,
}

/// Settings of which as little as will do is sought, and not the default.
pub const COUNTED: [&str; 5] =
    ["cluster.nodes", "workload.clients", "workload.keys", "workload.arrivals", "workload.value"];

impl List {
    /// All of them.
    pub const ALL: [List; 3] = [List::Faults, List::Administration, List::Settings];

    /// What there is of it in a scenario.
    pub fn of(self, scenario: &Scenario) -> Parts<'_> {
        let lines = (self == List::Settings).then(|| Lines::of(scenario, &COUNTED));
        Parts { list: self, scenario, lines }
    }
}

/// What can be taken from a scenario, one after another.
pub struct Parts<'s> {
    list: List,
    scenario: &'s Scenario,
    lines: Option<Lines>,
}

impl Parts<'_> {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self.list {
            List::Faults => self.scenario.faults.len(),
            List::Administration => self.scenario.administration.len(),
            List::Settings => self.lines.as_ref().map_or(0, Lines::count),
        }
    }

    /// How one is told.
    pub fn told(&self, place: usize) -> String {
        match (self.list, &self.lines) {
            (List::Settings, Some(lines)) => lines.told(place),
            (List::Administration, _) => {
                format!("administration[{place}] ({})", self.scenario.administration[place].name())
            }
            (List::Faults | List::Settings, _) => {
                format!("faults[{place}] ({})", self.scenario.faults[place].what.kind())
            }
        }
    }

    /// The scenario without some of them; as it is where that would be none.
    pub fn without(&self, start: usize, count: usize) -> Scenario {
        let places = start..(start + count).min(self.count());
        let mut less = self.scenario.clone();
        match (self.list, &self.lines) {
            (List::Settings, Some(lines)) => return lines.without(places).unwrap_or(less),
            (List::Administration, _) => drop(less.administration.drain(places)),
            (List::Faults | List::Settings, _) => drop(less.faults.drain(places)),
        }
        less
    }
}
