//! What judges and numbers must know of a run beside its records: who is who, and when is what.

use serde::Serialize;

use crate::dynamo::config::Cluster;
use crate::id::{Key, NodeId};
use crate::time::{Duration, Time};
use crate::workload::cart::CartPolicy;

/// The fixed facts of a run.
#[derive(Clone, Debug)]
pub struct Layout {
    pub cluster: Cluster,
    pub clients: u32,
    pub keys: u32,
    /// What applications make of a cart of several versions.
    pub cart_policy: CartPolicy,
    /// How long clients ask and faults happen.
    pub duration: Duration,
    /// From one sample to the next.
    pub sampling: Duration,
    /// The homes of each key, `homes_per_key` each.
    pub homes: Vec<NodeId>,
    pub homes_per_key: usize,
    /// By fault of the scenario.
    pub faults: Vec<FaultWindow>,
    /// The ring with which the run begins.
    pub placement: Placed,
}

/// Where keys belong when a run begins: section `placement` of a report (section 6.2).
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Placed {
    pub strategy: u32,
    pub ranges: u32,
    pub tokens: u64,
    /// Size of the table that says which tokens are whose, as gossip carries it.
    pub table_bytes: u64,
    /// What a node carries, in the mean, of what the one with the most does.
    pub efficiency: f64,
    /// By node, which share of the ring it keeps copies of.
    pub carried: Vec<f64>,
}

/// When a fault holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultWindow {
    /// The fault's kind, as scenario files name it.
    pub kind: &'static str,
    /// What it does to whom, in a few words.
    pub label: String,
    pub from: Time,
    /// Equal to `from` for what takes no time; the run's `duration` if nothing ends it before.
    pub to: Time,
    /// May it touch nothing?
    pub optional: bool,
}

impl Layout {
    /// The homes of a key: the first N of its preference list.
    pub fn homes_of(&self, key: Key) -> &[NodeId] {
        let start = key.index() * self.homes_per_key;
        &self.homes[start..start + self.homes_per_key]
    }

    /// The time from the start of the first fault to the end of the last; none without faults.
    pub fn trouble(&self) -> Option<(Time, Time)> {
        let from = self.faults.iter().map(|fault| fault.from).min()?;
        let to = self.faults.iter().map(|fault| fault.to).max()?;
        Some((from, to))
    }
}
