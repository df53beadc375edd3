//! Clients: when they ask, for which keys, what they write, and how they carry contexts.

pub mod arrivals;
pub mod attempts;
pub mod balancer;
pub mod cart;
pub mod client;
pub mod file;
pub mod intent;
pub mod keys;
pub mod library;
pub mod moves;
pub mod operation;
pub mod ownership;
pub mod puts;
pub mod read_back;
pub mod recording;
pub mod routing;
pub mod session;
pub mod size;
pub mod spec;
pub mod stamped;
pub mod words;
pub mod writing;
pub mod ycsb;
