//! What happened: one stream of records, and those who watch it.
//!
//! Judges, numbers, the trace file and the progress bar are all observers. None can touch the run.

pub mod acknowledged;
pub mod layout;
pub mod memories;
pub mod observer;
pub mod record;
#[cfg(test)]
pub mod rehearsal;
