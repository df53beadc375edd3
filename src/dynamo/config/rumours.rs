//! Knobs of gossip that ends (Demers et al., "Epidemic algorithms for replicated database
//! maintenance", 1987): the paper's own never does (section 4.8.1).

use serde::{Deserialize, Serialize};

/// Loss of interest: a node that learns a change tells of it only until it has told in vain often
/// enough. Some nodes may never learn then.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rumours {
    /// How many contacts in vain take a node's interest: exactly so many, or on average. Raising it
    /// leaves fewer nodes without a change, and costs more messages.
    pub k: u32,
    /// Is that a number, or a chance?
    #[serde(default)]
    pub lost_by: LostBy,
    /// Is a contact in vain only if the other says that it knew? Otherwise nobody answers, and each
    /// contact is one.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub feedback: bool,
    /// One round in this many, each node reconciles with a peer whatever it is interested in, so
    /// that in the end everybody knows; without it nobody ever does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile_every: Option<u32>,
}

/// How interest is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LostBy {
    /// After `k` contacts in vain.
    #[default]
    Counter,
    /// With probability 1/`k` at each contact in vain.
    Coin,
}

fn yes() -> bool {
    true
}
