//! A finding made small: what can go without the finding going is taken out, and each line that is
//! left is proved necessary, since without it the finding is gone.
//!
//! Draws are keyed by who they are for, so that what is left out moves no other luck. Candidates
//! are tried in the order in which they are listed here, and the first that still shows the same
//! fingerprint is taken: what comes out does not depend on how many are tried at a time.

pub mod cuts;
pub mod simpler;

use crate::faults::fault::Fault;
use crate::hunt::shrink::cuts::List;
use crate::hunt::shrink::simpler::{least, smaller};
use crate::scenario::members::simpler;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;

/// Looks at candidates: the first, in their order, that still shows the finding.
pub type First<'f> = dyn FnMut(&[Scenario]) -> Option<usize> + 'f;

/// Rounds over everything; each takes what those before have made possible.
const ROUNDS: usize = 32;

/// Other seeds are tried with fewer faults: with all choices of a size, unless there are more.
const CHOICES: usize = 128;

/// More faults than these are many: another N is tried in place of some.
const MANY: usize = 3;

/// The other seeds: small ones, since any will do.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=16;

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Shrunk {
    pub scenario: Scenario,
    /// Candidates that were listed to be tried.
    pub candidates: u64,
    /// What was tried to leave out or to lower at last, and cannot be: without a line that is
    /// told as `cluster.r = 1`, or with the second value of `workload.clients = 2, not 1`, the
    /// finding is gone.
    pub needed: Vec<String>,
    /// The same of what cannot be tried, since there would be no scenario without it.
    pub implied: Vec<String>,
    /// Was everything tried until nothing more went?
    pub finished: bool,
}

/// Makes a scenario small that shows a finding. `stop` ends it early; what there is by then shows
/// the finding as well.
pub fn shrink(scenario: &Scenario, first: &mut First<'_>, stop: &dyn Fn() -> bool) -> Shrunk {
    let mut work = Work { scenario: without_papers(scenario), first, candidates: 0, stop };
    let mut proof = Proof::default();
    for _ in 0..ROUNDS {
        for list in List::ALL {
            work.cut(list);
        }
        work.simplify(smaller);
        work.simplify(simpler);
        proof = work.prove();
        let is_stuck = proof.finished && !work.change_luck() && !work.trade();
        if (work.stop)() || is_stuck {
            break;
        }
    }
    let Proof { needed, implied, finished } = proof;
    let Work { scenario, candidates, .. } = work;
    Shrunk { scenario, candidates, needed, implied, finished }
}

/// The same world without what is only about its file, and without names that stand for choices
/// that are written out.
fn without_papers(scenario: &Scenario) -> Scenario {
    let mut plain = scenario.clone();
    plain.expect.clear();
    (plain.schema, plain.extends) = (None, None);
    (plain.hunt, plain.sweep) = (None, None);
    plain.cluster.profile = None;
    plain
}

struct Work<'w, 'f> {
    scenario: Scenario,
    first: &'w mut First<'f>,
    candidates: u64,
    stop: &'w dyn Fn() -> bool,
}

/// What was tried one by one at last.
#[derive(Default)]
struct Proof {
    needed: Vec<String>,
    implied: Vec<String>,
    finished: bool,
}

/// How many choices there are of so many out of all.
fn choices(all: usize, size: usize) -> usize {
    (0..size).fold(1_usize, |count, one| count.saturating_mul(all - one) / (one + 1))
}

/// All choices of so many of these, each in their order.
fn some_of(faults: &[Fault], size: usize) -> Vec<Vec<Fault>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let firsts = faults.iter().enumerate();
    let with = |(place, first): (usize, &Fault)| {
        let rest = some_of(&faults[place + 1..], size - 1);
        rest.into_iter().map(move |rest| [vec![first.clone()], rest].concat()).collect::<Vec<_>>()
    };
    firsts.flat_map(with).collect()
}

fn can_be(scenario: &Scenario) -> bool {
    Checked::new(scenario.clone(), &[]).is_ok()
}

impl Work<'_, '_> {
    /// Takes the first of these that shows the finding, and tells which it was.
    fn take(&mut self, mut candidates: Vec<Scenario>) -> Option<usize> {
        if (self.stop)() {
            return None;
        }
        self.candidates += candidates.len() as u64;
        let found = (self.first)(&candidates)?;
        self.scenario = candidates.swap_remove(found);
        Some(found)
    }

