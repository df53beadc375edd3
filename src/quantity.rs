//! Quantities that scenario files write with a unit: byte counts (`"64KiB"`) and rates (`"20/s"`).

use std::fmt;

use crate::time::{Duration, parse_decimal};

/// Serde for a type that has `parse` and `Display`: it is written as text.
macro_rules! written_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        <$type>::parse(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}
pub(crate) use written_as_text;

/// A number of bytes. Units: `B`, `KiB`, `MiB`, `GiB`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Bytes(pub u64);

/// How often something happens: `count` times in each `per`. Units: `/s`, `/m`, `/h`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rate {
    /// How many in each `per`; may have a fraction.
    pub count: f64,
    pub per: Duration,
}

const SIZES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const PERIODS: [(&str, u64); 3] = [("s", 1), ("m", 60), ("h", 3600)];

impl Bytes {
    /// Reads `"64KiB"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Bytes, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &text[digits.len()..];
        let scale = SIZES.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale);
        scale.and_then(|scale| parse_decimal(digits, scale)).map(Bytes).ok_or_else(|| {
            format!(
                "`{text}` is not a size; write a number and a unit, as in \"64KiB\" (units: B, \
                 KiB, MiB, GiB)"
            )
        })
    }
}

impl Rate {
    /// Reads `"20/s"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Rate, String> {
        let refuse = || {
            format!(
                "`{text}` is not a rate; write how many in which time, as in \"20/s\" \
                 (units: /s, /m, /h)"
            )
        };
        let (count, unit) = text.split_once('/').ok_or_else(refuse)?;
        let (_, seconds) = PERIODS.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
        let plain = count.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let number = count.parse::<f64>().ok().filter(|n| plain && n.is_finite());
        Ok(Rate { count: number.ok_or_else(refuse)?, per: Duration::from_secs(*seconds) })
    }

    /// The mean time from one to the next, in nanoseconds; infinite for a rate of zero.
    pub fn mean_gap(self) -> f64 {
        self.per.0 as f64 / self.count
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, scale): &&(&str, u64)| self.0.is_multiple_of(*scale);
        let (unit, scale) = match self.0 {
            0 => ("B", 1),
            _ => *SIZES.iter().find(fits).expect("one byte divides every size"),
        };
        write!(f, "{}{unit}", self.0 / scale)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.per.0 / 1_000_000_000;
        let unit = PERIODS.iter().find(|(_, s)| *s == seconds).map_or("s", |(name, _)| name);
        write!(f, "{}/{unit}", self.count)
    }
}

written_as_text!(Bytes, "a size with its unit, as in \"64KiB\"");
written_as_text!(Rate, "a rate, as in \"20/s\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rates_read_and_write() {
        for (text, bytes) in [("64KiB", 65_536), ("1.5KiB", 1_536), ("0B", 0), ("2GiB", 2 << 30)] {
            assert_eq!(Bytes::parse(text), Ok(Bytes(bytes)));
            assert_eq!(Bytes::parse(&Bytes(bytes).to_string()), Ok(Bytes(bytes)));
        }
        for text in ["", "64", "64kb", "-1B", "1e3B", "0.3B"] {
            assert!(Bytes::parse(text).is_err(), "{text}");
        }
        assert_eq!(Rate::parse("20/s").unwrap().mean_gap(), 5e7);
        assert_eq!(Rate::parse("1.5/m").unwrap().to_string(), "1.5/m");
        for text in ["20", "/s", "20/d", "-1/s", "inf/s", "1e3/s"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }
}
