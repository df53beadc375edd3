//! The world.
pub mod queue;
