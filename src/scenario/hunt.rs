//! What a hunt may draw, under `hunt`: the bounds of its clusters, clients and troubles.
//!
//! A run takes no notice of it. `dynamo-sim hunt` draws another world inside these bounds for each
//! seed; of a scenario without this section it runs the scenario itself with each seed.

use serde::{Deserialize, Serialize};

/// Bounds of what is drawn for each seed of a hunt. Pairs are the least and the most.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Hunt {
    /// Are the settings of the cluster drawn? Otherwise they are those of the scenario.
    pub cluster: bool,
    /// Are clients and keys drawn? Otherwise they are those of the scenario.
    pub workload: bool,
    /// Is the network drawn? Otherwise it is that of the scenario.
    pub network: bool,
    /// Are all other switches of a cluster drawn as well: sites, conditions on a quorum, detectors,
    /// gossip that goes one way or ends, truncated clocks, slices of background work ...?
    pub every_switch: bool,
    /// Nodes of a drawn cluster.
    pub nodes: [u32; 2],
    /// Clients of a drawn workload.
    pub clients: [u32; 2],
    /// Keys of a drawn workload. Few keys make writes meet.
    pub keys: [u32; 2],
    /// About how many operations all clients of a drawn workload begin.
    pub operations: [u32; 2],
    /// Faults, beside those of the scenario.
    pub faults: [u32; 2],
    /// Kinds of fault to draw from; all that can be drawn where none is named.
    pub kinds: Vec<String>,
    /// What an administrator does, beside what the scenario says; about half of the seeds have
    /// none of it.
    pub administration: [u32; 2],
    /// May a fault take what a disk has flushed, or change it: disks wiped, restored, torn,
    /// corrupt or lying? A loss of all copies of a write is then nobody's bug.
    pub disk_loss: bool,
}

/// Kinds of fault that a hunt can draw.
pub const KINDS: [&str; 20] = [
    "partition",
    "cut",
    "degrade",
    "crash",
    "restart",
    "pause",
    "slow",
    "clock",
    "disk",
    "crash_loop",
    "rolling_restart",
    "group_crash",
    "isolate",
    "bridge",
    "majorities_ring",
    "clog",
    "flap",
    "rolling_isolation",
    "swizzle",
    "bandwidth",
];

/// Most of anything that a hunt draws for one seed.
pub const MOST: u32 = 100_000;

impl Default for Hunt {
    fn default() -> Hunt {
        Hunt {
            cluster: true,
            workload: true,
            network: true,
            every_switch: false,
            nodes: [3, 9],
            clients: [1, 12],
            keys: [1, 40],
            operations: [200, 2_000],
            faults: [0, 14],
            kinds: Vec::new(),
            administration: [0, 6],
            disk_loss: true,
        }
    }
}

impl Hunt {
    /// The kinds to draw from.
    pub fn drawable(&self) -> Vec<&'static str> {
        let meant = |kind: &&str| self.kinds.is_empty() || self.kinds.iter().any(|it| it == kind);
        KINDS.into_iter().filter(meant).collect()
    }
}
