//! Clients: when they ask, for which keys, what they write, and how they carry contexts.

pub mod arrivals;
pub mod cart;
pub mod client;
pub mod intent;
pub mod keys;
pub mod operation;
pub mod routing;
pub mod session;
pub mod size;
pub mod spec;
pub mod words;
pub mod writing;
pub mod ycsb;
