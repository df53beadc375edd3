//! What judges and numbers must know of a run beside its records: who is who, and when is what.

use serde::Serialize;

use crate::dynamo::config::Cluster;
use crate::dynamo::ring::placement::Ring;
use crate::faults::cuts::Spell;
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
    /// Do writes carry the context of what their clients have read?
    pub contexts_told: bool,
    /// Do writes say which they are, so that a further attempt is recognised?
    pub writes_named: bool,
    /// From one sample to the next.
    pub sampling: Duration,
    /// All machines, also those whose nodes may become members later.
    pub machines: u32,
    /// May an administrator change the membership?
    pub administered: bool,
    /// The homes of each key at the start.
    pub homes: Homes,
    /// By fault of the scenario.
    pub faults: Vec<FaultWindow>,
    /// Links that the scenario takes away at times that it says itself.
    pub cuts: Vec<Spell>,
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

/// The homes of all keys: the first N of each preference list, under one membership.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Homes {
    nodes: Vec<NodeId>,
    per_key: usize,
}

impl Homes {
    /// By key, so many each.
    pub fn new(nodes: Vec<NodeId>, per_key: usize) -> Homes {
        Homes { nodes, per_key }
    }

    /// Those of so many keys on a ring.
    pub fn of_ring(ring: &Ring, keys: u32) -> Homes {
        let homes = |key| ring.homes(ring.range_of(Key(key))).iter().copied();
        Homes { nodes: (0..keys).flat_map(homes).collect(), per_key: ring.copies() }
    }

    /// The homes of a key.
    pub fn of(&self, key: Key) -> &[NodeId] {
        let start = key.index() * self.per_key;
        &self.nodes[start..start + self.per_key]
    }

    /// How many each key has.
    pub fn per_key(&self) -> usize {
        self.per_key
    }
}

impl Layout {
    /// The time from the start of the first fault to the end of the last; none without faults.
    pub fn trouble(&self) -> Option<(Time, Time)> {
        let from = self.faults.iter().map(|fault| fault.from).min()?;
        let to = self.faults.iter().map(|fault| fault.to).max()?;
        Some((from, to))
    }
}
