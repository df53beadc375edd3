//! A length of time with a direction: how far a clock is off.

use std::fmt;
use std::ops::Neg;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::{Duration, Time};

/// Nanoseconds forward, or backward where negative: `"150ms"`, `"-150ms"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SignedDuration(pub i64);

impl SignedDuration {
    /// No time at all.
    pub const ZERO: SignedDuration = SignedDuration(0);

    /// From one moment to another, which may be earlier.
    pub fn between(from: Time, to: Time) -> SignedDuration {
        let nanoseconds = i128::from(to.0) - i128::from(from.0);
        let limits = (i128::from(i64::MIN), i128::from(i64::MAX));
        SignedDuration(nanoseconds.clamp(limits.0, limits.1) as i64)
    }

    /// This long after a moment, or before it; never before the start of the run.
    pub fn from(self, moment: Time) -> Time {
        Time(moment.0.saturating_add_signed(self.0))
    }

    /// Both, one after the other.
    pub fn plus(self, other: SignedDuration) -> SignedDuration {
        SignedDuration(self.0.saturating_add(other.0))
    }

    /// How long it is, whichever way.
    pub fn length(self) -> Duration {
        Duration(self.0.unsigned_abs())
    }

    /// Reads `"-150ms"`; the error says what would do.
    pub fn parse(text: &str) -> Result<SignedDuration, String> {
        let (length, backward) = match text.strip_prefix('-') {
            Some(length) => (length, true),
            None => (text, false),
        };
        let refuse = || {
            format!(
                "`{text}` is not a duration with a direction; write a number and a unit, with a \
                 `-` in front for backward, as in \"-150ms\" (units: ns, us, ms, s, m, h)"
            )
        };
        let length = Duration::parse(length).map_err(|_| refuse())?;
        let forward = i64::try_from(length.0).map(SignedDuration).map_err(|_| refuse())?;
        Ok(if backward { -forward } else { forward })
    }
}

impl Neg for SignedDuration {
    type Output = SignedDuration;
    fn neg(self) -> SignedDuration {
        SignedDuration(self.0.saturating_neg())
    }
}

impl fmt::Display for SignedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", self.length())
    }
}

impl Serialize for SignedDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SignedDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = SignedDuration;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a duration with its unit, as in \"150ms\", or backward, \"-150ms\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<SignedDuration, E> {
                SignedDuration::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_direction() {
        for (text, nanoseconds) in [("-150ms", -150_000_000), ("2s", 2_000_000_000), ("-0s", 0)] {
            let duration = SignedDuration::parse(text).unwrap();
            assert_eq!(duration, SignedDuration(nanoseconds), "{text}");
            assert_eq!(SignedDuration::parse(&duration.to_string()), Ok(duration));
        }
        for text in ["", "-", "--1s", "- 1s", "+1s", "-5", "9999999h"] {
            assert!(SignedDuration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_moves_but_not_before_the_start() {
        let rows = [(10, -3, 7), (10, -30, 0), (10, 5, 15), (u64::MAX, 1, u64::MAX)];
        for (moment, shift, then) in rows {
            assert_eq!(SignedDuration(shift).from(Time(moment)), Time(then));
        }
        assert_eq!(SignedDuration::between(Time(9), Time(2)), SignedDuration(-7));
        assert_eq!(SignedDuration::between(Time(0), Time::NEVER), SignedDuration(i64::MAX));
    }
}
