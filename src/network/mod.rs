//! The network: how long a packet takes and whether it arrives.
//!
//! It decides the fate of a packet from its two ends, its kind of leg and its address of luck, and
//! never opens one. Cuts and other trouble are conditions laid over it (`crate::faults`).

pub mod fate;
pub mod published;
pub mod spec;
