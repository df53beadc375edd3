//! The world.
pub mod disk;
pub mod queue;
