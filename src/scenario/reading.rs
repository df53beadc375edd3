//! JSON to a [`Scenario`], with every value that does not fit.
//!
//! Serde stops at the first complaint. So each is noted, the value is replaced by a stand-in that
//! fits, and the whole is read again, until it reads. What was replaced is remembered as broken:
//! nothing that depends on a stand-in is held against the user.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::fault::OPTIONAL;
use crate::scenario::complaint::{Complaint, Kind, deserialize, in_words, listed};
use crate::scenario::diagnosis::{PROBLEM_LIMIT, nearest};
use crate::scenario::draw::part::FORMS;
use crate::scenario::path::{Path, Step, shortened};
use crate::scenario::problem::{Aim, Problem};
use crate::scenario::spec::Scenario;

/// A scenario as far as it could be read.
pub(super) struct Reading {
    /// None if it fits so badly that nothing more can be said.
    pub scenario: Option<Scenario>,
    pub problems: Vec<Problem>,
    /// Places where `scenario` holds a stand-in.
    pub broken: Vec<Path>,
}

/// How much JSON, in bytes of source, is read again at most in search of further problems.
const EFFORT: usize = 64 << 20;

struct Reader<T> {
    json: Value,
    problems: Vec<Problem>,
    broken: Vec<Path>,
    tries_left: usize,
    reads: PhantomData<T>,
}

/// Reads a scenario of about `size` bytes of JSON, of which `broken` places are known to be wrong.
pub(super) fn read(json: Value, size: usize, broken: Vec<Path>) -> Reading {
    if !json.is_object() {
        let message = "a scenario is one object, as in { \"name\": ... }";
        let problems = vec![Problem::new(Path::root(), message)];
        return Reading { scenario: None, problems, broken };
    }
    let mut reader = Reader::new(json, size, broken);
    let scenario = reader.run();
    Reading { scenario, problems: reader.problems, broken: reader.broken }
}

/// Reads one value of a scenario by itself, or tells what is wrong with it under its place.
pub(super) fn read_part<T>(json: &Value, at: &Path) -> Result<T, Vec<Problem>>
where
    T: Serialize + DeserializeOwned,
{
    let mut reader = Reader::new(json.clone(), json.to_string().len(), Vec::new());
    let read: Option<T> = reader.run();
    let there = |problem: Problem| Problem { path: at.join(&problem.path), ..problem };
    match read {
        Some(read) if reader.problems.is_empty() => Ok(read),
        Some(_) | None => Err(reader.problems.into_iter().map(there).collect()),
    }
}

impl<T: Serialize + DeserializeOwned> Reader<T> {
    fn new(json: Value, size: usize, broken: Vec<Path>) -> Reader<T> {
        let tries_left = (EFFORT / size.max(1)).clamp(30, 2_000);
        Reader { json, problems: Vec::new(), broken, tries_left, reads: PhantomData }
    }

    fn run(&mut self) -> Option<T> {
        loop {
            let complaint = match self.attempt() {
                Ok(scenario) => return Some(self.without_lists_for_objects(scenario)),
                Err(complaint) => complaint,
            };
            if !self.follows_from_broken(&complaint) {
                self.note(&complaint);
            }
            let goes_on = self.problems.len() < PROBLEM_LIMIT && self.tries_left > 0;
            if !goes_on || !self.mend(&complaint) {
                return None;
            }
        }
    }

    /// Serde takes the values of a structure also as a list, without their names; we do not.
    fn without_lists_for_objects(&mut self, scenario: T) -> T {
        let resolved = serde_json::to_value(&scenario).expect("a scenario is plain data");
        let mut found = Vec::new();
        lists_for_objects(&self.json, &resolved, &Path::root(), &mut found);
        for path in found.into_iter().filter(|path| !hangs_on(path, &self.broken)) {
            let message = format!("must be {}", in_words("a map"));
            self.problems.push(Problem { aim: Aim::Value, ..Problem::new(path, message) });
        }
        scenario
    }

    fn attempt(&mut self) -> Result<T, Complaint> {
        self.tries_left = self.tries_left.saturating_sub(1);
        deserialize(&self.json)
    }

