//! Sections 4.2 and 4.3: who is responsible for a key.
//!
//! `position.rs` places keys and tokens, `strategy.rs` and `shares.rs` choose the tokens of nodes
//! in the three ways of section 6.2, `history.rs` remembers whose they are, and `placement.rs`
//! makes the ring of them.

pub mod history;
pub mod placement;
pub mod position;
pub mod shares;
pub mod strategy;
pub mod walk;
