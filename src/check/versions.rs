//! Judges of data and versions (D3 to D15), and of what is left in the end (C2).

pub mod actor_monotony;
pub mod antichain;
pub mod bounded_siblings;
pub mod context_dominance;
pub mod deleted_stays_deleted;
pub mod dot_uniqueness;
pub mod exactness;
pub mod false_concurrency;
pub mod false_dominance;
pub mod ghost_frontier;
pub mod indeterminate_writes;
pub mod last_write;
pub mod merge_laws;
pub mod reaping;
pub mod replica_frontier;
#[cfg(test)]
mod tests;

use crate::check::judges::Call;
use crate::check::versions::actor_monotony::ActorMonotony;
use crate::check::versions::antichain::Antichain;
use crate::check::versions::bounded_siblings::BoundedSiblings;
use crate::check::versions::context_dominance::ContextDominance;
use crate::check::versions::deleted_stays_deleted::DeletedStaysDeleted;
use crate::check::versions::dot_uniqueness::DotUniqueness;
use crate::check::versions::false_concurrency::FalseConcurrency;
use crate::check::versions::false_dominance::FalseDominance;
use crate::check::versions::ghost_frontier::GhostFrontier;
use crate::check::versions::indeterminate_writes::IndeterminateWrites;
use crate::check::versions::last_write::LastWrite;
use crate::check::versions::merge_laws::MergeLaws;
use crate::check::versions::reaping::Reaping;
use crate::check::versions::replica_frontier::ReplicaFrontier;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 14] = [
    |layout| Box::new(FalseDominance::new(layout)),
    |layout| Box::new(FalseConcurrency::new(layout)),
    |layout| Box::new(DotUniqueness::new(layout)),
    |layout| Box::new(ActorMonotony::new(layout)),
    |layout| Box::new(ContextDominance::new(layout)),
    |layout| Box::new(Antichain::new(layout)),
    |layout| Box::new(ReplicaFrontier::new(layout)),
    |layout| Box::new(MergeLaws::new(layout)),
    |layout| Box::new(DeletedStaysDeleted::new(layout)),
    |layout| Box::new(Reaping::new(layout)),
    |layout| Box::new(BoundedSiblings::new(layout)),
    |layout| Box::new(LastWrite::new(layout)),
    |layout| Box::new(IndeterminateWrites::new(layout)),
    |layout| Box::new(GhostFrontier::new(layout)),
];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 14] = [
    ("D3", "false_dominance"),
    ("D4", "false_concurrency"),
    ("D5", "dot_uniqueness"),
    ("D6", "actor_monotony"),
    ("D7", "context_dominance"),
    ("D8", "antichain"),
    ("D9", "replica_frontier"),
    ("D10", "merge_laws"),
    ("D11", "deleted_stays_deleted"),
    ("D12", "reaping"),
    ("D13", "bounded_siblings"),
    ("D14", "last_write"),
    ("D15", "indeterminate_writes"),
    ("C2", "ghost_frontier"),
];
