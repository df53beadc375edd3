//! Swarm testing: each seed has a cluster, clients, a network and trouble of its own.
//!
//! What one seed leaves out lets another go deep: each draws which kinds of fault there are at all,
//! and gives each a weight between 1 and 512. Orders of an administrator come in the order in which
//! people make mistakes, and not in the one that manuals ask for. While `duration` lasts the faults
//! do what they will, and the judges of safety look on; then all of them end, and the cluster must
//! come to rest within `settle_limit`.
//!
//! What is drawn is a plain scenario: it can be printed, kept, and run.

pub mod administration;
pub mod cluster;
pub mod dice;
pub mod faults;
pub mod kinds;
pub mod nodes;
pub mod switches;
pub mod workload;

use crate::random::luck::{Luck, Stream};
use crate::random::purpose::Purpose;
use crate::scenario::hunt::Hunt;
use crate::scenario::path::Step;
use crate::scenario::problem::Problem;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;

/// What a hunt begins with that is given no scenario.
pub const SWARM: &str = include_str!("../../../scenarios/hunts/swarm.json");

/// Parts of a world, each with luck of its own.
#[derive(Clone, Copy)]
enum Part {
    Cluster = 0,
    Workload = 1,
    Network = 2,
    Kinds = 3,
    Faults = 4,
    Administration = 5,
    Switches = 6,
}

/// The world of a seed, inside the bounds of a scenario: as plain data, with nothing left to draw.
pub fn draw(base: &Scenario, seed: u64) -> Scenario {
    let Some(hunt) = base.hunt.clone() else {
        return Scenario { seed, ..base.clone() };
    };
    let luck = Luck::new(seed);
    let of = |part: Part| luck.stream(Purpose::Hunt, part as u64);
    let mut drawn = Scenario { hunt: None, sweep: None, expect: Vec::new(), ..base.clone() };
    drawn.name = format!("{}-{seed}", base.name);
    drawn.about = format!("Drawn by a hunt through {}: look at what broke.", base.name);
    drawn.seed = seed;
    if hunt.cluster {
        cluster::draw(&mut drawn.cluster, &hunt, &mut of(Part::Cluster));
    }
    if hunt.network {
        workload::draw_network(&mut drawn.network, &mut of(Part::Network));
    }
    if hunt.workload {
        let (duration, nodes) = (drawn.duration, drawn.cluster.nodes);
        workload::draw(&mut drawn.workload, &hunt, (duration, nodes), &mut of(Part::Workload));
    }
    if hunt.every_switch {
        switches::draw(&mut drawn, &mut of(Part::Switches));
    }
    trouble(&mut drawn, &hunt, of(Part::Kinds), (of(Part::Administration), of(Part::Faults)));
    without_contradictions(drawn)
}

fn trouble(
    drawn: &mut Scenario,
    hunt: &Hunt,
    mut kinds: Stream,
    (mut orders, mut troubles): (Stream, Stream),
) {
    let orders = administration::draw(drawn, hunt, &mut orders);
    drawn.administration.extend(orders);
    let weights = faults::weights(&hunt.drawable(), &mut kinds);
    let faults = faults::draw(drawn, hunt, &weights, &mut troubles);
    drawn.faults.extend(faults);
}

/// Leaves out what contradicts something that was drawn before it: a node that is already down
/// cannot crash.
fn without_contradictions(mut drawn: Scenario) -> Scenario {
    loop {
        let problems = match Checked::new(drawn.clone(), &[]) {
            Ok(_) => return drawn,
            Err(problems) => problems,
        };
        let place = problems.iter().filter_map(place).max();
        let Some((section, place)) = place else {
            panic!("a world that cannot be was drawn: {problems:?}");
        };
        match section {
            Section::Faults => drop(drawn.faults.remove(place)),
            Section::Administration => drop(drawn.administration.remove(place)),
        }
    }
}

/// A list of a scenario of which members can be left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Administration,
    Faults,
}

fn place(problem: &Problem) -> Option<(Section, usize)> {
    match problem.path.steps() {
        [Step::Name(name), Step::Index(place), ..] if name == "faults" => {
            Some((Section::Faults, *place))
        }
        [Step::Name(name), Step::Index(place), ..] if name == "administration" => {
            Some((Section::Administration, *place))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dynamo::config::{Spread, Versioning};
    use crate::scenario::hunt::KINDS;
    use crate::workload::spec::Routing;

    fn base() -> Scenario {
        Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone()
    }

    #[test]
    fn every_world_can_be_and_reads_as_it_was_drawn() {
        let base = base();
        let (mut kinds, mut orders, mut sizes) = (BTreeSet::new(), 0, BTreeSet::new());
        for seed in 0..400 {
            let drawn = draw(&base, seed);
            kinds.extend(drawn.faults.iter().map(|fault| fault.what.plain().kind()));
            orders += drawn.administration.len();
            sizes.insert(drawn.cluster.nodes);
            let checked = Checked::new(drawn, &[]).unwrap();
            let json = checked.resolved_json();
            let again = Scenario::read("again", &json, &[], &[]).unwrap();
            assert_eq!(again.scenario(), checked.scenario());
        }
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), {
            let mut all = KINDS.to_vec();
            all.sort_unstable();
            all
        });
        assert!(orders > 100, "{orders}");
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), (3..=9).collect::<Vec<_>>());
    }

    // What every switch adds has luck of its own, so that it takes nothing else from a world.
    #[test]
    fn every_switch_is_drawn_and_leaves_the_rest_of_a_world_as_it_is() {
        let base = base();
        let mut wide = base.clone();
        wide.hunt.as_mut().unwrap().every_switch = true;
        let mut seen = BTreeSet::new();
        for seed in 0..400 {
            let (drawn, usual) = (draw(&wide, seed), draw(&base, seed));
            let (cluster, gossip) = (&drawn.cluster, &drawn.cluster.gossip);
            let asked = &cluster.conditions;
            assert_eq!((cluster.n, cluster.r, cluster.w), {
                let usual = &usual.cluster;
                (usual.n, usual.r, usual.w)
            });
            assert_eq!(drawn.workload.arrivals, usual.workload.arrivals);
            for (switch, on) in [
                ("vectors", cluster.versioning == Versioning::Vectors),
                ("truncation", cluster.clock_truncation.is_some()),
                ("sibling_limit", cluster.sibling_limit.is_some()),
                ("sites", !drawn.network.sites.is_empty()),
                ("homes", asked.pr > 0 && asked.pw > 0),
                ("conditions on sites", asked.read_sites > 0 && asked.write_sites > 0),
                ("capacities", !cluster.partitioning.capacities.is_empty()),
                ("one way", gossip.spread != Spread::PushPull),
                ("rumours", gossip.rumours.is_some()),
                ("detection", !cluster.failure_detection.by.is_requests()),
                ("checksums", !cluster.checksums),
                ("admission", cluster.admission.on().is_some()),
                ("window", cluster.hinted_handoff.on().is_some_and(|it| it.window.is_some())),
                ("hash_bits", cluster.may_hashes_collide()),
                ("own site", drawn.workload.routing == Routing::OwnSite),
            ] {
                if on {
                    seen.insert(switch);
                }
            }
        }
        assert_eq!(seen.len(), 15, "{seen:?}");
    }

    #[test]
    fn a_seed_has_one_world() {
        let base = base();
        let (one, other) = (draw(&base, 5), draw(&base, 6));
        assert_eq!(one, draw(&base, 5));
        assert_ne!((&one.cluster, &one.faults), (&other.cluster, &other.faults));
    }
}
