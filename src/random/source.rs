//! What every generator of luck can do, built on raw 64-bit values only.

/// The distance between two neighbouring doubles just below one, 2^-53.
const STEP_53: f64 = 1.0 / (1u64 << 53) as f64;
/// Twice that, 2^-52.
const STEP_52: f64 = 1.0 / (1u64 << 52) as f64;

/// A generator of uniform 64-bit values, and what follows from them. Samplers take
/// `&mut impl Source` and so draw from a `Draw` and a `Stream` alike.
pub trait Source {
    /// The next 64 uniform bits.
    fn next_u64(&mut self) -> u64;

    /// A number in `[0, 1)`: one of 2^53 that are equally far apart.
    #[inline]
    fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * STEP_53
    }

    /// A number in `(0, 1]`, fit for a logarithm: one of 2^53 that are equally far apart.
    #[inline]
    fn open_unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 * STEP_53
    }

    /// A number in `(0, 1)`, both ends excluded and the middle in the middle: one of 2^52.
    #[inline]
    fn inner_unit(&mut self) -> f64 {
        ((self.next_u64() >> 12) as f64 + 0.5) * STEP_52
    }

    /// A number in `0..bound`, each exactly as likely as any other. Mostly one raw value and no
    /// division: D. Lemire, "Fast random integer generation in an interval" (2019).
    ///
    /// # Panics
    /// If `bound` is zero, because nothing lies below it.
    #[inline]
    fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "no number lies below zero");
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            let low = product as u64;
            // `2^64 mod bound` raw values are one too many for a fair share; only a low half
            // under `bound` can be one of them, so the division is rarely reached.
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }

    /// True with the given probability: never for 0 or less, always for 1 or more. Takes exactly
    /// one raw value whatever the probability, so that changing it moves no other luck.
    #[inline]
    fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items, each equally likely.
    ///
    /// # Panics
    /// If there are none.
    #[inline]
    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        assert!(!items.is_empty(), "one cannot pick from no items");
        &items[self.below(items.len() as u64) as usize]
    }

    /// Puts the items in an order of which each is equally likely (Fisher and Yates).
    #[inline]
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Source;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    /// Gives out a list of raw values, for the edges.
    struct Script(Vec<u64>);

    impl Source for Script {
        fn next_u64(&mut self) -> u64 {
            self.0.remove(0)
        }
    }

    /// How far observed counts are from expected ones, in standard deviations of the chi-square
    /// distribution: fair luck stays within about 4.
    pub(in crate::random) fn chi_square_deviations(observed: &[u64], expected: &[f64]) -> f64 {
        assert_eq!(observed.len(), expected.len());
        let term = |(seen, mean): (&u64, &f64)| (*seen as f64 - mean).powi(2) / mean;
        let chi_square: f64 = observed.iter().zip(expected).map(term).sum();
        let freedom = (observed.len() - 1) as f64;
        (chi_square - freedom) / (2.0 * freedom).sqrt()
    }

    #[test]
    fn units_keep_to_their_ends() {
        let ends = || Script(vec![0, u64::MAX]);
        let (mut half_open, mut open, mut inner) = (ends(), ends(), ends());
        assert_eq!(half_open.unit(), 0.0);
        assert_eq!(half_open.unit(), 1.0 - f64::EPSILON / 2.0);
        assert_eq!(open.open_unit(), f64::EPSILON / 2.0);
        assert_eq!(open.open_unit(), 1.0);
        assert_eq!(inner.inner_unit(), f64::EPSILON / 2.0);
        assert_eq!(inner.inner_unit(), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn bounded_numbers_reject_exactly_the_unfair_raw_values() {
        // 2^64 mod 3 is 1: of all raw values only 0 has a low half under 1.
        assert_eq!(Script(vec![0, 1]).below(3), 0);
        assert_eq!(Script(vec![1]).below(3), 0);
        assert_eq!(Script(vec![u64::MAX]).below(3), 2);
        // For a power of two every raw value is fair.
        assert_eq!(Script(vec![0]).below(4), 0);
        assert_eq!(Script(vec![u64::MAX]).below(u64::MAX), u64::MAX - 1);
        assert_eq!(Script(vec![7]).below(1), 0);
    }

    #[test]
    fn bounded_numbers_are_uniform() {
        for bound in [2u64, 3, 7, 10, 64, 1000] {
            let mut stream = Luck::new(11).stream(Purpose::FaultPlan, bound);
            let mut counts = vec![0u64; bound as usize];
            for _ in 0..bound * 1000 {
                counts[stream.below(bound) as usize] += 1;
            }
            let deviations = chi_square_deviations(&counts, &vec![1000.0; bound as usize]);
            assert!(deviations.abs() < 4.0, "bound {bound}: {deviations}");
        }
    }

    #[test]
    fn chance_is_never_at_zero_and_always_at_one() {
        for raw in [0, 1 << 40, u64::MAX] {
            assert!(!Script(vec![raw]).chance(0.0));
            assert!(Script(vec![raw]).chance(1.0));
            assert!(!Script(vec![raw]).chance(f64::NAN));
        }
        let mut stream = Luck::new(5).stream(Purpose::Loss, 0);
        let hits = (0..100_000).filter(|_| stream.chance(0.3)).count();
        assert!((29_400..30_600).contains(&hits), "{hits}");
    }

    #[test]
    fn shuffles_and_picks_are_fair() {
        let mut stream = Luck::new(3).stream(Purpose::Routing, 0);
        let mut orders = [0u64; 24];
        let mut picks = [0u64; 4];
        for _ in 0..24_000 {
            let mut items = [0usize, 1, 2, 3];
            stream.shuffle(&mut items);
            // The place of this order among all: how many later items are smaller, in mixed radix.
            let smaller = |i: usize| items[i + 1..].iter().filter(|x| **x < items[i]).count();
            orders[smaller(0) * 6 + smaller(1) * 2 + smaller(2)] += 1;
            picks[*stream.pick(&items)] += 1;
        }
        assert!(chi_square_deviations(&orders, &[1000.0; 24]).abs() < 4.0, "{orders:?}");
        assert!(chi_square_deviations(&picks, &[6000.0; 4]).abs() < 4.0, "{picks:?}");
    }

    #[test]
    #[should_panic(expected = "no number lies below zero")]
    fn nothing_lies_below_zero() {
        Script(vec![1]).below(0);
    }
}
