//! Section 4.4: which version is newer, which are concurrent, and how siblings are reconciled.
//!
//! Left out here: truncation of clocks at a threshold. It has its place in [`Clock`].

mod clock;
mod reconcile;
mod version;

pub use clock::{Actor, Causality, Clock, Dot};
pub use reconcile::{Author, merge, write};
pub use version::{Cart, Content, Value, Version, VersionSet};