    /// Delta debugging over a list: halves first, then ever smaller parts, in the end each member.
    fn cut(&mut self, list: List) {
        let mut part = list.of(&self.scenario).count().div_ceil(2);
        while part > 0 && !(self.stop)() {
            let parts = list.of(&self.scenario);
            let starts = (0..parts.count()).step_by(part);
            let candidates = starts.map(|start| parts.without(start, part)).collect();
            let candidates = self.others(candidates);
            if self.take(candidates).is_none() {
                if part == 1 {
                    return;
                }
                part = part.div_ceil(2);
            }
            part = part.min(list.of(&self.scenario).count());
        }
    }

    /// Those that are not what there is already.
    fn others(&self, mut candidates: Vec<Scenario>) -> Vec<Scenario> {
        candidates.retain(|candidate| *candidate != self.scenario);
        candidates
    }

    /// Takes simpler scenarios for as long as there are any that still show it, each time from
    /// where the last was found: what failed before it is tried again at the end.
    fn simplify(&mut self, simpler: fn(&Scenario) -> Vec<Scenario>) {
        let mut start = 0;
        loop {
            let mut candidates = simpler(&self.scenario);
            start = start.min(candidates.len());
            candidates.rotate_left(start);
            let count = candidates.len();
            match self.take(candidates) {
                Some(found) => start = (start + found) % count,
                None => return,
            }
        }
    }

    /// Where several faults only bring about what luck alone can, other luck needs fewer of them.
    /// True if there is such luck.
    fn change_luck(&mut self) -> bool {
        let now = self.scenario.clone();
        self.take_fewer(&now)
    }

    /// Takes this world with fewer faults than there are now, and with any of the other seeds.
    fn take_fewer(&mut self, world: &Scenario) -> bool {
        let faults = self.scenario.faults.clone();
        let seeds = |faults: Vec<Fault>| {
            let fewer = Scenario { faults, ..world.clone() };
            SEEDS.map(move |seed| Scenario { seed, ..fewer.clone() })
        };
        let sizes = (0..faults.len()).filter(|size| choices(faults.len(), *size) <= CHOICES);
        for size in sizes {
            let fewer = some_of(&faults, size).into_iter().flat_map(seeds).collect();
            if self.take(fewer).is_some() {
                return true;
            }
        }
        false
    }

    /// Where many faults are left, they may only do to one home after another what one of them does
    /// to a single home; or each may do no more than to add one of what a cluster can have more of
    /// to begin with (crashes that add actors to a clock, as homes do). So N is lowered to one, or
    /// raised, if that makes faults unnecessary.
    fn trade(&mut self) -> bool {
        let now = &self.scenario;
        if now.faults.len() <= MANY {
            return false;
        }
        let (mut single, mut larger) = (now.clone(), now.clone());
        (single.cluster.n, single.cluster.r, single.cluster.w) = (1, 1, 1);
        larger.cluster.n += 1;
        let places = 0..now.faults.len();
        let larger = places.map(|place| List::Faults.of(&larger).without(place, 1)).collect();
        self.take_fewer(&single) || self.take(larger).is_some()
    }

