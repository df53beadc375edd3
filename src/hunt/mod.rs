//! Bugs: those that can be planted, and the hunt for them and for any other.

pub mod bugs;
pub mod trial;
