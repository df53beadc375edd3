//! The world: it runs the parties, and fulfils their wishes or does not.
//!
//! | file | what |
//! |---|---|
//! | `plan` | all that a run follows from |
//! | `queue` | what happens next |
//! | `simulation` | the one loop, and what each event means |
//! | `machine` | power, disk and pauses of one node |
//! | `disk` | the device that serves jobs in order |
//! | `links` | the network with faults laid over it, and the ledger of messages |
//! | `trouble` | faults taking hold |
//! | `compare` | two runs side by side |

pub mod compare;
pub mod disk;
pub mod links;
pub mod machine;
pub mod plan;
pub mod queue;
pub mod simulation;
pub mod trouble;
