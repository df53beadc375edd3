//! What every operation of a run came to, and the first that came to something else in another.
//!
//! Operations of two runs are the same by client and number. An outcome is the kind of answer and
//! what was read, not how long it took.

use std::collections::BTreeMap;

use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, OperationId};
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// What one operation came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub function: Function,
    pub key: Key,
    pub ended: Time,
    pub told: Told,
}

/// What the client was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// Success, and the visible versions that a get returned, by the numbers of their writes.
    Ok(Vec<u32>),
    Failed,
    Unknown,
}

/// Keeps the answers of a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answers {
    all: BTreeMap<OperationId, Answer>,
}

/// How the answers of two runs compare.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changed {
    /// Operations in both runs.
    pub both: u64,
    /// Those of them with another outcome.
    pub other: u64,
    /// Operations in one run only.
    pub one_only: u64,
    /// Of those with another outcome the first to end, in either run.
    pub first: Option<(OperationId, [Answer; 2])>,
}

impl Answers {
    /// Compares with the answers of another run.
    pub fn compare(&self, other: &Answers) -> Changed {
        let mut changed = Changed::default();
        let mut first: Option<(Time, OperationId)> = None;
        for (operation, left) in &self.all {
            let Some(right) = other.all.get(operation) else { continue };
            changed.both += 1;
            if left.told != right.told || left.key != right.key {
                changed.other += 1;
                let place = (left.ended.min(right.ended), *operation);
                first = Some(first.map_or(place, |first| first.min(place)));
            }
        }
        changed.one_only = (self.all.len() + other.all.len()) as u64 - 2 * changed.both;
        changed.first = first.map(|(_, operation)| {
            let answer = |side: &Answers| side.all[&operation].clone();
            (operation, [answer(self), answer(other)])
        });
        changed
    }
}

impl Observer for Answers {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Client { fact: ClientFact::Ended(ending), .. } = record {
            let Ending { operation, function, key, result, .. } = ending;
            let read = |set: &VersionSet| {
                let visible = set.visible().map(|version| version.ghost.event().number);
                visible.collect::<Vec<u32>>()
            };
            let told = match result {
                OperationResult::Ok { set, .. } if *function == Function::Get => {
                    let mut events = set.as_deref().map(read).unwrap_or_default();
                    events.sort_unstable();
                    Told::Ok(events)
                }
                OperationResult::Ok { .. } => Told::Ok(Vec::new()),
                OperationResult::Failed => Told::Failed,
                OperationResult::Unknown => Told::Unknown,
            };
            let answer = Answer { function: *function, key: *key, ended: now, told };
            self.all.insert(*operation, answer);
        }
    }
}

impl Told {
    /// In words, of this kind of operation.
    pub fn words(&self, function: Function) -> String {
        match self {
            Told::Ok(events) if function == Function::Get && events.is_empty() => {
                "ok, nothing there".to_string()
            }
            Told::Ok(events) if function == Function::Get => {
                let events: Vec<String> = events.iter().map(|event| format!("w{event}")).collect();
                format!("ok, {}", events.join(" and "))
            }
            Told::Ok(_) => "ok".to_string(),
            Told::Failed => "failed".to_string(),
            Told::Unknown => "unknown".to_string(),
        }
    }
}
