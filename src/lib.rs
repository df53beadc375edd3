//! A deterministic simulator of Amazon's Dynamo (SOSP 2007): a scenario in, a measured run out.
//!
//! ```text
//! file -> Scenario -> Checked -> Plan -> Simulation -> records -> judges, metrics -> Report
//! ```
//!
//! | room | what |
//! |---|---|
//! | [`time`], [`digest`], [`quantity`], [`switch`], [`id`] | the ground floor: plain values |
//! | [`ghost`] | what really happened before what |
//! | [`random`] | luck with an address |
//! | [`statistics`] | what numbers from several runs are worth |
//! | [`process`] | the contract: an input in, effects out |
//! | [`network`] | the fate of a packet |
//! | [`dynamo`] | the paper, pure |
//! | [`faults`] | plans of trouble |
//! | [`workload`] | clients |
//! | [`trace`] | what happened, and who watches |
//! | [`sim`] | the world: queue, machines, disks, links, the one loop |
//! | [`check`] | judges |
//! | [`metrics`] | numbers |
//! | [`scenario`] | what the user wrote |
//! | [`report`] | what the user reads |
//! | [`experiment`] | scenario in, report out |
//! | [`history`] | histories judged without an oracle, of any store |
//! | [`hunt`] | bugs that can be planted, and the hunt for any |
//! | `reproduce` | the paper's figures beside ours, behind the feature `cli` |
//! | `validate` | theory beside what is simulated, behind the feature `cli` |
//! | `gallery` | twenty figures from runs, behind the feature `cli` |
//! | `cli` | the face, behind the feature `cli` |
//!
//! A room imports only from those above it in this list; a test keeps that so.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod digest;
pub mod dynamo;
pub mod experiment;
pub mod faults;
#[cfg(feature = "cli")]
pub mod gallery;
pub mod ghost;
pub mod history;
pub mod hunt;
pub mod id;
pub mod metrics;
pub mod network;
pub mod process;
pub mod quantity;
pub mod random;
pub mod report;
#[cfg(feature = "cli")]
pub mod reproduce;
pub mod scenario;
pub mod sim;
pub mod statistics;
pub mod switch;
pub mod time;
pub mod trace;
#[cfg(feature = "cli")]
pub mod validate;
pub mod workload;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
