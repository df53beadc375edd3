//! Sections 5 and 6.1: what a node keeps on its disk.
//!
//! The copies of the ranges that it hosts, with a Merkle tree for each; the separate store of hints
//! (section 4.6); what has not been flushed yet, or is in memory only. What engines cost is the
//! world's to say.

pub mod disk;
pub mod hint_store;
pub mod inspection;
pub mod key_map;
pub mod merkle;
pub mod object_buffer;
pub mod store;
