//! Settings of the software of one node: its object buffer (section 6.1) and its background work
//! (section 6.5).

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// The object buffer (section 6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ObjectBuffer {
    /// Objects that a node has in memory only, at most; 1,000 in the paper. A write that finds no
    /// room goes to the disk and waits for it.
    pub objects: u32,
    /// How often the writer begins to bring to the disk all that is in memory then, one object at a
    /// time; it also begins when the buffer is full. Raising it lets later writes to a key take the
    /// place of earlier ones, and a crash take more.
    pub interval: Duration,
    /// Which one of the N replicas of a put writes to the disk before it answers.
    pub durable_write: DurableWrite,
}

/// The replica that is told to do a durable write (section 6.1). The put waits for it only where it
/// needs its answer for W.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DurableWrite {
    /// The first of the top N that does not coordinate the put itself; where nobody else keeps a
    /// copy, none. The paper does not say which.
    #[default]
    FirstRemote,
    /// None: a crash of W replicas may take what they acknowledged.
    None,
}

/// Admission of background work: delivery of hints and comparison of replicas.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Admission {
    /// Background jobs that a node sends to its disk in a second while nothing is disturbed: the
    /// most there ever are. The paper names none of the numbers here but where it is said.
    pub slices: u32,
    /// The same while foreground reads take longer than the threshold: at least 1, so that
    /// background work never ends altogether.
    pub least: u32,
    /// How many slices are added at a time.
    pub increase: u32,
    /// What slices are multiplied by at a time, once the threshold is reached.
    pub decrease: f64,
    /// How often slices are adjusted.
    pub interval: Duration,
    /// The trailing window in which foreground reads at the database are looked at; 60 seconds in
    /// the paper.
    pub window: Duration,
    /// The share of those reads that should be faster than the threshold; 0.99 in the paper.
    pub percentile: f64,
    /// How long they may take, with their wait for the disk; 50 milliseconds in the paper.
    pub threshold: Duration,
    /// Values that one job of a comparison of replicas reads at most, so that a slice is short.
    pub values: u32,
}

impl Default for Admission {
    fn default() -> Self {
        Admission {
            slices: 1_000,
            least: 1,
            increase: 10,
            decrease: 0.5,
            interval: Duration::from_secs(1),
            window: Duration::from_secs(60),
            percentile: 0.99,
            threshold: Duration::from_millis(50),
            values: 4,
        }
    }
}

impl Default for ObjectBuffer {
    fn default() -> Self {
        ObjectBuffer {
            objects: 1_000,
            interval: Duration::from_secs(1),
            durable_write: DurableWrite::default(),
        }
    }
}
