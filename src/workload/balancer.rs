//! A load balancer between clients and nodes (sections 4.5 and 6.4).

use serde::{Deserialize, Serialize};

use crate::random::distribution::Distribution;

/// A load balancer that takes time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// What it adds to the way of each request, and to that of each answer.
    pub latency: Distribution,
    /// How many there are, clients evenly over them. That matters to `pauses` only, of which each
    /// has its own.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
}

fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}
