//! Plans of trouble: what a scenario says goes wrong, and the timed actions that it becomes.
//!
//! Every fault is drawn before the run and is then only data. To add a kind: a variant of
//! [`spec::Spec`], its actions in `schedule.rs`, and its effect in the device that obeys it.

pub mod clock;
pub mod composed;
pub mod cuts;
pub mod disk;
pub mod fault;
pub mod labels;
pub mod nodes;
pub mod parties;
pub mod rules;
pub mod schedule;
pub mod spec;
pub mod target;
pub mod traffic;
