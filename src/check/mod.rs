//! Judges: what must hold of a run whatever its scenario says, one file for each.
//!
//! | judge | what it verifies |
//! |---|---|
//! | `message_ledger` | messages sent + copies = delivered + dropped + in flight, by kind |
//! | `hint_ledger` | hints created + revived = delivered + superseded + lost + pending |
//! | `operations` | each operation that began ended once |
//! | `no_invention` | nothing is stored or read that no client wrote |
//! | `durability` | no acknowledged write is gone |
//! | `convergence` | all homes hold the same in the end, and no hint is left |
//! | `vacuity` | each fault touched something |
//!
//! Judges trust the records, the account at the end and the ghosts, never the protocol's clocks.

pub mod convergence;
pub mod durability;
pub mod hint_ledger;
pub mod judge;
pub mod judges;
pub mod message_ledger;
pub mod no_invention;
pub mod operations;
pub mod vacuity;
pub mod verdict;

#[cfg(test)]
mod tests;