    /// Is this our own doing, or told already?
    fn follows_from_broken(&self, complaint: &Complaint) -> bool {
        let inside = |broken: &Path| match complaint.kind {
            Kind::NotOneMember => complaint.path.holds(broken),
            Kind::Missing
            | Kind::UnknownField(_)
            | Kind::UnknownVariant(_)
            | Kind::NotAChoice
            | Kind::WrongType(_)
            | Kind::Other(_) => false,
        };
        self.broken.iter().any(|broken| broken.holds(&complaint.path) || inside(broken))
    }

    fn note(&mut self, complaint: &Complaint) {
        let problem = self.describe(complaint);
        self.problems.push(problem);
    }

    fn describe(&mut self, complaint: &Complaint) -> Problem {
        let written = shortened(last_name(&complaint.path));
        let problem = |message: String| Problem::new(complaint.path.clone(), message);
        match &complaint.kind {
            Kind::UnknownField(known) => self.unknown_field(&complaint.path, known),
            Kind::UnknownVariant(known) => self.unknown_choice(&complaint.path, known),
            Kind::NotAChoice => self.not_a_choice(&complaint.path),
            Kind::Missing => Problem {
                aim: Aim::Name,
                ..problem(format!("`{written}` is missing; it has no default"))
            },
            Kind::WrongType(expected) => {
                Problem { aim: Aim::Value, ..problem(format!("must be {}", in_words(expected))) }
            }
            Kind::NotOneMember => {
                let known = self.choices(&complaint.path);
                problem(format!(
                    "must hold exactly one name, which says what it is: one of {known}"
                ))
            }
            Kind::Other(text) => {
                let long = self.at(&complaint.path).and_then(Value::as_str).unwrap_or("");
                problem(match long.is_empty() {
                    true => text.clone(),
                    false => text.replacen(long, &shortened(long), 1),
                })
            }
        }
    }

    fn unknown_field(&mut self, path: &Path, known: &[String]) -> Problem {
        let written = last_name(path);
        let meant = nearest(written, known.iter().map(String::as_str));
        // Whoever wrote `nodez` did not forget `nodes`.
        let intended = path.split_last().zip(meant).map(|((parent, _), name)| parent.name(name));
        self.broken.extend(intended.filter(|path| self.at(path).is_none()));
        let known = listed(known);
        let message = format!("unknown field `{}`; known here: {known}", shortened(written));
        let help = meant.map(|name| format!("did you mean `{name}`?"));
        Problem { help, aim: Aim::Name, ..Problem::new(path.clone(), message) }
    }

    fn unknown_choice(&self, path: &Path, known: &[String]) -> Problem {
        let (written, aim, path) = match self.at(path) {
            Some(Value::Object(members)) => {
                let name =
                    members.keys().find(|name| *name != OPTIONAL).cloned().unwrap_or_default();
                let path = path.name(&name);
                (name, Aim::Name, path)
            }
            Some(value) => (value.as_str().unwrap_or("").to_string(), Aim::Value, path.clone()),
            None => (String::new(), Aim::Value, path.clone()),
        };
        let known = with_forms(known);
        let meant = nearest(&written, known.iter().map(String::as_str));
        let known = listed(&known);
        let message = format!("unknown choice `{}`; known here: {known}", shortened(&written));
        let help = meant.map(|name| format!("did you mean `{name}`?"));
        Problem { help, aim, ..Problem::new(path, message) }
    }

    fn not_a_choice(&mut self, path: &Path) -> Problem {
        let known = self.choices(path);
        let message = format!("must be one of {known}, as text or as the name in an object");
        Problem { aim: Aim::Value, ..Problem::new(path.clone(), message) }
    }

    /// Serde does not say which choices there are; a wrong name in its place makes it tell.
    fn choices(&mut self, path: &Path) -> String {
        let before = self.replace(path, Some(json!("?")));
        let known = match self.attempt() {
            Err(Complaint { kind: Kind::UnknownVariant(known), .. }) => listed(&with_forms(&known)),
            Err(_) | Ok(_) => "the known names".to_string(),
        };
        self.replace(path, before);
        known
    }

