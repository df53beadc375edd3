//! Two settings under the same luck: what differs between them, run by run.
//!
//! Common random numbers: where both sides of a pair rise and fall together, their difference
//! varies less than either, and fewer runs tell it. (A. M. Law, Simulation Modeling and Analysis,
//! section 11.2.)

use serde::Serialize;

use crate::statistics::estimate::Estimate;
use crate::statistics::sample::variance;

/// What pairs of runs come to.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Paired {
    /// The mean of the left side.
    pub left: Estimate,
    /// The mean of the right side.
    pub right: Estimate,
    /// The mean of right minus left, pair by pair.
    pub difference: Estimate,
    /// Which share of the variance of that difference the same luck has saved: 1 less the variance
    /// of the differences divided by the sum of both sides' variances, which runs with luck of
    /// their own would have had. Negative where it cost some; none where neither side varies.
    pub saved: Option<f64>,
}

impl Paired {
    /// From left and right values, pair by pair.
    ///
    /// # Panics
    /// If there are none.
    pub fn of(pairs: &[(f64, f64)]) -> Paired {
        let (left, right): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let differences: Vec<f64> = pairs.iter().map(|(left, right)| right - left).collect();
        let apart = variance(&left).zip(variance(&right)).map(|(left, right)| left + right);
        let saved = variance(&differences)
            .zip(apart.filter(|apart| *apart > 0.0))
            .map(|(together, apart)| 1.0 - together / apart);
        Paired {
            left: Estimate::of_mean(&left),
            right: Estimate::of_mean(&right),
            difference: Estimate::of_mean(&differences),
            saved,
        }
    }

    /// Is it sure, 95 times of 100, that there is a difference? Of one pair nothing is.
    pub fn is_sure(&self) -> bool {
        self.difference.runs > 1 && !self.difference.holds(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_and_falls_together_is_told_apart_at_once() {
        let pairs = [(1.0, 1.5), (2.0, 2.6), (3.0, 3.4), (4.0, 4.5)];
        let paired = Paired::of(&pairs);
        assert!((paired.difference.value - 0.5).abs() < 1e-12);
        assert!(paired.is_sure());
        // Each side varies by 5/3 or so, the differences by 0.02/3.
        assert!(paired.saved.unwrap() > 0.99, "{paired:?}");
        let opposed = Paired::of(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]);
        assert_eq!(opposed.saved, Some(-1.0));
        assert!(!opposed.is_sure());
        assert_eq!(Paired::of(&[(1.0, 2.0), (1.0, 2.0)]).saved, None);
        assert!(Paired::of(&[(1.0, 2.0), (1.0, 2.0)]).is_sure());
        assert!(!Paired::of(&[(1.0, 2.0)]).is_sure());
    }
}
