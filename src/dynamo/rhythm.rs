//! Periodic work: a beat every interval, at a phase of one's own.
//!
//! Beats lie on a grid that does not depend on when a node started, so that a crash moves neither
//! the later beats nor the luck that is keyed by their numbers. They go by how far a node's clock
//! has run, not by what it shows: one that is set back must not have its node turn to one peer
//! again and again.

use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::{Duration, Time};

/// The grid of one periodic task of one node.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    interval: Duration,
    phase: Duration,
}

impl Rhythm {
    /// A rhythm with a phase drawn for this purpose and party.
    pub fn new(luck: &Luck, purpose: Purpose, who: u64, interval: Duration) -> Rhythm {
        let phase = Duration(luck.draw(purpose, who, 0).below(interval.0));
        Rhythm { interval, phase }
    }

    /// The same without a phase: all who have its interval share it.
    pub fn in_step(self) -> Rhythm {
        Rhythm { phase: Duration::ZERO, ..self }
    }

    /// How long it is until the next beat, which is never now.
    pub fn until_next(self, now: Time) -> Duration {
        let into = (now.0 + self.interval.0 - self.phase.0) % self.interval.0;
        Duration(self.interval.0 - into)
    }

    /// The same at a beat: a clock that stands still or was set back does not bring the next one
    /// before half an interval is over.
    pub fn until_another(self, now: Time) -> Duration {
        let next = self.until_next(now);
        if next.0 < self.interval.0.div_ceil(2) { next + self.interval } else { next }
    }

    /// When the beat with this number is.
    pub fn beat(self, round: u64) -> Time {
        let since_phase = round.saturating_mul(self.interval.0).saturating_add(self.phase.0);
        Time(since_phase.saturating_sub(self.interval.0))
    }

    /// The number of the latest beat.
    pub fn round(self, now: Time) -> u64 {
        (now.0 + self.interval.0 - self.phase.0) / self.interval.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_keep_to_their_grid() {
        let rhythm = Rhythm { interval: Duration(10), phase: Duration(3) };
        for (now, until_next, round) in [(0, 3, 0), (2, 1, 0), (3, 10, 1), (12, 1, 1), (13, 10, 2)]
        {
            assert_eq!(rhythm.until_next(Time(now)), Duration(until_next), "{now}");
            assert_eq!(rhythm.round(Time(now)), round, "{now}");
            assert!(rhythm.beat(round) <= Time(now) && Time(now) < rhythm.beat(round + 1));
        }
    }

    #[test]
    fn a_clock_that_stands_still_does_not_hasten_the_next_beat() {
        let rhythm = Rhythm { interval: Duration(10), phase: Duration(3) };
        for (now, until_another) in [(12, 11), (13, 10), (14, 9), (8, 5), (9, 14)] {
            assert_eq!(rhythm.until_another(Time(now)), Duration(until_another), "{now}");
        }
    }
}
