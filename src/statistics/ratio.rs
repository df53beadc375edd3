//! The ratio of two means over runs, as of bytes to operations.
//!
//! Not the mean of the runs' ratios, which leans to one side. The interval is E. C. Fieller's
//! ("Some problems in interval estimation", 1954): exact where both are normally distributed,
//! however they hang together.

use crate::statistics::distributions::student_quantile;
use crate::statistics::estimate::{Estimate, UPPER};
use crate::statistics::sample::mean;

impl Estimate {
    /// The mean of the first of each pair, divided by the mean of the second. Where the second is
    /// not surely other than zero, the interval has no ends.
    ///
    /// # Panics
    /// If there are none.
    pub fn of_ratio(pairs: &[(f64, f64)]) -> Estimate {
        let (above, below): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let (y, x) = (mean(&above), mean(&below));
        let (value, runs) = (y / x, pairs.len());
        let unknown = Estimate { value, low: f64::NEG_INFINITY, high: f64::INFINITY, runs };
        if runs < 2 {
            return unknown;
        }
        let t = student_quantile(runs - 1, UPPER);
        let scale = t * t / (runs as f64 * (runs - 1) as f64);
        let joint = |one: &[f64], at: f64, other: &[f64], to: f64| {
            let products = one.iter().zip(other).map(|(a, b)| (a - at) * (b - to));
            scale * products.sum::<f64>()
        };
        // The ends are the roots of (x^2 - sxx) r^2 - 2 (xy - sxy) r + (y^2 - syy).
        let square = x * x - joint(&below, x, &below, x);
        let middle = x * y - joint(&above, y, &below, x);
        let rest = y * y - joint(&above, y, &above, y);
        let root = middle * middle - square * rest;
        if square <= 0.0 || root < 0.0 {
            return unknown;
        }
        let (low, high) = ((middle - root.sqrt()) / square, (middle + root.sqrt()) / square);
        Estimate { value, low, high, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_fiellers_ends() {
        // A denominator that does not vary leaves Student's interval, divided by it.
        let above = [1.0, 2.0, 3.0, 4.0, 5.0];
        let pairs = above.map(|value| (value, 2.0));
        let (ratio, mean) = (Estimate::of_ratio(&pairs), Estimate::of_mean(&above));
        assert!((ratio.low - mean.low / 2.0).abs() < 1e-12);
        assert!((ratio.high - mean.high / 2.0).abs() < 1e-12);
        // What is in proportion has a ratio without doubt.
        let pairs = above.map(|value| (3.0 * value, value));
        let ratio = Estimate::of_ratio(&pairs);
        assert!((ratio.value - 3.0).abs() < 1e-12 && ratio.half_width() < 1e-6, "{ratio:?}");
        let around_zero = [(1.0, -1.0), (2.0, 1.0), (1.5, 0.2)];
        assert_eq!(Estimate::of_ratio(&around_zero).interval(), None);
        assert_eq!(Estimate::of_ratio(&[(1.0, 2.0)]).interval(), None);
    }
}
