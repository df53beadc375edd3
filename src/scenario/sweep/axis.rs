//! One field that a sweep varies, and the values that it takes: a list, or a range.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::scenario::sweep::VALUE_LIMIT;
use crate::scenario::sweep::quantity::{Quantity, significant};

/// The values of an axis as written.
#[derive(Clone, PartialEq, Debug)]
pub enum Axis {
    /// One after the other.
    List(Vec<Value>),
    /// From one number to another.
    Range(Range),
}

/// Numbers from one to another, both included where the steps come to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first value, with its unit where the field has one.
    pub from: Value,
    /// The last value.
    pub to: Value,
    /// How far it is from one value to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Value>,
    /// How many values there are, instead of `step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Is each value so much more than the one before, or so many times as much?
    #[serde(default, skip_serializing_if = "Scale::is_linear")]
    pub scale: Scale,
}

/// How the values of a range follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The same difference from each to the next.
    #[default]
    Linear,
    /// The same ratio of each to the next.
    Log,
}

impl Scale {
    fn is_linear(&self) -> bool {
        *self == Scale::Linear
    }
}

/// Decimal digits of a value between the ends of a logarithmic range: 1, 3.16228, 10.
const LOG_DIGITS: usize = 6;

impl Axis {
    /// Reads what the command line gives: `1,2,3`, `1..9`, or JSON.
    pub fn parse(text: &str) -> Result<Axis, String> {
        let text = text.trim();
        if text.starts_with(['[', '{']) {
            let wrong = |error| format!("this is no axis: {error}");
            let json: Value = serde_json::from_str(text).map_err(wrong)?;
            return serde_json::from_value(json).map_err(wrong);
        }
        if let Some((from, to)) = text.split_once("..") {
            let number = |text: &str| text.trim().parse::<i64>().ok().map(Value::from);
            let (from, to) = number(from).zip(number(to)).ok_or_else(|| {
                "a range of whole numbers is written as in 1..9; of others, as in \
                 {\"from\": \"1ms\", \"to\": \"10ms\", \"step\": \"1ms\"}"
                    .to_string()
            })?;
            let step = Some(Value::from(1));
            return Ok(Axis::Range(Range { from, to, step, steps: None, scale: Scale::Linear }));
        }
        let value = |text: &str| {
            let text = text.trim();
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        };
        Ok(Axis::List(text.split(',').map(value).collect()))
    }

    /// The values, or what is wrong with them.
    pub fn values(&self) -> Result<Vec<Value>, String> {
        let values = match self {
            Axis::List(list) => list.clone(),
            Axis::Range(range) => range.values()?,
        };
        if values.is_empty() {
            return Err("an axis has one value or more".to_string());
        }
        if values.len() > VALUE_LIMIT {
            return Err(format!("an axis has at most {VALUE_LIMIT} values, not {}", values.len()));
        }
        let twice = (1..values.len()).find(|at| values[..*at].contains(&values[*at]));
        match twice.filter(|_| values.len() <= 1000) {
            Some(at) => Err(format!("the value {} stands in it twice", values[at])),
            None => Ok(values),
        }
    }
}

impl Range {
    fn values(&self) -> Result<Vec<Value>, String> {
        let number = |value: &Value| {
            Quantity::of(value).ok_or_else(|| {
                format!("{value} is no number; a range runs from one number to another")
            })
        };
        let (from, to) = (number(&self.from)?, number(&self.to)?);
        if from.unit != to.unit {
            return Err(format!("{} and {} have different units", self.from, self.to));
        }
        if from.value > to.value {
            return Err(format!("the least comes first: {} is more than {}", self.from, self.to));
        }
        match (&self.step, self.steps, self.scale) {
            (Some(step), None, Scale::Linear) => self.by_step(from, to, number(step)?, step),
            (None, Some(steps), scale) => self.by_count(from, to, steps, scale),
            (Some(_), None, Scale::Log) => Err("a logarithmic range has `steps`: how many values \
                 there are"
                .to_string()),
            (Some(_), Some(_), _) | (None, None, _) => {
                Err("a range has either `step`, how far it \
                 is from one value to the next, or `steps`, how many values there are"
                    .to_string())
            }
        }
    }

    fn by_step(
        &self,
        from: Quantity,
        to: Quantity,
        step: Quantity,
        written: &Value,
    ) -> Result<Vec<Value>, String> {
        if step.unit != from.unit || step.value <= 0.0 {
            return Err(format!("a step of {written} does not lead from {} on", self.from));
        }
        let count = libm::floor((to.value - from.value) / step.value + 1e-9);
        if count >= VALUE_LIMIT as f64 {
            return Err(format!("an axis has at most {VALUE_LIMIT} values, not {}", count + 1.0));
        }
        let whole = !self.from.is_f64() && !written.is_f64();
        let value = |place: u64| {
            let value = from.value + place as f64 * step.value;
            Quantity { value, ..from }.written(whole)
        };
        Ok((0..=count as u64).map(value).collect())
    }

