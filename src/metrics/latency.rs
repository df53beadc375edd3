//! How long successful operations took, first attempt to answer.
//!
//! Quantiles come from histograms with three significant digits over whole nanoseconds, so that
//! each is at most 0.1 % above a latency that was observed; mean and maximum are exact.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::metrics::window::{ByWindow, Window};
use crate::time::Duration;
use crate::workload::words::Function;

/// Latencies by part of the run.
#[derive(Debug, Default)]
pub struct Latency {
    windows: ByWindow<ByPath<Sample>>,
}

/// Reads and writes; deletes are writes.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct ByPath<T> {
    pub get: T,
    pub put: T,
}

/// Latencies of one kind.
#[derive(Clone, Debug)]
struct Sample {
    histogram: Histogram<u64>,
    sum: u128,
    max: Duration,
}

/// What a sample of latencies comes to.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Quantiles {
    pub count: u64,
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub p99_9_ms: Option<f64>,
    pub max_ms: Option<f64>,
}

/// Section `latency` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LatencyFigures {
    #[serde(flatten)]
    pub overall: ByPath<Quantiles>,
    #[serde(flatten)]
    pub windows: ByWindow<ByPath<Quantiles>>,
}

impl Default for Sample {
    fn default() -> Sample {
        let histogram = Histogram::new(3).expect("three significant digits are allowed");
        Sample { histogram, sum: 0, max: Duration::ZERO }
    }
}

impl Sample {
    fn record(&mut self, latency: Duration) {
        self.histogram.record(latency.0).expect("the histogram grows as needed");
        self.sum += u128::from(latency.0);
        self.max = self.max.max(latency);
    }

    fn add(&mut self, other: &Sample) {
        self.histogram.add(&other.histogram).expect("the histogram grows as needed");
        self.sum += other.sum;
        self.max = self.max.max(other.max);
    }

    fn quantiles(&self) -> Quantiles {
        let count = self.histogram.len();
        let some = |value: f64| (count > 0).then_some(value);
        // The histogram answers with the upper end of a bucket, which may lie above the maximum.
        let at = |quantile: f64| {
            let value = Duration(self.histogram.value_at_quantile(quantile)).min(self.max);
            some(value.millis())
        };
        Quantiles {
            count,
            mean_ms: some(self.sum as f64 / count as f64 / 1e6),
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p99_9_ms: at(0.999),
            max_ms: some(self.max.millis()),
        }
    }
}

impl Latency {
    /// An operation succeeded.
    pub fn record(&mut self, window: Window, function: Function, latency: Duration) {
        let paths = self.windows.at(window);
        match function {
            Function::Get => paths.get.record(latency),
            Function::Put | Function::Delete => paths.put.record(latency),
        }
    }

    /// What it comes to.
    pub fn figures(&self) -> LatencyFigures {
        let mut overall = ByPath::<Sample>::default();
        for window in self.windows.all() {
            overall.get.add(&window.get);
            overall.put.add(&window.put);
        }
        LatencyFigures { overall: quantiles(&overall), windows: self.windows.map(quantiles) }
    }
}

fn quantiles(paths: &ByPath<Sample>) -> ByPath<Quantiles> {
    ByPath { get: paths.get.quantiles(), put: paths.put.quantiles() }
}
