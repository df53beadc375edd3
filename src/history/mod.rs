//! Histories judged without an oracle: what clients asked and were told, and nothing else.
//!
//! So other stores' histories can be judged too. A history is read from JSON Lines ([`lines`]) or
//! Jepsen's EDN (`edn`), its ends find their beginnings ([`builder`]), and each key becomes a
//! [`register`]. What the checkers mean by "knows": where the store tells contexts, a read knows
//! the writes whose names its context covers; of any other store it is said to miss a write only if
//! all that it returned was there before that write began. So they accuse nobody wrongly.
//!
//! | file | what |
//! |---|---|
//! | `value` `clock` `model` `malformed` | values, contexts, operations, complaints |
//! | `builder` `lines` `scan` `edn` | reading; `places` numbers what was read |
//! | `write_edn` | writing for Jepsen |
//! | `register` `duty` `records` `dominance` `missing` `needs` | what several checkers stand on |
//! | `checkers` | the list of checkers |
//! | `written` | nothing is read that nobody wrote |
//! | `linearizable` `zones` `search` `one_copy` | as a single copy |
//! | `regular` | no read misses what was acknowledged before |
//! | `read_your_writes` `monotonic_reads` | sessions: what a client has done and seen |
//! | `monotonic_writes` `writes_follow_reads` `causal` | sessions: what came before |
//! | `lost_update` | no acknowledged write vanishes unseen |
//! | `k_staleness` `two_atomic` `t_staleness` | how far behind, in versions and in time |
//! | `judge` `verdict` `told` | who is asked, what they say, and how it is told |

pub mod builder;
pub mod causal;
pub mod checkers;
pub mod clock;
pub mod dominance;
pub mod duty;
#[cfg(feature = "cli")]
pub mod edn;
pub mod judge;
pub mod k_staleness;
pub mod linearizable;
pub mod lines;
pub mod lost_update;
pub mod malformed;
pub mod missing;
pub mod model;
pub mod monotonic_reads;
pub mod monotonic_writes;
pub mod needs;
pub mod one_copy;
pub mod places;
pub mod read_your_writes;
pub mod records;
pub mod register;
pub mod regular;
pub mod scan;
pub mod search;
pub mod t_staleness;
pub mod told;
pub mod two_atomic;
pub mod value;
pub mod verdict;
pub mod write_edn;
pub mod writes_follow_reads;
pub mod written;
pub mod zones;
