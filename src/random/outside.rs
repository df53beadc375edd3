//! Luck that is no function of the seed: what a bug that can be planted lets in, and nothing else
//! may ever call.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A number from outside the simulation, another each time: that of a hasher with a random state,
/// as the order of a map would show it.
pub fn outside() -> u64 {
    RandomState::new().build_hasher().finish()
}
