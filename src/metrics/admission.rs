//! Control of background work (section 6.5): what it let through, what it held back, and why.

use serde::Serialize;

use crate::dynamo::config::Cluster;
use crate::dynamo::fact::AdmissionFact;
use crate::metrics::window::share;
use crate::time::Duration;

/// Counts what happens at the gates of all nodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Admission {
    admitted: u64,
    deferred: u64,
    dropped: u64,
    slices: Slices,
    reads: Reads,
}

/// Slices a second, over all adjustments at all nodes.
#[derive(Clone, Copy, Debug, Default)]
struct Slices {
    adjustments: u64,
    sum: u64,
    least: Option<u32>,
}

/// The watched percentile of foreground reads, over all adjustments that saw any.
#[derive(Clone, Copy, Debug, Default)]
struct Reads {
    count: u64,
    sum: u128,
    longest: Option<Duration>,
}

/// Section `admission` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct AdmissionFigures {
    pub admitted: u64,
    pub deferred: u64,
    pub dropped: u64,
    pub slices_mean: Option<f64>,
    pub slices_min: Option<u32>,
    pub read_mean_ms: Option<f64>,
    pub read_max_ms: Option<f64>,
}

impl Admission {
    /// Something happened at a gate.
    pub fn fact(&mut self, fact: AdmissionFact) {
        match fact {
            AdmissionFact::Admitted => self.admitted += 1,
            AdmissionFact::Deferred => self.deferred += 1,
            AdmissionFact::Dropped => self.dropped += 1,
            AdmissionFact::Adjusted { slices, read } => {
                self.slices.adjustments += 1;
                self.slices.sum += u64::from(slices);
                self.slices.least = Some(self.slices.least.map_or(slices, |s| s.min(slices)));
                if let Some(read) = read {
                    self.reads.count += 1;
                    self.reads.sum += u128::from(read.0);
                    self.reads.longest = self.reads.longest.max(Some(read));
                }
            }
        }
    }

    /// Slices a second, summed over all adjustments so far, and how many those were.
    pub fn running(&self) -> (u64, u64) {
        (self.slices.sum, self.slices.adjustments)
    }

    /// What it comes to; none where background work is not controlled.
    pub fn figures(&self, cluster: &Cluster) -> Option<AdmissionFigures> {
        cluster.admission.on()?;
        let Reads { count, sum, longest } = self.reads;
        Some(AdmissionFigures {
            admitted: self.admitted,
            deferred: self.deferred,
            dropped: self.dropped,
            slices_mean: share(self.slices.sum, self.slices.adjustments),
            slices_min: self.slices.least,
            read_mean_ms: (count > 0).then(|| sum as f64 / count as f64 / 1e6),
            read_max_ms: longest.map(Duration::millis),
        })
    }
}
