//! Student's t, beta, binomial and normal: the shares below a value, and the values below which a
//! share lies.
//!
//! All rest on the regularised incomplete beta function by its continued fraction (Abramowitz and
//! Stegun, 26.5.8; evaluated as W. J. Lentz does, 1976) over `libm`, and are inverted by halving
//! until no float lies between: slower than a rational fit, but as exact as the function itself,
//! and the same bits on every machine. A library would take its logarithms and powers from the
//! platform as soon as any other dependency asks `num-traits` for `std`.

use crate::random::normal;

/// Steps of the continued fraction: about the root of the larger parameter, times five.
const MOST_STEPS: u32 = 100_000;
/// What stands for zero in a denominator.
const TINY: f64 = 1e-300;
/// Halvings until a float between 0 and 1 has no room left, even far below 1e-16.
const HALVINGS: u32 = 1100;

/// The standard normal value below which a share lies, strictly between 0 and 1.
pub fn normal_quantile(share: f64) -> f64 {
    normal::inverse(share)
}

/// The share of the standard normal distribution below a value.
pub fn normal_share(value: f64) -> f64 {
    normal::share_below(value)
}

/// The value below which a share, from one half to under 1, of Student's t lies.
///
/// # Panics
/// If there is no degree of freedom, or the share is outside.
pub fn student_quantile(freedom: usize, share: f64) -> f64 {
    assert!(freedom > 0, "Student's t needs a degree of freedom");
    assert!((0.5..1.0).contains(&share), "a share from one half to under 1, not {share}");
    // t^2 / (freedom + t^2) has a beta distribution: Abramowitz and Stegun, 26.7.1.
    let half = freedom as f64 / 2.0;
    let within = beta_quantile(0.5, half, 2.0 * share - 1.0);
    (freedom as f64 * within / (1.0 - within)).sqrt()
}

/// The value below which a share of the beta distribution lies.
pub fn beta_quantile(a: f64, b: f64, share: f64) -> f64 {
    if share <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if beta_share(a, b, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The share of the beta distribution with these parameters, both above 0, below a value: the
/// regularised incomplete beta function.
pub fn beta_share(a: f64, b: f64, value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    if value >= 1.0 {
        return 1.0;
    }
    let powers = a * libm::log(value) + b * libm::log1p(-value);
    let front = libm::exp(powers + libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b));
    // Each side of the mean has the fraction that converges there.
    if value < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, value) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - value) / b
    }
}

/// The share of trials, each a success with this chance, with at most so many successes.
pub fn binomial_share(trials: u64, chance: f64, successes: u64) -> f64 {
    if successes >= trials {
        return 1.0;
    }
    beta_share((trials - successes) as f64, successes as f64 + 1.0, 1.0 - chance)
}

/// The continued fraction of the incomplete beta function, from its end of two terms a step.
fn fraction(a: f64, b: f64, value: f64) -> f64 {
    let away = |term: f64| if term.abs() < TINY { TINY } else { term };
    let mut upper = 1.0;
    let mut lower = 1.0 / away(1.0 - (a + b) * value / (a + 1.0));
    let mut found = lower;
    for step in 1..MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * value / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * value / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            lower = 1.0 / away(1.0 + term * lower);
            upper = away(1.0 + term / upper);
            change = lower * upper;
            found *= change;
        }
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_t_has_its_published_points() {
        let rows = [
            (1, 12.706_204_736_174_7),
            (2, 4.302_652_729_749_46),
            (5, 2.570_581_835_636_31),
            (10, 2.228_138_851_986_27),
            (30, 2.042_272_456_301_24),
            (100, 1.983_971_518_523_55),
            (1000, 1.962_339_080_826_41),
            (1_000_000, 1.959_966_356_802_6),
        ];
        for (freedom, t) in rows {
            let found = student_quantile(freedom, 0.975);
            assert!((found / t - 1.0).abs() < 1e-9, "{freedom}: {found}, not {t}");
        }
        // One degree of freedom is Cauchy's, two have a closed form.
        let tangent = libm::tan(std::f64::consts::PI * 0.49);
        assert!((student_quantile(1, 0.99) / tangent - 1.0).abs() < 1e-10);
        let closed = 0.98 * (2.0f64 / (1.0 - 0.98 * 0.98)).sqrt();
        assert!((student_quantile(2, 0.99) / closed - 1.0).abs() < 1e-12);
        assert_eq!(student_quantile(7, 0.5), 0.0);
    }

    #[test]
    fn binomial_shares_are_the_sums_of_their_terms() {
        for (trials, chance) in [(1u64, 0.3), (10, 0.5), (40, 0.999), (200, 0.01), (300, 0.7)] {
            let mut term = libm::exp(trials as f64 * libm::log1p(-chance));
            let mut sum = 0.0;
            for successes in 0..=trials {
                sum += term;
                let found = binomial_share(trials, chance, successes);
                assert!((found - sum).abs() < 1e-11, "{trials} {chance} {successes}: {found}");
                let (left, next) = ((trials - successes) as f64, successes as f64 + 1.0);
                term *= left / next * chance / (1.0 - chance);
            }
        }
    }

    #[test]
    fn beta_quantiles_undo_shares_near_and_far() {
        for (a, b) in [(0.5, 0.5), (1.0, 9.0), (3.0, 100_000.0), (5e5, 5e5), (0.5, 5e5)] {
            for share in [1e-9, 0.025, 0.5, 0.975] {
                let found = beta_share(a, b, beta_quantile(a, b, share));
                assert!((found / share - 1.0).abs() < 1e-8, "{a} {b} {share}: {found}");
            }
        }
    }

    #[test]
    fn the_bits_are_what_they_always_were() {
        let bits = [student_quantile(3, 0.975), beta_quantile(4.0, 7.0, 0.025)].map(f64::to_bits);
        assert_eq!(bits, [4_614_348_650_797_318_563, 4_593_423_183_933_156_861]);
    }
}
