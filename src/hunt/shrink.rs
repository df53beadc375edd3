//! A finding made small: what can go without the finding going is taken out, and each line that is
//! left is proved necessary, since without it the finding is gone.
//!
//! Draws are keyed by who they are for, so that what is left out moves no other luck. Candidates
//! are tried in the order in which they are listed here, and the first that still shows the same
//! fingerprint is taken: what comes out does not depend on how many are tried at a time.

pub mod cuts;
pub mod simpler;

use crate::hunt::shrink::cuts::{List, without};
use crate::hunt::shrink::simpler::{shorter, smaller};
use crate::scenario::spec::Scenario;

/// Looks at candidates: the first, in their order, that still shows the finding.
pub type First<'f> = dyn FnMut(&[Scenario]) -> Option<usize> + 'f;

/// Rounds over everything; each takes what those before have made possible.
const ROUNDS: usize = 4;

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Shrunk {
    pub scenario: Scenario,
    /// Candidates that were listed to be tried.
    pub candidates: u64,
    /// What was tried to leave out at last, without which the finding is gone.
    pub needed: Vec<String>,
    /// Was everything tried until nothing more went?
    pub finished: bool,
}

/// Makes a scenario small that shows a finding. `stop` ends it early; what there is by then shows
/// the finding as well.
pub fn shrink(scenario: &Scenario, first: &mut First<'_>, stop: &dyn Fn() -> bool) -> Shrunk {
    let mut work = Work { scenario: scenario.clone(), first, candidates: 0, stop };
    work.scenario.expect.clear();
    for _ in 0..ROUNDS {
        let before = work.scenario.clone();
        for list in List::ALL {
            work.cut(list);
        }
        work.simplify(smaller);
        work.simplify(shorter);
        if work.scenario == before || (work.stop)() {
            break;
        }
    }
    let (needed, finished) = work.prove();
    let Work { scenario, candidates, .. } = work;
    Shrunk { scenario, candidates, needed, finished }
}

struct Work<'w, 'f> {
    scenario: Scenario,
    first: &'w mut First<'f>,
    candidates: u64,
    stop: &'w dyn Fn() -> bool,
}

impl Work<'_, '_> {
    fn first(&mut self, candidates: &[Scenario]) -> Option<usize> {
        if (self.stop)() {
            return None;
        }
        self.candidates += candidates.len() as u64;
        (self.first)(candidates)
    }

    /// Delta debugging over a list: halves first, then ever smaller parts, in the end each member.
    fn cut(&mut self, list: List) {
        let mut part = list.length(&self.scenario).div_ceil(2);
        while part > 0 && !(self.stop)() {
            let length = list.length(&self.scenario);
            let starts: Vec<usize> = (0..length).step_by(part).collect();
            let candidates: Vec<Scenario> =
                starts.iter().map(|start| without(&self.scenario, list, *start, part)).collect();
            match self.first(&candidates) {
                Some(found) => self.scenario = candidates[found].clone(),
                None if part == 1 => return,
                None => part = part.div_ceil(2),
            }
            part = part.min(list.length(&self.scenario));
        }
    }

    /// Takes simpler scenarios for as long as there are any that still show it.
    fn simplify(&mut self, simpler: fn(&Scenario) -> Vec<Scenario>) {
        loop {
            let candidates = simpler(&self.scenario);
            match self.first(&candidates) {
                Some(found) => self.scenario = candidates[found].clone(),
                None => return,
            }
        }
    }

    /// Leaves each line out by itself, and tells those without which the finding is gone; are they
    /// all of them?
    fn prove(&mut self) -> (Vec<String>, bool) {
        let mut needed = Vec::new();
        let mut all = true;
        for list in List::ALL {
            for place in 0..list.length(&self.scenario) {
                let candidate = without(&self.scenario, list, place, 1);
                let gone = !(self.stop)() && self.first(&[candidate]).is_none();
                if gone {
                    needed.push(format!("{}[{place}]", list.name()));
                }
                all &= gone;
            }
        }
        (needed, all && !(self.stop)())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::swarm::{SWARM, draw, lot::Lot};

    /// Two faults of forty are needed, and of the orders none.
    #[test]
    fn what_is_not_needed_goes_and_what_is_needed_stays() {
        let mut base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
        base.hunt.as_mut().unwrap().faults = [40, 40];
        let drawn = draw(&base, Lot::first(3));
        let wanted = [drawn.faults[2].clone(), drawn.faults[11].clone()];
        let shows = |it: &Scenario| wanted.iter().all(|fault| it.faults.contains(fault));
        let mut first = |all: &[Scenario]| all.iter().position(shows);
        let shrunk = shrink(&drawn, &mut first, &|| false);
        assert_eq!(shrunk.scenario.faults, wanted);
        assert_eq!(shrunk.scenario.administration, []);
        assert_eq!(shrunk.needed, ["faults[0]", "faults[1]"]);
        assert!(shrunk.finished && shrunk.candidates < 1000, "{}", shrunk.candidates);
    }
}
