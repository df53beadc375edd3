//! Consistency against availability, latency and durability: one point for each setting, and the
//! settings that no other beats.
//!
//! | page | what |
//! |---|---|
//! | `axes` | which settings there are |
//! | `points` | what a run of one comes to, and what several runs do |
//! | `planes` | which setting is beaten by which, and who remains |
//! | `shared` | what a set of settings has in common |
//! | `words` | what the trade is, in sentences made of the numbers |
//! | `tables` `charts` | the same as CSV, as text and as pictures |
//!
//! Each setting runs twice with each seed: as the scenario is, and without its faults. All settings
//! run with the same seeds, and so with the same luck; they are compared pair by pair.

pub mod axes;
#[cfg(feature = "cli")]
pub mod charts;
pub mod planes;
pub mod points;
#[cfg(feature = "cli")]
pub mod shared;
pub mod tables;
pub mod words;
