//! What a world can be expected to reach before it is run: each kind of fault that it has may meet
//! each part of the protocol that it has switched on.
//!
//! An estimate that costs a draw and no run: whether they do meet is seen when it runs.

use std::collections::BTreeSet;

use crate::dynamo::config::Cluster;
use crate::dynamo::config::modes::Tombstones;
use crate::hunt::coverage::{Cell, Outcome, Phase, cell};
use crate::scenario::hunt::KINDS;
use crate::scenario::spec::Scenario;
use crate::sim::administration::Order;

/// Kinds of fault by which a node stops.
const STOPPING: [&str; 5] = ["crash", "restart", "crash_loop", "rolling_restart", "group_crash"];

/// The cells that a world can be expected to reach.
pub fn cells(scenario: &Scenario) -> BTreeSet<Cell> {
    let kinds: BTreeSet<&str> =
        scenario.faults.iter().map(|fault| fault.what.plain().kind()).collect();
    let stops = STOPPING.iter().any(|kind| kinds.contains(kind));
    let phases = Phase::ALL.into_iter().filter(|phase| is_there(*phase, scenario));
    let phases: Vec<Phase> = phases.collect();
    let outcomes = Outcome::ALL.into_iter().filter(|it| stops || *it != Outcome::ReceiverStops);
    let outcomes: Vec<Outcome> = outcomes.collect();
    let places = KINDS.iter().enumerate().filter(|(_, kind)| kinds.contains(**kind));
    let of_kind = |(kind, _): (usize, _)| {
        let meeting = |phase| outcomes.iter().map(move |outcome| cell(kind, phase, *outcome));
        phases.iter().copied().flat_map(meeting).collect::<Vec<Cell>>()
    };
    places.flat_map(of_kind).collect()
}

fn is_there(phase: Phase, scenario: &Scenario) -> bool {
    let Cluster { hinted_handoff, anti_entropy, read_repair, tombstones, .. } = &scenario.cluster;
    match phase {
        Phase::Request | Phase::Read | Phase::Write | Phase::Gossip | Phase::Probe => true,
        Phase::ReadRepair => *read_repair,
        Phase::Handoff => hinted_handoff.on().is_some(),
        Phase::Trees | Phase::Differences => anti_entropy.on().is_some(),
        Phase::Transfer => scenario.administration.iter().any(moves_ranges),
        Phase::Membership => !scenario.administration.is_empty(),
        Phase::Reaping => matches!(tombstones, Tombstones::WhenAllHomes(_)),
    }
}

fn moves_ranges(order: &Order) -> bool {
    match order {
        Order::Join(_) | Order::Leave(_) | Order::Remove(_) | Order::Replace(_) => true,
        Order::Start(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::coverage::Meetings;
    use crate::hunt::swarm::{SWARM, draw};
    use crate::scenario::read::Checked;
    use crate::sim::simulation::Simulation;
    use crate::trace::observer::Observers;

    /// What a world reaches was mostly expected, and without orders no range moves.
    #[test]
    fn worlds_reach_little_that_they_do_not_promise() {
        let base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
        let (mut reached, mut surprises) = (0, 0);
        for seed in 1..12 {
            let mut drawn = draw(&base, seed);
            drawn.administration.clear();
            let promised = cells(&drawn);
            for kind in 0..KINDS.len() {
                assert!(!promised.contains(&cell(kind, Phase::Transfer, Outcome::Arrives)));
            }
            let plan = Checked::new(drawn, &[]).unwrap().plan();
            let mut meetings = Meetings::new(&plan.layout());
            Simulation::new(&plan).run(&mut Observers::new(vec![&mut meetings]));
            let seen = meetings.cells();
            reached += seen.intersection(&promised).count();
            surprises += seen.difference(&promised).count();
        }
        assert!(surprises * 5 < reached, "{surprises} beside {reached}");
    }
}
