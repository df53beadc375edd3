//! What a scenario says of its clients, under `workload`.

use serde::{Deserialize, Serialize};

use crate::quantity::{Bytes, Rate};
use crate::random::distribution::Distribution;
use crate::time::Duration;

/// The clients of a scenario.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Workload"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Number of clients; each has arrivals and luck of its own.
    pub clients: u32,
    /// When a client begins its next operation.
    pub arrivals: Arrivals,
    /// Which key it is about.
    pub keys: Keys,
    /// What it does, by weight.
    pub mix: Mix,
    /// Size of each value written.
    pub value: Bytes,
    /// A client that has no answer after this gives an attempt up.
    pub timeout: Duration,
    /// Further attempts after the first, each at another node where there is one.
    pub retries: u8,
    /// How a request finds its first node (section 4.5).
    pub routing: Routing,
}

/// When operations begin.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// Open loop: at random moments, this often for each client, whether or not earlier operations
    /// have ended.
    Poisson(Rate),
    /// Open loop: evenly spaced, this often for each client, each client with a phase of its own.
    Constant(Rate),
    /// Closed loop: one operation at a time, with a pause between two.
    Closed {
        /// The pause between the end of one operation and the start of the next.
        think: Distribution,
    },
}

/// Which keys are asked for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Keys {
    /// All alike.
    Uniform {
        /// How many keys there are.
        count: u32,
    },
    /// The i-th most popular key is asked for in proportion to 1 / i^exponent.
    Zipf {
        /// How many keys there are.
        count: u32,
        /// How uneven it is: 0 is uniform, 0.99 a usual web load.
        exponent: f64,
    },
    /// A few hot keys get a fixed share of all requests; both groups are uniform inside.
    HotSet {
        /// How many keys there are.
        count: u32,
        /// How many of them are hot.
        hot: u32,
        /// Share of the requests that goes to the hot ones, from 0 to 1.
        share: f64,
    },
}

/// Relative weights of what clients do; they need not add up to one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Mix {
    /// Read a key.
    pub get: f64,
    /// Read a key and write it with the context of that read (section 4.4).
    pub put: f64,
    /// Write a key with no context at all.
    pub blind: f64,
    /// Read a key and write a tombstone with the context of that read.
    pub delete: f64,
    /// Shopping cart: read, merge, add one new item, write.
    pub add: f64,
    /// Shopping cart: read, merge, remove one item if there is one, write.
    pub remove: f64,
}

/// How a request finds a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// A load balancer picks a node at random (section 4.5, first strategy).
    #[default]
    LoadBalancer,
    /// The client knows the ring and asks the key's coordinator (section 4.5, second strategy).
    PartitionAware,
}

impl Default for Spec {
    fn default() -> Self {
        Spec {
            clients: 50,
            arrivals: Arrivals::Poisson(Rate { count: 20.0, per: Duration::from_secs(1) }),
            keys: Keys::Zipf { count: 10_000, exponent: 0.99 },
            mix: Mix { get: 0.8, put: 0.2, ..Mix::default() },
            value: Bytes(1024),
            timeout: Duration::from_secs(1),
            retries: 1,
            routing: Routing::default(),
        }
    }
}

impl Default for Mix {
    /// Nothing: a mix that is written out has only what it names.
    fn default() -> Self {
        Mix { get: 0.0, put: 0.0, blind: 0.0, delete: 0.0, add: 0.0, remove: 0.0 }
    }
}

impl Keys {
    /// How many keys there are.
    pub fn count(&self) -> u32 {
        match *self {
            Keys::Uniform { count } | Keys::Zipf { count, .. } | Keys::HotSet { count, .. } => {
                count
            }
        }
    }
}
