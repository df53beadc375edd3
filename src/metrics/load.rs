//! Load: successful operations by the node that coordinated them, and writers by key.

use serde::Serialize;

use crate::id::NodeId;
use crate::metrics::window::share;
use crate::metrics::writers::Writers;

/// Counts operations by coordinator.
#[derive(Clone, Debug)]
pub struct Load {
    coordinated: Vec<u64>,
    /// Who writes which key.
    pub writers: Writers,
}

/// Section `load` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LoadFigures {
    pub coordinated_min: u64,
    pub coordinated_mean: f64,
    pub coordinated_max: u64,
    /// By node.
    pub coordinated: Vec<u64>,
    pub writers_per_key_mean: Option<f64>,
    pub writers_per_key_max: u64,
}

impl Load {
    /// Nothing done yet.
    pub fn new(nodes: u32) -> Load {
        Load { coordinated: vec![0; nodes as usize], writers: Writers::default() }
    }

    /// An operation succeeded that this node coordinated.
    pub fn coordinated(&mut self, node: NodeId) {
        self.coordinated[node.index()] += 1;
    }

    /// What it comes to.
    pub fn figures(self) -> LoadFigures {
        let nodes = self.coordinated.len() as u64;
        LoadFigures {
            coordinated_min: self.coordinated.iter().copied().min().unwrap_or(0),
            coordinated_mean: share(self.coordinated.iter().sum(), nodes).unwrap_or(0.0),
            coordinated_max: self.coordinated.iter().copied().max().unwrap_or(0),
            coordinated: self.coordinated,
            writers_per_key_mean: self.writers.mean(),
            writers_per_key_max: self.writers.max(),
        }
    }
}
