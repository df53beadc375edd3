//! Section 4.4: which version is newer, which are concurrent, and how siblings are reconciled.
//!
//! Left out here: truncation of clocks at a threshold. It has its place in [`Clock`].

pub mod clock;
pub mod reconcile;
#[cfg(test)]
mod tests;
pub mod version;
