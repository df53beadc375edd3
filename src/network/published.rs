//! Published models of the four legs, by name: table 3 of Probabilistically Bounded Staleness (VLDB
//! 2012). In all of them three legs are alike and that of a write is slower.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::network::spec::Legs;
use crate::random::distribution::Distribution;

/// Names of models. `wan` is what the links between two sites are.
pub const MODELS: [&str; 5] = ["lnkd-ssd", "lnkd-disk", "ymmr", "ymmr-alpha-3.5", "wan"];

impl Legs {
    /// The legs of the model of this name; the error says what would do.
    pub fn named(name: &str) -> Result<Legs, String> {
        let (write, others) = match name {
            "lnkd-ssd" => (Distribution::LnkdSsd, Distribution::LnkdSsd),
            "lnkd-disk" => (Distribution::LnkdDisk, Distribution::LnkdSsd),
            "ymmr" => (Distribution::YmmrWrite, Distribution::YmmrOther),
            "ymmr-alpha-3.5" => (Distribution::YmmrWriteAlpha35, Distribution::YmmrOther),
            "wan" => (Distribution::WanWrite, Distribution::WanOther),
            _unknown => {
                let known = MODELS.join(", ");
                return Err(format!(
                    "`{name}` is no model of legs; write delays, as in {{ \"write\": ... }}, or \
                     one of {known}"
                ));
            }
        };
        let [ack, read, response] = [&others; 3].map(|leg| Some(leg.clone()));
        Ok(Legs { write: Some(write), ack, read, response, other: None })
    }
}

impl Serialize for Legs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Legs::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Legs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Legs, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Legs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("delays by leg, or the name of a model, as in \"lnkd-disk\"")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Legs, E> {
                Legs::named(name).map_err(E::custom)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Legs, A::Error> {
                // The derived one, of the type itself, which reads delays.
                Legs::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_read_and_are_spelt_out() {
        for name in MODELS {
            let legs: Legs = serde_json::from_value(serde_json::json!(name)).unwrap();
            assert!(legs.write.is_some() && legs.ack == legs.response, "{name}");
            let spelt_out = serde_json::to_string(&legs).unwrap();
            assert_eq!(serde_json::from_str::<Legs>(&spelt_out).unwrap(), legs, "{spelt_out}");
        }
        let told = serde_json::from_str::<Legs>("\"lnkd\"").unwrap_err().to_string();
        assert!(told.contains("lnkd-ssd, lnkd-disk"), "{told}");
    }
}
