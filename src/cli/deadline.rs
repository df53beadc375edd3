//! How long a command may take by the wall clock, where somebody has said so.

// This floor may look at the wall clock: it decides how much is tried, and never what comes of it.
#![allow(clippy::disallowed_types)]

use std::time::{Duration, Instant};

use crate::time;

/// A moment of the wall clock, or none.
pub struct Deadline {
    began: Instant,
    after: Option<Duration>,
}

impl Deadline {
    /// So long from now.
    pub fn after(length: Option<time::Duration>) -> Deadline {
        let after = length.map(|length| Duration::from_nanos(length.0));
        Deadline { began: Instant::now(), after }
    }

    /// Is it over?
    pub fn is_over(&self) -> bool {
        self.after.is_some_and(|after| self.began.elapsed() >= after)
    }

    /// Which part of the time is over, from 0 to 1; none without an end.
    pub fn part(&self) -> Option<f64> {
        let after = self.after?;
        Some((self.began.elapsed().as_secs_f64() / after.as_secs_f64().max(1e-9)).min(1.0))
    }

    /// Seconds since it began, for those who asked for details.
    pub fn elapsed_seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}
