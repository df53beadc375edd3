//! The clock of a machine: what it shows, and how fast it runs.
//!
//! Two readings. What has *run* grows with the clock's rate and never goes back: timers are due by
//! it. What it *shows* is that and an offset, which a step or a time service changes at once: time
//! stamps are taken from it. The time of the world depends on neither. All in whole numbers.

use std::collections::BTreeMap;

use crate::dynamo::timer::Timer;
use crate::faults::clock::{ClockTrouble, RIGHT_PPM};
use crate::time::signed::SignedDuration;
use crate::time::{Duration, Time};

/// A clock: right, until a fault says otherwise.
#[derive(Debug)]
pub struct LocalClock {
    /// When its rate last changed, and what had run by then.
    since: Time,
    run: Time,
    /// Millionths of a true second that pass in a true second; 1,000,000 is right, 0 stands still.
    rate: u64,
    /// What it shows beyond what has run: where it stands, and what a time service added last.
    stands: SignedDuration,
    corrected: SignedDuration,
    /// Faults that hold it, and those that have set it wrong for good.
    troubles: Vec<(usize, ClockTrouble)>,
    steps: Vec<usize>,
    timers: Option<Timers>,
}

/// Pending timers of a clock whose rate may change, by what will have run when they are due.
#[derive(Debug, Default)]
struct Timers {
    by_due: BTreeMap<(Time, u64), Timer>,
    armed: u64,
}

impl LocalClock {
    /// A clock that shows this much more than the true time. One whose rate may change keeps its
    /// own timers, because when they will be due is not known when they are armed.
    pub fn new(skew: SignedDuration, rate_may_change: bool) -> LocalClock {
        LocalClock {
            since: Time::ZERO,
            run: Time::ZERO,
            rate: RIGHT_PPM as u64,
            stands: skew,
            corrected: SignedDuration::ZERO,
            troubles: Vec::new(),
            steps: Vec::new(),
            timers: rate_may_change.then(Timers::default),
        }
    }

    /// What it shows at a moment of the world; never less than zero.
    #[inline]
    pub fn shows(&self, now: Time) -> Time {
        let ahead = self.stands.plus(self.corrected);
        ahead.from(self.has_run(now))
    }

    /// Does it keep its own timers?
    #[inline]
    pub fn keeps_timers(&self) -> bool {
        self.timers.is_some()
    }

    /// Arms a timer; returns when to look at the clock, which is never while it stands still.
    pub fn arm(&mut self, now: Time, after: Duration, timer: Timer) -> Option<Time> {
        let due = self.has_run(now) + after;
        let timers = self.timers.as_mut().expect("only such clocks keep timers");
        timers.armed += 1;
        timers.by_due.insert((due, timers.armed), timer);
        self.moment_of(due)
    }

    /// The next timer that is due when this much has run, if one is.
    pub fn next_due(&mut self, run: Time) -> Option<Timer> {
        let first = self.timers.as_mut()?.by_due.first_entry()?;
        (first.key().0 <= run).then(|| first.remove())
    }

    /// Forgets all timers: the node that armed them has stopped.
    pub fn forget_timers(&mut self) {
        if let Some(timers) = &mut self.timers {
            timers.by_due.clear();
        }
    }

    /// A fault takes hold. Returns when to look at the clock for timers.
    pub fn begin(&mut self, now: Time, fault: usize, trouble: ClockTrouble) -> Vec<Time> {
        match trouble {
            ClockTrouble::Offset(by) | ClockTrouble::Step(by) => self.stands = self.stands.plus(by),
            ClockTrouble::DriftPpm(_) | ClockTrouble::Frozen => {}
        }
        match trouble {
            ClockTrouble::Step(_) => self.steps.push(fault),
            ClockTrouble::Offset(_) | ClockTrouble::DriftPpm(_) | ClockTrouble::Frozen => {
                self.troubles.push((fault, trouble));
            }
        }
        self.change_rate(now)
    }

    /// A fault is over: the clock is set right, but for its skew, steps and other faults.
    pub fn end(&mut self, now: Time, fault: usize) -> Vec<Time> {
        for (_, trouble) in self.troubles.extract_if(.., |(by, _)| *by == fault) {
            if let ClockTrouble::Offset(by) = trouble {
                self.stands = self.stands.plus(-by);
            }
        }
        let looks = self.change_rate(now);
        if self.rate == RIGHT_PPM as u64 {
            self.corrected = SignedDuration::between(self.run, now);
        }
        looks
    }

    /// Does any fault make it show a wrong time?
    #[inline]
    pub fn is_misled(&self) -> bool {
        !self.troubles.is_empty() || !self.steps.is_empty()
    }

