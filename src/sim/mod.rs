//! The world: it runs the parties, and fulfils their wishes or does not.
//!
//! | file | what |
//! |---|---|
//! | `plan` | all that a run follows from |
//! | `event` | what can happen next |
//! | `queue` | the order in which it does |
//! | `simulation` | the one loop |
//! | `delivery` | messages on their way |
//! | `wishes` | inputs handed to parties, and what they wish fulfilled |
//! | `closing` | rest, and the account at the end |
//! | `machine` | power, disk and pauses of one node |
//! | `disk` | the device that serves jobs in order |
//! | `engine` | what storage engines are assumed to cost |
//! | `links` | the network with faults laid over it, and the ledger of messages |
//! | `impaired` | links that still carry something, but worse |
//! | `pauses` | processes that stop now and then |
//! | `holding` | what reaches them meanwhile |
//! | `trouble` | faults taking hold |
//! | `toll` | what each fault has touched |
//! | `compare` | two runs side by side |

pub mod administration;
pub mod ailing;
pub mod clock;
pub mod closing;
pub mod compare;
pub mod delivery;
pub mod disk;
pub mod engine;
pub mod event;
pub mod holding;
pub mod impaired;
pub mod links;
pub mod machine;
pub mod pauses;
pub mod plan;
pub mod queue;
pub mod simulation;
pub mod toll;
pub mod trouble;
pub mod wishes;

#[cfg(test)]
mod tests;
