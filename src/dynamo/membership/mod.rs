//! Section 4.8: who belongs, and who answers.
//!
//! Membership spreads by gossip (`gossip.rs`, `rumours.rs`); who answers is each node's own finding
//! (`detector.rs`). Only an administrator changes who belongs (`administration.rs`).

pub mod administration;
pub mod detector;
pub mod gossip;
pub mod groups;
pub mod rumours;
