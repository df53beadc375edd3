//! The network: how long a packet takes and whether it arrives.
//!
//! It decides the fate of a packet from its two ends, its kind of leg and the luck of its address;
//! it never opens one. Partitions and other trouble are conditions laid over it (`crate::faults`).

pub mod spec;
