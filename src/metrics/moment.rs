//! What stands at moments of a run: figures that have a value at any time, not only over all of it.

use crate::metrics::observer::Metrics;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::{Record, Totals};

/// Names of the figures that have a value at any moment. They are those columns of the timeline
/// that hold at the end of an interval, not over it.
pub const FIGURES: [&str; 5] =
    ["divergence.keys", "handoff.pending", "handoff.pending_bytes", "nodes.up", "faults.active"];

/// Their values at one moment, in the order of [`FIGURES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing(pub [u64; FIGURES.len()]);

impl Standing {
    /// The value of one; none if there is none of this name.
    pub fn figure(&self, name: &str) -> Option<u64> {
        FIGURES.iter().position(|known| *known == name).map(|place| self.0[place])
    }
}

/// Metrics that also note what stands at some moments: after all that happened until then.
#[derive(Debug)]
pub struct Watched {
    metrics: Metrics,
    /// Those to come, latest first.
    ahead: Vec<Time>,
    noted: Vec<(Time, Standing)>,
}

impl Watched {
    /// Notes what stands at these moments.
    pub fn new(metrics: Metrics, mut moments: Vec<Time>) -> Watched {
        moments.sort_unstable_by(|a, b| b.cmp(a));
        moments.dedup();
        Watched { metrics, ahead: moments, noted: Vec::new() }
    }

    /// The metrics and what stood when. At a moment after the end of the run stands what stood at
    /// its end.
    pub fn finish(mut self) -> (Metrics, Vec<(Time, Standing)>) {
        self.pass(Time::NEVER);
        (self.metrics, self.noted)
    }

    /// All that lies before `now` has happened.
    fn pass(&mut self, now: Time) {
        while self.ahead.last().is_some_and(|moment| *moment < now) {
            let standing = self.metrics.standing();
            self.noted.extend(self.ahead.pop().map(|moment| (moment, standing)));
        }
    }
}

impl Observer for Watched {
    fn interest(&self) -> Interest {
        self.metrics.interest()
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.pass(now);
        self.metrics.see(now, record);
    }

    fn sample(&mut self, now: Time, totals: &Totals) {
        self.metrics.sample(now, totals);
    }
}
