//! The paper: Dynamo as a pure state machine.
pub mod config;