    /// Leaves each line out by itself and lowers each count by the least, and tells what cannot
    /// be. Something that can is taken: then there is no proof yet.
    fn prove(&mut self) -> Proof {
        let mut each = Vec::new();
        for list in List::ALL {
            let parts = list.of(&self.scenario);
            each.extend(
                (0..parts.count()).map(|place| (parts.told(place), parts.without(place, 1))),
            );
        }
        each.extend(least(&self.scenario));
        let (possible, implied): (Vec<_>, Vec<_>) =
            each.into_iter().partition(|(_, less)| can_be(less) && *less != self.scenario);
        let (needed, candidates): (Vec<String>, Vec<Scenario>) = possible.into_iter().unzip();
        let taken = self.take(candidates);
        let finished = taken.is_none() && !(self.stop)();
        let mut implied: Vec<String> = implied.into_iter().map(|(told, _)| told).collect();
        // What goes with all around it has been tried with that.
        let path = |told: &String| told.split(' ').next().unwrap_or_default().to_string() + ".";
        implied.retain(|told| !needed.iter().any(|other| told.starts_with(&path(other))));
        match finished {
            true => Proof { needed, implied, finished },
            false => Proof::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::swarm::{SWARM, draw};

    fn drawn() -> Scenario {
        let mut base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
        base.hunt.as_mut().unwrap().faults = [40, 40];
        draw(&base, 3)
    }

    /// Two faults of forty are needed, and of the orders none; of the settings one, of the clients
    /// two, and values of 64 bytes.
    #[test]
    fn what_is_not_needed_goes_and_what_is_needed_stays() {
        let drawn = drawn();
        let wanted = [drawn.faults[2].clone(), drawn.faults[11].clone()];
        let shows = |it: &Scenario| {
            wanted.iter().all(|fault| it.faults.contains(fault))
                && it.cluster.gossip == drawn.cluster.gossip
                && it.workload.clients >= 2
                && bytes(it) >= 64
                && can_be(it)
        };
        let mut first = |all: &[Scenario]| all.iter().position(shows);
        let shrunk = shrink(&drawn, &mut first, &|| false);
        assert_eq!(shrunk.scenario.faults, wanted);
        assert_eq!(shrunk.scenario.administration, []);
        let told: Vec<&str> = shrunk.needed.iter().map(String::as_str).collect();
        assert!(
            told[0].starts_with("faults[0] (") && told[1].starts_with("faults[1] ("),
            "{told:?}"
        );
        assert!(told[2..].iter().any(|line| line.starts_with("cluster.gossip.")), "{told:?}");
        assert!(told.contains(&"workload.clients = 2, not 1"), "{told:?}");
        assert!(told.contains(&"workload.value = 100B, not 50B"), "{told:?}");
        assert!(!told.iter().any(|line| line.starts_with("network")), "{told:?}");
        assert!(shrunk.finished && shrunk.candidates < 3000, "{}", shrunk.candidates);
    }

    fn bytes(scenario: &Scenario) -> u64 {
        match scenario.workload.value {
            crate::workload::size::Sizes::Constant(bytes) => bytes.0,
            _ => u64::MAX,
        }
    }

    /// An order that must come after two seconds, from a node that joins, comes to be at three:
    /// none of its times is left as it was drawn.
    #[test]
    fn orders_come_earlier_and_at_round_times() {
        let text = r#"{ "name": "a", "duration": "20s", "cluster": { "nodes": 5 },
            "administration": [
            { "start": { "node": "n7", "at": "3s" } },
            { "join": { "node": "n6", "at": "13271ms", "via": "n0" } }] }"#;
        let scenario = Scenario::read("a", text, &[], &[]).unwrap().scenario().clone();
        let joins = |it: &Scenario| {
            it.administration.iter().any(|order| {
                order.starts() == Some(crate::id::NodeId(6)) && order.at().0 > 2_000_000_000
            }) && can_be(it)
        };
        let mut first = |all: &[Scenario]| all.iter().position(joins);
        let shrunk = shrink(&scenario, &mut first, &|| false);
        let at: Vec<u64> = shrunk.scenario.administration.iter().map(|it| it.at().0).collect();
        assert_eq!(at.len(), 1);
        assert!(at[0].is_multiple_of(100_000_000) && at[0] <= 3_500_000_000, "{at:?}");
        assert_eq!(shrunk.needed[0], "administration[0] (join)");
    }

    /// Five faults do to each of three homes what one does to a single one.
    #[test]
    fn where_many_faults_are_left_one_home_is_tried() {
        let mut drawn = drawn();
        drawn.faults.truncate(5);
        let all = drawn.faults.clone();
        let shows = |it: &Scenario| match it.cluster.n {
            1 => it.seed == 7 && it.faults.contains(&all[3]) && can_be(it),
            _ => it.faults == all && can_be(it),
        };
        let mut first = |some: &[Scenario]| some.iter().position(shows);
        let shrunk = shrink(&drawn, &mut first, &|| false);
        assert_eq!((shrunk.scenario.faults.len(), shrunk.scenario.cluster.n), (1, 1));
    }

    /// What does not go only because the time is over is not said to be needed.
    #[test]
    fn nothing_is_proved_when_the_time_is_over() {
        let shrunk = shrink(&drawn(), &mut |_| None, &|| true);
        assert!(!shrunk.finished && shrunk.needed.is_empty());
        assert_eq!(shrunk.scenario.faults, drawn().faults);
    }
}
