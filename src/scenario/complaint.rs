//! What serde says when a value does not fit its type, taken apart and put in plain words.
//!
//! The texts are those of `serde::de::Error` and `serde_json`, fixed for years; every one that a
//! scenario can provoke is pinned by a malformed scenario under `tests/bad`.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::scenario::path::{Path, Step};

/// Why a value did not fit.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Complaint {
    /// The member that is unknown or missing, else the value that does not fit.
    pub path: Path,
    pub kind: Kind,
}

/// The ways not to fit.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    /// No such member; these there are.
    UnknownField(Vec<String>),
    /// No such choice; these there are.
    UnknownVariant(Vec<String>),
    /// A member without a default was not written.
    Missing,
    /// A choice was expected, and this is neither a name nor an object.
    NotAChoice,
    /// Another kind of value was expected, as named here.
    WrongType(String),
    /// Exactly one member was expected.
    NotOneMember,
    /// A sentence of our own type's.
    Other(String),
}

/// Reads a type from JSON, with the first complaint if it does not fit.
pub(super) fn deserialize<T: DeserializeOwned>(json: &Value) -> Result<T, Complaint> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = steps(error.path());
        understand(path, &error.inner().to_string())
    })
}

fn steps(path: &serde_path_to_error::Path) -> Path {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Name(key.clone())),
        Segment::Enum { variant } => Some(Step::Name(variant.clone())),
        Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

fn understand(path: Path, text: &str) -> Complaint {
    let expected = text.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    if let Some(name) = text.strip_prefix("missing field `") {
        return Complaint { path: path.name(name.trim_end_matches('`')), kind: Kind::Missing };
    }
    let kind = if text.starts_with("unknown field `") {
        Kind::UnknownField(names(expected))
    } else if text.starts_with("unknown variant `") {
        Kind::UnknownVariant(names(expected))
    } else if !["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .any(|start| text.starts_with(start))
    {
        Kind::Other(text.to_string())
    } else {
        match expected {
            "string or map" => Kind::NotAChoice,
            "map with a single key" => Kind::NotOneMember,
            _ => Kind::WrongType(expected.to_string()),
        }
    };
    Complaint { path, kind }
}

/// The names that serde quotes: "`a` or `b`", "one of `a`, `b`, `c`".
fn names(expected: &str) -> Vec<String> {
    expected.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// The names in one sentence.
pub(super) fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_string(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What would do where serde expected this, with an example.
pub(super) fn in_words(expected: &str) -> String {
    let whole = |most: String| format!("a whole number from 0 to {most}, as in 3");
    match expected {
        "u8" => whole(u8::MAX.to_string()),
        "u32" => whole(u32::MAX.to_string()),
        "u64" | "usize" => whole(u64::MAX.to_string()),
        "f64" => "a number, as in 0.5".to_string(),
        "a boolean" => "`true` or `false`".to_string(),
        "a string" => "text in double quotes, as in \"text\"".to_string(),
        "a sequence" => "a list, as in [ ... ]".to_string(),
        "a map" => "an object, as in { ... }".to_string(),
        "unit" => "nothing more: the name alone, in double quotes".to_string(),
        "newtype variant" | "struct variant" => {
            "its settings beside the name, as in { \"name\": ... }".to_string()
        }
        "an array of length 2" => "a list of exactly two".to_string(),
        structure if structure.starts_with("struct ") => "an object, as in { ... }".to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Scenario;
    use serde_json::json;

    fn complaint(json: Value) -> (String, Kind) {
        let complaint = deserialize::<Scenario>(&json).unwrap_err();
        (complaint.path.to_string(), complaint.kind)
    }

    #[test]
    fn serde_is_understood() {
        let rows = [
            (json!({"duration": "1s"}), "name", Kind::Missing),
            (
                json!({"cluster": {"gossip": {"x": 1}}}),
                "cluster.gossip.x",
                Kind::UnknownField(
                    ["interval", "seeds", "exchange", "spread", "in_step", "rumours"]
                        .map(String::from)
                        .into(),
                ),
            ),
            (
                json!({"cluster": {"quorum": "slopy"}}),
                "cluster.quorum",
                Kind::UnknownVariant(vec!["sloppy".into(), "strict".into()]),
            ),
            (json!({"cluster": {"quorum": 5}}), "cluster.quorum", Kind::NotAChoice),
            (json!({"cluster": {"r": "x"}}), "cluster.r", Kind::WrongType("u32".into())),
            (json!({"cluster": {"r": -1}}), "cluster.r", Kind::WrongType("u32".into())),
            (json!({"faults": [{}]}), "faults[0]", Kind::NotOneMember),
            (json!({"faults": [{"crash": {}}]}), "faults[0].crash.node", Kind::Missing),
        ];
        for (json, path, kind) in rows {
            assert_eq!(complaint(json.clone()), (path.to_string(), kind), "{json}");
        }
    }
}
