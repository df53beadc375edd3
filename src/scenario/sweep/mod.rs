//! What a sweep varies, under `sweep`: axes over any field, constraints between them, repetitions.
//!
//! ```text
//! Sweep --points--> every combination of the axes' values that keeps the constraints
//! ```
//!
//! A run takes no notice of it: it runs the scenario as written, the base of the sweep.

pub mod axis;
pub mod constraint;
pub mod points;
pub mod quantity;
pub mod seeds;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::scenario::sweep::axis::Axis;
use crate::scenario::sweep::seeds::Seeds;

/// What `dynamo-sim sweep` varies.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// The fields that vary, each by its dotted path as in `"cluster.r": [1, 2, 3]`, with the
    /// values that it takes. All combinations are run: the last axis by name varies fastest.
    #[serde(default)]
    pub axes: BTreeMap<String, Axis>,
    /// What a combination must keep to be run, as in `"r + w > n"`. An axis is named by its whole
    /// path or by the last step of it; other fields of the scenario can be named as well.
    #[serde(rename = "where", default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Repetitions of each combination: how many, from the scenario's own seed on, or the first
    /// and the last seed as in `"1..100"`.
    #[serde(default)]
    pub seeds: Seeds,
}

/// Most axes of a sweep.
pub const AXIS_LIMIT: usize = 16;
/// Most values of one axis.
pub const VALUE_LIMIT: usize = 10_000;
/// Most combinations, before constraints have taken some out.
pub const POINT_LIMIT: usize = 100_000;
/// Most runs of a sweep.
pub const RUN_LIMIT: u64 = 10_000_000;
