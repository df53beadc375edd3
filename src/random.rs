//! Randomness (placeholder until the module lands).
use crate::time::Duration;
use serde::{Deserialize, Serialize};
/// A distribution of durations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    Constant(Duration),
    Exponential { mean: Duration },
}
impl Distribution {
    pub fn problems(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
