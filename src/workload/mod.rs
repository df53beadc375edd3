//! Clients: when they ask, for which keys, what they write, and how they carry contexts.

pub mod spec;
pub mod words;
