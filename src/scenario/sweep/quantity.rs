//! The value of an axis as a number: plain, or with the unit that its field has.

use serde_json::{Number, Value};

use crate::quantity::{Bytes, Rate};
use crate::time::Duration;

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nothing: a plain number.
    Plain,
    /// Nanoseconds, written as in `"10ms"`.
    Time,
    /// Bytes, written as in `"64KiB"`.
    Bytes,
    /// Times a second, written as in `"20/s"`.
    Rate,
}

/// A number and its unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quantity {
    pub value: f64,
    pub unit: Unit,
}

/// Largest whole number that a double holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Unit {
    /// What stands behind the name of a column of such numbers.
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Plain => "",
            Unit::Time => "_ms",
            Unit::Bytes => "_bytes",
            Unit::Rate => "_per_s",
        }
    }

    /// The unit of a column of such numbers, as a data dictionary says it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Plain => "1",
            Unit::Time => "ms",
            Unit::Bytes => "bytes",
            Unit::Rate => "1/s",
        }
    }
}

impl Quantity {
    /// The value as a number, if it is one.
    pub fn of(value: &Value) -> Option<Quantity> {
        match value {
            Value::Number(number) => {
                number.as_f64().map(|value| Quantity { value, unit: Unit::Plain })
            }
            Value::String(text) => Quantity::parse(text),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Reads `10ms`, `-10ms`, `64KiB` or `20/s`.
    pub fn parse(text: &str) -> Option<Quantity> {
        let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
        if let Ok(time) = Duration::parse(digits) {
            return Some(Quantity { value: sign * time.0 as f64, unit: Unit::Time });
        }
        if let Ok(bytes) = Bytes::parse(text) {
            return Some(Quantity { value: bytes.0 as f64, unit: Unit::Bytes });
        }
        let rate = Rate::parse(text).ok()?;
        Some(Quantity { value: rate.count / rate.per.seconds(), unit: Unit::Rate })
    }

    /// As a scenario writes it; `whole` numbers have no point.
    pub fn written(self, whole: bool) -> Value {
        let rounded = libm::round(self.value);
        match self.unit {
            Unit::Plain if whole && libm::fabs(rounded) < EXACT => Value::from(rounded as i64),
            Unit::Plain => {
                Number::from_f64(significant(self.value, 12)).map_or(Value::Null, Value::from)
            }
            Unit::Time => {
                let sign = if rounded < 0.0 { "-" } else { "" };
                Value::from(format!("{sign}{}", Duration(libm::fabs(rounded) as u64)))
            }
            Unit::Bytes => Value::from(Bytes(rounded.max(0.0) as u64).to_string()),
            Unit::Rate => Value::from(format!("{}/s", significant(self.value, 12))),
        }
    }

    /// In the unit of a column: milliseconds, bytes, times a second, or plain.
    pub fn in_column(self) -> f64 {
        match self.unit {
            Unit::Time => self.value / 1e6,
            Unit::Plain | Unit::Bytes | Unit::Rate => self.value,
        }
    }
}

/// The nearest number with so many significant decimal digits.
pub(super) fn significant(value: f64, digits: usize) -> f64 {
    let places = digits - 1;
    format!("{value:.places$e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_read_and_write() {
        let rows = [
            (json!(3), true),
            (json!(0.25), false),
            (json!("10ms"), false),
            (json!("-10ms"), false),
            (json!("64KiB"), false),
            (json!("20/s"), false),
        ];
        for (value, whole) in rows {
            assert_eq!(Quantity::of(&value).unwrap().written(whole), value);
        }
        for value in [json!("x"), json!(true), json!(null), json!([1])] {
            assert_eq!(Quantity::of(&value), None);
        }
        assert_eq!(significant(0.1 + 0.2, 12), 0.3);
    }
}
