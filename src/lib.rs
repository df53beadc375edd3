//! A deterministic simulator of Amazon's Dynamo (SOSP 2007).
pub mod id;
pub mod quantity;
pub mod random;
pub mod report;
pub mod sim;
pub mod time;
