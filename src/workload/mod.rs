//! Clients: when they ask, for which keys, what they write, and how they carry contexts.
//!
//! Left out so far: sessions that lose their context, retries under a new name, hedged reads,
//! replayed traces. Their place is in `client.rs` and `intent.rs`.

pub mod cart;
pub mod client;
pub mod intent;
pub mod keys;
pub mod spec;
pub mod words;
