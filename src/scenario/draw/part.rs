//! A fault on its way from the file to the list that is run, and the place where it was written.

use serde_json::{Map, Value};

use crate::faults::fault::OPTIONAL;
use crate::scenario::path::Path;
use crate::scenario::problem::Problem;

/// Faults of a file that become others before the run.
pub(in crate::scenario) const FORMS: [&str; 4] = ["random", "after", "during", "use"];

/// A fault and where it comes from.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::scenario) struct Part {
    pub json: Value,
    pub origin: Origin,
    /// The name by which luck knows it.
    pub key: String,
}

/// Where something is written that has become a fault, or a part of one.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::scenario) struct Origin {
    pub written: Path,
    /// Where in the fault it stands.
    pub inside: Path,
    /// Is what it holds written there as well?
    pub exact: bool,
}

impl Origin {
    /// What is written at this place.
    pub fn exact(written: Path) -> Origin {
        Origin { written, inside: Path::root(), exact: true }
    }

    /// What was made by what is written at this place.
    pub fn made(written: Path) -> Origin {
        Origin { written, inside: Path::root(), exact: false }
    }

    /// The same inside something around it.
    pub fn wrapped(&self, around: &Path) -> Origin {
        Origin { inside: around.join(&self.inside), ..self.clone() }
    }

    /// Where it is written that something is at this place of the fault.
    pub fn place(&self, below: &Path) -> Path {
        match self.exact && self.inside.holds(below) {
            true => {
                let rest = below.steps()[self.inside.steps().len()..].iter().cloned();
                self.written.join(&rest.collect())
            }
            false => self.written.clone(),
        }
    }
}

impl Part {
    /// The fault that is written at a place.
    pub fn written(json: Value, at: Path) -> Part {
        let key = match kind_of(&json) {
            Some(("named", settings)) => settings["name"].as_str().map(|name| format!("={name}")),
            Some(_) | None => None,
        };
        Part { json, key: key.unwrap_or_else(|| at.to_string()), origin: Origin::exact(at) }
    }

    /// A problem at a place of it.
    pub fn problem(&self, below: &Path, message: impl Into<String>) -> Problem {
        Problem::new(self.origin.place(below), message)
    }

    /// May it touch nothing?
    pub fn is_optional(&self) -> bool {
        self.json.get(OPTIONAL).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The same as a fault that may touch nothing, if another may.
    pub fn optional_like(mut self, other: &Part) -> Part {
        if let Some(members) = self.json.as_object_mut().filter(|_| other.is_optional()) {
            members.insert(OPTIONAL.to_string(), Value::Bool(true));
        }
        self
    }

    /// The same with a name.
    pub fn named(self, name: &str) -> Part {
        let optional = self.is_optional();
        let origin = self.origin.wrapped(&Path::from("named.fault"));
        let mut json = serde_json::json!({ "named": { "name": name, "fault": self.json } });
        if optional {
            json[OPTIONAL] = Value::Bool(true);
        }
        Part { json, origin, ..self }
    }
}

/// What a fault is, and its settings.
pub(in crate::scenario) fn kind_of(fault: &Value) -> Option<(&str, &Value)> {
    let mut members = fault.as_object()?.iter().filter(|(name, _)| *name != OPTIONAL);
    let (kind, settings) = members.next()?;
    members.next().is_none().then_some((kind.as_str(), settings))
}

/// The settings of a fault, to be changed.
pub(in crate::scenario) fn settings_of(fault: &mut Value) -> Option<&mut Map<String, Value>> {
    let kind = kind_of(fault)?.0.to_string();
    fault.get_mut(&kind)?.as_object_mut()
}
