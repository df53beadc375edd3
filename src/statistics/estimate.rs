//! A value from several runs, and the 95 % interval of what it estimates.

use serde::Serialize;

use crate::statistics::distributions::{
    beta_quantile, binomial_share, normal_quantile, student_quantile,
};
use crate::statistics::sample::{ascending, deviation, mean, nearest};

/// How often an interval shall hold the truth.
pub const LEVEL: f64 = 0.95;
/// The share below the upper end of an interval that misses as often on either side.
pub(super) const UPPER: f64 = 0.975;

/// A value, and where what it estimates lies, 95 times of 100.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Estimate {
    /// The estimate itself, in the unit of what was measured.
    pub value: f64,
    /// The lower end of the interval; minus infinity where so few runs say nothing.
    pub low: f64,
    /// The upper end of the interval; infinity where so few runs say nothing.
    pub high: f64,
    /// Independent runs (or trials) that it rests on; 0 for a number that is not drawn.
    pub runs: usize,
}

impl Estimate {
    /// The mean of independent runs, by Student's t. One run says nothing of its spread: its
    /// interval has no ends. (W. S. Gosset, "The probable error of a mean", 1908.)
    ///
    /// # Panics
    /// If there are none.
    pub fn of_mean(values: &[f64]) -> Estimate {
        let value = mean(values);
        let half = deviation(values).map_or(f64::INFINITY, |deviation| {
            let error = deviation / (values.len() as f64).sqrt();
            student_quantile(values.len() - 1, UPPER) * error
        });
        Estimate { value, low: value - half, high: value + half, runs: values.len() }
    }

    /// The chance of a success, by Wilson's score interval (E. B. Wilson, 1927). Near its nominal
    /// level on average over chances; at a single chance it swings to either side. No trials say
    /// nothing: no number, between 0 and 1.
    ///
    /// Trials must not depend on each other: runs do not, operations of one run do.
    pub fn of_proportion(successes: u64, trials: u64) -> Estimate {
        if trials == 0 {
            return Estimate { value: f64::NAN, low: 0.0, high: 1.0, runs: 0 };
        }
        let (n, z) = (trials as f64, normal_quantile(UPPER));
        let share = successes.min(trials) as f64 / n;
        let shrunk = 1.0 + z * z / n;
        let centre = (share + z * z / (2.0 * n)) / shrunk;
        let half = z / shrunk * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        // Rounding must not move the ends past a share of none or of all.
        let low = if successes == 0 { 0.0 } else { centre - half };
        let high = if successes >= trials { 1.0 } else { centre + half };
        Estimate { value: share, low, high, runs: trials as usize }
    }

    /// The chance of a success, by the interval of C. J. Clopper and E. S. Pearson (1934): never
    /// under its level at any chance, and so mostly wider than Wilson's.
    pub fn of_proportion_exactly(successes: u64, trials: u64) -> Estimate {
        let Estimate { value, runs, .. } = Estimate::of_proportion(successes, trials);
        let (hits, misses) = (successes as f64, trials.saturating_sub(successes) as f64);
        let low = match successes {
            0 => 0.0,
            _some => beta_quantile(hits, misses + 1.0, 1.0 - UPPER),
        };
        let high = match misses {
            0.0 => 1.0,
            _some => beta_quantile(hits + 1.0, misses, UPPER),
        };
        Estimate { value, low, high, runs }
    }

    /// The value that a share `q` of all runs lies below, between two of the values themselves
    /// (order statistics). Whatever the distribution, the binomial one says how often two of them
    /// hold the quantile between them; of the pairs that do so at least 95 times of 100, this is
    /// the closest in rank. An end is infinite where no value lies far enough out.
    ///
    /// # Panics
    /// If there are none, or `q` is not strictly between 0 and 1.
    pub fn of_quantile(values: &[f64], q: f64) -> Estimate {
        assert!(q > 0.0 && q < 1.0, "a quantile lies strictly between 0 and 1, not at {q}");
        assert!(!values.is_empty(), "a quantile needs values");
        let sorted = ascending(values);
        let ranks = quantile_ranks(sorted.len(), q);
        let at = |rank: usize, none: f64| match rank.checked_sub(1) {
            Some(place) => sorted.get(place).copied().unwrap_or(none),
            None => none,
        };
        Estimate {
            value: nearest(&sorted, q),
            low: at(ranks.low, f64::NEG_INFINITY),
            high: at(ranks.high, f64::INFINITY),
            runs: sorted.len(),
        }
    }

    /// A number that is not drawn, or stands alone.
    pub fn exact(value: f64) -> Estimate {
        Estimate { value, low: value, high: value, runs: 0 }
    }

    /// The ends, if the runs say anything of them.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let drawn = self.runs > 0 && self.low.is_finite() && self.high.is_finite();
        drawn.then_some((self.low, self.high))
    }

    /// Half of the interval's length; infinite without ends.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Does the interval hold this value?
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Which values of a sorted sample hold a quantile between them, counted from 1: rank 0 is minus
/// infinity, one more than there are values is infinity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ranks {
    pub low: usize,
    pub high: usize,
    /// How often they hold it: exact for values without ties, more often with them.
    pub coverage: f64,
}

