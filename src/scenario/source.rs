//! Where the values of a scenario were written, and diagnoses that point there.

use serde_json::Value;

use crate::scenario::diagnosis::{Diagnosis, found, spot};
use crate::scenario::document::{Document, Flaw, Place};
use crate::scenario::overrides::{Override, Refusal};
use crate::scenario::path::{Path, Step, shortened};
use crate::scenario::problem::{Aim, Problem};

/// What stands for the command line where others name a file.
pub const COMMAND_LINE: &str = "--set";

/// One file.
pub(super) struct Layer<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub document: Document<'a>,
}

/// The files and what the command line laid over them.
pub(super) struct Source<'a> {
    /// Each file extends the next.
    pub layers: Vec<Layer<'a>>,
    pub overrides: Vec<Override>,
    /// The scenario with its defaults, as far as it could be read.
    pub resolved: Value,
}

/// What a diagnosis says beside its place.
struct Words {
    path: String,
    found: Option<String>,
    message: String,
    help: Option<String>,
}

fn diagnosis(file: &str, text: &str, range: &std::ops::Range<usize>, words: Words) -> Diagnosis {
    let spot = spot(text, range);
    Diagnosis {
        file: file.to_string(),
        line: spot.line,
        column: spot.column,
        length: spot.length,
        path: words.path,
        found: words.found,
        message: words.message,
        help: words.help,
        source: spot.source,
        indent: spot.indent,
    }
}

/// Points at a flaw of the text itself.
pub(super) fn of_flaw(file: &str, text: &str, flaw: &Flaw) -> Diagnosis {
    let path = match flaw.path.steps() {
        [] => "not readable as JSON".to_string(),
        _ => flaw.path.to_string(),
    };
    let words = Words { path, found: None, message: flaw.message.clone(), help: None };
    let mut diagnosis = diagnosis(file, text, &flaw.range, words);
    if flaw.range.is_empty() {
        // The file as a whole: there is no place to point at.
        diagnosis.line = 0;
    }
    diagnosis
}

/// Points at what is wrong with a value from the command line as such.
pub(super) fn of_refusal(text: &str, (range, message): Refusal) -> Diagnosis {
    let path = text.split('=').next().unwrap_or(text).trim();
    let words = Words { path: shortened(path), found: None, message, help: None };
    diagnosis("--set", text, &range, words)
}

impl Source<'_> {
    /// Points at a problem.
    pub fn diagnose(&self, problem: &Problem) -> Diagnosis {
        let path = &problem.path;
        let layer = self.layer_of(path);
        let place = layer.document.locate(path);
        let mut overrides = self.overrides.iter().rev();
        let inside = |set: &&Override| set.path.holds(path);
        // What only the command line wrote, on the way to its value, is the command line's.
        let around = |set: &&Override| path.holds(&set.path) && !place.exact;
        match overrides.clone().find(inside).or_else(|| overrides.find(around)) {
            Some(set) => self.in_override(set, problem),
            None => self.in_file(layer, &place, problem),
        }
    }

    /// Who wrote a value: the name of a file, or `--set`.
    pub fn writer_of(&self, path: &Path) -> &str {
        let layer = self.layer_of(path);
        let holds = |set: &Override| set.path.holds(path);
        let around = |set: &Override| path.holds(&set.path) && !layer.document.locate(path).exact;
        let set = self.overrides.iter().any(|set| holds(set) || around(set));
        if set { COMMAND_LINE } else { layer.file }
    }

    /// The uppermost file that says something of this value, or of what is nearest around it. Lists
    /// are not merged: an entry stands where its list does.
    fn layer_of(&self, path: &Path) -> &Layer<'_> {
        let steps = path.steps();
        let list = steps.iter().position(|step| matches!(step, Step::Index(_)));
        let holds = |length: usize| {
            let above: Path = steps[..length].iter().cloned().collect();
            self.layers.iter().find(|layer| layer.document.locate(&above).exact)
        };
        (0..=list.unwrap_or(steps.len())).rev().find_map(holds).unwrap_or(&self.layers[0])
    }

    fn in_override(&self, set: &Override, problem: &Problem) -> Diagnosis {
        let exact = set.path == problem.path && problem.aim != Aim::Name;
        let range = match exact || problem.path != set.path && set.path.holds(&problem.path) {
            true => set.value_at..set.text.len(),
            false => 0..set.value_at - 1,
        };
        let found = exact.then(|| found(&set.text[set.value_at..]));
        diagnosis("--set", &set.text, &range, self.words(problem, found))
    }

    fn in_file(&self, layer: &Layer, place: &Place, problem: &Problem) -> Diagnosis {
        let value = &layer.text[place.value.clone()];
        let from_variable = !place.exact && value.starts_with("\"$");
        let on_name = problem.aim == Aim::Name || place.container || !place.exact;
        let found = match (problem.aim, place.exact) {
            (_, false) if from_variable => Some(format!("found by {value}")),
            (Aim::Name, _) => None,
            (Aim::Value, true) => Some(found(value)),
            (Aim::Place, true) => (!place.container).then(|| found(value)),
            (Aim::Value | Aim::Place, false) => self.by_default(&problem.path),
        };
        let start = place.value.start..(place.value.start + 1).min(place.value.end);
        let range = match (&place.name, on_name) {
            (Some(name), true) if !from_variable => name.clone(),
            (None, true) if place.container => start,
            (Some(_) | None, _) => place.value.clone(),
        };
        diagnosis(layer.file, layer.text, &range, self.words(problem, found))
    }

    fn words(&self, problem: &Problem, found: Option<String>) -> Words {
        Words {
            path: problem.path.to_string(),
            found,
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }

    /// What holds where nothing is written.
    fn by_default(&self, path: &Path) -> Option<String> {
        let value = path.steps().iter().try_fold(&self.resolved, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })?;
        let single = !value.is_object() && !value.is_array() && !value.is_null();
        single.then(|| format!("by default, {path} is {value}"))
    }
}