    /// Puts a stand-in where the complaint is, or around it, so that it is not raised again.
    fn mend(&mut self, complaint: &Complaint) -> bool {
        let unknown = matches!(complaint.kind, Kind::UnknownField(_));
        let mut path = complaint.path.clone();
        while let Some((parent, last)) = path.split_last() {
            let optional = matches!(last, Step::Name(_));
            let nothing = optional.then_some(None).into_iter();
            let before = self.replace(&path, None);
            let some = if unknown { &[] } else { &STAND_INS[..] };
            if nothing.chain(some.iter().map(Some)).any(|text| self.fits(&path, text.copied())) {
                self.broken.push(path);
                return true;
            }
            self.replace(&path, before);
            path = parent;
        }
        false
    }

    /// Puts a stand-in at a place: is there nothing to complain of there any more?
    fn fits(&mut self, path: &Path, stand_in: Option<&str>) -> bool {
        let json = stand_in.map(|text| serde_json::from_str(text).expect("stand-ins are JSON"));
        self.replace(path, json);
        match self.attempt() {
            Err(next) => !path.holds(&next.path) && !next.path.holds(path),
            Ok(_) => true,
        }
    }

    fn at(&self, path: &Path) -> Option<&Value> {
        path.steps().iter().try_fold(&self.json, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }

    /// Puts a value, or nothing, at a place; gives what was there.
    fn replace(&mut self, path: &Path, value: Option<Value>) -> Option<Value> {
        let Some((parent, last)) = path.split_last() else {
            return value.map(|value| std::mem::replace(&mut self.json, value));
        };
        let parent = parent.steps().iter().try_fold(&mut self.json, |value, step| match step {
            Step::Name(name) => value.get_mut(name),
            Step::Index(index) => value.get_mut(index),
        })?;
        match (parent, last, value) {
            (Value::Object(members), Step::Name(name), Some(value)) => {
                members.insert(name.clone(), value)
            }
            (Value::Object(members), Step::Name(name), None) => members.remove(name),
            (Value::Array(list), Step::Index(index), Some(value)) => {
                list.get_mut(*index).map(|old| std::mem::replace(old, value))
            }
            _ => None,
        }
    }
}

/// Values of all types that scenarios know; for each place without a default, one fits.
const STAND_INS: [&str; 10] = [
    "1",
    "\"1s\"",
    "\"n0\"",
    "\"1/s\"",
    "\"1KiB\"",
    "[]",
    "[\"?\", \"?\"]",
    "{\"constant\": \"1s\"}",
    "{\"restart\": {\"node\": \"n0\", \"at\": \"0s\"}}",
    "{\"sites\": [\"?\", \"?\"]}",
];

/// Faults that become others before they are read are known as well.
fn with_forms(known: &[String]) -> Vec<String> {
    let faults = known.iter().any(|name| name == "repeat");
    let forms = FORMS.iter().filter(|_| faults).map(|form| form.to_string());
    known.iter().cloned().chain(forms).collect()
}

fn hangs_on(path: &Path, broken: &[Path]) -> bool {
    broken.iter().any(|broken| broken.holds(path))
}

fn lists_for_objects(written: &Value, resolved: &Value, path: &Path, found: &mut Vec<Path>) {
    match (written, resolved) {
        (Value::Array(_), Value::Object(_)) if found.len() < PROBLEM_LIMIT => {
            found.push(path.clone());
        }
        (Value::Array(written), Value::Array(resolved)) => {
            for (i, (written, resolved)) in written.iter().zip(resolved).enumerate() {
                lists_for_objects(written, resolved, &path.index(i), found);
            }
        }
        (Value::Object(written), Value::Object(resolved)) => {
            for (name, value) in written {
                if let Some(resolved) = resolved.get(name) {
                    lists_for_objects(value, resolved, &path.name(name), found);
                }
            }
        }
        _ => {}
    }
}

fn last_name(path: &Path) -> &str {
    match path.steps().last() {
        Some(Step::Name(name)) => name,
        Some(Step::Index(_)) | None => "",
    }
}
