//! Judges: what must hold of a run whatever its scenario says, one file for each.
//!
//! | judge | invariant | what it verifies |
//! |---|---|---|
//! | `message_ledger` | Z2 | messages sent + copies = delivered + dropped + in flight, by kind |
//! | `hint_ledger` | H1 | hints created + revived = delivered + superseded + lost + pending |
//! | `operations` | Q8 | each operation ended once, with an answer of its own, in time |
//! | `no_invention` | D1 | nothing is stored or read that no client wrote |
//! | `durability` | D2 | no acknowledged write is gone |
//! | `convergence` | C1 | all homes hold the same in the end, and no hint is left |
//! | `honest_ack` | Q1 | what is acknowledged is held by W nodes at that moment |
//! | `counted_once` | Q2 | R or W answers were counted, each of another node |
//! | `freshness` | Q3 | where quorums meet, a read covers what was acknowledged before |
//! | `frontier` | Q4 | a get returns what is newest in its answers, and nothing else |
//! | `conditions` | Q5 | homes and sites that are asked for have answered |
//! | `read_repair` | Q6 | a repair takes nothing away, and goes to those who are behind |
//! | `preference_lists` | Q7 | homes and stand-ins of a request are those of the ring |
//! | `availability` | Q9 | whoever is silent is replaced before a request is given up |
//! | `read_your_writes` | S1 | where quorums meet, a read covers its client's writes |
//! | `monotonic_reads` | S2 | where quorums meet, a read covers its client's earlier reads |
//! | `monotonic_writes` | S3 | where quorums meet, writes of a client are read in their order |
//! | `writes_follow_reads` | S4 | a write is read with what its client had read, not beside it |
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
