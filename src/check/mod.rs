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
//! | `world/crossings` | Z3 | nothing arrives over a link that is cut |
//! | `world/lives` | Z4 | time never goes back; no timer outlives the life that armed it |
//! | (`hunt::trial`) | Z1 | the same run twice does the same, watched or not |
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
