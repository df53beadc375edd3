//! Faults that leave something open, and the plain faults that the seed makes of them before the
//! run: whom they strike (`settle`), when (`related`), and what happens at all (`random`).
//!
//! ```text
//! faults as written --patterns--> parts --desk--> plain faults, each with the place it comes from
//! ```
//!
//! What comes out is only data: a scenario printed after this repeats its run to the byte.

mod desk;
pub mod part;
pub mod patterns;
pub mod random;
pub mod related;
pub mod settle;
mod struck;
mod targets;
mod timing;
mod world;

use serde_json::Value;

use crate::scenario::draw::desk::{Desk, is_form};
use crate::scenario::draw::part::{Origin, Part};
use crate::scenario::draw::settle::{Chosen, names_others, settled};
use crate::scenario::draw::world::World;
use crate::scenario::path::{Path, Step};
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::spec::Scenario;

/// A scenario before its faults are laid out.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    /// Everything but the faults.
    pub json: Value,
    pub parts: Vec<Part>,
}

/// A scenario with nothing but plain faults.
pub(super) struct Laid {
    pub json: Value,
    /// Where each fault is written.
    origins: Vec<Origin>,
    pub chosen: Vec<Chosen>,
    pub problems: Vec<Problem>,
    /// Places that hold stand-ins, or nothing.
    pub broken: Vec<Path>,
}

impl Written {
    /// Takes the faults out of a scenario.
    pub fn take(mut json: Value) -> Written {
        let list = json.get_mut("faults").and_then(Value::as_array_mut).map(std::mem::take);
        let part = |(i, fault)| Part::written(fault, Path::from("faults").index(i));
        let parts = list.into_iter().flatten().enumerate().map(part).collect();
        Written { json, parts }
    }

    /// Is there anything to lay out?
    pub fn leaves_open(&self) -> bool {
        let groups = self.json.get("groups").and_then(Value::as_object);
        let mut groups = groups.into_iter().flatten().map(|(_, members)| as_fault(members));
        groups.any(|group| names_others(&group))
            || self.parts.iter().any(|part| is_form(&part.json) || names_others(&part.json))
    }

    /// The scenario with plain faults, laid out by what it is without its faults, if nothing is
    /// wrong with that.
    pub fn lay_out(&self, base: Option<&Scenario>) -> Laid {
        if !self.leaves_open() {
            return self.laid(self.json.clone(), self.parts.clone());
        }
        let mut json = self.json.clone();
        match base {
            Some(base) => {
                let mut desk = Desk::new(World::new(base));
                lay_groups(&mut desk, &mut json);
                let parts = match desk.problems.is_empty() {
                    true => desk.lay_all(&self.parts),
                    false => Vec::new(),
                };
                let broken = if desk.problems.is_empty() { &[][..] } else { &["expect", "groups"] };
                let laid = self.laid(json, parts);
                let broken = broken.iter().map(|text| Path::from(*text)).collect();
                Laid { chosen: desk.chosen, problems: desk.problems, broken, ..laid }
            }
            // What is wrong with the rest comes first.
            None => {
                if let Some(members) = json.as_object_mut() {
                    members.remove("groups");
                }
                let broken = ["faults", "groups", "expect"].map(Path::from).to_vec();
                Laid { broken, ..self.laid(json, Vec::new()) }
            }
        }
    }

    fn laid(&self, mut json: Value, parts: Vec<Part>) -> Laid {
        let (faults, origins): (Vec<Value>, Vec<Origin>) =
            parts.into_iter().map(|part| (part.json, part.origin)).unzip();
        if let Some(Value::Array(list)) = json.get_mut("faults") {
            *list = faults;
        }
        let (chosen, problems, broken) = (Vec::new(), Vec::new(), Vec::new());
        Laid { json, origins, chosen, problems, broken }
    }

    /// The scenario without its faults, and what hangs on them.
    pub fn without_faults(&self) -> Value {
        let mut json = self.json.clone();
        for name in ["expect", "groups"] {
            json.as_object_mut().and_then(|members| members.remove(name));
        }
        json
    }
}

impl Laid {
    /// A problem of the plain faults as one of what is written.
    pub fn as_written(&self, problem: Problem) -> Problem {
        let path = self.place(&problem.path);
        let because: Vec<Path> = problem.because.iter().map(|path| self.place(path)).collect();
        // Some sentences say where the other value stands.
        let mut message = problem.message;
        for (made, written) in problem.because.iter().zip(&because) {
            message = message.replace(&made.to_string(), &written.to_string());
        }
        Problem { path, because, message, ..problem }
    }

    fn place(&self, path: &Path) -> Path {
        match path.steps() {
            [Step::Name(name), Step::Index(which), below @ ..] if name == "faults" => {
                let origin = self.origins.get(*which);
                let below = below.iter().cloned().collect();
                origin.map_or_else(|| path.clone(), |origin| origin.place(&below))
            }
            _ => path.clone(),
        }
    }
}

/// Members of a group, as a fault would list them.
fn as_fault(members: &Value) -> Value {
    serde_json::json!({ "group": members })
}

/// Groups are settled before all faults, each by itself.
fn lay_groups(desk: &mut Desk, json: &mut Value) {
    let Some(groups) = json.get_mut("groups").and_then(Value::as_object_mut) else { return };
    let mut findings = Findings::default();
    for (name, members) in groups {
        let here = Path::from("groups").name(name);
        let below = |path: &Path| -> Path {
            here.join(&path.steps()[1..].iter().cloned().collect::<Path>())
        };
        match settled(&desk.world, &as_fault(members), &here.to_string()) {
            Ok((mut fault, chosen)) => {
                *members = fault["group"].take();
                let place = |chosen: Chosen| Chosen { path: below(&chosen.path), ..chosen };
                desk.chosen.extend(chosen.into_iter().map(place));
            }
            Err(wrong) => {
                for (path, message) in wrong {
                    findings.add(Problem::new(below(&path), message));
                }
            }
        }
        if let Ok(spans) = serde_json::from_value(members.clone()) {
            desk.world.groups.insert(name.clone(), spans);
        }
    }
    desk.problems.extend(findings.problems());
}
