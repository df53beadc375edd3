//! How users write the spread of a duration: a delay, a service time, a thinking time.
//!
//! Left out on purpose: distributions that remember (bursts, autocorrelation). A draw depends on
//! its address alone, so what changes over time belongs to the fault plan.

use serde::{Deserialize, Serialize};

use crate::random::normal;
use crate::random::problems;
use crate::time::Duration;

/// How a duration is spread. In a scenario file it is an object with one field, the shape:
/// `{"exponential":{"mean":"1ms"}}`. Draws longer than `Distribution::LONGEST` are cut to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same.
    Constant(Duration),
    /// Every whole nanosecond from `from` to `to`, both included, equally likely.
    Uniform {
        /// The shortest; at most `to`.
        from: Duration,
        /// The longest.
        to: Duration,
    },
    /// The gap between two events that do not know of each other.
    Exponential {
        /// The average, above zero. Raising it stretches all draws in proportion.
        mean: Duration,
    },
    /// The bell curve; a draw below zero becomes zero.
    Normal {
        /// The middle of the curve.
        mean: Duration,
        /// The standard deviation of the curve. Raising it makes long draws, and zeros, likelier.
        deviation: Duration,
    },
    /// Where the logarithm has a bell curve: skewed to the right, as measured round trips are.
    LogNormal {
        /// Half of the draws are shorter; above zero.
        median: Duration,
        /// Standard deviation of the natural logarithm, from 0 to 10. Raising it lengthens the
        /// tail: the 99th percentile is `median * exp(2.33 * sigma)`.
        sigma: f64,
    },
    /// A heavy tail: the share of draws longer than `x` is `(scale / x)^shape`.
    Pareto {
        /// The shortest; above zero.
        scale: Duration,
        /// Above zero. Raising it lightens the tail; at 1 and below the mean is infinite.
        shape: f64,
    },
    /// Each draw comes from one of several distributions, such as a fast and a slow path.
    Mixture(Vec<Component>),
    /// A measured curve: pairs of probability and duration, straight lines between them. The
    /// probabilities ascend from 0 to 1: `[[0.0,"1ms"],[0.5,"2ms"],[1.0,"10ms"]]`. A text is the
    /// name of a file with a pair on each line, as in `0.5,2ms`; a bare number is in milliseconds.
    Quantiles(
        #[cfg_attr(test, schemars(with = "crate::random::in_file::OrFile<(f64, Duration)>"))]
        Vec<(f64, Duration)>,
    ),
    /// Measured durations, each as likely as the others, in any order: `["1ms","2ms","9ms"]`. A
    /// text is the name of a file with one on each line; a bare number is in milliseconds.
    Samples(
        #[cfg_attr(test, schemars(with = "crate::random::in_file::OrFile<Duration>"))]
        Vec<Duration>,
    ),
    /// Another distribution, later by a constant.
    Shifted {
        /// By how much.
        by: Duration,
        /// What it is without that.
        of: Box<Distribution>,
    },
    /// One way between LinkedIn's Voldemort servers with solid-state disks, as fitted in table 3 of
    /// Probabilistically Bounded Staleness (VLDB 2012): all four legs.
    #[serde(rename = "lnkd-ssd")]
    LnkdSsd,
    /// A write to one with spinning disks, from the same table; the other legs are `lnkd-ssd`.
    #[serde(rename = "lnkd-disk")]
    LnkdDisk,
    /// A write to Yammer's Riak, from the same table as printed: the shape of its body is 3.35.
    #[serde(rename = "ymmr-write")]
    YmmrWrite,
    /// The same with the shape 3.5, which its authors' simulator has; only this gives their results.
    #[serde(rename = "ymmr-write-alpha-3.5")]
    YmmrWriteAlpha35,
    /// The other three legs of Yammer's Riak, from the same table.
    #[serde(rename = "ymmr-other")]
    YmmrOther,
    /// A write to another site, from the same table: `lnkd-disk`, 75 ms later.
    #[serde(rename = "wan-write")]
    WanWrite,
    /// The other three legs to or from another site: `lnkd-ssd`, 75 ms later.
    #[serde(rename = "wan-other")]
    WanOther,
}

/// One distribution of a mixture.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// How often this one is drawn from, compared with the weights of the others; above zero.
    pub weight: f64,
    /// What it is.
    pub of: Distribution,
}

impl Distribution {
    /// The longest duration that can be written in, or drawn from, a distribution: ten years of
    /// 365 days.
    pub const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

    /// All that is wrong with it, each as the path of the part below the distribution itself
    /// (`"mixture[1].weight"`) and a sentence with what was found and what is allowed. Only a
    /// distribution without problems can become a `Sampler`.
    pub fn problems(&self) -> Vec<(String, String)> {
        problems::of(self)
    }