/// The closest ranks that hold the quantile often enough; of equally close ones the pair that
/// holds it most often. Ranks beyond the sample are taken only where no others will do.
pub fn quantile_ranks(count: usize, q: f64) -> Ranks {
    let below: Vec<f64> =
        (0..=count).map(|hits| binomial_share(count as u64, q, hits as u64)).collect();
    // The quantile is above the value of rank `low` if `low` or more values lie below it.
    let coverage =
        |low: usize, high: usize| below[high - 1] - low.checked_sub(1).map_or(0.0, |at| below[at]);
    let mut best: Option<Ranks> = None;
    let (least, most) = (1, count);
    let mut high = 1;
    for low in least..=most {
        high = high.max(low + 1);
        while high <= most && coverage(low, high) < LEVEL {
            high += 1;
        }
        if high > most {
            break;
        }
        let found = Ranks { low, high, coverage: coverage(low, high) };
        let span = |ranks: &Ranks| ranks.high - ranks.low;
        let better = |it: &Ranks| {
            span(&found) < span(it) || (span(&found) == span(it) && found.coverage > it.coverage)
        };
        if best.as_ref().is_none_or(better) {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| one_sided(count, q, &coverage))
}

/// Ranks with an end beyond the sample: the open side is the one that the quantile is nearer to.
fn one_sided(count: usize, q: f64, coverage: &dyn Fn(usize, usize) -> f64) -> Ranks {
    let beyond = count + 1;
    let closed = match q >= 0.5 {
        true => (0..=count).rev().map(|low| (low, beyond)).find(|it| coverage(it.0, it.1) >= LEVEL),
        false => (1..=beyond).map(|high| (0, high)).find(|it| coverage(it.0, it.1) >= LEVEL),
    };
    let (low, high) = closed.unwrap_or((0, beyond));
    Ranks { low, high, coverage: coverage(low, high) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-6
    }

    #[test]
    fn means_have_students_intervals() {
        let estimate = Estimate::of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let (low, high) = estimate.interval().unwrap();
        assert_eq!((estimate.value, estimate.runs), (3.0, 5));
        // 2.776445 * sqrt(2.5 / 5)
        assert!(near(high - 3.0, 1.963_243) && near(3.0 - low, 1.963_243), "{high}");
        assert_eq!(Estimate::of_mean(&[7.0]).interval(), None);
        assert_eq!(Estimate::exact(7.0).interval(), None);
        assert_eq!(Estimate::of_mean(&[7.0, 7.0]).interval(), Some((7.0, 7.0)));
    }

    #[test]
    fn proportions_have_published_intervals() {
        // R. G. Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        let rows = [
            (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
            (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
            (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
            (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
        ];
        for (successes, trials, wilson, exact) in rows {
            for (found, ends) in [
                (Estimate::of_proportion(successes, trials), wilson),
                (Estimate::of_proportion_exactly(successes, trials), exact),
            ] {
                let off = (found.low - ends.0).abs().max((found.high - ends.1).abs());
                assert!(off < 5.1e-5, "{successes} of {trials}: {found:?}");
            }
        }
        let all = Estimate::of_proportion(10, 10);
        assert!(all.high == 1.0 && near(all.low, 0.722_467), "{all:?}");
        let all = Estimate::of_proportion_exactly(10, 10);
        assert!(all.high == 1.0 && near(all.low, 1.0 - 0.308_497_11), "{all:?}");
        let none = Estimate::of_proportion(0, 0);
        assert!(none.value.is_nan() && (none.low, none.high) == (0.0, 1.0));
    }

    #[test]
    fn quantiles_lie_between_the_ranks_that_the_binomial_gives() {
        // Coverages are sums of binomial terms: 10 values and the median, ranks 2 and 9, 1002 of
        // 1024 outcomes.
        let median = quantile_ranks(10, 0.5);
        assert_eq!((median.low, median.high), (2, 9));
        assert!(near(median.coverage, 1002.0 / 1024.0));
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let estimate = Estimate::of_quantile(&values, 0.5);
        assert_eq!((estimate.value, estimate.low, estimate.high), (5.0, 2.0, 9.0));
        // Five values barely hold the median, and their greatest not their 99th percentile.
        assert_eq!(quantile_ranks(5, 0.5).coverage, 31.0 / 32.0);
        let high = Estimate::of_quantile(&values, 0.99);
        assert_eq!((high.interval(), high.high), (None, f64::INFINITY));
        assert_eq!(Estimate::of_quantile(&[1.0], 0.5).low, f64::NEG_INFINITY);
        for (count, q) in [(20, 0.5), (100, 0.9), (400, 0.99), (37, 0.25)] {
            let ranks = quantile_ranks(count, q);
            assert!((0.95..0.97).contains(&ranks.coverage), "{count} {q}: {ranks:?}");
        }
    }
}
