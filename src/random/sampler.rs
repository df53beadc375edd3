//! A distribution made ready to be drawn from many times.

use crate::random::distribution::{Component, Distribution, nanoseconds};
use crate::random::source::Source;
use crate::random::{logarithm, normal};
use crate::time::Duration;

/// The longest draw, in nanoseconds; exact as a double.
const LONGEST: f64 = Distribution::LONGEST.0 as f64;

/// Draws durations from one distribution. All that can be computed beforehand has been, and a draw
/// takes no memory and leaves nothing behind for the next.
#[derive(Clone, Debug)]
pub struct Sampler {
    shape: Shape,
}

/// A distribution in the numbers that drawing needs; nanoseconds where a unit applies.
#[derive(Clone, Debug)]
enum Shape {
    Constant(u64),
    Uniform { from: u64, count: u64 },
    Exponential { mean: f64 },
    Normal { mean: f64, deviation: f64 },
    LogNormal { median: f64, sigma: f64 },
    Pareto { scale: f64, power: f64 },
    Mixture(Vec<Branch>),
    Quantiles(Vec<Segment>),
    Samples(Vec<u64>),
    Shifted { by: u64, of: Box<Shape> },
}

/// One component of a mixture, drawn from by the units below `until` that no earlier one takes.
#[derive(Clone, Debug)]
struct Branch {
    until: f64,
    shape: Shape,
}

/// The straight line between two quantiles, for the units below `until`.
#[derive(Clone, Debug)]
struct Segment {
    until: f64,
    from: f64,
    value: f64,
    slope: f64,
}

impl Sampler {
    /// Makes a checked distribution ready.
    ///
    /// # Panics
    /// If the distribution has problems: checking comes before sampling.
    pub fn new(distribution: &Distribution) -> Sampler {
        let problems = distribution.problems();
        assert!(problems.is_empty(), "an unchecked distribution was sampled: {problems:?}");
        Sampler { shape: Shape::new(distribution) }
    }

    /// One draw: whole nanoseconds, from zero to `Distribution::LONGEST`.
    #[inline]
    pub fn sample(&self, source: &mut impl Source) -> Duration {
        Duration(self.shape.sample(source))
    }
}

impl Shape {
    fn new(distribution: &Distribution) -> Shape {
        match distribution {
            Distribution::Constant(value) => Shape::Constant(value.0),
            Distribution::Uniform { from, to } => {
                Shape::Uniform { from: from.0, count: to.0 - from.0 + 1 }
            }
            Distribution::Exponential { mean } => Shape::Exponential { mean: nanoseconds(*mean) },
            Distribution::Normal { mean, deviation } => {
                Shape::Normal { mean: nanoseconds(*mean), deviation: nanoseconds(*deviation) }
            }
            Distribution::LogNormal { median, sigma } => {
                Shape::LogNormal { median: nanoseconds(*median), sigma: *sigma }
            }
            Distribution::Pareto { scale, shape } => {
                // The bound keeps the product with a logarithm of zero a number.
                Shape::Pareto { scale: nanoseconds(*scale), power: (-1.0 / shape).max(f64::MIN) }
            }
            Distribution::Mixture(components) => Shape::Mixture(branches(components)),
            Distribution::Quantiles(points) => {
                Shape::Quantiles(points.windows(2).map(Segment::new).collect())
            }
            Distribution::Samples(all) => {
                let mut all: Vec<u64> = all.iter().map(|sample| sample.0).collect();
                all.sort_unstable();
                Shape::Samples(all)
            }
            Distribution::Shifted { by, of } => {
                Shape::Shifted { by: by.0, of: Shape::new(of).into() }
            }
            named => Shape::new(&named.spelt_out().expect("all others have names")),
        }
    }

    #[inline]
    fn sample(&self, source: &mut impl Source) -> u64 {
        match self {
            Shape::Constant(value) => *value,
            Shape::Uniform { from, count } => from + source.below(*count),
            Shape::Exponential { mean } => whole(-mean * logarithm::of_unit(source.open_unit())),
            Shape::Normal { mean, deviation } => whole(mean + deviation * normal::sample(source)),
            Shape::LogNormal { median, sigma } => {
                whole(median * libm::exp(sigma * normal::sample(source)))
            }
            // Twice as fast as `libm::pow`, whose last digits nanoseconds do not show.
            Shape::Pareto { scale, power } => {
                whole(scale * libm::exp(power * libm::log(source.open_unit())))
            }
            Shape::Mixture(branches) => sample_mixture(branches, source),
            Shape::Quantiles(segments) => {
                let unit = source.unit();
                let place = segments.partition_point(|segment| segment.until <= unit);
                segments[place].at(unit)
            }
            Shape::Samples(all) => all[source.below(all.len() as u64) as usize],
            Shape::Shifted { by, of } => sample_shifted(*by, of, source),
        }
    }
}