    fn by_count(
        &self,
        from: Quantity,
        to: Quantity,
        steps: u64,
        scale: Scale,
    ) -> Result<Vec<Value>, String> {
        if !(2..=VALUE_LIMIT as u64).contains(&steps) {
            return Err(format!("`steps` is from 2 to {VALUE_LIMIT}, not {steps}"));
        }
        if scale == Scale::Log && from.value <= 0.0 {
            return Err(format!("a logarithmic range begins above 0, not with {}", self.from));
        }
        let whole = !self.from.is_f64() && !self.to.is_f64();
        let value = |place: u64| {
            let share = place as f64 / (steps - 1) as f64;
            let value = match (place, scale) {
                (0, _) => from.value,
                (last, _) if last + 1 == steps => to.value,
                (_, Scale::Linear) => from.value + (to.value - from.value) * share,
                (_, Scale::Log) => {
                    significant(from.value * libm::pow(to.value / from.value, share), LOG_DIGITS)
                }
            };
            Quantity { value, ..from }.written(whole && self.is_whole(scale, from, to, steps))
        };
        let mut values: Vec<Value> = (0..steps).map(value).collect();
        // Small whole numbers on a logarithmic scale fall together.
        values.dedup();
        Ok(values)
    }

    /// Are the values of a range between whole numbers whole numbers?
    fn is_whole(&self, scale: Scale, from: Quantity, to: Quantity, steps: u64) -> bool {
        let step = (to.value - from.value) / (steps - 1) as f64;
        scale == Scale::Log || libm::floor(step) == step
    }
}

impl Serialize for Axis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Axis::List(list) => list.serialize(serializer),
            Axis::Range(range) => range.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Axis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Axis, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Axis;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a list of values, or a range as in {\"from\": 1, \"to\": 9, \"step\": 2}",
                )
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Axis, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Axis::List(values))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Axis, A::Error> {
                Range::deserialize(MapAccessDeserializer::new(map)).map(Axis::Range)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(axis: Value, values: Value) {
        let axis: Axis = serde_json::from_value(axis).unwrap();
        assert_eq!(Value::from(axis.values().unwrap()), values);
    }

    #[test]
    fn axes_have_their_values() {
        check(json!([1, "x", true]), json!([1, "x", true]));
        check(json!({"from": 1, "to": 6, "step": 2}), json!([1, 3, 5]));
        check(json!({"from": 0.1, "to": 0.5, "step": 0.2}), json!([0.1, 0.3, 0.5]));
        check(json!({"from": 0, "to": 1, "steps": 5}), json!([0.0, 0.25, 0.5, 0.75, 1.0]));
        check(json!({"from": 0, "to": 8, "steps": 3}), json!([0, 4, 8]));
        check(
            json!({"from": "1ms", "to": "4ms", "step": "1500us"}),
            json!(["1ms", "2500us", "4ms"]),
        );
        let log = json!({"from": "1ms", "to": "1s", "steps": 4, "scale": "log"});
        check(log, json!(["1ms", "10ms", "100ms", "1s"]));
        let log = json!({"from": 1, "to": 10, "steps": 10, "scale": "log"});
        check(log, json!([1, 2, 3, 4, 5, 6, 8, 10]));
        let log = json!({"from": 0.01, "to": 1.0, "steps": 3, "scale": "log"});
        check(log, json!([0.01, 0.1, 1.0]));
        check(
            json!({"from": "1KiB", "to": "3KiB", "step": "1KiB"}),
            json!(["1KiB", "2KiB", "3KiB"]),
        );
        check(json!({"from": "10/s", "to": "20/s", "step": "10/s"}), json!(["10/s", "20/s"]));
    }

    #[test]
    fn the_command_line_is_short() {
        let list = |text: &str| Value::from(Axis::parse(text).unwrap().values().unwrap());
        assert_eq!(list("1,2,3"), json!([1, 2, 3]));
        assert_eq!(list("1..3"), json!([1, 2, 3]));
        assert_eq!(list("sloppy,strict"), json!(["sloppy", "strict"]));
        assert_eq!(list("1ms, 2ms"), json!(["1ms", "2ms"]));
        assert_eq!(list("[[1,2],[3]]"), json!([[1, 2], [3]]));
        assert_eq!(list("{\"from\":0,\"to\":4,\"step\":2}"), json!([0, 2, 4]));
        for text in ["1ms..2ms", "{\"from\":0}", "[1,", "{\"fro\":1}"] {
            assert!(Axis::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn axes_that_cannot_be_are_refused() {
        let rows = [
            (json!([]), "one value or more"),
            (json!([1, 1]), "twice"),
            (json!({"from": 3, "to": 1, "step": 1}), "the least comes first"),
            (json!({"from": 1, "to": "1s", "step": 1}), "different units"),
            (json!({"from": 1, "to": 3}), "either `step`"),
            (json!({"from": 1, "to": 3, "step": 1, "steps": 2}), "either `step`"),
            (json!({"from": 1, "to": 3, "step": 0}), "does not lead"),
            (json!({"from": 1, "to": 3, "step": "1s"}), "does not lead"),
            (json!({"from": 1, "to": 1e9, "step": 1}), "at most 10000"),
            (json!({"from": 0, "to": 3, "steps": 2, "scale": "log"}), "begins above 0"),
            (json!({"from": 1, "to": 3, "step": 1, "scale": "log"}), "has `steps`"),
            (json!({"from": 1, "to": 3, "steps": 1}), "from 2"),
            (json!({"from": "x", "to": 3, "steps": 3}), "no number"),
        ];
        for (axis, expected) in rows {
            let read: Axis = serde_json::from_value(axis.clone()).unwrap();
            let told = read.values().unwrap_err();
            assert!(told.contains(expected), "{axis}: {told}");
        }
    }
}
