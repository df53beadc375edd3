//! When the clients of an open loop begin: at random with a rate that may change over time.
//!
//! A changing rate is followed exactly, by inversion: one exponential draw is how much expected
//! work lies before the next arrival, and the rate's area over time is walked until that is used
//! up. What a client draws does not depend on what others do.

use crate::random::distribution::Distribution;
use crate::random::luck::{Luck, Stream};
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::time::{Duration, Time};
use crate::workload::spec::{Arrivals, Diurnal};

/// Bursts and the pauses between them are at least this long, so that time passes.
const SHORTEST: Duration = Duration::from_millis(1);

/// Arrivals of a spec, ready to be drawn from.
#[derive(Debug)]
pub enum Pace {
    /// At random, with this mean gap in nanoseconds.
    Poisson(f64),
    /// Evenly, with this gap in nanoseconds.
    Constant(f64),
    /// At random, with a rate that follows the day.
    Diurnal(Day),
    /// At random, with a higher rate in bursts that all clients share.
    Bursts(Bursts),
    /// One operation after the other, with pauses.
    Closed(Sampler),
}

/// A day of straight pieces that repeats.
#[derive(Debug)]
pub struct Day {
    length: u64,
    pieces: Vec<Piece>,
}

/// Bursts that come and go.
#[derive(Debug)]
pub struct Bursts {
    /// Arrivals in each nanosecond.
    base: f64,
    burst: f64,
    pause: Sampler,
    length: Sampler,
}

/// The burst that a client is in or comes to next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Burst {
    number: u64,
    from: Time,
    to: Time,
}

/// A time over which a rate changes evenly.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: u64,
    to: u64,
    /// Arrivals in each nanosecond, at its beginning and at its end.
    rates: (f64, f64),
}

impl Pace {
    /// The pace of checked arrivals.
    pub fn new(arrivals: &Arrivals) -> Pace {
        match arrivals {
            Arrivals::Poisson(rate) => Pace::Poisson(rate.mean_gap()),
            Arrivals::Constant(rate) => Pace::Constant(rate.mean_gap()),
            Arrivals::Diurnal(diurnal) => Pace::Diurnal(Day::new(diurnal)),
            Arrivals::Bursts { base, burst, pause, length } => Pace::Bursts(Bursts {
                base: 1.0 / base.mean_gap(),
                burst: 1.0 / burst.mean_gap(),
                pause: sampler(pause),
                length: sampler(length),
            }),
            Arrivals::Closed { think } => Pace::Closed(Sampler::new(think)),
        }
    }

    /// The time from the start of the run to a client's first arrival, in an open loop.
    pub fn first(&self, clock: &mut ArrivalClock, luck: &Luck, until: Time) -> Duration {
        match self {
            // Clients begin at phases of their own, not all in the first instant.
            Pace::Constant(gap) => Duration((clock.stream.unit() * gap) as u64),
            Pace::Poisson(_) | Pace::Diurnal(_) | Pace::Bursts(_) | Pace::Closed(_) => {
                self.gap(clock, luck, Time::ZERO, until)
            }
        }
    }

    /// The time from one arrival of an open loop to the next; what lies after `until` is not
    /// looked for.
    pub fn gap(&self, clock: &mut ArrivalClock, luck: &Luck, now: Time, until: Time) -> Duration {
        let mut work = || -libm::log(clock.stream.open_unit());
        match self {
            Pace::Poisson(mean_gap) => Duration((work() * mean_gap) as u64),
            Pace::Constant(gap) => Duration(*gap as u64),
            Pace::Diurnal(day) => cross(day.from(now), work(), now, until),
            Pace::Bursts(bursts) => {
                let work = work();
                cross(bursts.from(&mut clock.burst, luck, now), work, now, until)
            }
            Pace::Closed(_) => unreachable!("a closed loop has pauses instead"),
        }
    }
}

fn sampler(distribution: &Distribution) -> Sampler {
    Sampler::new(distribution)
}

