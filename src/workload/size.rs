//! How many bytes a value has.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::quantity::Bytes;
use crate::random::distribution::Distribution;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::time::Duration;

/// Sizes of values as written: one size, or how they are drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Sizes {
    /// All have this size.
    Constant(Bytes),
    /// Each draws its own.
    Drawn(Shape),
}

/// How sizes are drawn.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Any size from one to another, both included, each as likely.
    Uniform {
        /// The smallest.
        from: Bytes,
        /// The largest.
        to: Bytes,
    },
    /// Mostly small, now and then large, as in most measured stores.
    LogNormal {
        /// Half of all values are smaller.
        median: Bytes,
        /// How far the logarithms spread: 0 not at all, 1 a usual web object.
        sigma: f64,
    },
    /// One of a few sizes, each with its weight.
    Choice(Vec<(f64, Bytes)>),
}

/// Sizes ready to be drawn.
#[derive(Clone, Debug)]
pub enum SizeSampler {
    Constant(u32),
    /// Drawn as so many nanoseconds, which are whole numbers too.
    Drawn(Sampler),
    /// Weights summed up, with what they stand for.
    Choice(Vec<(f64, u32)>),
}

/// Largest value; larger draws are cut to it.
pub const VALUE_LIMIT: Bytes = Bytes(16 << 20);

impl SizeSampler {
    /// The sampler of checked sizes.
    pub fn new(sizes: &Sizes) -> SizeSampler {
        let nanoseconds = |bytes: Bytes| Duration(bytes.0);
        match sizes {
            Sizes::Constant(bytes) => SizeSampler::Constant(bytes.0 as u32),
            Sizes::Drawn(Shape::Uniform { from, to }) => {
                let (from, to) = (nanoseconds(*from), nanoseconds(*to));
                SizeSampler::Drawn(Sampler::new(&Distribution::Uniform { from, to }))
            }
            Sizes::Drawn(Shape::LogNormal { median, sigma }) => {
                let (median, sigma) = (nanoseconds(*median), *sigma);
                SizeSampler::Drawn(Sampler::new(&Distribution::LogNormal { median, sigma }))
            }
            Sizes::Drawn(Shape::Choice(choices)) => {
                let mut sum = 0.0;
                let step = |(weight, bytes): &(f64, Bytes)| {
                    sum += weight;
                    (sum, bytes.0 as u32)
                };
                SizeSampler::Choice(choices.iter().map(step).collect())
            }
        }
    }

    /// Draws a size in bytes.
    pub fn sample(&self, source: &mut impl Source) -> u32 {
        match self {
            SizeSampler::Constant(bytes) => *bytes,
            SizeSampler::Drawn(sampler) => sampler.sample(source).0.min(VALUE_LIMIT.0) as u32,
            SizeSampler::Choice(steps) => {
                let (total, last) = *steps.last().expect("a checked choice has some size");
                let point = source.unit() * total;
                steps.iter().find(|(sum, _)| point < *sum).map_or(last, |(_, bytes)| *bytes)
            }
        }
    }
}

impl Serialize for Sizes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Sizes::Constant(bytes) => bytes.serialize(serializer),
            Sizes::Drawn(shape) => shape.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Sizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sizes, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Sizes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size with its unit, as in \"64KiB\", or how sizes are drawn")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Sizes, E> {
                Bytes::parse(text).map(Sizes::Constant).map_err(E::custom)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Sizes, A::Error> {
                Shape::deserialize(MapAccessDeserializer::new(map)).map(Sizes::Drawn)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    fn draws(sizes: &Sizes) -> Vec<u32> {
        let (sampler, luck) = (SizeSampler::new(sizes), Luck::new(4));
        (0..10_000).map(|n| sampler.sample(&mut luck.draw(Purpose::ValueSize, 1, n))).collect()
    }

    fn mean(draws: &[u32]) -> f64 {
        draws.iter().map(|bytes| f64::from(*bytes)).sum::<f64>() / draws.len() as f64
    }

    #[test]
    fn sizes_follow_their_shapes() {
        assert!(draws(&Sizes::Constant(Bytes(7))).iter().all(|bytes| *bytes == 7));
        let uniform = draws(&Sizes::Drawn(Shape::Uniform { from: Bytes(10), to: Bytes(12) }));
        for bytes in 10..=12 {
            let share = uniform.iter().filter(|drawn| **drawn == bytes).count();
            assert!((3_150..3_520).contains(&share), "{bytes}: {share}");
        }
        let log_normal = Shape::LogNormal { median: Bytes(1_000), sigma: 1.0 };
        let drawn = draws(&Sizes::Drawn(log_normal));
        let below = drawn.iter().filter(|bytes| **bytes < 1_000).count();
        assert!((4_850..5_150).contains(&below), "{below}");
        // The mean of a log-normal distribution is its median times exp(sigma^2 / 2).
        assert!((1_550.0..1_750.0).contains(&mean(&drawn)), "{}", mean(&drawn));
        let wide = Shape::LogNormal { median: VALUE_LIMIT, sigma: 3.0 };
        assert!(draws(&Sizes::Drawn(wide)).iter().all(|b| u64::from(*b) <= VALUE_LIMIT.0));
        let choice = Shape::Choice(vec![(3.0, Bytes(1)), (0.0, Bytes(2)), (1.0, Bytes(5))]);
        let mean = mean(&draws(&Sizes::Drawn(choice)));
        assert!((1.93..2.07).contains(&mean), "{mean}");
    }
}
