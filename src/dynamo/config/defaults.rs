//! What the parts of a cluster's settings are where a scenario says nothing.

use crate::dynamo::config::detection::Evidence;
use crate::dynamo::config::{
    AntiEntropy, Exchange, FailureDetection, Gossip, Partitioning, RangeTransfer, Spread, Timeouts,
};
use crate::time::Duration;

impl Default for Partitioning {
    fn default() -> Self {
        Partitioning {
            strategy: 1,
            tokens: 32,
            partitions: None,
            capacities: Vec::new(),
            span_sites: true,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            operation: Duration::from_millis(300),
            replica: Duration::from_millis(100),
            forward: Duration::from_millis(100),
        }
    }
}

impl Default for AntiEntropy {
    fn default() -> Self {
        AntiEntropy { interval: Duration::from_secs(10), depth: 10, hash_bits: 64 }
    }
}

impl Default for Gossip {
    fn default() -> Self {
        Gossip {
            interval: Duration::from_secs(1),
            seeds: 3,
            exchange: Exchange::default(),
            spread: Spread::default(),
            in_step: false,
            rumours: None,
        }
    }
}

impl Gossip {
    /// One round in so many brings everybody to the same history whatever became of rumours; none
    /// if no round does.
    pub fn reconciles_every(&self) -> Option<u64> {
        self.rumours.as_ref().map_or(Some(1), |it| it.reconcile_every.map(u64::from))
    }
}

impl Exchange {
    pub(super) fn is_default(&self) -> bool {
        *self == Exchange::default()
    }
}

impl Spread {
    pub(super) fn is_default(&self) -> bool {
        *self == Spread::default()
    }
}

impl Default for RangeTransfer {
    fn default() -> Self {
        RangeTransfer { batch: 32, retry: Duration::from_secs(1) }
    }
}

impl RangeTransfer {
    pub(super) fn is_default(&self) -> bool {
        *self == RangeTransfer::default()
    }
}

impl Default for FailureDetection {
    fn default() -> Self {
        FailureDetection {
            after: 1,
            retry: Duration::from_secs(1),
            retry_limit: Duration::from_secs(30),
            by: Evidence::default(),
        }
    }
}
