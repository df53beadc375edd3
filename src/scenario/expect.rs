//! What must hold at the end of a run: one line of `expect`.
//!
//! ```text
//! line       = [ when ":" ] figure comparison bound
//! bound      = number | [ number "*" ] when
//! when       = a window or a moment of the run (see `when.rs`)
//! figure     = letters, digits, `_`, `-` and `.`: the path of a figure in the report
//! comparison = "==" | "!=" | "<" | "<=" | ">" | ">="
//! number     = as in 3, -0.5, 1e6
//! ```
//!
//! Blanks around the comparison do not matter. Figures are plain numbers; the unit is in their
//! name.
//!
//! - `availability.put >= 0.999`: a figure of the report, over the whole run.
//! - `during partition: availability.get >= 0.99`: a figure that the report has by parts of the
//!   run, over the operations that began in the window.
//! - `30s after heal: divergence.keys == 0`: a figure that has a value at any moment
//!   ([`crate::metrics::moment::FIGURES`]).
//! - `after last heal: latency.get.p99_ms <= 2 * before first fault`: compared with the same figure
//!   in another window, or at another moment.

use std::fmt;

use crate::scenario::path::shortened;
use crate::scenario::when::When;

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
    /// The window or the moment that it is about; the whole run without one.
    pub when: Option<When>,
    /// Path of the figure in the report, or name of one that has a value at a moment.
    pub path: String,
    /// How the figure is compared with the bound.
    pub comparison: Comparison,
    /// The bound, or how many times the figure at `against`.
    pub value: f64,
    /// Where the figure has the value that it is compared with.
    pub against: Option<When>,
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
        let (when, line) = match text.split_once(':') {
            Some((when, line)) => (Some(When::parse(when)?), line),
            None => (None, text),
        };
        let start = line.find(['=', '!', '<', '>']).ok_or_else(|| {
            refuse("there is no comparison in it; they are `==`, `!=`, `<`, `<=`, `>`, `>=`")
        })?;
        let (path, rest) = (line[..start].trim(), &line[start..]);
        let (spelling, comparison) = COMPARISONS
            .iter()
            .find(|(spelling, _)| rest.starts_with(spelling))
            .ok_or_else(|| refuse("the comparisons are `==`, `!=`, `<`, `<=`, `>`, `>=`"))?;
        check_path(path)?;
        let (value, against) = bound(rest[spelling.len()..].trim())?;
        let (path, text) = (path.to_string(), text.to_string());
        Ok(Expectation { when, path, comparison: *comparison, value, against, text })
    }

    /// Is the figure as expected, compared with this bound? One that is no number never is.
    pub fn holds(&self, actual: f64, bound: f64) -> bool {
        self.comparison.holds(actual, bound)
    }
}

fn check_path(path: &str) -> Result<(), String> {
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !path.is_empty() && path.chars().all(named) {
        return Ok(());
    }
    let (when, _) = path.rsplit_once(' ').unwrap_or((path, ""));
    let colon = match When::parse(when) {
        Ok(_) => format!(": put a `:` after `{when}`"),
        Err(_) => String::new(),
    };
    Err(refuse(&format!("`{}` is no path of a figure{colon}", shortened(path))))
}

/// A number, or how many times the figure at which window or moment.
fn bound(text: &str) -> Result<(f64, Option<When>), String> {
    let number = |text: &str| {
        let refused = || {
            let message =
                format!("`{}` is no number; a figure's unit is part of its name", shortened(text));
            refuse(&message)
        };
        plain_number(text).ok_or_else(refused)
    };
    if let Some((factor, when)) = text.split_once('*') {
        return Ok((number(factor.trim())?, Some(When::parse(when)?)));
    }
    match text.contains(char::is_whitespace) {
        true => Ok((1.0, Some(When::parse(text)?))),
        false => number(text).map(|value| (value, None)),
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
        f.write_str(self.text.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::when::Trouble;

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
            assert_eq!(expectation.holds(actual, expectation.value), expected, "{text}");
            assert!(!expectation.holds(f64::NAN, expectation.value), "{text}");
            assert_eq!(Expectation::parse(&expectation.to_string()).unwrap(), expectation);
        }
    }

    #[test]
    fn windows_stand_on_both_sides() {
        let line = Expectation::parse("after heal: a.b <= 2 * before first fault").unwrap();
        assert_eq!(line.when, Some(When::After(Trouble::Heal)));
        assert_eq!((line.path.as_str(), line.value), ("a.b", 2.0));
        assert_eq!(line.against, Some(When::Before(Trouble::First)));
        let same = Expectation::parse("after heal: a.b <= before first fault").unwrap();
        assert_eq!(same.value, 1.0);
        for (text, why) in [
            ("during partition a > 1", "put a `:` after `during partition`"),
            ("a <= x * before first fault", "`x` is no number"),
            ("a <= 2 * befor heal", "did you mean `before`?"),
            ("durin partition: a > 1", "did you mean `during`?"),
        ] {
            let told = Expectation::parse(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
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
