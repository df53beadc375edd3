//! All plain numbers of a report, and all fields of a scenario, by path: for comparing two of them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::report::definitions::find;
use crate::report::document::Report;

/// Sections that tell of a run's name, or of its parts by place.
const UNCOMPARED: [&str; 5] = ["definitions", "header", "verdicts", "placement", "faults"];

/// Every number that has a definition, by path. What has no value in this run is left out.
pub fn figures(report: &Report) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let document = serde_json::to_value(report).expect("a report is plain data");
    let Value::Object(sections) = &document else { return found };
    for (name, section) in sections.iter().filter(|it| !UNCOMPARED.contains(&it.0.as_str())) {
        walk(name.clone(), section, &mut |path, value| {
            if let Some(number) = value.as_f64().filter(|_| find(path).is_some()) {
                found.insert(path.to_string(), number);
            }
        });
    }
    found
}

/// Every field by path, with its value as JSON.
pub fn fields(data: &impl Serialize) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let document = serde_json::to_value(data).expect("it is plain data");
    walk(String::new(), &document, &mut |path, value| {
        found.insert(path.to_string(), value.to_string());
    });
    found
}

/// Goes to everything that has nothing inside it.
fn walk(path: String, value: &Value, seen: &mut dyn FnMut(&str, &Value)) {
    let below = |name: &str| match path.is_empty() {
        true => name.to_string(),
        false => format!("{path}.{name}"),
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| walk(below(name), value, seen));
        }
        Value::Array(items) if !items.is_empty() => {
            let each = items.iter().enumerate();
            each.for_each(|(place, value)| walk(below(&place.to_string()), value, seen));
        }
        leaf => seen(&path, leaf),
    }
}
