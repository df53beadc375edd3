//! Staleness of reads, by the ghost oracle.
//!
//! A read is stale if some write that was committed (its W-th copy confirmed) when the read began
//! is not in the true history of what it returned. Nothing of the protocol's own clocks is used,
//! but one: where the last write wins, a read that returns a larger time stamp than the missed
//! write's is not stale, for that is what this configuration promises.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::dynamo::config::Versioning;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::{Key, OperationId};
use crate::metrics::commits::{Commits, Missed, best_rank};
use crate::metrics::read::Read;
use crate::metrics::window::{ByWindow, share};
use crate::time::{Duration, Time};

/// Counts stale reads.
#[derive(Debug)]
pub struct Staleness {
    last_write_wins: bool,
    keys: Vec<Commits>,
    windows: ByWindow<Reads>,
    absent: u64,
    bounds: u64,
    overwritten: u64,
    version_lag: (u64, u64),
    time_lag: Histogram<u64>,
    longest: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reads {
    reads: u64,
    stale: u64,
}

/// Stale reads of a part of the run.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct StaleShare {
    pub reads: u64,
    pub stale_reads: u64,
    pub share: Option<f64>,
}

/// Section `staleness` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StalenessFigures {
    #[serde(flatten)]
    pub overall: StaleShare,
    pub absent_reads: u64,
    pub version_lag: VersionLag,
    pub time_lag: TimeLag,
    pub overwritten: u64,
    #[serde(flatten)]
    pub windows: ByWindow<StaleShare>,
}

/// How many committed writes stale reads missed.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct VersionLag {
    pub mean: Option<f64>,
    pub max: u64,
}

/// For how long the oldest missed write had been committed.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct TimeLag {
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub lower_bounds: u64,
}

impl Staleness {
    /// Nothing committed and nothing read yet.
    pub fn new(keys: u32, versioning: Versioning) -> Staleness {
        Staleness {
            last_write_wins: versioning == Versioning::LastWriteWins,
            keys: (0..keys).map(|_| Commits::default()).collect(),
            windows: ByWindow::default(),
            absent: 0,
            bounds: 0,
            overwritten: 0,
            version_lag: (0, 0),
            time_lag: Histogram::new(3).expect("three significant digits are allowed"),
            longest: Duration::ZERO,
        }
    }

    /// A write was committed.
    pub fn committed(&mut self, now: Time, ghost: &Ghost, set: &VersionSet) {
        self.keys[ghost.event().key.index()].commit(now, ghost, set);
    }

    /// All homes of a key hold this.
    pub fn agreed(&mut self, key: Key, set: Option<&VersionSet>, hints_pending: bool) {
        let common = set.map(VersionSet::history).unwrap_or_default().into_owned();
        self.overwritten += self.keys[key.index()].settle(&common, hints_pending);
    }

    /// A read began.
    pub fn read_began(&mut self, now: Time, key: Key, operation: OperationId) {
        self.keys[key.index()].read_began(operation, now);
    }

    /// A read ended without success.
    pub fn read_failed(&mut self, key: Key, operation: OperationId) {
        self.keys[key.index()].read_ended(operation);
    }

    /// A read succeeded.
    pub fn read(&mut self, read: &Read<'_>) {
        let rank = read.set.filter(|_| self.last_write_wins).and_then(best_rank);
        let commits = &mut self.keys[read.key.index()];
        commits.read_ended(read.operation);
        let missed = commits.missed(read.began, read.history, rank);
        let reads = self.windows.at(read.window);
        reads.reads += 1;
        if missed.writes > 0 {
            reads.stale += 1;
            self.absent += u64::from(read.set.is_none());
            self.lag(read.began, missed);
        }
    }

    /// Stale reads so far.
    pub fn stale_reads(&self) -> u64 {
        self.windows.all().iter().map(|window| window.stale).sum()
    }

    /// Commits that were overwritten so far.
    pub fn overwritten(&self) -> u64 {
        self.overwritten
    }

    /// What it comes to.
    pub fn figures(&self) -> StalenessFigures {
        let stale = self.stale_reads();
        let reads = self.windows.all().iter().map(|window| window.reads).sum();
        let some = |value: f64| (stale > 0).then_some(value);
        let at = |quantile: f64| {
            some(Duration(self.time_lag.value_at_quantile(quantile)).min(self.longest).millis())
        };
        StalenessFigures {
            overall: Reads { reads, stale }.figures(),
            absent_reads: self.absent,
            version_lag: VersionLag {
                mean: share(self.version_lag.0, stale),
                max: self.version_lag.1,
            },
            time_lag: TimeLag {
                p50_ms: at(0.5),
                p99_ms: at(0.99),
                max_ms: some(self.longest.millis()),
                lower_bounds: self.bounds,
            },
            overwritten: self.overwritten,
            windows: self.windows.map(Reads::figures),
        }
    }

    fn lag(&mut self, began: Time, missed: Missed) {
        let (sum, max) = self.version_lag;
        self.version_lag = (sum + missed.writes, max.max(missed.writes));
        let lag = began.since(missed.oldest.unwrap_or(began));
        self.time_lag.record(lag.0).expect("the histogram grows as needed");
        self.longest = self.longest.max(lag);
        self.bounds += u64::from(missed.bound);
    }
}

impl Reads {
    fn figures(&self) -> StaleShare {
        let share = share(self.stale, self.reads);
        StaleShare { reads: self.reads, stale_reads: self.stale, share }
    }
}
