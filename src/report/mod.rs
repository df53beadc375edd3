//! Reports.
#[cfg(feature = "cli")]
pub mod plot;
