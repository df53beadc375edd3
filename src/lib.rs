//! A deterministic simulator of Amazon's Dynamo (SOSP 2007).
pub mod digest;
pub mod dynamo;
pub mod faults;
pub mod ghost;
pub mod id;
pub mod network;
pub mod process;
pub mod quantity;
pub mod random;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod switch;
pub mod time;
pub mod trace;
pub mod workload;
