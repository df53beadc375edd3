//! The seeds with which each point of a sweep is repeated.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::scenario::seed;

/// Repetitions as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seeds {
    /// So many, from the scenario's own seed on.
    Count(u64),
    /// From the first to the last, both included.
    Range(u64, u64),
}

impl Default for Seeds {
    fn default() -> Seeds {
        Seeds::Count(1)
    }
}

impl Seeds {
    /// Reads `"100"` or `"1..100"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Seeds, String> {
        let Some((first, last)) = text.split_once("..") else {
            let count = text.trim().parse().ok().filter(|count| *count > 0);
            return count.map(Seeds::Count).ok_or_else(|| {
                "write how many seeds, as in 100, or the first and the last, as in \"1..100\""
                    .to_string()
            });
        };
        let (first, last) = (seed::parse(first.trim())?, seed::parse(last.trim())?);
        match first <= last {
            true => Ok(Seeds::Range(first, last)),
            false => Err(format!("the first seed comes first: {last}..{first}")),
        }
    }

    /// The first seed and how many there are; `own` is the seed of the scenario.
    pub fn span(self, own: u64) -> (u64, u64) {
        match self {
            Seeds::Count(count) => (own, count.min((u64::MAX - own).saturating_add(1))),
            Seeds::Range(first, last) => (first, (last - first).saturating_add(1)),
        }
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seeds::Count(count) => write!(f, "{count}"),
            Seeds::Range(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl Serialize for Seeds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Seeds::Count(count) => serializer.serialize_u64(*count),
            Seeds::Range(..) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Seeds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Seeds, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Seeds;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "how many seeds, as in 100, or the first and the last, as in \"1..100\"",
                )
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Seeds, E> {
                Seeds::parse(&count.to_string()).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Seeds, E> {
                Seeds::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_read_and_write() {
        let rows = [("5", (7, 5)), ("1..100", (1, 100)), ("0x10..0x11", (16, 2)), ("3..3", (3, 1))];
        for (text, span) in rows {
            assert_eq!(Seeds::parse(text).unwrap().span(7), span, "{text}");
        }
        for text in ["", "0", "-1", "1..", "2..1", "a", "1.5"] {
            assert!(Seeds::parse(text).is_err(), "{text}");
        }
        assert_eq!(Seeds::Count(9).span(u64::MAX - 1), (u64::MAX - 1, 2));
    }
}
