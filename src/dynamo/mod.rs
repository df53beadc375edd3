//! The paper: Dynamo as a pure state machine.
//!
//! | section | where |
//! |---|---|
//! | 4.1 interface, context | `message.rs` (`Request`, `Put`, `Outcome`) |
//! | 4.2, 4.3, 6.2 partitioning, replication, preference list | `ring/` |
//! | 4.4 versions, reconciliation | `versioning/` |
//! | 4.5, 5 get and put, read repair | `coordination/`, `replica.rs` |
//! | 4.6 sloppy quorum, hinted handoff | `coordination/participants.rs`, `handoff/` |
//! | 4.7 Merkle trees | `storage/merkle.rs`, `anti_entropy/` |
//! | 4.8 gossip, failure detection | `membership/`, `view.rs` |
//! | 5, 6.1 local persistence, object buffer | `storage/`, `replica/buffered.rs` |
//! | 6.5 background tasks | `admission/` |
//! | 6 usage modes, knobs | `config.rs` |
//! | none: tombstones that go | `reaping.rs` |
//! | none: peers watched by probes or heartbeats | `membership/watch.rs` |
//!
//! Clients that coordinate (6.4) use `coordination/` in the room of the workload. Left out is what
//! section 4 says is out of the paper's scope.

pub mod admission;
pub mod anti_entropy;
pub mod config;
pub mod coordination;
pub mod fact;
pub mod handoff;
pub mod job;
pub mod membership;
pub mod message;
pub mod node;
pub mod reaping;
pub mod replica;
pub mod rhythm;
pub mod ring;
pub mod storage;
pub mod timer;
pub mod versioning;
pub mod view;
pub mod words;
