//! The latencies of a trailing window, and their percentiles.
//!
//! The window is cut into parts; each counts latencies in buckets whose widths grow with them, a
//! sixteenth of their value or less. A latency costs the same however many there are, and takes no
//! memory; a percentile costs a look at all buckets. All in whole numbers.

use crate::time::{Duration, Time};

/// Parts of a window: what is older than the window is forgotten a part at a time.
const PARTS: usize = 12;
/// Buckets for each doubling of a latency.
const FINE: u64 = 16;
/// All buckets: microseconds up to a day and more.
const BUCKETS: usize = 36 * FINE as usize;

/// How often each latency was met within a window.
#[derive(Debug)]
pub struct Latencies {
    /// How long a part lasts.
    part: Duration,
    /// The number of the latest part.
    latest: u64,
    parts: Vec<[u32; BUCKETS]>,
    all: [u32; BUCKETS],
    count: u64,
}

impl Latencies {
    /// None yet, in a window of this length.
    pub fn new(window: Duration) -> Latencies {
        Latencies {
            part: Duration((window.0 / PARTS as u64).max(1)),
            latest: 0,
            parts: vec![[0; BUCKETS]; PARTS],
            all: [0; BUCKETS],
            count: 0,
        }
    }

    /// One more.
    pub fn record(&mut self, now: Time, latency: Duration) {
        self.forget_older(now);
        let bucket = bucket_of(latency);
        self.parts[(self.latest % PARTS as u64) as usize][bucket] += 1;
        self.all[bucket] += 1;
        self.count += 1;
    }

    /// A latency that at least this share of those in the window do not exceed: the upper end of a
    /// bucket. None of none.
    pub fn percentile(&mut self, now: Time, share: f64) -> Option<Duration> {
        self.forget_older(now);
        if self.count == 0 {
            return None;
        }
        // So many may lie above it.
        let above = (self.count as f64 * (1.0 - share)) as u64;
        let mut seen = 0;
        let exceeds = |count: &u32| {
            seen += u64::from(*count);
            seen > above
        };
        let from_top = self.all.iter().rev().position(exceeds)?;
        Some(upper_end(BUCKETS - 1 - from_top))
    }

    fn forget_older(&mut self, now: Time) {
        let current = now.0 / self.part.0;
        let passed = current.saturating_sub(self.latest).min(PARTS as u64);
        for number in 1..=passed {
            let place = ((current - passed + number) % PARTS as u64) as usize;
            for (sum, count) in self.all.iter_mut().zip(&mut self.parts[place]) {
                *sum -= *count;
                self.count -= u64::from(*count);
                *count = 0;
            }
        }
        self.latest = self.latest.max(current);
    }
}

/// Below `FINE` microseconds a bucket for each; above, `FINE` for each doubling.
fn bucket_of(latency: Duration) -> usize {
    let microseconds = latency.0 / 1_000;
    if microseconds < FINE {
        return microseconds as usize;
    }
    let doublings = u64::from(microseconds.ilog2() - FINE.ilog2());
    let bucket = (doublings * FINE + (microseconds >> doublings)) as usize;
    bucket.min(BUCKETS - 1)
}

/// The longest latency of a bucket, to the microsecond.
fn upper_end(bucket: usize) -> Duration {
    let bucket = bucket as u64;
    let doublings = (bucket / FINE).saturating_sub(1);
    let place = bucket - doublings * FINE;
    Duration((((place + 1) << doublings) - 1) * 1_000 + 999)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn a_bucket_is_a_sixteenth_wide_at_most_and_holds_what_falls_in_it() {
        let mut microseconds = 1_u64;
        while microseconds < 20_000_000_000 {
            let latency = Duration(microseconds * 1_000);
            let end = upper_end(bucket_of(latency));
            assert!(latency <= end, "{latency} {end}");
            assert!(end.0 - latency.0 <= latency.0 / 16 + 1_000, "{latency} {end}");
            assert_eq!(bucket_of(end), bucket_of(latency), "{latency}");
            assert_eq!(bucket_of(Duration(end.0 + 1)), bucket_of(latency) + 1, "{latency}");
            microseconds += microseconds / 7 + 1;
        }
        assert_eq!(bucket_of(Duration(u64::MAX)), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_those_of_a_sorted_list() {
        let mut latencies = Latencies::new(Duration::from_secs(60));
        let mut sorted = Vec::new();
        let mut state = 7_u64;
        for step in 0..5_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let latency = Duration((state >> 40) * (1 + step % 50));
            latencies.record(at(step / 100), latency);
            sorted.push(latency);
        }
        sorted.sort_unstable();
        for share in [0.5, 0.9, 0.99, 0.999] {
            let exact = sorted[((5_000.0 * share) as usize).min(4_999)];
            let found = latencies.percentile(at(50), share).unwrap();
            let distance = found.0.abs_diff(exact.0) as f64 / exact.0 as f64;
            assert!(distance < 0.08, "{share}: {found} {exact}");
        }
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let mut latencies = Latencies::new(Duration::from_secs(60));
        (0..30).for_each(|second| latencies.record(at(second), Duration::from_millis(100)));
        latencies.record(at(50), Duration::from_millis(1));
        let mut worst = |second| {
            let found = latencies.percentile(at(second), 1.0);
            found.map(|latency| latency.0 / 1_000_000)
        };
        assert_eq!([worst(55), worst(80)], [Some(102), Some(102)]);
        assert_eq!(worst(91), Some(1));
        assert_eq!(worst(111), None);
        assert_eq!(worst(9_000), None);
    }
}