    /// The expected value in nanoseconds, before the cut at `LONGEST`; infinite for a Pareto shape
    /// of 1 and below. Means nothing for a distribution with problems.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Constant(value) => nanoseconds(*value),
            Distribution::Uniform { from, to } => (nanoseconds(*from) + nanoseconds(*to)) / 2.0,
            Distribution::Exponential { mean } => nanoseconds(*mean),
            Distribution::Normal { mean, deviation } => {
                normal::mean_above_zero(nanoseconds(*mean), nanoseconds(*deviation))
            }
            Distribution::LogNormal { median, sigma } => {
                nanoseconds(*median) * libm::exp(sigma * sigma / 2.0)
            }
            Distribution::Pareto { shape, .. } if *shape <= 1.0 => f64::INFINITY,
            Distribution::Pareto { scale, shape } => nanoseconds(*scale) * shape / (shape - 1.0),
            Distribution::Mixture(components) => mean_of_mixture(components),
            Distribution::Quantiles(points) => points.windows(2).map(mean_of_segment).sum(),
            Distribution::Samples(all) => {
                all.iter().copied().map(nanoseconds).sum::<f64>() / all.len() as f64
            }
            Distribution::Shifted { by, of } => nanoseconds(*by) + of.mean(),
            named => named.spelt_out().map_or(0.0, |of| of.mean()),
        }
    }

    /// The longest possible draw; none where only the cut at `LONGEST` bounds it.
    pub fn maximum(&self) -> Option<Duration> {
        match self {
            Distribution::Constant(value) => Some(*value),
            Distribution::Uniform { to, .. } => Some(*to),
            Distribution::Quantiles(points) => points.last().map(|(_, value)| *value),
            Distribution::Mixture(components) => {
                let maxima: Option<Vec<_>> = components.iter().map(|c| c.of.maximum()).collect();
                maxima.and_then(|maxima| maxima.into_iter().max())
            }
            Distribution::Exponential { .. }
            | Distribution::Normal { .. }
            | Distribution::LogNormal { .. }
            | Distribution::Pareto { .. } => None,
            Distribution::Samples(all) => all.iter().max().copied(),
            Distribution::Shifted { by, of } => of.maximum().map(|most| most + *by),
            named => named.spelt_out().and_then(|of| of.maximum()),
        }
    }
}

/// A duration as a plain number of nanoseconds.
pub(super) fn nanoseconds(duration: Duration) -> f64 {
    duration.0 as f64
}

fn mean_of_mixture(components: &[Component]) -> f64 {
    let total: f64 = components.iter().map(|component| component.weight).sum();
    components.iter().map(|component| component.weight / total * component.of.mean()).sum()
}

/// What the straight line between two quantiles adds to the mean.
fn mean_of_segment(ends: &[(f64, Duration)]) -> f64 {
    let ((low, shortest), (high, longest)) = (ends[0], ends[1]);
    (high - low) * (nanoseconds(shortest) + nanoseconds(longest)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Distribution {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_shape_reads_writes_and_knows_its_mean() {
        let rows = [
            (r#"{"constant":"1ms"}"#, 1e6, Some(1_000_000)),
            (r#"{"uniform":{"from":"1ms","to":"3ms"}}"#, 2e6, Some(3_000_000)),
            (r#"{"exponential":{"mean":"1ms"}}"#, 1e6, None),
            (r#"{"normal":{"mean":"5ms","deviation":"0s"}}"#, 5e6, None),
            // Half of the curve is cut to zero; the mean of the other half is 1 / sqrt(2 pi).
            (r#"{"normal":{"mean":"0s","deviation":"1s"}}"#, 398_942_280.4014327, None),
            (r#"{"log_normal":{"median":"2ms","sigma":0.5}}"#, 2_266_296.906_133, None),
            (r#"{"pareto":{"scale":"1ms","shape":2.5}}"#, 1e6 * 2.5 / 1.5, None),
            (r#"{"pareto":{"scale":"1ms","shape":1.0}}"#, f64::INFINITY, None),
            (
                concat!(
                    r#"{"mixture":[{"weight":3.0,"of":{"constant":"1ms"}},"#,
                    r#"{"weight":1.0,"of":{"constant":"9ms"}}]}"#
                ),
                3e6,
                Some(9_000_000),
            ),
            (
                concat!(
                    r#"{"mixture":[{"weight":1.0,"of":{"exponential":{"mean":"1ms"}}},"#,
                    r#"{"weight":1.0,"of":{"constant":"9ms"}}]}"#
                ),
                5e6,
                None,
            ),
            (
                r#"{"quantiles":[[0.0,"1ms"],[0.5,"2ms"],[1.0,"10ms"]]}"#,
                0.75e6 + 3e6,
                Some(10_000_000),
            ),
        ];
        for (text, mean, maximum) in rows {
            let distribution = read(text);
            assert_eq!(serde_json::to_string(&distribution).unwrap(), text);
            assert_eq!(distribution.problems(), [], "{text}");
            let found = distribution.mean();
            assert!(found == mean || (found / mean - 1.0).abs() < 1e-9, "{text}: {found}");
            assert_eq!(distribution.maximum(), maximum.map(Duration), "{text}");
        }
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        let texts = [
            r#"{}"#,
            r#"{"constant":1}"#,
            r#"{"constant":"1ms","uniform":{"from":"1ms","to":"3ms"}}"#,
            r#"{"uniform":{"from":"1ms"}}"#,
            r#"{"uniform":{"from":"1ms","to":"3ms","by":"1ms"}}"#,
            r#"{"mixture":[{"weight":1.0,"of":{"constant":"1ms"},"name":"x"}]}"#,
            r#"{"Constant":"1ms"}"#,
            r#"{"quantiles":[[0.0,"1ms",3]]}"#,
        ];
        for text in texts {
            assert!(serde_json::from_str::<Distribution>(text).is_err(), "{text}");
        }
    }
}
