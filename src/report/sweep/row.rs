//! What came of one run of a sweep: a line of a part.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::check::verdict::Outcome;
use crate::report::document::Report;
use crate::report::sweep::details::Details;
use crate::report::sweep::plan::{Plan, Task};

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything held.
    Held,
    /// A fault touched nothing, or a judge had nothing to examine.
    Inconclusive,
    /// A judge or an `expect` line was broken.
    Finding,
    /// The program itself failed.
    Panicked,
}

impl Status {
    /// All of them, the best first.
    pub const ALL: [Status; 4] =
        [Status::Held, Status::Inconclusive, Status::Finding, Status::Panicked];

    /// As a table has it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Held => "held",
            Status::Inconclusive => "inconclusive",
            Status::Finding => "finding",
            Status::Panicked => "panicked",
        }
    }

    /// Is it what a user must hear of?
    pub fn is_finding(self) -> bool {
        match self {
            Status::Held | Status::Inconclusive => false,
            Status::Finding | Status::Panicked => true,
        }
    }
}

/// What is kept of a run. Nothing in it depends on the machine or the hour.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its place in the table, from 0.
    pub index: u64,
    /// The name under which it is kept.
    pub run: String,
    pub status: Status,
    /// The judges that found something, or what the program said as it failed.
    pub problem: String,
    /// The run's digest.
    pub digest: String,
    /// In the order of the plan; none where the run has nothing to say.
    pub figures: Vec<Option<Number>>,
    /// Of nodes and faults, one by one.
    pub details: Details,
}

/// The part of a run between its warm-up and its end, in a report that was cut there.
const AFTER_WARM_UP: &str = "during";

fn at<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(document, |value, step| value.get(step))
}

impl Row {
    /// Of a run that ended. `steady` is its report with the warm-up cut off: what that has by parts
    /// of the run is taken from there, from the part after the warm-up.
    pub fn of(plan: &Plan, task: Task, report: &Report, steady: Option<&Report>) -> Row {
        let document = |report: &Report| serde_json::to_value(report).expect("it is plain data");
        let (whole, steady) = (document(report), steady.map(document));
        let after = |path: &str| {
            let (section, rest) = path.split_once('.')?;
            at(steady.as_ref()?, &format!("{section}.{AFTER_WARM_UP}.{rest}"))
        };
        let figure = |path: &String| match after(path).or_else(|| at(&whole, path)) {
            Some(Value::Number(number)) => Some(number.clone()),
            Some(_) | None => None,
        };
        let worst = |outcome: Outcome| match outcome {
            Outcome::Held | Outcome::Anomaly | Outcome::NotMet => Status::Held,
            Outcome::Vacuous | Outcome::NothingExamined => Status::Inconclusive,
            Outcome::Violated => Status::Finding,
        };
        let verdicts = || report.verdicts.iter();
        let status = verdicts().map(|it| worst(it.outcome)).max().unwrap_or(Status::Held);
        let broken = verdicts().filter(|it| status > Status::Held && worst(it.outcome) == status);
        Row {
            index: task.index,
            run: plan.address(task),
            status,
            problem: broken.map(|it| it.judge).collect::<Vec<_>>().join(" "),
            digest: report.header.digest.clone(),
            figures: plan.figures.iter().map(figure).collect(),
            details: Details::of(&whole),
        }
    }

    /// Of a run in which the program failed.
    pub fn panicked(plan: &Plan, task: Task, story: &str) -> Row {
        Row {
            index: task.index,
            run: plan.address(task),
            status: Status::Panicked,
            problem: story.lines().next().unwrap_or("").to_string(),
            digest: String::new(),
            figures: vec![None; plan.figures.len()],
            details: Details::default(),
        }
    }

    /// Reads a line; none if it is no whole row.
    pub fn read(line: &[u8]) -> Option<Row> {
        serde_json::from_slice(line).ok()
    }

    /// The line, with its end.
    pub fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("a row is plain data");
        line.push(b'\n');
        line
    }
}
