//! The core mixes of the Yahoo! Cloud Serving Benchmark (Cooper et al., SoCC 2010), by name.
//!
//! A put of Dynamo says which versions it replaces (section 4.4), so an update is a put that
//! follows a read of its key. That is YCSB's read-modify-write too: `ycsb_f` is `ycsb_a`. An insert
//! is a put of a key that the choice of keys takes; with `latest` it is the next one, as in YCSB D.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::workload::spec::Mix;

/// Names, with the share of reads; the rest are puts.
const MIXES: [(&str, f64); 5] =
    [("ycsb_a", 0.5), ("ycsb_b", 0.95), ("ycsb_c", 1.0), ("ycsb_d", 0.95), ("ycsb_f", 0.5)];

impl Mix {
    /// The mix of this name; the error says what would do.
    pub fn named(name: &str) -> Result<Mix, String> {
        if name == "ycsb_e" {
            let sentence =
                "ycsb_e consists of scans, and Dynamo has none: it stores by single keys";
            return Err(sentence.to_string());
        }
        let found = MIXES.iter().find(|(known, _)| *known == name);
        let mix = found.map(|(_, get)| Mix { get: *get, put: 1.0 - get, ..Mix::default() });
        mix.ok_or_else(|| {
            let known = MIXES.map(|(known, _)| known).join(", ");
            format!("`{name}` is no mix; write weights, as in {{ \"get\": 1 }}, or one of {known}")
        })
    }
}

impl Serialize for Mix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Mix::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Mix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mix, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Mix;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("weights by name, or the name of a mix, as in \"ycsb_a\"")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Mix, E> {
                Mix::named(name).map_err(E::custom)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Mix, A::Error> {
                // The derived one, of the type itself, which reads weights.
                Mix::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_have_their_shares() {
        let mix = Mix::named("ycsb_b").unwrap();
        assert!((mix.put - 0.05).abs() < 1e-12 && mix.get == 0.95 && mix.blind == 0.0);
        assert_eq!(Mix::named("ycsb_f"), Mix::named("ycsb_a"));
        assert!(Mix::named("ycsb_e").unwrap_err().contains("scans"));
        assert!(Mix::named("ycsb_z").unwrap_err().contains("ycsb_a, ycsb_b"));
    }
}
