//! Knobs of hinted handoff (section 4.6).

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// Delivery of hinted replicas.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HintedHandoff {
    /// How often the local store of hints is scanned.
    pub scan_interval: Duration,
    /// Hints on their way to one target at the same time. Raising it drains faster, in bursts.
    pub batch: u32,
    /// A delivery that is not confirmed after this is tried again at a later scan.
    pub timeout: Duration,
    /// A hint is dropped once its newest version is older than this by its time stamp (Cassandra: 3
    /// hours), and counted in `handoff.dropped`; without it none is. Raising it lets a longer
    /// absence end without anti-entropy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// Hints for a home are delivered only once this node has kept none for it for so long (Riak:
    /// 60 s); without it, at the next scan. Raising it delivers later, and each hint less often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Duration>,
}

impl Default for HintedHandoff {
    fn default() -> Self {
        HintedHandoff {
            scan_interval: Duration::from_secs(10),
            batch: 32,
            timeout: Duration::from_millis(500),
            window: None,
            idle: None,
        }
    }
}
