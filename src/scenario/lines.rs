//! A scenario without what goes without saying: the lines that say something, and what it would be
//! without some of them.
//!
//! Defaults are those of the types. Whatever is left out reads as it was, which is tried and not
//! assumed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::scenario::spec::Scenario;

/// Members that are lists with members of their own, or are about the file; they are no lines.
const NO_LINES: [&str; 7] =
    ["name", "about", "duration", "faults", "administration", "expect", "groups"];

/// The lines of a scenario that say something.
#[derive(Clone, PartialEq, Debug)]
pub struct Lines {
    /// The scenario with nothing in it that goes without saying.
    plain: Value,
    lines: Vec<Line>,
}

/// One of them: the names that lead to it, and what it says.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    path: Vec<String>,
    says: String,
}

/// A field as a scenario spells it.
pub fn spelt(field: &impl Serialize) -> String {
    serde_json::to_string(field).expect("a field of a scenario is plain data")
}

impl Lines {
    /// Those of a scenario, but for what stands at these places or below them. One that does not
    /// read as it is written, as one whose files are read beside it, has none.
    pub fn of(scenario: &Scenario, but: &[&str]) -> Lines {
        let plain = plain(scenario);
        let mut lines = Vec::new();
        if let (Value::Object(members), Some(_)) = (&plain, read(&plain)) {
            let removable = Removable { plain: &plain };
            for (name, value) in members {
                if !NO_LINES.contains(&name.as_str()) {
                    removable.collect(vec![name.clone()], value, &mut lines);
                }
            }
        }
        let at = |line: &Line, place: &str| {
            let mut names = place.split('.').zip(&line.path);
            place.split('.').count() <= line.path.len() && names.all(|(one, other)| one == other)
        };
        lines.retain(|line| !but.iter().any(|place| at(line, place)));
        Lines { plain, lines }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Where this one stands and what it says, as `--set` would have it.
    pub fn told(&self, place: usize) -> String {
        let Line { path, says } = &self.lines[place];
        format!("{} = {says}", path.join("."))
    }

    /// The scenario with defaults in the places of some of them, if there is such a one.
    pub fn without(&self, places: impl Iterator<Item = usize>) -> Option<Scenario> {
        let mut less = self.plain.clone();
        for line in places.filter_map(|place| self.lines.get(place)) {
            remove(&mut less, &line.path);
        }
        read(&less)
    }
}

/// The scenario as JSON in which nothing stands that goes without saying.
pub fn plain(scenario: &Scenario) -> Value {
    let mut json = serde_json::to_value(scenario).expect("a scenario is plain data");
    if read(&json).as_ref() == Some(scenario) {
        let mut path = Vec::new();
        let whole = json.clone();
        leave_out(&mut json, &whole, scenario, &mut path);
    }
    json
}

/// Leaves out of `json` each member below `path` without which it reads the same.
fn leave_out(json: &mut Value, place: &Value, scenario: &Scenario, path: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match place {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(list) => {
            list.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for (name, value) in members {
        path.push(name);
        let mut less = json.clone();
        remove(&mut less, path);
        if less != *json && read(&less).as_ref() == Some(scenario) {
            *json = less;
        } else {
            leave_out(json, value, scenario, path);
        }
        path.pop();
    }
}

struct Removable<'p> {
    plain: &'p Value,
}

impl Removable<'_> {
    /// Adds the lines at and below a place; are they all there is to say there?
    fn collect(&self, path: Vec<String>, value: &Value, lines: &mut Vec<Line>) -> bool {
        let mut whole = !self.inner(value).is_empty();
        for (name, value) in self.inner(value) {
            let below = path.iter().cloned().chain([name.clone()]).collect();
            whole &= self.collect(below, value, lines);
        }
        let mut less = self.plain.clone();
        remove(&mut less, &path);
        let Some(without) = read(&less) else { return whole };
        // A part that is there with nothing in it may be another thing than none at all.
        let empty = || {
            let mut less = self.plain.clone();
            put(&mut less, &path, Value::Object(Map::new()));
            read(&less)
        };
        if !whole || empty().as_ref() != Some(&without) {
            lines.push(Line { path, says: value.to_string() });
        }
        true
    }

    fn inner<'v>(&self, value: &'v Value) -> Vec<(&'v String, &'v Value)> {
        value.as_object().map(|members| members.iter().collect()).unwrap_or_default()
    }
}

fn read(json: &Value) -> Option<Scenario> {
    serde_json::from_value(json.clone()).ok()
}

fn parent<'j>(json: &'j mut Value, path: &[String]) -> Option<&'j mut Map<String, Value>> {
    let mut place = json;
    for name in &path[..path.len() - 1] {
        place = match place {
            Value::Array(list) => list.get_mut(name.parse::<usize>().ok()?)?,
            other => other.get_mut(name)?,
        };
    }
    place.as_object_mut()
}

/// Takes a member out of an object; those of a list stay.
fn remove(json: &mut Value, path: &[String]) {
    if let Some(members) = parent(json, path) {
        members.remove(&path[path.len() - 1]);
    }
}

fn put(json: &mut Value, path: &[String], value: Value) {
    if let Some(members) = parent(json, path) {
        members.insert(path[path.len() - 1].clone(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        Scenario::read("a", text, &[], &[])
            .unwrap_or_else(|told| panic!("{told}"))
            .scenario()
            .clone()
    }

    #[test]
    fn a_scenario_is_told_without_defaults_and_line_by_line() {
        let text = r#"{ "name": "a", "duration": "9s", "cluster": { "nodes": 5, "r": 1,
            "hinted_handoff": { "batch": 4 }, "anti_entropy": false },
            "network": { "latency": { "constant": "3ms" } },
            "faults": [{ "crash": { "node": "n1", "at": "1s", "disk": "kept" } }] }"#;
        let scenario = scenario(text);
        let lines = Lines::of(&scenario, &["cluster.nodes"]);
        let told: Vec<String> = (0..lines.count()).map(|place| lines.told(place)).collect();
        assert_eq!(
            told,
            [
                "cluster.anti_entropy = false",
                "cluster.hinted_handoff.batch = 4",
                "cluster.r = 1",
                "network.latency = {\"constant\":\"3ms\"}",
            ]
        );
        let fault = plain(&scenario)["faults"][0].to_string();
        assert_eq!(fault, r#"{"crash":{"at":"1s","node":"n1"}}"#);
        assert_eq!(read(&plain(&scenario)).unwrap(), scenario);
        let less = lines.without(0..4).unwrap();
        assert_eq!(less.cluster, crate::dynamo::config::Cluster { nodes: 5, ..Default::default() });
        assert_eq!((less.network, less.faults), (Default::default(), scenario.faults));
    }

    #[test]
    fn every_shipped_scenario_reads_the_same_without_defaults() {
        let mut seen = 0;
        for (name, text) in crate::scenario::shipped::SHIPPED {
            let checked = Scenario::read("a", text, &[], &[]).unwrap();
            let first = checked.scenario();
            let as_written = serde_json::to_value(first).unwrap();
            // What is read from files beside it stands in no JSON.
            if read(&as_written).as_ref() == Some(first) {
                assert_eq!(read(&plain(first)).as_ref(), Some(first), "{name}");
                assert!(plain(first).to_string().len() < as_written.to_string().len(), "{name}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
