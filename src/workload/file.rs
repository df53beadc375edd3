//! A file that a scenario names, with what stands in it.
//!
//! Written as the file's name, or with the digest of its bytes, by which a scenario that was
//! resolved knows whether the file is still the one that it was run with.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A file and its content, which is read after the scenario that names it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct File<T> {
    pub reference: Reference,
    pub content: T,
}

/// Which file it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Where the file lies, from the folder of the scenario that names it.
    pub name: String,
    /// The FNV-1a digest of its bytes, 16 hexadecimal digits; filled in when it is read, and
    /// compared where it is given.
    #[serde(default)]
    pub digest: Option<String>,
}

impl<T> Serialize for File<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reference.serialize(serializer)
    }
}

impl<'de, T: Default> Deserialize<'de> for File<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<File<T>, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Reference;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a file, as in \"trace.csv\"")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Reference, E> {
                Ok(Reference { name: name.to_string(), digest: None })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Reference, A::Error> {
                Reference::deserialize(MapAccessDeserializer::new(map))
            }
        }
        let reference = deserializer.deserialize_any(Visitor)?;
        Ok(File { reference, content: T::default() })
    }
}
