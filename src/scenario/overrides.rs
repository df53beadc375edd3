//! `--set cluster.r=1`: values from the command line, laid over what the file says.
//!
//! The path is dotted, entries of lists as `faults[0]` or `faults.0`. The value is JSON, or else
//! taken as text. A section that the file leaves out, or switches on with `true`, begins with its
//! defaults.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::scenario::document::Document;
use crate::scenario::path::{Path, Step};
use crate::scenario::read::Checked;
use crate::scenario::tokens::DEPTH_LIMIT;

/// One value from the command line.
#[derive(Clone, Debug)]
pub(super) struct Override {
    /// As written: `cluster.r=1`.
    pub text: String,
    /// Where it goes; list entries are steps by index once it has been applied.
    pub path: Path,
    /// Where in `text` the value begins.
    pub value_at: usize,
    value: Value,
}

/// Why a value cannot be set: where in the text, and what would do.
pub(super) type Refusal = (Range<usize>, String);

/// Do two scenarios say the same in the place that a `PATH=VALUE` names, every default written out?
pub fn are_alike_where_set(set: &str, one: &Checked, other: &Checked) -> bool {
    let Ok(set) = Override::parse(set) else { return true };
    let said = |checked: &Checked| -> Option<Value> {
        let whole: Value = serde_json::from_str(&checked.resolved_json()).ok()?;
        let mut steps = set.path.steps().iter();
        steps.try_fold(&whole, |place, step| below(place, step)).cloned()
    };
    said(one) == said(other)
}

impl Override {
    /// Reads `PATH=VALUE`.
    pub fn parse(text: &str) -> Result<Override, Refusal> {
        let all = 0..text.len();
        let usage = "write PATH=VALUE, as in cluster.r=1 or faults[0].crash.at=90s";
        let (path, value) = text.split_once('=').ok_or((all, usage.to_string()))?;
        let at = 0..path.len();
        let path = Path::parse(path.trim())
            .ok_or_else(|| (at.clone(), format!("this is no path; {usage}")))?;
        if path.steps().len() > DEPTH_LIMIT {
            return Err((at, format!("a path has at most {DEPTH_LIMIT} steps")));
        }
        let value_at = at.end + 1;
        let value = read_value(value).map_err(|message| (value_at..text.len(), message))?;
        Ok(Override { text: text.to_string(), path, value_at, value })
    }

    /// Puts the value in its place. `resolved` is the scenario of the file with its defaults.
    pub fn apply(&mut self, json: &mut Value, resolved: &Value) -> Result<(), Refusal> {
        let (mut place, mut default) = (json, Some(resolved));
        let mut walked = Path::root();
        for step in self.path.steps() {
            let refuse = |message| (0..self.value_at.saturating_sub(1), message);
            open(place, default, &walked).map_err(refuse)?;
            let step = by_index(place, step);
            default = default.and_then(|default| below(default, &step));
            place = enter(place, &step, &walked).map_err(refuse)?;
            walked = walked.step(step);
        }
        *place = self.value.clone();
        self.path = walked;
        Ok(())
    }
}

/// JSON, or else text; what begins like JSON must be JSON.
fn read_value(text: &str) -> Result<Value, String> {
    match Document::parse(text) {
        Ok((document, flaws)) => match flaws.first() {
            Some(flaw) => Err(flaw.message.clone()),
            None => Ok(document.json().clone()),
        },
        Err(flaw) if text.trim_start().starts_with(['{', '[', '"']) => Err(flaw.message),
        Err(_) => Ok(Value::String(text.to_string())),
    }
}

/// Makes sure that something can be put inside this place.
fn open(place: &mut Value, default: Option<&Value>, walked: &Path) -> Result<(), String> {
    let message = match place {
        Value::Object(_) | Value::Array(_) => return Ok(()),
        Value::Null | Value::Bool(true) => {
            let fresh = default.filter(|default| default.is_object() || default.is_array());
            *place = fresh.cloned().unwrap_or_else(|| Value::Object(Map::new()));
            return Ok(());
        }
        Value::Bool(false) => {
            format!("{walked} is switched off in the file; set {walked}=true before this")
        }
        Value::Number(_) | Value::String(_) => {
            format!("{walked} is a single value and has nothing inside it")
        }
    };
    Err(message)
}

