//! When to stop: runs until the interval of a mean is narrow enough.
//!
//! To look after each run and stop once the interval happens to be narrow stops too early: it
//! waits for a spread that is small by luck, and the interval at that moment holds the truth less
//! often than it says. Here the spread is looked at once. A first batch gives it, with its own
//! degrees of freedom; from it follows how many runs there must be in all, and the means are never
//! looked at on the way. For runs that are normally distributed the final interval holds the truth
//! exactly as often as it says, however narrow it is asked to be: C. Stein, "A two-sample test for
//! a linear hypothesis whose power is independent of the variance" (1945).
//!
//! The price is the few degrees of freedom: with 30 runs in the first batch the interval needs
//! (2.045 / 1.960)^2 = 1.09 times as many runs as with a spread known beforehand.
//!
//! The rule looks at values in the order of their runs, and only at them: a study that is
//! interrupted, resumed or spread over machines stops at the same run.

use crate::statistics::distributions::student_quantile;
use crate::statistics::estimate::{Estimate, UPPER};
use crate::statistics::sample::{deviation, mean};

/// Runs without any spread after which a number is taken for one that does not vary. What happens
/// in fewer than 3 of 100 runs may have stayed unseen (the rule of three).
const STEADY: usize = 100;

/// How narrow the interval shall be, and how much that may cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Precision {
    /// Half of the interval's length, in the unit of what is measured; above 0.
    pub half_width: f64,
    /// Runs of the first batch, at least 2. More of them cost more where few would do, and less
    /// where many are needed.
    pub pilot: usize,
    /// Runs after which it ends, narrow or not.
    pub most: usize,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Next {
    /// So many further runs.
    More(usize),
    /// The interval is as narrow as it shall be.
    Done(Estimate),
    /// The most runs are made, and it is wider.
    Spent(Estimate),
}

impl Precision {
    /// To this half-width, with a first batch of 30 runs.
    pub fn to(half_width: f64, most: usize) -> Precision {
        Precision { half_width, pilot: 30, most }
    }

    /// What comes after these values, one for each run so far, in their order. Ask again after as
    /// many further runs as it says: runs beyond those that it needs are not looked at.
    pub fn next(&self, values: &[f64]) -> Next {
        let most = self.most.max(2);
        let mut first = self.pilot.clamp(2, most);
        loop {
            if values.len() < first {
                return Next::More(first - values.len());
            }
            // Without any spread nothing can be foreseen, so the first batch grows.
            let spread = deviation(&values[..first]).unwrap_or(0.0);
            if spread > 0.0 || first >= STEADY.min(most) {
                return self.judge(values, first, spread, most);
            }
            first = (2 * first).min(STEADY).min(most);
        }
    }

    fn judge(&self, values: &[f64], first: usize, spread: f64, most: usize) -> Next {
        let reach = student_quantile(first - 1, UPPER) * spread;
        let needed = libm::ceil((reach / self.half_width) * (reach / self.half_width));
        // The conversion saturates, so that a width of zero asks for all there is.
        let runs = (needed as usize).clamp(first, most);
        if values.len() < runs {
            return Next::More(runs - values.len());
        }
        let (value, half) = (mean(&values[..runs]), reach / (runs as f64).sqrt());
        let estimate = Estimate { value, low: value - half, high: value + half, runs };
        // Rounding may carry the root a hair over the width that it was made from.
        match half <= self.half_width * (1.0 + 1e-12) {
            true => Next::Done(estimate),
            false => Next::Spent(estimate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_batch_says_how_many() {
        let rule = Precision { half_width: 1.0, pilot: 5, most: 1000 };
        assert_eq!(rule.next(&[]), Next::More(5));
        assert_eq!(rule.next(&[1.0, 2.0]), Next::More(3));
        // 2.776445 * sqrt(2.5) = 4.389946, and its square 19.27.
        let mut values = vec![1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(rule.next(&values), Next::More(15));
        values.extend([3.0; 15]);
        let Next::Done(estimate) = rule.next(&values) else { panic!("it is narrow enough") };
        assert_eq!((estimate.value, estimate.runs), (3.0, 20));
        assert!((estimate.half_width() - 4.389_946 / 20.0f64.sqrt()).abs() < 1e-6);
        // What was run beyond need is not looked at, so that shards agree.
        values.extend([1e9; 7]);
        assert_eq!(rule.next(&values), Next::Done(estimate));
    }

    #[test]
    fn it_ends_where_it_must() {
        let rule = Precision { half_width: 1.0, pilot: 5, most: 10 };
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 3.0, 3.0, 3.0, 3.0];
        let Next::Spent(estimate) = rule.next(&values) else { panic!("the runs are spent") };
        assert!(estimate.half_width() > 1.0 && estimate.runs == 10);
        assert_eq!(Precision { half_width: 0.0, ..rule }.next(&values[..5]), Next::More(5));
    }

    #[test]
    fn what_never_varies_is_believed_after_a_hundred() {
        let rule = Precision::to(0.001, 1000);
        let same = [0.5; 100];
        assert_eq!(rule.next(&same[..30]), Next::More(30));
        assert_eq!(rule.next(&same[..60]), Next::More(40));
        let steady = Estimate { value: 0.5, low: 0.5, high: 0.5, runs: 100 };
        assert_eq!(rule.next(&same), Next::Done(steady));
        // One run in the second batch differs: it is the spread of both that counts.
        let mut values = same;
        values[40] = 0.4;
        let Next::More(more) = rule.next(&values[..60]) else { panic!("there is spread") };
        assert!(more > 500, "{more}");
    }
}
