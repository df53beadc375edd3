//! `"extends": "other.json"`: a scenario that says only what is different from another.
//!
//! Objects are merged, member by member; everything else, lists too, is replaced. An object that
//! holds one choice, as in `{ "poisson": "5/s" }`, replaces another choice.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::scenario::schema::SCHEMA;
use crate::scenario::shipped::shipped;

/// Most files that extend one another.
pub const CHAIN_LIMIT: usize = 8;

/// Where the files come from that others extend.
pub trait Library {
    /// Name and bytes of the file that the file `from` calls `name`; the error says why there is
    /// none.
    fn open(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String>;
}

/// The scenarios that come with the program, and no files.
pub struct Shipped;

impl Library for Shipped {
    fn open(&self, _: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let text = shipped(name).ok_or_else(|| {
            format!("`{name}` is no shipped scenario, and only these can be extended from here")
        })?;
        Ok((format!("{name} (shipped)"), text.as_bytes().to_vec()))
    }
}

/// Lays `above` over `json`.
pub(super) fn lay_over(json: &mut Value, above: &Value) {
    merge(json, above, &choices());
}

fn merge(below: &mut Value, above: &Value, choices: &BTreeSet<String>) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) if !other_choice(below, above, choices) => {
            for (name, value) in above {
                match below.get_mut(name) {
                    Some(there) => merge(there, value, choices),
                    None => {
                        below.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// Does each hold one choice, and not the same?
fn other_choice(
    below: &Map<String, Value>,
    above: &Map<String, Value>,
    choices: &BTreeSet<String>,
) -> bool {
    let choice = |members: &Map<String, Value>| {
        let only = members.keys().next().filter(|_| members.len() == 1);
        only.filter(|name| choices.contains(*name)).cloned()
    };
    let (below, above) = (choice(below), choice(above));
    below.is_some() && above.is_some() && below != above
}

/// The names of all choices that are written as objects with one member, by the schema.
fn choices() -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let definitions = schema["$defs"].as_object().into_iter().flatten();
    let listed = definitions.filter_map(|(_, definition)| definition["oneOf"].as_array());
    let names = listed.flatten().filter_map(|choice| choice["required"].as_array());
    names.flatten().filter_map(Value::as_str).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_merged_and_all_else_is_replaced() {
        let mut json = json!({
            "cluster": {"r": 1, "w": 2}, "faults": [1, 2], "cut": {"constant": "1s"},
            "keys": {"zipf": {"count": 5, "exponent": 1}}, "same": {"zipf": {"count": 5}},
        });
        let above = json!({
            "cluster": {"r": 3}, "faults": [3], "cut": {"exponential": {"mean": "1s"}},
            "keys": {"uniform": {"count": 9}}, "same": {"zipf": {"exponent": 2}}, "name": "x",
        });
        lay_over(&mut json, &above);
        let expected = json!({
            "cluster": {"r": 3, "w": 2}, "faults": [3], "cut": {"exponential": {"mean": "1s"}},
            "keys": {"uniform": {"count": 9}}, "same": {"zipf": {"count": 5, "exponent": 2}},
            "name": "x",
        });
        assert_eq!(json, expected);
    }
}