/// What one client knows of its arrivals.
#[derive(Debug)]
pub struct ArrivalClock {
    stream: Stream,
    burst: Burst,
}

impl ArrivalClock {
    /// The clock of a client with this luck.
    pub fn new(stream: Stream) -> ArrivalClock {
        ArrivalClock { stream, burst: Burst::default() }
    }
}

impl Day {
    fn new(diurnal: &Diurnal) -> Day {
        let length = diurnal.period.0;
        let at = |hour: f64| ((hour / Diurnal::HOURS * length as f64) as u64).min(length);
        let point =
            |(hour, rate): &(f64, crate::quantity::Rate)| (at(*hour), 1.0 / rate.mean_gap());
        let mut points: Vec<(u64, f64)> = diurnal.table.iter().map(point).collect();
        // Around midnight the line goes from the last point of a day to the first of the next.
        let (first, last) = (points[0], *points.last().expect("a checked table has points"));
        let night = (first.0 + length - last.0) as f64;
        let share = if night > 0.0 { (length - last.0) as f64 / night } else { 0.0 };
        let midnight = last.1 + (first.1 - last.1) * share;
        points.insert(0, (0, midnight));
        points.push((length, midnight));
        let piece = |ends: &[(u64, f64)]| Piece {
            from: ends[0].0,
            to: ends[1].0,
            rates: (ends[0].1, ends[1].1),
        };
        let pieces = points.windows(2).map(piece).filter(|piece| piece.from < piece.to);
        Day { length, pieces: pieces.collect() }
    }

    /// The pieces from a moment on, the first cut to what is left of it.
    fn from(&self, now: Time) -> impl Iterator<Item = Piece> + '_ {
        let (day, within) = (now.0 / self.length, now.0 % self.length);
        let start = self.pieces.partition_point(|piece| piece.to <= within);
        let count = self.pieces.len();
        (start..).map(move |number| {
            let shift = (day + (number / count) as u64) * self.length;
            let piece = self.pieces[number % count];
            Piece { from: piece.from + shift, to: piece.to + shift, ..piece }.after(now)
        })
    }
}

impl Bursts {
    /// The pieces from a moment on; `burst` moves on to the one that is under way or comes next.
    fn from<'a>(
        &'a self,
        burst: &'a mut Burst,
        luck: &'a Luck,
        now: Time,
    ) -> impl Iterator<Item = Piece> + 'a {
        let mut at = now;
        std::iter::from_fn(move || {
            while burst.to <= at {
                *burst = self.after(*burst, luck);
            }
            let (to, rate) =
                if at < burst.from { (burst.from, self.base) } else { (burst.to, self.burst) };
            let piece = Piece { from: at.0, to: to.0, rates: (rate, rate) };
            at = to;
            Some(piece)
        })
    }

    fn after(&self, burst: Burst, luck: &Luck) -> Burst {
        let mut draw = luck.draw(Purpose::Burst, 0, burst.number);
        let from = burst.to + self.pause.sample(&mut draw).max(SHORTEST);
        let to = from + self.length.sample(&mut draw).max(SHORTEST);
        Burst { number: burst.number + 1, from, to }
    }
}

impl Piece {
    /// What is left of it from a moment on.
    fn after(self, now: Time) -> Piece {
        if now.0 <= self.from {
            return self;
        }
        let share = (now.0 - self.from) as f64 / (self.to - self.from) as f64;
        let rate = self.rates.0 + (self.rates.1 - self.rates.0) * share;
        Piece { from: now.0, to: self.to, rates: (rate, self.rates.1) }
    }

    /// Expected arrivals in it.
    fn area(&self) -> f64 {
        (self.rates.0 + self.rates.1) / 2.0 * (self.to - self.from) as f64
    }

    /// How far in so much of its area, which is no more than all, is used up: the root of a
    /// quadratic, in the form that loses no digits.
    fn crossed_after(&self, work: f64) -> f64 {
        let slope = (self.rates.1 - self.rates.0) / (self.to - self.from) as f64;
        let root = (self.rates.0 * self.rates.0 + 2.0 * slope * work).max(0.0).sqrt();
        2.0 * work / (self.rates.0 + root)
    }
}