/// `faults.0` means `faults[0]`.
fn by_index(place: &Value, step: &Step) -> Step {
    match (place, step) {
        (Value::Array(_), Step::Name(name)) => {
            name.parse().map_or_else(|_| step.clone(), Step::Index)
        }
        _ => step.clone(),
    }
}

fn below<'v>(value: &'v Value, step: &Step) -> Option<&'v Value> {
    match step {
        Step::Name(name) => value.get(name),
        Step::Index(index) => value.get(index),
    }
}

fn enter<'v>(place: &'v mut Value, step: &Step, walked: &Path) -> Result<&'v mut Value, String> {
    match (place, step) {
        (Value::Object(members), Step::Name(name)) => {
            Ok(members.entry(name.clone()).or_insert(Value::Null))
        }
        (Value::Array(list), Step::Index(index)) => {
            let there_are = match list.len() {
                0 => format!("{walked} is an empty list"),
                1 => format!("{walked} has one entry, [0]"),
                count => format!("{walked} has {count} entries, [0] to [{}]", count - 1),
            };
            list.get_mut(*index).ok_or(there_are)
        }
        (Value::Array(_), Step::Name(name)) => Err(format!(
            "{walked} is a list; its entries have numbers, as in {walked}[0], not the name {name}"
        )),
        (_, Step::Index(_) | Step::Name(_)) => {
            Err(format!("{walked} is no list; what is inside it has names"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(text: &str, mut json: Value) -> Result<Value, String> {
        let resolved = json!({
            "cluster": {"r": 2, "anti_entropy": {"interval": "10s", "depth": 10}},
            "faults": [{"crash": {"at": "1s"}}],
        });
        let mut set = Override::parse(text).map_err(|(_, message)| message)?;
        set.apply(&mut json, &resolved).map_err(|(_, message)| message)?;
        Ok(json)
    }

    #[test]
    fn values_go_where_they_belong() {
        let on = json!({"cluster": {"anti_entropy": {"interval": "5s", "depth": 10}}});
        let all = json!({"cluster": {"r": 2, "anti_entropy": {"interval": "5s", "depth": 10}}});
        let rows = [
            ("cluster.r=1", json!({"cluster": {"r": 3}}), json!({"cluster": {"r": 1}})),
            ("cluster.anti_entropy.interval=5s", json!({"cluster": {"anti_entropy": true}}), on),
            ("cluster.anti_entropy.interval=5s", json!({}), all),
            ("faults[0].a=[1]", json!({"faults": [{}]}), json!({"faults": [{"a": [1]}]})),
            ("faults.0.a=\"1\"", json!({"faults": [{}]}), json!({"faults": [{"a": "1"}]})),
            ("about=a = b", json!({}), json!({"about": "a = b"})),
        ];
        for (text, before, after) in rows {
            assert_eq!(set(text, before), Ok(after), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        let rows = [
            ("cluster.r", "write PATH=VALUE"),
            ("=1", "this is no path"),
            ("faults[1].a=1", "faults has one entry, [0]"),
            ("faults.first=1", "faults is a list"),
            ("cluster.r.x=1", "cluster.r is a single value"),
            ("cluster.read_repair.x=1", "cluster.read_repair is switched off"),
            ("cluster[0]=1", "cluster is no list"),
            ("cluster={\"r\": 1, \"r\": 2}", "`r` is written twice"),
            ("cluster={\"r\"", "a `:` is missing"),
        ];
        for (text, expected) in rows {
            let json = json!({"cluster": {"r": 3, "read_repair": false}, "faults": [{}]});
            let message = set(text, json).unwrap_err();
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
