//! Section 4.8: who belongs, and who answers.
//!
//! Membership spreads by gossip (`gossip.rs`, `rumours.rs`); who answers is each node's own finding
//! (`detector.rs`), by requests or, not as in the paper, by watching others of its own accord
//! (`watch.rs`). Only an administrator changes who belongs (`administration.rs`).

pub mod accrual;
pub mod administration;
pub mod detector;
pub mod gossip;
pub mod groups;
pub mod probing;
pub mod rumours;
pub mod watch;
