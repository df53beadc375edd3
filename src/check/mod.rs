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
