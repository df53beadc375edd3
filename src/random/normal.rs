//! The normal distribution, standard unless said otherwise, and its inverse.
//!
//! Draws come from the inverse: one raw value makes one draw, nothing is kept for the next, and a
//! larger raw value makes a larger draw, so that runs that differ in a deviation stay comparable.

#![expect(clippy::excessive_precision, reason = "the coefficients stand as they were published")]

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use crate::random::source::Source;

/// Coefficients from the constant term upwards.
type Polynomial = [f64; 8];

// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (1988),
// routine PPND16: about 16 digits. Numerators and denominators for the middle, tail and far tail.
const MIDDLE_NUMERATOR: Polynomial = [
    3.387_132_872_796_366_608,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const MIDDLE_DENOMINATOR: Polynomial = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561e3,
];
const TAIL_NUMERATOR: Polynomial = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_9,
    5.769_497_221_460_691_405_5,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_7e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_4e-4,
];
const TAIL_DENOMINATOR: Polynomial = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_4,
    6.897_673_349_851_000_045_5e-1,
    1.481_039_764_274_800_745_9e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946e-4,
    1.050_750_071_644_416_843_24e-9,
];
const FAR_NUMERATOR: Polynomial = [
    6.657_904_643_501_103_777_2,
    5.463_784_911_164_114_369_9,
    1.784_826_539_917_291_335_8,
    2.965_605_718_285_048_912_3e-1,
    2.653_218_952_657_612_309_3e-2,
    1.242_660_947_388_078_438_6e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const FAR_DENOMINATOR: Polynomial = [
    1.0,
    5.998_322_065_558_879_376_9e-1,
    1.369_298_809_227_358_053_1e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591e-4,
    1.846_318_317_510_054_681_8e-5,
    1.421_511_758_316_445_888_7e-7,
    2.044_263_103_389_939_785_64e-15,
];

/// A draw from the standard normal distribution.
#[inline]
pub fn sample(source: &mut impl Source) -> f64 {
    inverse(source.inner_unit())
}

/// The value that a share of `probability`, strictly between 0 and 1, lies below.
#[inline]
pub fn inverse(probability: f64) -> f64 {
    let off_middle = probability - 0.5;
    if off_middle.abs() <= 0.425 {
        let argument = 0.180625 - off_middle * off_middle;
        return off_middle * ratio(&MIDDLE_NUMERATOR, &MIDDLE_DENOMINATOR, argument);
    }
    tail(probability.min(1.0 - probability)).copysign(off_middle)
}

/// The distance from zero beyond which a share of `probability`, at most 0.075, lies on each side.
fn tail(probability: f64) -> f64 {
    let depth = libm::sqrt(-libm::log(probability));
    if depth <= 5.0 {
        ratio(&TAIL_NUMERATOR, &TAIL_DENOMINATOR, depth - 1.6)
    } else {
        ratio(&FAR_NUMERATOR, &FAR_DENOMINATOR, depth - 5.0)
    }
}

fn ratio(numerator: &Polynomial, denominator: &Polynomial, argument: f64) -> f64 {
    let value = |polynomial: &Polynomial| {
        polynomial.iter().rev().fold(0.0, |sum, coefficient| sum * argument + coefficient)
    };
    value(numerator) / value(denominator)
}

/// The share of the standard normal distribution below `value`.
pub fn share_below(value: f64) -> f64 {
    0.5 * libm::erfc(-value * FRAC_1_SQRT_2)
}

/// The mean of a normal distribution whose negative draws become zero.
pub(super) fn mean_above_zero(mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        return mean;
    }
    let middle = mean / deviation;
    let density = libm::exp(-0.5 * middle * middle) / libm::sqrt(2.0 * PI);
    mean * share_below(middle) + deviation * density
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_has_the_known_percentage_points() {
        let rows = [
            (0.5, 0.0),
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_409),
            (0.975, 1.959_963_984_540_054),
        ];
        for (probability, value) in rows {
            assert!((inverse(probability) - value).abs() < 2e-15 * 10.0, "{probability}");
        }
    }

    #[test]
    fn the_inverse_undoes_the_share_below_and_never_descends() {
        let mut before = f64::NEG_INFINITY;
        for step in 1..20_000 {
            let probability = f64::from(step) / 20_000.0;
            let value = inverse(probability);
            assert!(value > before, "{probability}");
            assert!((share_below(value) / probability - 1.0).abs() < 1e-13, "{probability}");
            before = value;
        }
        for exponent in 5..300 {
            let probability = libm::exp10(-f64::from(exponent));
            let share = share_below(inverse(probability));
            assert!((share / probability - 1.0).abs() < 1e-11, "{probability}: {share}");
        }
    }
}