    /// The faults that do.
    pub fn misled_by(&self) -> impl Iterator<Item = usize> + '_ {
        self.held_by().chain(self.steps.iter().copied())
    }

    /// The faults that hold it.
    pub fn held_by(&self) -> impl Iterator<Item = usize> + '_ {
        self.troubles.iter().map(|(fault, _)| *fault)
    }

    /// How far it has run at a moment of the world; never goes back.
    #[inline]
    pub fn has_run(&self, now: Time) -> Time {
        let passed = now.since(self.since);
        if self.rate == RIGHT_PPM as u64 {
            return self.run + passed;
        }
        let run = u128::from(passed.0) * u128::from(self.rate) / RIGHT_PPM as u128;
        self.run + Duration(u64::try_from(run).unwrap_or(u64::MAX))
    }

    /// The first moment of the world at which this much has run; none while it stands still.
    fn moment_of(&self, run: Time) -> Option<Time> {
        let wait = u128::from(run.since(self.run).0) * RIGHT_PPM as u128;
        let wait = (self.rate > 0).then(|| wait.div_ceil(u128::from(self.rate)))?;
        Some(self.since + Duration(u64::try_from(wait).unwrap_or(u64::MAX)))
    }

    fn change_rate(&mut self, now: Time) -> Vec<Time> {
        (self.run, self.since) = (self.has_run(now), now);
        let drift: i64 = self.troubles.iter().map(|(_, trouble)| trouble.drift_ppm()).sum();
        self.rate = (RIGHT_PPM + drift).max(0) as u64;
        // What is due already was looked for in its time.
        let pending = self.timers.iter().flat_map(|timers| timers.by_due.keys());
        let later = pending.filter(|(due, _)| *due > self.run);
        later.filter_map(|(due, _)| self.moment_of(*due)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn at(seconds: u64) -> Time {
        Time(seconds * SECOND)
    }

    fn seconds(count: i64) -> SignedDuration {
        SignedDuration(count * SECOND as i64)
    }

    /// What a clock shows, second by second, that some trouble holds from 10 s to 20 s.
    fn check(trouble: ClockTrouble, rows: &[(u64, u64)]) {
        let mut clock = LocalClock::new(SignedDuration::ZERO, true);
        for (now, shown) in rows {
            if *now == 10 {
                clock.begin(at(10), 0, trouble);
            }
            if *now == 20 && !matches!(trouble, ClockTrouble::Step(_)) {
                clock.end(at(20), 0);
            }
            assert_eq!(clock.shows(at(*now)), at(*shown), "{trouble:?} at {now}");
        }
    }

    #[test]
    fn each_trouble_shows_in_its_own_way() {
        check(ClockTrouble::Offset(seconds(3)), &[(9, 9), (10, 13), (15, 18), (20, 20), (30, 30)]);
        check(ClockTrouble::Offset(seconds(-30)), &[(9, 9), (10, 0), (15, 0), (20, 20)]);
        check(ClockTrouble::Step(seconds(-4)), &[(9, 9), (10, 6), (20, 16), (30, 26)]);
        check(ClockTrouble::DriftPpm(500_000), &[(10, 10), (12, 13), (20, 20), (30, 30)]);
        check(ClockTrouble::DriftPpm(-500_000), &[(10, 10), (12, 11), (20, 20), (30, 30)]);
        check(ClockTrouble::Frozen, &[(10, 10), (15, 10), (20, 20), (30, 30)]);
    }

    #[test]
    fn timers_are_due_by_what_has_run() {
        let mut clock = LocalClock::new(seconds(-5), true);
        assert_eq!(clock.arm(at(0), Duration(4 * SECOND), Timer::Gossip), Some(at(4)));
        assert_eq!(clock.begin(at(2), 0, ClockTrouble::DriftPpm(-500_000)), [at(6)]);
        assert_eq!(clock.next_due(clock.has_run(at(5))), None);
        assert_eq!(clock.begin(at(4), 1, ClockTrouble::Frozen), [], "it stands still");
        assert_eq!(clock.end(at(100), 0), []);
        assert_eq!(clock.end(at(100), 1), [at(101)]);
        assert_eq!(clock.next_due(clock.has_run(Time(at(101).0 - 1))), None);
        assert!(matches!(clock.next_due(clock.has_run(at(101))), Some(Timer::Gossip)));
        assert_eq!(clock.next_due(clock.has_run(at(500))), None);
        // What was due in its time is not looked for again when the clock is set right.
        clock.arm(at(110), Duration(SECOND), Timer::Flush);
        clock.arm(at(110), Duration(9 * SECOND), Timer::Gossip);
        assert_eq!(
            clock.begin(at(112), 3, ClockTrouble::DriftPpm(1_000_000)),
            [at(115) + Duration(SECOND / 2)]
        );
        assert_eq!(clock.end(at(114), 3), [at(117)]);
        while clock.next_due(clock.has_run(at(117))).is_some() {}
        // A step moves no timer.
        clock.arm(at(200), Duration(SECOND), Timer::Flush);
        assert_eq!(clock.begin(at(200), 2, ClockTrouble::Step(seconds(-50))), [at(201)]);
        assert_eq!((clock.shows(at(200)), clock.shows(at(210))), (at(145), at(155)));
    }
}
