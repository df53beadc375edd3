//! A deterministic simulator of Amazon's Dynamo (SOSP 2007).
pub mod dynamo;
pub mod faults;
pub mod id;
pub mod network;
pub mod quantity;
pub mod random;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod switch;
pub mod time;
pub mod workload;
