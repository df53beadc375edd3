//! Knobs beside those of a plain cluster: known systems, tombstones that go, clocks that are cut.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// Known systems, as far as the switches here can express them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The paper to the letter: literal clocks, truncated at 10 pairs. Left out: what the paper
    /// leaves open has the defaults of this program.
    Paper,
    /// Riak KV 3: dotted versions, gets coordinated anywhere, reaping after 3 s. Left out: its
    /// equal partitions and claims, a pruning that spares young pairs, idle hand-over of whole
    /// partitions, net ticks, limits on siblings, epochs of actors.
    Riak,
    /// Voldemort: vector clocks by node, hints pushed every 5 minutes, no anti-entropy, deletes
    /// that leave nothing. Left out: clients that coordinate (`workload.routing`), obsolete writes
    /// that are refused, hints on any node that count for no quorum, its failure detector by
    /// success rates, zones.
    Voldemort,
    /// Cassandra 4: newest time stamp, one answer enough, phi accrual, tombstones for 10 days, no
    /// repair unless an operator asks. Left out: any node as coordinator of writes, hints that
    /// count for no quorum and expire after 3 h, heartbeats that ride on gossip, blocking read
    /// repair, cells, speculative retry.
    Cassandra,
}

/// The spread of what clocks show beyond the true time: a bell curve around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClockSkew {
    /// Standard deviation. Raising it sets clocks further apart, each in its own direction.
    pub deviation: Duration,
}

/// How long tombstones stay. The paper has no deletes; keeping their tombstones is the only way
/// that never brings a deleted value back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tombstones {
    /// For ever.
    #[default]
    Keep,
    /// Each home drops one when it is this old by its time stamp (Cassandra: 10 days). A copy that
    /// was away for longer brings the deleted value back.
    Timed(Duration),
    /// All homes drop one once all of them hold it, this long after the first has got it at the
    /// earliest (Riak: 3 s). What a stand-in still keeps can bring the value back.
    WhenAllHomes(Duration),
}

impl Tombstones {
    /// Are they kept for ever?
    pub fn are_kept(&self) -> bool {
        *self == Tombstones::Keep
    }
}

/// Truncation of clocks: each pair has the time at which it was last counted up, by the clock of
/// the node that did it, and the oldest goes where there are too many (section 4.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClockTruncation {
    /// How many pairs are too many; say 10 in the paper. Raising it makes clocks longer and false
    /// conflicts rarer.
    pub threshold: u32,
    /// Is the threshold itself too many?
    pub when: TruncatedWhen,
}

/// When a clock is truncated. The paper says "reaches"; others read it as "exceeds".
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TruncatedWhen {
    /// Its pairs reach the threshold: stored clocks have at most one pair less.
    #[default]
    Reached,
    /// Its pairs exceed the threshold: stored clocks have at most as many.
    Exceeded,
}

impl ClockTruncation {
    /// Most pairs of a clock that is stored.
    pub fn most_pairs(self) -> u32 {
        match self.when {
            TruncatedWhen::Reached => self.threshold - 1,
            TruncatedWhen::Exceeded => self.threshold,
        }
    }
}

impl Default for ClockTruncation {
    fn default() -> Self {
        ClockTruncation { threshold: 10, when: TruncatedWhen::default() }
    }
}
