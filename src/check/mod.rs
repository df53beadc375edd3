//! Judges: what must hold of a run whatever its scenario says, one file for each.
//!
//! | judge | invariant | what it verifies |
//! |---|---|---|
//! | `message_ledger` | Z2 | messages sent + copies = delivered + dropped + in flight, by kind |
//! | `hint_ledger` | H1 | hints created + revived = delivered + superseded + lost + pending |
//! | `operations` | Q8 | each operation that began ended once |
//! | `no_invention` | D1 | nothing is stored or read that no client wrote |
//! | `durability` | D2 | no acknowledged write is gone |
//! | `convergence` | C1 | all homes hold the same in the end, and no hint is left |
//! | `one_owner` | M1 | in each view each token has one owner |
//! | `whole_ring` | M2 | in each view ranges close the ring, and each has N different homes |
//! | `same_views` | M3 | all members believe the same in the end |
//! | `gone_for_good` | M4 | who was removed or has left comes back by order only |
//! | `forward_only` | M5 | no view goes back to what it had known to be replaced |
//! | `ordered_changes` | M6 | membership changes by an administrator's order only |
//! | `kept_changes` | M7 | joining two histories loses nothing |
//! | `suspicion` | M8 | silence is suspected, an answer is not, and both end |
//! | `seeds_heal` | M9 | who was parted believes in the end what a seed does |
//! | `honest_digests` | M10 | one digest means one history |
//! | `gossip_cost` | M11 | one contact for each node and round |
//! | `ranges_whole` | T1 | a range that changes hands is whole at its new home |
//! | `ranges_dropped` | T2 | a copy goes only once another has it |
//! | `pass_chains` | T3 | requests that are passed on come to an end |
//! | `home_copies` | T4 | no planned change takes a key below N - 1 copies |
//! | `view_overlap` | T5 | quorums before and after a change meet |
//! | `vacuity` | - | each fault touched something |
//!
//! Judges trust the records, the account at the end and the ghosts, never the protocol's clocks.

pub mod convergence;
pub mod durability;
pub mod hint_ledger;
pub mod hints;
pub mod holdings;
pub mod judge;
pub mod judges;
pub mod members;
pub mod message_ledger;
pub mod no_invention;
pub mod operations;
pub mod quorums;
pub mod trees;
pub mod vacuity;
pub mod verdict;
pub mod versions;
pub mod world;

#[cfg(test)]
mod tests;
