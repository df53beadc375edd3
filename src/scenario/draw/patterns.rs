//! `use`: patterns of faults that have a file of their own, for any scenario.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::document::Document;
use crate::scenario::draw::Written;
use crate::scenario::draw::desk::is_form;
use crate::scenario::draw::part::{Origin, Part, kind_of, settings_of};
use crate::scenario::draw::timing::put_off;
use crate::scenario::extend::Library;
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::Problem;
use crate::scenario::reading::read_part;
use crate::scenario::variables::{names_used, put_in};
use crate::time::Duration;

/// A pattern of faults from a file of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The name of a shipped pattern, as in `patterns/flaky-rack`, or a file beside this one.
    pub pattern: String,
    /// When it begins: its times count from then.
    pub at: Duration,
    /// Values in the place of its own variables.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
}

/// A file that holds nothing but faults, for scenarios to use. Its times count from 0.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// One sentence on what it does.
    pub about: String,
    /// What a scenario can say anew, and what holds if it does not.
    #[serde(default)]
    pub variables: BTreeMap<String, Value>,
    /// What goes wrong, and when.
    pub faults: Vec<Value>,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let (document, flaws) = Document::parse(text).map_err(|flaw| flaw.message)?;
        if let Some(flaw) = flaws.into_iter().next() {
            return Err(format!("{}: {}", flaw.path, flaw.message));
        }
        let read: Result<Pattern, Vec<Problem>> = read_part(document.json(), &Path::root());
        read.map_err(|problems| {
            let told = |problem: Problem| format!("{}: {}", problem.path, problem.message);
            problems.into_iter().map(told).collect::<Vec<_>>().join("; ")
        })
    }

    /// Its faults with these values, and the names that it cannot do without or does not know.
    fn with(&self, with: &BTreeMap<String, Value>) -> Result<Vec<Value>, Vec<(String, String)>> {
        let unknown = with.keys().filter(|name| !self.variables.contains_key(*name));
        let unknown: Vec<(String, String)> = unknown
            .map(|name| {
                let help = did_you_mean(name, self.variables.keys().map(String::as_str));
                let help = help.map_or(String::new(), |help| format!("; {help}"));
                (name.clone(), format!("the pattern has no variable `{}`{help}", shortened(name)))
            })
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let mut variables = self.variables.clone();
        variables.extend(with.clone());
        let mut json = json!({ "variables": variables, "faults": self.faults });
        let mut used = BTreeSet::new();
        names_used(&json, &mut used);
        let problems = put_in(&mut json, &used);
        let wrong = |problem: Problem| {
            (String::new(), format!("the pattern's {}: {}", problem.path, problem.message))
        };
        match problems.is_empty() {
            true => Ok(json["faults"].as_array().cloned().unwrap_or_default()),
            false => Err(problems.into_iter().map(wrong).collect()),
        }
    }
}

impl Written {
    /// Puts the faults of patterns in the place of their names. `file` is where these are named.
    pub fn open_patterns(&mut self, file: &str, library: &dyn Library) -> Vec<Problem> {
        let mut shelf = Shelf { file, library, uses: BTreeMap::new(), problems: Vec::new() };
        let parts = std::mem::take(&mut self.parts);
        self.parts = parts.into_iter().flat_map(|part| shelf.open(part)).collect();
        shelf.problems
    }
}

struct Shelf<'s> {
    file: &'s str,
    library: &'s dyn Library,
    /// How often each has been used.
    uses: BTreeMap<String, usize>,
    problems: Vec<Problem>,
}

impl Shelf<'_> {
    fn open(&mut self, part: Part) -> Vec<Part> {
        match kind_of(&part.json) {
            Some(("use", settings)) => self.faults_of(&part, settings),
            Some(("named", settings)) if is_form(&part.json) => {
                let (name, inner) = (settings["name"].as_str(), settings["fault"].clone());
                let (Some(name), Some(("use", _))) = (name, kind_of(&inner)) else {
                    return vec![part];
                };
                let origin = Origin::exact(part.origin.place(&Path::from("named.fault")));
                let inner = Part { json: inner, origin, key: part.key.clone() };
                let all = self.open(inner.optional_like(&part));
                all.into_iter().map(|part| part.named(name)).collect()
            }
            Some(_) | None => vec![part],
        }
    }

    fn faults_of(&mut self, part: &Part, settings: &Value) -> Vec<Part> {
        let here = part.origin.place(&Path::from("use"));
        let wanted: Use = match read_part(settings, &here) {
            Ok(wanted) => wanted,
            Err(problems) => {
                self.problems.extend(problems);
                return Vec::new();
            }
        };
        let read = self.library.pattern(self.file, &wanted.pattern).and_then(|(name, text)| {
            let text = String::from_utf8_lossy(&text).into_owned();
            Pattern::read(&text)
                .map_err(|why| format!("the pattern in {name} cannot be read: {why}"))
        });
        let faults = match read {
            Ok(pattern) => pattern.with(&wanted.with),
            Err(why) => {
                self.problems.push(Problem::new(here.name("pattern"), why));
                return Vec::new();
            }
        };
        let faults = faults.unwrap_or_else(|wrong| {
            for (name, message) in wrong {
                let at = here.name("with");
                let at = if name.is_empty() { here.clone() } else { at.name(name) };
                self.problems.push(Problem::new(at, message));
            }
            Vec::new()
        });
        let title = self.title(&wanted.pattern);
        let made = |(i, mut json): (usize, Value)| {
            put_off(&mut json, wanted.at);
            entitle(&mut json, &title);
            let key = format!("{}/{i}", part.key);
            Part { json, origin: Origin::made(here.clone()), key }.optional_like(part)
        };
        faults.into_iter().enumerate().map(made).collect()
    }

    /// What tells apart the names of faults of one use from those of another.
    fn title(&mut self, pattern: &str) -> String {
        let stem = pattern.rsplit('/').next().unwrap_or(pattern).trim_end_matches(".json");
        let uses = self.uses.entry(stem.to_string()).or_insert(0);
        *uses += 1;
        if *uses == 1 { stem.to_string() } else { format!("{stem} {uses}") }
    }
}

/// Names of faults hold within their pattern.
fn entitle(fault: &mut Value, title: &str) {
    let Some(settings) = settings_of(fault) else { return };
    for name in ["name", "named"] {
        if let Some(Value::String(text)) = settings.get_mut(name) {
            *text = format!("{title}: {text}");
        }
    }
    if let Some(inner) = settings.get_mut("fault") {
        entitle(inner, title);
    }
}