impl Segment {
    fn new(ends: &[(f64, Duration)]) -> Segment {
        let ((from, shortest), (until, longest)) = (ends[0], ends[1]);
        let slope = (nanoseconds(longest) - nanoseconds(shortest)) / (until - from);
        Segment { until, from, value: nanoseconds(shortest), slope }
    }

    fn at(&self, unit: f64) -> u64 {
        whole(self.value + (unit - self.from) * self.slope)
    }
}

/// Not inlined, because it calls `Shape::sample` in turn.
fn sample_mixture(branches: &[Branch], source: &mut impl Source) -> u64 {
    let unit = source.unit();
    let place = branches.partition_point(|branch| branch.until <= unit);
    branches[place].shape.sample(source)
}

/// Not inlined either.
fn sample_shifted(by: u64, of: &Shape, source: &mut impl Source) -> u64 {
    (by + of.sample(source)).min(Distribution::LONGEST.0)
}

/// Components with the ends of their shares of the unit interval.
fn branches(components: &[Component]) -> Vec<Branch> {
    let total: f64 = components.iter().map(|component| component.weight).sum();
    let mut sum = 0.0;
    let branch = |component: &Component| {
        sum += component.weight;
        Branch { until: sum / total, shape: Shape::new(&component.of) }
    };
    components.iter().map(branch).collect()
}

