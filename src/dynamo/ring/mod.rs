//! Sections 4.2 and 4.3: who is responsible for a key.
//!
//! Strategy 1 of section 6.2: each node has random tokens, a range ends at each token. Left out
//! here: strategies 2 and 3, and lists that span sites; they have their place in `placement.rs`.

pub mod history;
pub mod placement;
pub mod position;
pub mod range;
pub mod walk;
