//! What a scenario says of the network.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::Span;
use crate::random::distribution::Distribution;
use crate::time::Duration;

/// The kinds of leg whose latency can differ: the four of the WARS model (Probabilistically Bounded
/// Staleness, VLDB 2012) and all the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Leg {
    /// A version on its way from coordinator to replica.
    Write,
    /// The confirmation of a write.
    Ack,
    /// A request for a version from coordinator to replica.
    Read,
    /// The answer to a read.
    Response,
    /// Clients, gossip, handoff, anti-entropy, probes.
    Other,
}

/// The network of a scenario, under `network`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Network"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// One-way delay of every message that nothing more special is said of.
    pub latency: Distribution,
    /// One-way delay by kind of leg, where it differs.
    pub legs: Legs,
    /// Share of messages that vanish, from 0 to 1.
    pub loss: f64,
    /// Share of messages that arrive twice, from 0 to 1.
    pub duplication: f64,
    /// Share of messages that are held back so that later ones overtake them. Messages whose delays
    /// differ overtake each other even without this.
    pub reordering: Option<Reordering>,
    /// Names for groups of nodes and clients that stand in one place.
    pub sites: BTreeMap<String, Vec<Span>>,
    /// Delay and loss between two sites, each way, where they differ from the rest.
    pub between: Vec<Between>,
}

/// One-way delay by kind of leg. A scenario can also name a published model: `lnkd-ssd`,
/// `lnkd-disk`, `ymmr`, `ymmr-alpha-3.5`, and `wan` for the links between two sites.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, remote = "Self")]
pub struct Legs {
    /// A version on its way from coordinator to replica.
    pub write: Option<Distribution>,
    /// The confirmation of a write.
    pub ack: Option<Distribution>,
    /// A request for a version from coordinator to replica.
    pub read: Option<Distribution>,
    /// The answer to a read.
    pub response: Option<Distribution>,
    /// Clients, gossip, handoff, anti-entropy, probes.
    pub other: Option<Distribution>,
}

/// Deliberate reordering.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reordering {
    /// Share of messages held back, from 0 to 1.
    pub probability: f64,
    /// For how long.
    pub delay: Distribution,
}

/// The links between two sites, in both directions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// Two site names; the same name twice means the links inside one site.
    pub sites: [String; 2],
    /// One-way delay on these links; without it, the general one.
    #[serde(default)]
    pub latency: Option<Distribution>,
    /// One-way delay by kind of leg on these links.
    #[serde(default)]
    pub legs: Legs,
    /// Share of messages that vanish on these links; without it, the general one.
    #[serde(default)]
    pub loss: Option<f64>,
}

impl Default for Spec {
    fn default() -> Self {
        Spec {
            latency: Distribution::Exponential { mean: Duration::from_millis(1) },
            legs: Legs::default(),
            loss: 0.0,
            duplication: 0.0,
            reordering: None,
            sites: BTreeMap::new(),
            between: Vec::new(),
        }
    }
}

impl Leg {
    /// All kinds, in order.
    pub const ALL: [Leg; 5] = [Leg::Write, Leg::Ack, Leg::Read, Leg::Response, Leg::Other];
}

impl Legs {
    /// The delay of one kind of leg, if one is stated.
    pub fn of(&self, leg: Leg) -> Option<&Distribution> {
        match leg {
            Leg::Write => self.write.as_ref(),
            Leg::Ack => self.ack.as_ref(),
            Leg::Read => self.read.as_ref(),
            Leg::Response => self.response.as_ref(),
            Leg::Other => self.other.as_ref(),
        }
    }
}
