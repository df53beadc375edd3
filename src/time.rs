//! Simulated time: whole nanoseconds since the start of the run, and lengths of time.
//!
//! Integers only, so that a run is the same to the byte on every machine. In scenario files a
//! duration is a number with its unit: `"150ms"`, `"1.5s"`, `"2m"`; the units are `ns`, `us`, `ms`,
//! `s`, `m` and `h`.

pub mod signed;

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment: nanoseconds since the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

/// A length of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Duration(pub u64);

/// Unit names with their length in nanoseconds, longest first.
const UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl Time {
    /// The start of the run.
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const NEVER: Time = Time(u64::MAX);

    /// The length of time since `earlier`; zero if that lies in the future.
    pub fn since(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since the start, for reports.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// A number of milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Duration {
        Duration(milliseconds * 1_000_000)
    }

    /// A number of seconds.
    pub const fn from_secs(seconds: u64) -> Duration {
        Duration(seconds * 1_000_000_000)
    }

    /// Seconds, for reports.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Milliseconds, for reports.
    pub fn millis(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Reads `"150ms"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Duration, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &text[digits.len()..];
        let refuse = || {
            format!(
                "`{text}` is not a duration; write a number and a unit, as in \"150ms\" \
                 (units: ns, us, ms, s, m, h)"
            )
        };
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
        let nanoseconds = parse_decimal(digits, *scale).ok_or_else(refuse)?;
        Ok(Duration(nanoseconds))
    }
}

/// `number * scale` in exact integer arithmetic; none if `number` is no plain decimal, has more
/// precision than the scale holds, or the product overflows.
pub(crate) fn parse_decimal(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || number.ends_with('.') {
        return None;
    }
    let mut total = u128::from(whole.parse::<u64>().ok()?) * u128::from(scale);
    if !fraction.is_empty() {
        let power = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = fraction.parse::<u128>().ok()?.checked_mul(u128::from(scale))?;
        if part % power != 0 {
            return None;
        }
        total += part / power;
    }
    u64::try_from(total).ok()
}

impl fmt::Display for Duration {
    /// The longest unit that gives a whole number: `90s`, `1500ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return write!(f, "0s");
        }
        // Minutes and hours only when asked for in round numbers; below two minutes seconds read
        // better.
        let fits = |(_, scale): &&(&str, u64)| {
            self.0.is_multiple_of(*scale) && (*scale <= 1_000_000_000 || self.0 / scale >= 2)
        };
        let (unit, scale) = UNITS.iter().find(fits).expect("one nanosecond divides every duration");
        write!(f, "{}{unit}", self.0 / scale)
    }
}

impl fmt::Display for Time {
    /// Seconds with millisecond precision: `12.403 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0 / 1_000_000_000, self.0 / 1_000_000 % 1_000)
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, length: Duration) -> Time {
        Time(self.0.saturating_add(length.0))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, length: Duration) {
        *self = *self + length;
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, other: Duration) -> Duration {
        Duration(self.0.saturating_add(other.0))
    }
}

impl Sub for Duration {
    type Output = Duration;
    fn sub(self, other: Duration) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Duration;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a duration with its unit, as in \"150ms\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
                Duration::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_write_exactly() {
        let rows = [
            ("150ms", 150_000_000, "150ms"),
            ("1.5s", 1_500_000_000, "1500ms"),
            ("60s", 60_000_000_000, "60s"),
            ("3m", 180_000_000_000, "3m"),
            ("0s", 0, "0s"),
            ("0.25us", 250, "250ns"),
            ("1h", 3_600_000_000_000, "60m"),
        ];
        for (text, nanoseconds, written) in rows {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(duration.0, nanoseconds, "{text}");
            assert_eq!(duration.to_string(), written, "{text}");
            assert_eq!(Duration::parse(written).unwrap(), duration, "{written}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in
            ["", "5", "ms", "-1s", "1e3s", "1.s", ".5s", "0.5ns", "5 s", "99999999999h", "1..2s"]
        {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
    }
}
