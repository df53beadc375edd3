//! Has checkers look at a history, and says what they found.

use serde::Serialize;

use crate::history::causal::{self, Scope};
use crate::history::checkers::Checker;
use crate::history::k_staleness::{self, Range};
use crate::history::linearizable::{self, Deltas};
use crate::history::model::{Ending, History, Shape};
use crate::history::register::Register;
use crate::history::t_staleness::{self, Lags};
use crate::history::verdict::{Findings, Measure, Story, Verdict};

/// Up to where staleness is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Reads return one of this many freshest values.
    pub k: u64,
    /// And are behind by no more than this, in nanoseconds.
    pub t: u64,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { k: 2, t: 0 }
    }
}

/// What a history holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Contents {
    pub operations: u64,
    pub reads: u64,
    pub writes: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub unknown: u64,
    pub clients: u64,
    pub keys: u64,
    pub values: &'static str,
    pub timed: bool,
}

/// What a checker says.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judgement {
    pub checker: &'static str,
    pub verifies: String,
    pub required: bool,
    pub verdict: Verdict,
    pub examined: u64,
    /// What was examined.
    pub of: &'static str,
    pub violations: u64,
    /// Keys that could not be judged.
    pub unjudged_keys: u64,
    pub measures: Vec<Measure>,
    /// Something about how it was judged.
    pub note: Option<String>,
    pub first: Option<Story>,
}

/// What all of them say.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judgements {
    pub history: Contents,
    pub verdict: Verdict,
    pub checkers: Vec<Judgement>,
}

/// Has these checkers look at a history. Those of `required` decide the verdict of the whole.
pub fn judge(
    history: &History,
    checkers: &[Checker],
    required: &[Checker],
    bounds: &Bounds,
) -> Judgements {
    let registers = history.registers();
    let said = |checker: &Checker| {
        let required = required.contains(checker);
        one(history, &registers, *checker, required, bounds)
    };
    together(history, checkers.iter().map(said).collect())
}

/// What these checkers come to, each of which has looked at the history.
pub fn together(history: &History, checkers: Vec<Judgement>) -> Judgements {
    Judgements { history: contents(history), verdict: overall(&checkers), checkers }
}

/// Broken if a promise is; else undecided or vacuous if that is all that can be said of one.
fn overall(checkers: &[Judgement]) -> Verdict {
    let required = || checkers.iter().filter(|said| said.required);
    for verdict in [Verdict::Broken, Verdict::Undecided, Verdict::Vacuous] {
        if required().any(|said| said.verdict == verdict) {
            return verdict;
        }
    }
    Verdict::Held
}

/// Has one checker look at a history, of which these are the registers. Checkers know nothing of
/// each other.
pub fn one(
    history: &History,
    registers: &[Register<'_>],
    checker: Checker,
    required: bool,
    bounds: &Bounds,
) -> Judgement {
    let (mut findings, mut note) = (Findings::default(), None);
    match checker {
        Checker::Linearizable => {
            let mut deltas = Deltas::default();
            for register in registers {
                findings.join(linearizable::check(register, &mut deltas));
            }
            findings.measures = linearizable::measures(&deltas, history.shape);
        }
        Checker::KStaleness => {
            let mut range = Range::default();
            for register in registers {
                findings.join(k_staleness::check(register, bounds.k, &mut range));
            }
            if findings.examined > 0 {
                findings.measures = k_staleness::measures(range);
            }
        }
        Checker::TStaleness => {
            let mut lags = Lags::default();
            for register in registers {
                findings.join(t_staleness::check(register, bounds.t, &mut lags));
            }
            findings.measures = t_staleness::measures(&mut lags);
        }
        Checker::Causal => {
            let (found, scope) = causal::check(history, registers);
            findings = found;
            if scope == Scope::EachKey {
                note = Some("each key on its own: there are too many clients".to_string());
            }
        }
        Checker::Written
        | Checker::Regular
        | Checker::ReadYourWrites
        | Checker::MonotonicReads
        | Checker::MonotonicWrites
        | Checker::WritesFollowReads
        | Checker::LostUpdate => {
            let check = checker.of_key().expect("it looks at one key at a time");
            registers.iter().for_each(|register| findings.join(check(register)));
        }
    }
    let note = note.or(silence(history, checker));
    said(history, checker, required, bounds, findings, note)
}

/// Why a checker cannot say anything of such a history.
fn silence(history: &History, checker: Checker) -> Option<String> {
    let text = match (checker, history.shape) {
        (Checker::LostUpdate, Shape::Sets) => "sets of values without contexts cannot tell",
        (Checker::MonotonicWrites | Checker::WritesFollowReads, Shape::Registers | Shape::Sets) => {
            "without contexts one key cannot tell; `causal` looks over all keys"
        }
        (_, _) => return None,
    };
    Some(text.to_string())
}

fn said(
    history: &History,
    checker: Checker,
    required: bool,
    bounds: &Bounds,
    findings: Findings,
    note: Option<String>,
) -> Judgement {
    let mut measures = findings.measures.clone();
    for measure in measures.iter_mut().filter(|measure| measure.text.is_empty()) {
        measure.text = match measure.value {
            Some(value) => history.span_text(value),
            None => "unbounded".to_string(),
        };
    }
    Judgement {
        checker: checker.name(),
        verifies: checker.verifies(bounds),
        required,
        verdict: findings.verdict(),
        examined: findings.examined,
        of: checker.examines(),
        violations: findings.broken,
        unjudged_keys: findings.unjudged,
        measures,
        note,
        first: findings.first.map(|(_, story)| story),
    }
}

fn contents(history: &History) -> Contents {
    let count = |ending: Ending| {
        history.operations.iter().filter(|operation| operation.ending == ending).count() as u64
    };
    let writes = history.operations.iter().filter(|operation| operation.writes()).count() as u64;
    let operations = history.operations.len() as u64;
    Contents {
        operations,
        reads: operations - writes,
        writes,
        succeeded: count(Ending::Ok),
        failed: count(Ending::Fail),
        unknown: count(Ending::Unknown),
        clients: history.clients.count() as u64,
        keys: history.keys.len() as u64,
        values: match history.shape {
            Shape::Registers => "registers",
            Shape::Sets => "siblings",
            Shape::Contexts => "siblings with contexts",
        },
        timed: history.timed,
    }
}
