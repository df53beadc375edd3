//! Section 4.8: who belongs, and who answers.
//!
//! Membership spreads by gossip (`gossip.rs`); who answers is each node's own finding
//! (`detector.rs`). Left out here: the administrator's join and leave commands, whose changes would
//! enter the history that is gossiped already.

pub mod detector;
pub mod gossip;
pub mod groups;
