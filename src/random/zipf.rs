//! Ranks by popularity: rank `r`, from 0, is drawn in proportion to `(r + 1)^-exponent`.
//!
//! Rejection-inversion: W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates
//! from monotone discrete distributions" (1996). No table, so that a count of millions costs
//! nothing, and at most about 1.1 tries a draw.

use crate::random::source::Source;

/// A Zipf distribution over `0..count`, rank 0 the hottest.
#[derive(Clone, Copy, Debug)]
pub struct Zipf {
    count: u64,
    exponent: f64,
    /// The integral of the density up to `count + 1/2`: the far end of the units to invert.
    far: f64,
    /// Its near end, moved so that the first rank has exactly its share.
    near: f64,
    /// So close below a rank every try is accepted without a look at the density.
    surely: f64,
}

impl Zipf {
    /// Over `count` ranks; an exponent of 0 makes all alike, 1 is Zipf's law, more is steeper.
    ///
    /// # Panics
    /// If `count` is zero, or the exponent is negative or not finite: the scenario's check refuses
    /// those.
    pub fn new(count: u64, exponent: f64) -> Zipf {
        assert!(count > 0, "a Zipf distribution needs at least one rank");
        let sound = exponent >= 0.0 && exponent.is_finite();
        assert!(sound, "a Zipf exponent must be finite and not negative, not {exponent}");
        let two = integral(2.5, exponent) - density(2.0, exponent);
        Zipf {
            count,
            exponent,
            far: integral(count as f64 + 0.5, exponent),
            near: integral(1.5, exponent) - 1.0,
            surely: 2.0 - inverse_integral(two, exponent),
        }
    }

    /// How many ranks there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// One rank, `0..count`.
    #[inline]
    pub fn sample(&self, source: &mut impl Source) -> u64 {
        if self.exponent == 0.0 {
            return source.below(self.count);
        }
        loop {
            let area = self.far + source.unit() * (self.near - self.far);
            let place = inverse_integral(area, self.exponent);
            // Rounding at the ends may step over them; the conversion itself saturates.
            let rank = ((place + 0.5) as u64).clamp(1, self.count);
            if self.accepts(rank as f64, place, area) {
                return rank - 1;
            }
        }
    }

    fn accepts(&self, rank: f64, place: f64, area: f64) -> bool {
        rank - place <= self.surely
            || area >= integral(rank + 0.5, self.exponent) - density(rank, self.exponent)
    }
}

/// The weight of rank `place`, counted from 1.
fn density(place: f64, exponent: f64) -> f64 {
    libm::exp(-exponent * libm::log(place))
}

/// The integral of the density from 1 to `place`: `(place^(1 - exponent) - 1) / (1 - exponent)`,
/// and the logarithm where the exponent is 1.
fn integral(place: f64, exponent: f64) -> f64 {
    let logarithm = libm::log(place);
    let power = (1.0 - exponent) * logarithm;
    // Close to zero the quotient loses its digits; its series does not.
    let growth = if power.abs() > 1e-8 {
        libm::expm1(power) / power
    } else {
        1.0 + power / 2.0 * (1.0 + power / 3.0)
    };
    growth * logarithm
}

/// The place up to which the integral of the density is `area`.
fn inverse_integral(area: f64, exponent: f64) -> f64 {
    // Rounding may carry the product under -1, where the logarithm ends.
    let power = (area * (1.0 - exponent)).max(-1.0);
    let shrinking = if power.abs() > 1e-8 {
        libm::log1p(power) / power
    } else {
        1.0 - power * (0.5 - power / 3.0)
    };
    libm::exp(shrinking * area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;
    use crate::random::source::tests::chi_square_deviations;

    #[test]
    fn ranks_come_up_with_their_exact_probabilities() {
        const DRAWS: u64 = 200_000;
        let luck = Luck::new(1949);
        for exponent in [0.0, 0.5, 0.99, 1.0, 1.0 + 1e-12, 1.5, 3.0] {
            for count in [1u64, 2, 3, 10, 20] {
                let zipf = Zipf::new(count, exponent);
                let mut seen = vec![0u64; count as usize];
                for which in 0..DRAWS {
                    let mut draw = luck.draw(Purpose::KeyChoice, count, which);
                    seen[zipf.sample(&mut draw) as usize] += 1;
                }
                let weight = |rank: u64| libm::pow((rank + 1) as f64, -exponent);
                let total: f64 = (0..count).map(weight).sum();
                let expected: Vec<f64> =
                    (0..count).map(|rank| weight(rank) / total * DRAWS as f64).collect();
                if count > 1 {
                    let deviations = chi_square_deviations(&seen, &expected);
                    assert!(deviations < 4.0, "{exponent}, {count}: {deviations} {seen:?}");
                }
            }
        }
    }

    #[test]
    fn the_head_of_a_long_tail_has_its_share() {
        // The sum of 1/r over a million ranks is 14.392_726_7; that of the first ten 2.928_968.
        let (luck, zipf) = (Luck::new(4), Zipf::new(1_000_000, 1.0));
        let sample = |which| zipf.sample(&mut luck.draw(Purpose::KeyChoice, 0, which));
        let head = (0..100_000).filter(|which| sample(*which) < 10).count() as f64 / 1e5;
        assert!((head - 2.928_968 / 14.392_726_7).abs() < 0.0064, "{head}");
    }

    #[test]
    fn extremes_stay_in_range() {
        let luck = Luck::new(6);
        for exponent in [0.0, 1e-9, 0.99, 1.0, 2.0, 50.0, 1e6] {
            for count in [1, 2, 1 << 53, u64::MAX] {
                let zipf = Zipf::new(count, exponent);
                for which in 0..2_000 {
                    let rank = zipf.sample(&mut luck.draw(Purpose::KeyChoice, 0, which));
                    assert!(rank < count, "{exponent}, {count}: {rank}");
                }
            }
        }
    }

    #[test]
    fn ranks_are_what_they_always_were() {
        let rows = [
            (0.0, [547, 4, 421, 696, 601, 203, 723, 16]),
            (0.5, [215, 990, 346, 101, 169, 641, 85, 968]),
            (0.99, [17, 964, 44, 5, 11, 226, 4, 889]),
            (1.0, [15, 963, 41, 4, 10, 216, 3, 886]),
            (1.5, [1, 692, 2, 0, 1, 11, 0, 364]),
            (3.0, [0, 8, 0, 0, 0, 0, 0, 4]),
        ];
        let luck = Luck::new(2007);
        for (exponent, golden) in rows {
            let zipf = Zipf::new(1000, exponent);
            let sample = |which| zipf.sample(&mut luck.draw(Purpose::KeyChoice, 0, which));
            let ranks: Vec<u64> = (0..8).map(sample).collect();
            assert_eq!(ranks, golden, "{exponent}");
        }
    }

    #[test]
    #[should_panic(expected = "a Zipf exponent must be finite and not negative, not -1")]
    fn a_negative_exponent_is_refused() {
        Zipf::new(10, -1.0);
    }
}
