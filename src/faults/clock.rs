//! Clocks that are wrong.

use serde::{Deserialize, Serialize};

use crate::faults::target::Target;
use crate::time::Duration;
use crate::time::signed::SignedDuration;

/// The clock of one node is wrong for a while. Its time stamps follow what the clock shows, its
/// timers how fast it runs. In the end it is set right, as by a time service, and shows the true
/// time again (and its skew, where the cluster has one).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Whose clock it is.
    pub node: Target,
    /// When it begins.
    pub from: Duration,
    /// Without it, until the faults end. A step has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Duration>,
    /// In which way the clock is in trouble.
    pub is: ClockTrouble,
}

/// In which way a clock is wrong. Several at a time add up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClockTrouble {
    /// It shows this much more than the true time, or less.
    Offset(SignedDuration),
    /// It runs this many millionths too fast, or too slow, so that timers are due early or late.
    DriftPpm(i64),
    /// It is set forward or back by this much, at once, and nobody ever sets it right.
    Step(SignedDuration),
    /// It stands still: the node answers messages, but no timer falls due.
    Frozen,
}

/// Parts in a million: the rate of a clock that is right.
pub const RIGHT_PPM: i64 = 1_000_000;

impl ClockTrouble {
    /// By how much it changes the rate.
    pub fn drift_ppm(self) -> i64 {
        match self {
            ClockTrouble::DriftPpm(drift) => drift,
            // More than any drift makes good.
            ClockTrouble::Frozen => -1_000 * RIGHT_PPM,
            ClockTrouble::Offset(_) | ClockTrouble::Step(_) => 0,
        }
    }
}
