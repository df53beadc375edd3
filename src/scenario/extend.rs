//! `"extends": "other.json"`: a scenario that says only what is different from another.
//!
//! Objects are merged, member by member; everything else, lists too, is replaced. An object that
//! holds one choice, as in `{ "poisson": "5/s" }`, replaces another choice.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::scenario::diagnosis::{Diagnoses, did_you_mean};
use crate::scenario::document::{Document, Flaw};
use crate::scenario::path::{Path, shortened};
use crate::scenario::schema::SCHEMA;
use crate::scenario::shipped::{PATTERNS, SHIPPED, SHIPPED_DATA, shipped};
use crate::scenario::source::of_flaw;

/// Most files that extend one another.
pub const CHAIN_LIMIT: usize = 8;

/// Where the files come from that others extend.
pub trait Library {
    /// Name and bytes of the file that the file `from` calls `name`; the error says why there is
    /// none.
    fn open(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String>;

    /// As `open`, of a file with data. What the command line names is named by `--set`.
    fn data(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String>;

    /// Name and bytes of the pattern of faults that the file `from` calls `name`.
    fn pattern(&self, _: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let known = PATTERNS.iter().find(|(known, _)| *known == name);
        let (_, text) = known.ok_or_else(|| {
            let near = did_you_mean(name, PATTERNS.iter().map(|(known, _)| *known));
            let near = near.map_or(String::new(), |near| format!("; {near}"));
            format!("`{}` is no shipped pattern{near}", shortened(name))
        })?;
        Ok((format!("{name} (shipped)"), text.as_bytes().to_vec()))
    }
}

/// The scenarios that come with the program, and no files.
pub struct Shipped;

impl Library for Shipped {
    fn open(&self, _: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let text = shipped(name).ok_or_else(|| {
            let near = did_you_mean(name, SHIPPED.iter().map(|(known, _)| *known));
            let near = near.map_or(String::new(), |near| format!("; {near}"));
            let name = shortened(name);
            format!("`{name}` is no shipped scenario; only these can be extended from here{near}")
        })?;
        Ok((format!("{name} (shipped)"), text.as_bytes().to_vec()))
    }

    fn data(&self, _: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let found = SHIPPED_DATA.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| {
            let near = did_you_mean(name, SHIPPED_DATA.iter().map(|(known, _)| *known));
            let near = near.map_or(String::new(), |near| format!("; {near}"));
            let name = shortened(name);
            format!("`{name}` is no shipped file; only these can be read from here{near}")
        })?;
        Ok((format!("{name} (shipped)"), text.as_bytes().to_vec()))
    }
}

/// The names and texts of a file and of those that it extends, each after the one that names it.
pub(super) fn chain(
    file: &str,
    text: &str,
    library: &dyn Library,
) -> Result<Vec<(String, String)>, Diagnoses> {
    let mut chain = vec![(file.to_string(), without_mark(text).to_string())];
    loop {
        let (file, text) = chain.last().expect("it begins with one");
        let Some((name, range)) = extended(text) else { return Ok(chain) };
        let refuse = |message: String| {
            let path = Path::from("extends");
            Diagnoses(vec![of_flaw(file, text, &Flaw { range: range.clone(), path, message })])
        };
        let (next, bytes) = library.open(file, &name).map_err(&refuse)?;
        if chain.iter().any(|(known, _)| *known == next) {
            return Err(refuse(format!("the files extend each other in a circle: {next} again")));
        }
        if chain.len() > CHAIN_LIMIT {
            return Err(refuse(format!("more than {CHAIN_LIMIT} files below the first one")));
        }
        let text = without_mark(text_of(&next, &bytes)?).to_string();
        chain.push((next, text));
    }
}

/// What a text extends, and where it says so. A text with flaws is looked at later.
fn extended(text: &str) -> Option<(String, Range<usize>)> {
    let (document, _) =
        text.contains("\"extends\"").then(|| Document::parse(text).ok()).flatten()?;
    let name = document.json().get("extends")?.as_str()?.to_string();
    Some((name, document.locate(&Path::from("extends")).value))
}

/// Some editors begin a file with this mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Bytes as a text; the error says where they are none.
pub(super) fn text_of<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Diagnoses> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (lossy, at) = (String::from_utf8_lossy(bytes), error.valid_up_to());
        let message = format!(
            "byte {at} of the file begins no character of UTF-8; is this a text file, and saved as \
             UTF-8?"
        );
        let flaw = Flaw { range: at..at + 1, path: Path::root(), message };
        Diagnoses(vec![of_flaw(file, &lossy, &flaw)])
    })
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