/// The time from `now` until the area under the pieces is `work`.
fn cross(pieces: impl Iterator<Item = Piece>, work: f64, now: Time, until: Time) -> Duration {
    let mut left = work;
    for piece in pieces.take_while(|piece| piece.from < until.0) {
        let area = piece.area();
        if left <= area {
            let after = piece.from as f64 - now.0 as f64 + piece.crossed_after(left);
            return Duration(after as u64);
        }
        left -= area;
    }
    until.since(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rate;

    const END: Time = Time(200_000_000_000);

    fn rate(each_second: f64) -> Rate {
        Rate { count: each_second, per: Duration::from_secs(1) }
    }

    /// Arrivals of client number `who` over 200 s.
    fn arrivals(arrivals: &Arrivals, who: u64) -> Vec<Time> {
        let (pace, luck) = (Pace::new(arrivals), Luck::new(3));
        let mut clock = ArrivalClock::new(luck.stream(Purpose::Arrival, who));
        let mut now = Time::ZERO + pace.first(&mut clock, &luck, END);
        let mut all = Vec::new();
        while now < END {
            all.push(now);
            now += pace.gap(&mut clock, &luck, now, END);
        }
        all
    }

    fn count(all: &[Time], from: f64, to: f64) -> usize {
        all.iter().filter(|time| (from..to).contains(&time.seconds())).count()
    }

    #[test]
    fn a_day_follows_its_table() {
        // Two days of 100 s, from nothing at midnight to 200/s at noon.
        let table = vec![(0.0, rate(0.0)), (12.0, rate(200.0))];
        let diurnal = Arrivals::Diurnal(Diurnal { period: Duration::from_secs(100), table });
        let all = arrivals(&diurnal, 0);
        assert!((19_500..20_500).contains(&all.len()), "{}", all.len());
        for day in [0.0, 100.0] {
            // A quarter of the way up, a quarter of the area of half a day lies behind one.
            let (morning, noon) = (count(&all, day, day + 25.0), count(&all, day, day + 50.0));
            assert!((1_130..1_370).contains(&morning), "{morning}");
            assert!((4_800..5_200).contains(&noon), "{noon}");
            let evening = count(&all, day + 75.0, day + 100.0);
            assert!((1_130..1_370).contains(&evening), "{evening}");
        }
    }

    #[test]
    fn a_table_that_begins_at_dawn_closes_over_midnight() {
        let table = vec![(6.0, rate(100.0)), (18.0, rate(100.0))];
        let diurnal = Arrivals::Diurnal(Diurnal { period: Duration::from_secs(50), table });
        let all = arrivals(&diurnal, 1);
        assert!((19_500..20_500).contains(&all.len()), "{}", all.len());
    }

    #[test]
    fn bursts_come_to_all_clients_at_once() {
        let length = Distribution::Constant(Duration::from_secs(10));
        let pause = Distribution::Constant(Duration::from_secs(30));
        let bursts = Arrivals::Bursts { base: rate(10.0), burst: rate(200.0), pause, length };
        for who in 0..3 {
            let all = arrivals(&bursts, who);
            for start in [0.0, 40.0, 80.0, 120.0, 160.0] {
                let quiet = count(&all, start, start + 30.0);
                assert!((220..380).contains(&quiet), "{quiet}");
                let burst = count(&all, start + 30.0, start + 40.0);
                assert!((1_800..2_200).contains(&burst), "{burst}");
            }
        }
    }

    #[test]
    fn a_rate_of_nothing_never_arrives() {
        let table = vec![(0.0, rate(0.0)), (12.0, rate(0.0))];
        let diurnal = Arrivals::Diurnal(Diurnal { period: Duration::from_secs(100), table });
        assert_eq!(arrivals(&diurnal, 0), []);
    }
}
