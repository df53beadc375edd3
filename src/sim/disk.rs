//! The disk of a machine: one queue, served in order.

use serde::{Deserialize, Serialize};

use crate::random::distribution::Distribution;
use crate::time::Duration;

/// Service times of every node's disk, under `disk`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Time to read one value.
    pub read: Distribution,
    /// Time to write one value, with its flush where the cluster flushes always.
    pub write: Distribution,
    /// Time to flush what was written since the last flush, where the cluster flushes at intervals.
    pub flush: Distribution,
}

impl Default for Spec {
    fn default() -> Self {
        let exponential =
            |microseconds: u64| Distribution::Exponential { mean: Duration(microseconds * 1_000) };
        Spec { read: exponential(100), write: exponential(200), flush: exponential(2_000) }
    }
}
