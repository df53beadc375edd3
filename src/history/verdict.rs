//! What a checker says.

use serde::Serialize;

use crate::history::duty::Missed;
use crate::history::model::{Ending, Function, History};
use crate::history::register::{Read, Register, Strange};

/// How it stands with a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was examined and holds.
    Held,
    /// It is broken; there is a counterexample.
    Broken,
    /// There was nothing to examine.
    Vacuous,
    /// Part of the history could not be judged, and the rest holds.
    Undecided,
}

/// An operation in a story.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Told {
    pub line: u32,
    pub client: String,
    pub what: String,
    pub began: u64,
    /// None if its end is unknown.
    pub ended: Option<u64>,
}

/// A counterexample that a person can follow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Story {
    pub key: String,
    pub operations: Vec<Told>,
    pub why: String,
}

/// A figure that a checker has found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measure {
    pub name: &'static str,
    pub text: String,
    /// The figure itself; none if it is unbounded.
    pub value: Option<u64>,
}

/// What a checker has found in all keys.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub examined: u64,
    pub broken: u64,
    /// Keys that could not be judged.
    pub unjudged: u64,
    pub measures: Vec<Measure>,
    /// Place of the first counterexample in the order of events, and the story.
    pub first: Option<(u32, Story)>,
    /// A bound that was asked for is exceeded, whatever else was found.
    pub exceeded: bool,
}

impl Findings {
    /// Notes a counterexample at this place; its story is told only if it is the first.
    pub fn broken(&mut self, place: u32, story: impl FnOnce() -> Story) {
        self.broken += 1;
        if self.first.as_ref().is_none_or(|(first, _)| place < *first) {
            self.first = Some((place, story()));
        }
    }

    /// Adds those of another key.
    pub fn join(&mut self, other: Findings) {
        self.examined += other.examined;
        self.broken += other.broken;
        self.unjudged += other.unjudged;
        self.exceeded |= other.exceeded;
        if let Some((place, story)) = other.first
            && self.first.as_ref().is_none_or(|(first, _)| place < *first)
        {
            self.first = Some((place, story));
        }
    }

    /// What they come to.
    pub fn verdict(&self) -> Verdict {
        match (self.broken > 0, self.unjudged > 0, self.examined > 0) {
            (true, _, _) => Verdict::Broken,
            (false, true, _) => Verdict::Undecided,
            (false, false, true) => Verdict::Held,
            (false, false, false) => Verdict::Vacuous,
        }
    }
}

impl Story {
    /// A story about these operations of a key, in the order in which they began.
    pub fn new(register: &Register<'_>, operations: &[u32], why: String) -> Story {
        let mut operations = operations.to_vec();
        operations.sort_by_key(|number| register.operation(*number).start);
        operations.dedup();
        let told = operations.iter().map(|number| register.history.told(*number)).collect();
        Story { key: register.history.key_name(register.key), operations: told, why }
    }

    /// A read returned what it cannot have.
    pub fn of_strange(register: &Register<'_>, read: &Read, strange: Strange) -> Story {
        let (other, why) = match strange {
            Strange::NeverWritten(value) => {
                let value = register.history.texts.written(value);
                (None, format!("nobody ever wrote {value}"))
            }
            Strange::Failed(number) => {
                (Some(number), "it returned what a write brought that surely failed".to_string())
            }
            Strange::FromTheFuture(number) => {
                (Some(number), "it returned what was written only after it had ended".to_string())
            }
        };
        let operations: Vec<u32> = other.into_iter().chain([read.operation]).collect();
        Story::new(register, &operations, why)
    }

    /// A read lacks what these operations should have made it know.
    pub fn of_missed(
        register: &Register<'_>,
        read: &Read,
        missed: Missed,
        others: &[u32],
        why: &str,
    ) -> Story {
        let mut operations = vec![read.operation];
        operations.extend(others);
        let mut why = why.to_string();
        match missed {
            Missed::Write(write) => operations.push(register.writes[write as usize].operation),
            Missed::Version((actor, count)) => {
                let actor = register.history.actors.text(actor);
                why.push_str(&format!(" (version {actor}:{count} is not covered)"));
            }
        }
        Story::new(register, &operations, why)
    }
}

impl History {
    /// An operation as a person reads it.
    pub fn told(&self, number: u32) -> Told {
        let operation = &self.operations[number as usize];
        let values = operation.values.of(&self.values);
        let texts: Vec<String> = values.iter().map(|value| self.texts.written(*value)).collect();
        let key = self.key_name(operation.key);
        let what = match (operation.function, texts.as_slice()) {
            (Function::Read, []) => format!("read {key} -> nothing"),
            (Function::Read, [one]) => format!("read {key} -> {one}"),
            (Function::Read, many) => format!("read {key} -> {{{}}}", many.join(", ")),
            (Function::Swap, [old, new, ..]) => format!("cas {key}: {old} to {new}"),
            (Function::Write | Function::Delete | Function::Swap, []) => format!("delete {key}"),
            (Function::Write | Function::Delete | Function::Swap, [value, ..]) => {
                format!("write {key} = {value}")
            }
        };
        let (what, ended) = match operation.ending {
            Ending::Ok => (what, operation.ended),
            Ending::Fail => (format!("{what} (failed)"), operation.ended),
            Ending::Unknown => (format!("{what} (end unknown)"), None),
        };
        let client = self.clients.text(operation.client).to_string();
        Told { line: operation.line, client, what, began: operation.began, ended }
    }
}
