//! Judges of quorums, routing and sessions (Q1 to Q9, S1 to S4).

pub mod availability;
pub mod conditions;
pub mod counted_once;
pub mod freshness;
pub mod frontier;
pub mod honest_ack;
pub mod preference_lists;
pub mod promise;
pub mod read_repair;
pub mod sessions;

#[cfg(test)]
mod tests;

use crate::check::judges::Call;
use crate::check::quorums::availability::Availability;
use crate::check::quorums::conditions::Conditions;
use crate::check::quorums::counted_once::CountedOnce;
use crate::check::quorums::freshness::Freshness;
use crate::check::quorums::frontier::Frontier;
use crate::check::quorums::honest_ack::HonestAck;
use crate::check::quorums::preference_lists::PreferenceLists;
use crate::check::quorums::read_repair::ReadRepair;
use crate::check::quorums::sessions::Sessions;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 9] = [
    |layout| Box::new(HonestAck::new(layout)),
    |layout| Box::new(CountedOnce::new(layout)),
    |layout| Box::new(Freshness::new(layout.keys)),
    |_| Box::new(Frontier::default()),
    |layout| Box::new(Conditions::new(layout)),
    |layout| Box::new(ReadRepair::new(layout)),
    |_| Box::new(PreferenceLists::default()),
    |layout| Box::new(Availability::new(layout)),
    |layout| Box::new(Sessions::new(layout)),
];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 12] = [
    ("Q1", "honest_ack"),
    ("Q2", "counted_once"),
    ("Q3", "freshness"),
    ("Q4", "frontier"),
    ("Q5", "conditions"),
    ("Q6", "read_repair"),
    ("Q7", "preference_lists"),
    ("Q9", "availability"),
    ("S1", "read_your_writes"),
    ("S2", "monotonic_reads"),
    ("S3", "monotonic_writes"),
    ("S4", "writes_follow_reads"),
];
