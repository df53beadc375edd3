//! What a judge says.

use serde::{Serialize, Serializer};

use crate::check::{hints, members, quorums, trees, versions, world};
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;

/// Findings that a verdict tells in full; the rest is only counted.
const MOST_TOLD: usize = 20;

/// By part of the store, the number of each invariant and the name of its judge.
pub const INVARIANTS: [&[(&str, &str)]; 7] = [
    &[
        ("Z2", "message_ledger"),
        ("H1", "hint_ledger"),
        ("Q8", "operations"),
        ("D1", "no_invention"),
        ("D2", "durability"),
        ("C1", "convergence"),
    ],
    &versions::INVARIANTS,
    &quorums::INVARIANTS,
    &hints::INVARIANTS,
    &trees::INVARIANTS,
    &members::INVARIANTS,
    &world::INVARIANTS,
];

/// What a judge says of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// The judge's name.
    pub judge: &'static str,
    /// The number of the invariant that it watches over (`D2`), by the judge's name.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub invariant: &'static str,
    pub outcome: Outcome,
    /// How many things were looked at; each judge says which.
    pub examined: u64,
    /// How many findings there are.
    pub found: u64,
    /// The first of them.
    pub findings: Vec<Finding>,
}

/// How a run stands before a judge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What must hold does.
    Held,
    /// It does not: the run fails.
    Violated,
    /// It does not, but this configuration allows it.
    Anomaly,
    /// A fault touched nothing, so that the run shows less than it seems to.
    Vacuous,
    /// There was nothing to look at, which is no pass.
    NothingExamined,
    /// What this judge watches over never happened in this run: it says nothing.
    NotMet,
}

impl Outcome {
    /// How a summary says it.
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Held => "held",
            Outcome::Violated => "VIOLATED",
            Outcome::Anomaly => "anomaly",
            Outcome::Vacuous => "vacuous",
            Outcome::NothingExamined => "nothing examined",
            Outcome::NotMet => "not met",
        }
    }
}

/// One thing that a judge found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Finding {
    /// When it showed; none if in the account at the end.
    #[serde(
        rename = "time_s",
        serialize_with = "seconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Option<Time>,
    #[serde(serialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeId>,
    #[serde(serialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// In which way it went wrong, in a few words without names or numbers: findings of one judge
    /// with one mechanism have one cause, as far as can be seen.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub mechanism: &'static str,
    /// What was expected and what came.
    pub story: String,
}

/// Findings while they are gathered.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    count: u64,
    told: Vec<Finding>,
}

impl Findings {
    /// One more; it is only made if there is room to tell it.
    pub fn add(&mut self, finding: impl FnOnce() -> Finding) {
        self.count += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(finding());
        }
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// These, and what they come to; or, if there are none, those that a knob excuses, which are an
    /// anomaly.
    pub fn or_excused(self, excused: Findings, otherwise: Outcome) -> (Findings, Outcome) {
        if self.is_empty() { (excused, Outcome::Anomaly) } else { (self, otherwise) }
    }

    /// The verdict: held if nothing was found, else `otherwise`.
    pub fn verdict(self, judge: &'static str, examined: u64, otherwise: Outcome) -> Verdict {
        let outcome = match (self.count, examined) {
            (0, 0) => Outcome::NothingExamined,
            (0, _) => Outcome::Held,
            (_, _) => otherwise,
        };
        let invariant = invariant_of(judge);
        Verdict { judge, invariant, outcome, examined, found: self.count, findings: self.told }
    }

    /// The same from a judge of something that need not happen in a run.
    pub fn verdict_if_met(self, judge: &'static str, examined: u64, otherwise: Outcome) -> Verdict {
        let verdict = self.verdict(judge, examined, otherwise);
        match verdict.outcome {
            Outcome::NothingExamined => Verdict { outcome: Outcome::NotMet, ..verdict },
            Outcome::Held | Outcome::Violated | Outcome::Anomaly => verdict,
            Outcome::Vacuous | Outcome::NotMet => verdict,
        }
    }
}

/// The number of the invariant of a judge; none for judges of something else.
fn invariant_of(judge: &str) -> &'static str {
    let rows = INVARIANTS.iter().copied().flatten();
    rows.copied().find(|(_, name)| *name == judge).map_or("", |(number, _)| number)
}

impl Finding {
    /// A finding that names nothing but its story.
    pub fn story(story: String) -> Finding {
        Finding { story, ..Finding::default() }
    }
}

fn seconds<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(Time::seconds).serialize(serializer)
}

fn text<T: ToString, S: Serializer>(name: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    name.as_ref().map(T::to_string).serialize(serializer)
}
