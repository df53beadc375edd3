//! The catalogue of bugs that can be planted, by part of the protocol, a row each.
//!
//! A bug is in the code as one question, `config.planted.is(Plant::...)`, exactly where the right
//! code stands. Its row tells what it changes, what shows, which invariants must catch it and
//! where it has really happened; its scenario is the cluster, workload and faults under which it
//! dies, with a seed that exposes it. No judge reads this.

pub mod anti_entropy;
pub mod clocks;
pub mod deletes;
pub mod harness;
pub mod hints;
pub mod membership;
pub mod quorum;
pub mod repair;
pub mod transfer;

use crate::dynamo::config::plant::Plant;

/// A bug that can be planted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bug {
    pub plant: Plant,
    /// What the code does instead of the right thing, in one sentence.
    pub mechanism: &'static str,
    /// What a user would see.
    pub symptom: &'static str,
    /// The invariants of which at least one must be broken, by their numbers (`D2`).
    pub invariants: &'static [&'static str],
    /// Where it has happened; "by construction" if nowhere that is known.
    pub precedent: &'static str,
    /// The scenario under `scenarios/bugs/`, which plants it and has a seed that exposes it.
    pub scenario: &'static str,
    /// Why no judge can see it, for one that changes nothing that anybody could see.
    pub equivalent: Option<&'static str>,
}

/// All bugs, by part.
pub const ALL: [(&str, &[Bug]); 9] = [
    ("Clocks and versions", &clocks::BUGS),
    ("Quorum and coordination", &quorum::BUGS),
    ("Read repair", &repair::BUGS),
    ("Hints", &hints::BUGS),
    ("Anti-entropy", &anti_entropy::BUGS),
    ("Deletes", &deletes::BUGS),
    ("Membership, gossip and failure detection", &membership::BUGS),
    ("Transfer of ranges", &transfer::BUGS),
    ("The simulator itself", &harness::BUGS),
];

/// All bugs in one row.
pub fn all() -> impl Iterator<Item = &'static Bug> {
    ALL.iter().flat_map(|(_, bugs)| *bugs)
}

/// The catalogue's row of this bug, if it is in there.
pub fn of(plant: Plant) -> Option<&'static Bug> {
    all().find(|bug| bug.plant == plant)
}
