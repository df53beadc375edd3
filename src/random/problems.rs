//! What can be wrong with a written distribution: all of it at once, each with its place.

use crate::random::distribution::{Component, Distribution};
use crate::time::Duration;

/// How many mixtures may lie within each other.
const DEEPEST: usize = 4;
/// The largest weight: any sum of them stays a finite number.
const HEAVIEST: f64 = 1e9;
/// The largest sigma of a logarithm: the tail then spans all the durations that there are.
const WIDEST: f64 = 10.0;

/// All problems of a distribution, as (relative path, sentence).
pub(super) fn of(distribution: &Distribution) -> Vec<(String, String)> {
    let mut inspection = Inspection { found: Vec::new() };
    inspection.distribution(distribution, "", 1);
    inspection.found
}

/// Walks through a distribution and collects.
struct Inspection {
    found: Vec<(String, String)>,
}

impl Inspection {
    fn report(&mut self, path: String, sentence: String) {
        self.found.push((path, sentence));
    }

    /// `path` ends in a dot unless empty; `depth` counts this mixture if it is one.
    fn distribution(&mut self, distribution: &Distribution, path: &str, depth: usize) {
        match distribution {
            Distribution::Constant(value) => self.bounded(format!("{path}constant"), *value),
            Distribution::Uniform { from, to } => {
                self.bounded(format!("{path}uniform.to"), *to);
                if from > to {
                    let sentence = format!("is {from}, but must be at most `to`, which is {to}");
                    self.report(format!("{path}uniform.from"), sentence);
                }
            }
            Distribution::Exponential { mean } => {
                self.positive(format!("{path}exponential.mean"), *mean);
            }
            Distribution::Normal { mean, deviation } => {
                self.bounded(format!("{path}normal.mean"), *mean);
                self.bounded(format!("{path}normal.deviation"), *deviation);
            }
            Distribution::LogNormal { median, sigma } => {
                self.positive(format!("{path}log_normal.median"), *median);
                if !(0.0..=WIDEST).contains(sigma) {
                    let sentence = format!("is {sigma}, but must be from 0 to {WIDEST}");
                    self.report(format!("{path}log_normal.sigma"), sentence);
                }
            }
            Distribution::Pareto { scale, shape } => {
                self.positive(format!("{path}pareto.scale"), *scale);
                if !(*shape > 0.0 && shape.is_finite()) {
                    let sentence = format!("is {shape}, but must be above 0 and finite");
                    self.report(format!("{path}pareto.shape"), sentence);
                }
            }
            Distribution::Mixture(components) => self.mixture(components, path, depth),
            Distribution::Quantiles(points) => self.quantiles(points, path),
            Distribution::Samples(all) => self.samples(all, path),
            Distribution::Shifted { by, of } => {
                self.bounded(format!("{path}shifted.by"), *by);
                match depth > DEEPEST {
                    true => self.too_deep(format!("{path}shifted"), depth),
                    false => self.distribution(of, &format!("{path}shifted.of."), depth + 1),
                }
            }
            // What has a name is right.
            _named => {}
        }
    }

    fn bounded(&mut self, path: String, value: Duration) {
        let longest = Distribution::LONGEST;
        if value > longest {
            self.report(path, format!("is {value}, but must be at most {longest} (ten years)"));
        }
    }

    fn positive(&mut self, path: String, value: Duration) {
        if value == Duration::ZERO {
            let sentence = "is 0s, but must be longer; write {\"constant\":\"0s\"} for no time";
            self.report(path.clone(), sentence.into());
        }
        self.bounded(path, value);
    }

    fn mixture(&mut self, components: &[Component], path: &str, depth: usize) {
        let here = format!("{path}mixture");
        if depth > DEEPEST {
            return self.too_deep(here, depth);
        }
        if components.is_empty() {
            self.report(here.clone(), "is empty, but must have at least one component".into());
        }
        for (place, Component { weight, of }) in components.iter().enumerate() {
            if !(*weight > 0.0 && *weight <= HEAVIEST) {
                let sentence = format!("is {weight}, but must be above 0 and at most {HEAVIEST}");
                self.report(format!("{here}[{place}].weight"), sentence);
            }
            self.distribution(of, &format!("{here}[{place}].of."), depth + 1);
        }
    }

    fn too_deep(&mut self, here: String, depth: usize) {
        let sentence = format!("is nested {depth} deep, but at most {DEEPEST} is allowed");
        self.report(here, sentence);
    }

    fn samples(&mut self, all: &[Duration], path: &str) {
        let here = format!("{path}samples");
        if all.is_empty() {
            self.report(here.clone(), "is empty, but must have at least one duration".into());
        }
        for (place, value) in all.iter().enumerate() {
            self.bounded(format!("{here}[{place}]"), *value);
        }
    }

    fn quantiles(&mut self, points: &[(f64, Duration)], path: &str) {
        let here = format!("{path}quantiles");
        if points.len() < 2 {
            let sentence = format!("has {} points, but must have at least 2", points.len());
            return self.report(here, sentence);
        }
        self.ends(points, &here);
        for (place, pair) in points.windows(2).enumerate() {
            self.step(pair[0], pair[1], &format!("{here}[{}]", place + 1));
        }
        for (place, (_, value)) in points.iter().enumerate() {
            self.bounded(format!("{here}[{place}][1]"), *value);
        }
    }

