//! Sections 5 and 6.1: what a node keeps on its disk.
//!
//! The copies of the ranges that it hosts, with a Merkle tree for each; the separate store of hints
//! (section 4.6); what has not been flushed yet. Left out here: engines with costs of their own and
//! the object buffer, which take the place of [`Store`].

mod disk;
mod hint_store;
mod key_map;
mod merkle;
mod store;

pub use disk::{Disk, Loss};
pub use hint_store::{Hint, HintStore};
pub use merkle::{MerkleTree, TreeIndex};
pub use store::{Change, Store};
