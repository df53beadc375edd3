//! What must hold at the end of a run: one line of `expect`.
//!
//! ```text
//! line       = figure comparison number
//! figure     = letters, digits, `_`, `-` and `.`: the path of a figure in the report
//! comparison = "==" | "!=" | "<" | "<=" | ">" | ">="
//! number     = as in 3, -0.5, 1e6
//! ```
//!
//! Blanks around the comparison do not matter. A part of the run, as in `during.availability.put`,
//! is the beginning of the figure's path. Figures are plain numbers; the unit is in their name.

use std::fmt;

use crate::scenario::path::shortened;

/// How a figure is compared with its bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// One line of `expect`.
#[derive(Clone, PartialEq, Debug)]
pub struct Expectation {
    /// Path of the figure in the report.
    pub path: String,
    /// How the figure is compared with `value`.
    pub comparison: Comparison,
    /// The bound.
    pub value: f64,
    /// The line as written.
    pub text: String,
}

/// Spellings, longer ones before those that they begin with.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Comparison {
    /// Does `actual` stand in this relation to `bound`? Nothing does that is no number.
    pub fn holds(self, actual: f64, bound: f64) -> bool {
        match self {
            Comparison::Equal => actual == bound,
            Comparison::NotEqual => !actual.is_nan() && actual != bound,
            Comparison::Less => actual < bound,
            Comparison::AtMost => actual <= bound,
            Comparison::Greater => actual > bound,
            Comparison::AtLeast => actual >= bound,
        }
    }
}

impl Expectation {
    /// Reads `"availability.put >= 0.999"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Expectation, String> {
        let start = text.find(['=', '!', '<', '>']).ok_or_else(|| {
            refuse("there is no comparison in it; they are `==`, `!=`, `<`, `<=`, `>`, `>=`")
        })?;
        let (path, rest) = (text[..start].trim(), &text[start..]);
        let (spelling, comparison) = COMPARISONS
            .iter()
            .find(|(spelling, _)| rest.starts_with(spelling))
            .ok_or_else(|| refuse("the comparisons are `==`, `!=`, `<`, `<=`, `>`, `>=`"))?;
        let number = rest[spelling.len()..].trim();
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if path.is_empty() || !path.chars().all(named) {
            let message = format!("`{}` is no path of a figure", shortened(path));
            return Err(refuse(&message));
        }
        let value = plain_number(number).ok_or_else(|| {
            let message = format!(
                "`{}` is no number; a figure's unit is part of its name",
                shortened(number)
            );
            refuse(&message)
        })?;
        Ok(Expectation {
            path: path.to_string(),
            comparison: *comparison,
            value,
            text: text.to_string(),
        })
    }

    /// Does the figure fulfil it? A figure that is not a number never does.
    pub fn holds(&self, actual: f64) -> bool {
        self.comparison.holds(actual, self.value)
    }
}

fn refuse(why: &str) -> String {
    format!("{why}; write a figure, a comparison and a number, as in \"availability.put >= 0.999\"")
}

/// A decimal number, without the words for infinity that `f64` also reads.
fn plain_number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    text.parse().ok().filter(|value: &f64| text.chars().all(plain) && value.is_finite())
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
        })
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, self.comparison, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_write_and_judge() {
        let rows = [
            ("availability.put >= 0.999", 0.999, true),
            ("availability.put>=0.999", 0.998, false),
            ("during.handoff.pending == 0", 0.0, true),
            ("a != -1", 0.0, true),
            ("a != -1", -1.0, false),
            ("latency.get.p99.9 < 1e3", 1000.0, false),
            ("a > 1", 2.0, true),
            ("a <= 1", 1.0, true),
        ];
        for (text, actual, expected) in rows {
            let expectation = Expectation::parse(text).unwrap();
            assert_eq!(expectation.holds(actual), expected, "{text}");
            assert!(!expectation.holds(f64::NAN), "{text}");
            let again = Expectation::parse(&expectation.to_string()).unwrap();
            assert_eq!(again.to_string(), expectation.to_string());
        }
    }

    #[test]
    fn what_is_no_expectation_is_refused() {
        for text in [
            "", "a", ">= 1", "a >= ", "a = 1", "a => 1", "a >= 5ms", "a < inf", "a < NaN",
            "a b < 1",
        ] {
            assert!(Expectation::parse(text).is_err(), "{text}");
        }
    }
}