/// The nearest whole number of nanoseconds within the bounds of a draw. The conversion makes zero
/// of what is not a number, so even that could not come out.
#[inline]
fn whole(nanoseconds: f64) -> u64 {
    // Through a signed number, which processors convert in one step; `LONGEST` fits.
    (nanoseconds.clamp(0.0, LONGEST) + 0.5) as i64 as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    fn sampler(text: &str) -> Sampler {
        Sampler::new(&serde_json::from_str(text).unwrap())
    }

    const CONSTANT: &str = r#"{"constant":"1ms"}"#;
    const UNIFORM: &str = r#"{"uniform":{"from":"1ms","to":"3ms"}}"#;
    const EXPONENTIAL: &str = r#"{"exponential":{"mean":"1ms"}}"#;
    const NORMAL: &str = r#"{"normal":{"mean":"5ms","deviation":"1ms"}}"#;
    const LOG_NORMAL: &str = r#"{"log_normal":{"median":"2ms","sigma":0.5}}"#;
    const PARETO: &str = r#"{"pareto":{"scale":"1ms","shape":2.5}}"#;
    const MIXTURE: &str = r#"{"mixture":[{"weight":0.4,"of":{"constant":"1ms"}},
        {"weight":0.6,"of":{"exponential":{"mean":"10ms"}}}]}"#;
    const QUANTILES: &str = r#"{"quantiles":[[0.0,"1ms"],[0.5,"2ms"],[1.0,"10ms"]]}"#;

    /// Draws at the addresses 0, 1, 2 ... of one party.
    fn samples(text: &str, count: u64) -> Vec<u64> {
        let (luck, sampler) = (Luck::new(2007), sampler(text));
        let sample = |which| sampler.sample(&mut luck.draw(Purpose::Delay, 0, which)).0;
        (0..count).map(sample).collect()
    }

    #[test]
    fn samples_are_what_they_always_were() {
        let rows = [
            (
                CONSTANT,
                [
                    1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000,
                    1_000_000,
                ],
            ),
            (
                UNIFORM,
                [
                    2_787_851, 1_697_088, 1_321_622, 1_744_469, 2_731_990, 2_265_627, 1_558_232,
                    2_213_677,
                ],
            ),
            (
                EXPONENTIAL,
                [112_133, 1_053_990, 1_827_526, 988_232, 143_876, 457_580, 1_276_128, 499_492],
            ),
            (
                NORMAL,
                [
                    6_247_676, 4_610_746, 4_008_870, 4_674_059, 6_107_656, 5_339_314, 4_414_530,
                    5_271_089,
                ],
            ),
            (
                LOG_NORMAL,
                [
                    3_732_152, 1_646_283, 1_218_453, 1_699_232, 3_479_802, 2_369_796, 1_492_440,
                    2_290_320,
                ],
            ),
            (
                PARETO,
                [
                    1_045_874, 1_524_393, 2_077_178, 1_484_819, 1_059_239, 1_200_853, 1_666_043,
                    1_221_155,
                ],
            ),
            (
                MIXTURE,
                [
                    753_971, 1_000_000, 1_000_000, 1_000_000, 9_583_249, 3_428_736, 1_000_000,
                    9_750_835,
                ],
            ),
            (
                QUANTILES,
                [
                    8_302_802, 1_697_088, 1_321_622, 1_744_469, 7_855_918, 4_125_012, 1_558_232,
                    3_709_418,
                ],
            ),
        ];
        for (text, golden) in rows {
            assert_eq!(samples(text, 8), golden, "{text}");
        }
    }

    #[test]
    fn quantiles_agree_with_theory() {
        // Of 200,000 draws the share below a true quantile is within 0.0056 of it at five standard
        // deviations.
        let rows = [
            (UNIFORM, vec![(0.25, 1.5e6), (0.5, 2e6), (0.9, 2.8e6)]),
            (EXPONENTIAL, vec![(0.1, 105_361.0), (0.5, 693_147.0), (0.99, 4_605_170.0)]),
            (NORMAL, vec![(0.001, 1_909_768.0), (0.5, 5e6), (0.975, 6_959_964.0)]),
            (LOG_NORMAL, vec![(0.1, 1_053_760.0), (0.5, 2e6), (0.975, 5_328_780.0)]),
            (PARETO, vec![(0.1, 1_043_050.0), (0.5, 1_319_508.0), (0.99, 6_309_573.0)]),
            // Of the 0.6 that are exponential, 1 - exp(-0.1) and 1 - exp(-1) are below.
            (MIXTURE, vec![(0.457_097_549, 1_000_000.5), (0.779_272_335, 1e7)]),
            (QUANTILES, vec![(0.25, 1.5e6), (0.5, 2e6), (0.75, 6e6)]),
        ];
        for (text, quantiles) in rows {
            let samples = samples(text, 200_000);
            for (share, value) in quantiles {
                let below = samples.iter().filter(|sample| (**sample as f64) < value).count();
                let found = below as f64 / 200_000.0;
                assert!((found - share).abs() < 0.0056, "{text}: {found} for {share}");
            }
        }
    }

    #[test]
    fn means_agree_with_the_formulas() {
        let truncated = r#"{"normal":{"mean":"1ms","deviation":"2ms"}}"#;
        let light = r#"{"pareto":{"scale":"1ms","shape":5.0}}"#;
        for text in [
            CONSTANT,
            UNIFORM,
            EXPONENTIAL,
            NORMAL,
            truncated,
            LOG_NORMAL,
            light,
            MIXTURE,
            QUANTILES,
        ] {
            let distribution: Distribution = serde_json::from_str(text).unwrap();
            let samples = samples(text, 200_000);
            let sum: u128 = samples.iter().map(|sample| u128::from(*sample)).sum();
            let found = sum as f64 / samples.len() as f64;
            // Deviations are at most 2.3 means: 1.5 % is about three standard deviations of those.
            assert!((found / distribution.mean() - 1.0).abs() < 0.015, "{text}: {found}");
        }
    }

    #[test]
    fn no_draw_leaves_the_bounds() {
        let rows = [
            (r#"{"pareto":{"scale":"1ms","shape":1e-300}}"#, Distribution::LONGEST),
            (r#"{"pareto":{"scale":"1ms","shape":1e-320}}"#, Distribution::LONGEST),
            (r#"{"log_normal":{"median":"87600h","sigma":10.0}}"#, Distribution::LONGEST),
            (r#"{"exponential":{"mean":"87600h"}}"#, Distribution::LONGEST),
            (r#"{"uniform":{"from":"0s","to":"87600h"}}"#, Distribution::LONGEST),
            (r#"{"normal":{"mean":"0s","deviation":"87600h"}}"#, Distribution::LONGEST),
            (r#"{"uniform":{"from":"7ns","to":"7ns"}}"#, Duration(7)),
            (QUANTILES, Duration::from_millis(10)),
        ];
        for (text, longest) in rows {
            assert!(samples(text, 10_000).iter().all(|sample| *sample <= longest.0), "{text}");
        }
        for (number, nanoseconds) in
            [(f64::NAN, 0), (f64::INFINITY, Distribution::LONGEST.0), (-1.0, 0), (1.5, 2)]
        {
            assert_eq!(whole(number), nanoseconds);
        }
    }

    #[test]
    fn both_ends_of_a_uniform_come_up() {
        let samples = samples(r#"{"uniform":{"from":"1ns","to":"3ns"}}"#, 3_000);
        for value in 1..=3 {
            let count = samples.iter().filter(|sample| **sample == value).count();
            assert!((870..1130).contains(&count), "{value}: {count}");
        }
    }

    #[test]
    #[should_panic(expected = "an unchecked distribution was sampled")]
    fn a_distribution_with_problems_is_not_sampled() {
        Sampler::new(&Distribution::Mixture(Vec::new()));
    }
}