    fn ends(&mut self, points: &[(f64, Duration)], here: &str) {
        let last = points.len() - 1;
        for (place, needed) in [(0, 0.0), (last, 1.0)] {
            let probability = points[place].0;
            if probability != needed {
                let sentence = format!("is {probability}, but must be {needed} at this end");
                self.report(format!("{here}[{place}][0]"), sentence);
            }
        }
    }

    fn step(&mut self, before: (f64, Duration), point: (f64, Duration), here: &str) {
        if before.0.partial_cmp(&point.0) != Some(std::cmp::Ordering::Less) {
            let sentence =
                format!("is {}, but must be above the one before, which is {}", point.0, before.0);
            self.report(format!("{here}[0]"), sentence);
        }
        if before.1 > point.1 {
            let sentence = format!(
                "is {}, but must be at least the one before, which is {}",
                point.1, before.1
            );
            self.report(format!("{here}[1]"), sentence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths of the problems of a distribution, each followed by its sentence.
    fn problems(text: &str) -> Vec<String> {
        let distribution: Distribution = serde_json::from_str(text).unwrap();
        distribution.problems().into_iter().map(|(path, why)| format!("{path} {why}")).collect()
    }

    #[test]
    fn each_problem_has_its_place_and_says_what_is_allowed() {
        let rows = [
            (
                r#"{"constant":"99999h"}"#,
                "constant is 99999h, but must be at most 87600h (ten years)",
            ),
            (
                r#"{"uniform":{"from":"3ms","to":"1ms"}}"#,
                "uniform.from is 3ms, but must be at most `to`, which is 1ms",
            ),
            (
                r#"{"exponential":{"mean":"0s"}}"#,
                "exponential.mean is 0s, but must be longer; \
                 write {\"constant\":\"0s\"} for no time",
            ),
            (
                r#"{"log_normal":{"median":"1ms","sigma":-0.5}}"#,
                "log_normal.sigma is -0.5, but must be from 0 to 10",
            ),
            (
                r#"{"pareto":{"scale":"1ms","shape":0.0}}"#,
                "pareto.shape is 0, but must be above 0 and finite",
            ),
            (r#"{"mixture":[]}"#, "mixture is empty, but must have at least one component"),
            (
                r#"{"mixture":[{"weight":1,"of":{"constant":"0s"}},
                    {"weight":-1,"of":{"constant":"0s"}}]}"#,
                "mixture[1].weight is -1, but must be above 0 and at most 1000000000",
            ),
            (
                r#"{"mixture":[{"weight":1,"of":{"pareto":{"scale":"1ms","shape":-1}}}]}"#,
                "mixture[0].of.pareto.shape is -1, but must be above 0 and finite",
            ),
            (r#"{"quantiles":[[0,"1ms"]]}"#, "quantiles has 1 points, but must have at least 2"),
            (
                r#"{"quantiles":[[0.1,"1ms"],[1,"1ms"]]}"#,
                "quantiles[0][0] is 0.1, but must be 0 at this end",
            ),
            (
                r#"{"quantiles":[[0,"1ms"],[0.5,"1ms"],[0.5,"1ms"],[1,"1ms"]]}"#,
                "quantiles[2][0] is 0.5, but must be above the one before, which is 0.5",
            ),
            (
                r#"{"quantiles":[[0,"2ms"],[1,"1ms"]]}"#,
                "quantiles[1][1] is 1ms, but must be at least the one before, which is 2ms",
            ),
        ];
        for (text, problem) in rows {
            assert_eq!(problems(text), [problem], "{text}");
        }
    }

    #[test]
    fn all_problems_are_found_at_once() {
        let text = r#"{"mixture":[{"weight":0,"of":{"pareto":{"scale":"0s","shape":0}}}]}"#;
        assert_eq!(problems(text).len(), 3);
        let not_numbers = Distribution::Pareto { scale: Duration(1), shape: f64::NAN };
        assert_eq!(not_numbers.problems().len(), 1);
        let steps = [(0.0, Duration(1)), (f64::NAN, Duration(1)), (1.0, Duration(1))];
        assert_eq!(Distribution::Quantiles(steps.into()).problems().len(), 2);
    }

    #[test]
    fn mixtures_nest_four_deep_and_no_deeper() {
        let nest = |depth: usize| {
            let inner = Distribution::Constant(Duration(1));
            (0..depth)
                .fold(inner, |of, _| Distribution::Mixture(vec![Component { weight: 1.0, of }]))
        };
        assert_eq!(nest(4).problems(), []);
        let [(path, sentence)] = &nest(5).problems()[..] else { panic!("one problem") };
        assert_eq!(path, &format!("{}mixture", "mixture[0].of.".repeat(4)));
        assert_eq!(sentence, "is nested 5 deep, but at most 4 is allowed");
    }
}
