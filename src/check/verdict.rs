//! What a judge says.

use serde::{Serialize, Serializer};

use crate::id::{EventId, Key, NodeId};
use crate::time::Time;

/// Findings that a verdict tells in full; the rest is only counted.
const MOST_TOLD: usize = 20;

/// What a judge says of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// The judge's name.
    pub judge: &'static str,
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

    /// The verdict: held if nothing was found, else `otherwise`.
    pub fn verdict(self, judge: &'static str, examined: u64, otherwise: Outcome) -> Verdict {
        let outcome = match (self.count, examined) {
            (0, 0) => Outcome::NothingExamined,
            (0, _) => Outcome::Held,
            (_, _) => otherwise,
        };
        Verdict { judge, outcome, examined, found: self.count, findings: self.told }
    }
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
