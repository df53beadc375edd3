//! Intervals of what has no closed form, by drawing runs again and again from those that there
//! are: B. Efron's bias-corrected and accelerated bootstrap ("Better bootstrap confidence
//! intervals", 1987).
//!
//! It knows no more of the tails than the runs do: under some 20 of them it is too narrow.

use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::statistics::distributions::{normal_quantile, normal_share};
use crate::statistics::estimate::{Estimate, UPPER};
use crate::statistics::sample::{ascending, mean};

/// How often the runs are drawn anew.
const RESAMPLES: u64 = 2000;

/// What a statistic makes of runs, with an interval. `luck` and `which` are the address of the
/// draws: the same address gives the same interval.
///
/// # Panics
/// If there are no runs.
pub fn bootstrap<T>(
    runs: &[T],
    statistic: &dyn Fn(&[&T]) -> f64,
    luck: &Luck,
    which: u64,
) -> Estimate {
    let all: Vec<&T> = runs.iter().collect();
    let value = statistic(&all);
    if runs.len() < 2 {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        return Estimate { value, low, high, runs: runs.len() };
    }
    let drawn: Vec<f64> = (0..RESAMPLES)
        .map(|resample| {
            let mut draw = luck.draw(Purpose::Bootstrap, which, resample);
            let some: Vec<&T> = all.iter().map(|_| *draw.pick(&all)).collect();
            statistic(&some)
        })
        .collect();
    let drawn = ascending(&drawn);
    let (bias, acceleration) = (bias(&drawn, value), acceleration(&all, statistic));
    let end = |share: f64| {
        let shifted = bias + normal_quantile(share);
        let corrected = normal_share(bias + shifted / (1.0 - acceleration * shifted));
        let rank = libm::floor(corrected * drawn.len() as f64) as usize;
        drawn[rank.min(drawn.len() - 1)]
    };
    Estimate { value, low: end(1.0 - UPPER), high: end(UPPER), runs: runs.len() }
}

/// How far the middle of what was drawn is from the value, in standard deviations.
fn bias(drawn: &[f64], value: f64) -> f64 {
    let below = drawn.partition_point(|other| *other < value) as f64;
    let up_to = drawn.partition_point(|other| *other <= value) as f64;
    let count = drawn.len() as f64;
    // Of those that are equal, half count as below. At an end, as if one more were beyond it.
    let share = (below + up_to) / 2.0 / count;
    normal_quantile(share.clamp(0.5 / count, 1.0 - 0.5 / count))
}

/// How the spread changes with the value, by leaving out one run at a time.
fn acceleration<T>(all: &[&T], statistic: &dyn Fn(&[&T]) -> f64) -> f64 {
    let without = |place: usize| {
        let mut rest = all.to_vec();
        rest.remove(place);
        statistic(&rest)
    };
    let each: Vec<f64> = (0..all.len()).map(without).collect();
    let middle = mean(&each);
    let (mut cubes, mut squares) = (0.0, 0.0);
    for value in &each {
        let off = middle - value;
        squares += off * off;
        cubes += off * off * off;
    }
    if squares > 0.0 { cubes / (6.0 * squares * squares.sqrt()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_it_is_nearly_students() {
        let mut stream = Luck::new(3).stream(Purpose::FaultPlan, 1);
        let values: Vec<f64> = (0..200).map(|_| stream.unit()).collect();
        let by_mean = |some: &[&f64]| some.iter().copied().sum::<f64>() / some.len() as f64;
        let (drawn, exact) =
            (bootstrap(&values, &by_mean, &Luck::new(1), 0), Estimate::of_mean(&values));
        assert_eq!(drawn.value, exact.value);
        assert!((drawn.low - exact.low).abs() < 0.1 * exact.half_width(), "{drawn:?} {exact:?}");
        assert!((drawn.high - exact.high).abs() < 0.1 * exact.half_width(), "{drawn:?} {exact:?}");
        assert_eq!(drawn, bootstrap(&values, &by_mean, &Luck::new(1), 0), "an address is luck");
        assert_ne!(drawn, bootstrap(&values, &by_mean, &Luck::new(1), 1));
    }

    #[test]
    fn what_does_not_vary_has_no_width() {
        let most = |some: &[&f64]| some.iter().copied().fold(0.0f64, |a, b| a.max(*b));
        let same = bootstrap(&[2.0; 9], &most, &Luck::new(1), 0);
        assert_eq!((same.low, same.value, same.high), (2.0, 2.0, 2.0));
        assert_eq!(bootstrap(&[2.0], &most, &Luck::new(1), 0).interval(), None);
    }
}
