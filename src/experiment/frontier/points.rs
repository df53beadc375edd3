//! What a run of one setting comes to, and what several runs do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::statistics::estimate::Estimate;

/// Something that is wished for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Of the reads that began during the faults and succeeded, those that missed no committed
    /// write.
    Consistency,
    /// Of the operations that began during the faults, those that succeeded.
    Availability,
    /// Of the writes that were acknowledged, those that are not lost in the end.
    Durability,
    /// Consistency over the whole run, without faults.
    CalmConsistency,
    /// A get and a put, each at its 99th percentile, without faults, in milliseconds.
    CalmLatency,
}

/// Each with its name in tables, its unit, and what it is.
pub const MEASURES: [(Measure, &str, &str); 5] = [
    (Measure::Consistency, "consistency", "fresh reads, share"),
    (Measure::Availability, "availability", "operations that succeeded, share"),
    (Measure::Durability, "durability", "writes kept, share"),
    (Measure::CalmConsistency, "calm_consistency", "fresh reads, share"),
    (Measure::CalmLatency, "calm_latency_ms", "latency of a get and a put, each at its 99 %, ms"),
];

/// What the two runs of one setting with one seed came to.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Measured {
    pub consistency: Option<f64>,
    pub availability: Option<f64>,
    pub durability: Option<f64>,
    pub calm_consistency: Option<f64>,
    pub calm_latency_ms: Option<f64>,
}

impl Measure {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        MEASURES[self as usize].1
    }

    /// Its name in sentences.
    pub fn spoken(self) -> &'static str {
        match self {
            Measure::Consistency => "consistency",
            Measure::Availability => "availability",
            Measure::Durability => "durability",
            Measure::CalmConsistency => "consistency without faults",
            Measure::CalmLatency => "latency without faults",
        }
    }

    /// What it is, with its unit.
    pub fn title(self) -> &'static str {
        MEASURES[self as usize].2
    }

    /// Is more of it better?
    pub fn is_gain(self) -> bool {
        self != Measure::CalmLatency
    }

    /// Is it a share, between 0 and 1?
    pub fn is_share(self) -> bool {
        self != Measure::CalmLatency
    }
}

impl Measured {
    /// From all figures of the run with its faults and of the one without.
    pub fn of(trouble: &BTreeMap<String, f64>, calm: &BTreeMap<String, f64>) -> Measured {
        let figure = |of: &BTreeMap<String, f64>, path: &str| of.get(path).copied();
        let missed = |of, path| figure(of, path).map(|stale| 1.0 - stale);
        let sum = |what: &str| {
            let part = |function: &str| {
                figure(trouble, &format!("operations.during.{function}.{what}")).unwrap_or(0.0)
            };
            ["get", "put", "delete"].map(part).iter().sum::<f64>()
        };
        let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let ended = ["ok", "failed", "unknown"].map(sum).iter().sum();
        let written = figure(trouble, "durability.acknowledged_writes").unwrap_or(0.0);
        let lost = figure(trouble, "durability.lost_writes").unwrap_or(0.0);
        let slow = |function: &str| figure(calm, &format!("latency.{function}.p99_ms"));
        Measured {
            consistency: missed(trouble, "staleness.during.share"),
            availability: share(sum("ok"), ended),
            durability: share(written - lost, written),
            calm_consistency: missed(calm, "staleness.share"),
            calm_latency_ms: slow("get").zip(slow("put")).map(|(get, put)| get + put),
        }
    }

    /// One of them.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Consistency => self.consistency,
            Measure::Availability => self.availability,
            Measure::Durability => self.durability,
            Measure::CalmConsistency => self.calm_consistency,
            Measure::CalmLatency => self.calm_latency_ms,
        }
    }
}

/// One setting with what came of it, seed by seed.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// The setting's short name.
    pub name: String,
    /// Its values, by axis.
    pub values: Vec<String>,
    /// In the order of the seeds, which is the same for all points.
    pub runs: Vec<Measured>,
}

impl Point {
    /// The mean over the seeds in which there is something to measure; none if there is none. A
    /// share does not leave its bounds.
    pub fn estimate(&self, measure: Measure) -> Option<Estimate> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run.get(measure)).collect();
        if values.is_empty() {
            return None;
        }
        let mut estimate = Estimate::of_mean(&values);
        if measure.is_share() {
            estimate.low = estimate.low.max(0.0);
            estimate.high = estimate.high.min(1.0);
        }
        Some(estimate)
    }

    /// By how much another is better than this one, seed by seed; a smaller latency is better.
    pub fn gains(&self, other: &Point, measure: Measure) -> Vec<f64> {
        let sign = if measure.is_gain() { 1.0 } else { -1.0 };
        let pairs = self.runs.iter().zip(&other.runs);
        let both = pairs.filter_map(|(own, its)| own.get(measure).zip(its.get(measure)));
        both.map(|(own, its)| sign * (its - own)).collect()
    }
}
