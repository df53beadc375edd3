//! One entry of `faults`: what happens, and beside it whether it must come to anything.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IntoDeserializer, MapAccess, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use crate::faults::composed::Form;
use crate::faults::spec::Spec;

/// Name of the member that may stand beside what happens.
pub const OPTIONAL: &str = "optional";

/// A fault as a scenario holds it: `{ "crash": { ... } }`, or with `"optional": true` beside that.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Fault {
    #[serde(flatten)]
    pub what: Spec,
    /// May it touch nothing? Then the run is not inconclusive.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Fault {
    /// May it touch nothing, or what it is made of?
    pub fn is_optional(&self) -> bool {
        let inner = match self.what.form() {
            Form::Plain => None,
            Form::Named(named) => Some(&named.fault),
            Form::Repeat(repeat) => Some(&repeat.fault),
        };
        self.optional || inner.is_some_and(|fault| fault.is_optional())
    }
}

impl From<Spec> for Fault {
    fn from(what: Spec) -> Fault {
        Fault { what, optional: false }
    }
}

// By hand, so that each complaint is told where it belongs: a flattened member has no place.
impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Fault;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("string or map")
    }

    // No fault goes without settings; what is said of the name is said as of any choice.
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Fault, E> {
        Spec::deserialize(name.into_deserializer()).map(Fault::from)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fault, A::Error> {
        let (mut what, mut unknown, mut optional) = (None, None, false);
        while let Some(name) = map.next_key_seed(Name { beside: what.is_some() })? {
            if name == OPTIONAL {
                optional = map.next_value()?;
            } else if what.is_some() || unknown.is_some() {
                return Err(not_one());
            } else if is_choice(&name) {
                let choice = Choice { name: Some(name), map: &mut map };
                what = Some(Spec::deserialize(MapAccessDeserializer::new(choice))?);
            } else {
                map.next_value::<de::IgnoredAny>()?;
                unknown = Some(name);
            }
        }
        match (what, unknown) {
            (Some(what), _) => Ok(Fault { what, optional }),
            (None, Some(name)) => self.visit_str(&name),
            (None, None) => Err(not_one()),
        }
    }
}

fn not_one<E: de::Error>() -> E {
    E::invalid_value(Unexpected::Map, &"map with a single key")
}

/// The name of a member; beside what happens there is only one that is no choice.
struct Name {
    beside: bool,
}

impl<'de> de::DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let name = String::deserialize(deserializer)?;
        if self.beside && name != OPTIONAL && !is_choice(&name) {
            return Err(de::Error::unknown_field(&name, &[OPTIONAL]));
        }
        Ok(name)
    }
}

/// Is there such a kind of fault?
fn is_choice(name: &str) -> bool {
    let alone: Result<Spec, de::value::Error> = Spec::deserialize(name.into_deserializer());
    alone.map_or_else(|told| !told.to_string().starts_with("unknown variant"), |_| true)
}

/// A choice whose name has been read, and its settings.
struct Choice<'m, A> {
    name: Option<String>,
    map: &'m mut A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Choice<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.name.take().map(|name| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn optional_stands_beside_what_happens() {
        let restart = json!({ "restart": { "node": "n1", "at": "5s" } });
        let optional = json!({ "optional": true, "restart": { "node": "n1", "at": "5s" } });
        for (written, expected) in [(&restart, false), (&optional, true)] {
            let fault: Fault = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(fault.is_optional(), expected);
            assert_eq!(serde_json::to_value(&fault).unwrap(), *written);
        }
        let nested = json!({ "named": { "name": "later", "fault": optional } });
        assert!(serde_json::from_value::<Fault>(nested).unwrap().is_optional());
    }

    #[test]
    fn one_name_says_what_it_is() {
        let rows = [
            (json!({}), "map with a single key"),
            (json!({ "optional": true }), "map with a single key"),
            (json!({ "nod": 1, "optional": true }), "unknown variant `nod`"),
            (json!({ "nod": 1, "at": "5s" }), "map with a single key"),
            (json!({ "restart": { "node": "n1", "at": "5s" }, "zzz": 1 }), "unknown field `zzz`"),
            (json!("crash"), "newtype variant"),
            (json!(5), "string or map"),
        ];
        for (json, expected) in rows {
            let told = serde_json::from_value::<Fault>(json.clone()).unwrap_err().to_string();
            assert!(told.contains(expected), "{json}: {told}");
        }
    }
}
