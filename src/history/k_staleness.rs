//! k-staleness: each read returns one of the k freshest values.
//!
//! One value and no context: k-atomicity (Golab, Hurwitz and Li 2013), in some valid order of all
//! operations. k = 1 is linearizability, decided by zones; k = 2 is decided by limited
//! backtracking; beyond, k is bounded from below by the writes that surely lie between a read and
//! what it returned, and from above by the better of two orders. With contexts: k of a read is one
//! more than the acknowledged writes that it did not know when it began (Bailis et al. 2012).

use crate::history::duty::Missed;
use crate::history::missing::{Missing, Since, missing};
use crate::history::model::{NEVER, Shape};
use crate::history::register::Register;
use crate::history::two_atomic::two_atomic;
use crate::history::verdict::{Findings, Measure, Story};
use crate::history::zones::{conflicts, zones};

/// The least and the greatest that the staleness of a history can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    pub least: u64,
    pub most: u64,
}

impl Default for Range {
    fn default() -> Range {
        Range { least: 1, most: 1 }
    }
}

/// Examines all reads against a bound.
pub fn check(register: &Register<'_>, bound: u64, whole: &mut Range) -> Findings {
    let mut findings = Findings::default();
    if register.reads.is_empty() {
        return findings;
    }
    if let Some(read) = register.reads.iter().find(|read| read.strange.is_some()) {
        let strange = read.strange.expect("it was looked for");
        findings.broken(read.start, || Story::of_strange(register, read, strange));
        whole.most = u64::MAX;
        return findings;
    }
    let missing = missing(register, Since::Settled);
    let plain = register.history.shape != Shape::Contexts;
    if plain && (!register.unique || !register.reads.iter().all(|read| register.is_single(read))) {
        findings.unjudged = 1;
        return findings;
    }
    findings.examined = register.reads.len() as u64;
    let range = range(register, &missing);
    *whole = Range { least: whole.least.max(range.least), most: whole.most.max(range.most) };
    if range.least > bound {
        tell(register, &missing, range, bound, &mut findings);
    } else if range.most > bound {
        (findings.examined, findings.unjudged) = (0, 1);
    }
    findings
}

/// The figure of all keys.
pub fn measures(range: Range) -> Vec<Measure> {
    let text = match range {
        Range { most: u64::MAX, .. } => "unbounded".to_string(),
        Range { least, most } if least == most => format!("{least}"),
        Range { least, most } => format!("{least} to {most}"),
    };
    let value = Some(range.least).filter(|_| range.most != u64::MAX);
    vec![Measure { name: "k", text, value }]
}

/// How stale the reads of a key are.
pub fn range(register: &Register<'_>, missing: &[Missing]) -> Range {
    let behind = missing.iter().map(|missing| missing.writes).max().unwrap_or(0);
    if register.history.shape == Shape::Contexts {
        return Range { least: behind + 1, most: behind + 1 };
    }
    if conflicts(&zones(register)).is_empty() {
        return Range { least: 1, most: 1 };
    }
    if behind < 2 && two_atomic(register) {
        return Range { least: 2, most: 2 };
    }
    let least = (behind + 1).max(3);
    Range { least, most: upper(register).max(least) }
}

/// The staleness in the better of two valid orders of the writes: by beginning, and by when they
/// had surely taken effect.
fn upper(register: &Register<'_>) -> u64 {
    let writes = &register.writes;
    let counted = |at: &u32| writes[*at as usize].settled != NEVER;
    let by_start: Vec<u32> = (0..writes.len() as u32).filter(counted).collect();
    let mut by_end = by_start.clone();
    by_end.sort_unstable_by_key(|at| writes[*at as usize].settled);
    let ends: Vec<u32> = by_end.iter().map(|at| writes[*at as usize].settled).collect();
    let places = |order: &[u32]| {
        let mut places = vec![0u64; writes.len()];
        (0..).zip(order).for_each(|(place, at)| places[*at as usize] = place);
        places
    };
    let behind = |places: Vec<u64>| {
        // Of the writes that had ended by a moment, the one that stands last in the order.
        let mut last: Vec<u64> = by_end.iter().map(|at| places[*at as usize]).collect();
        (1..last.len()).for_each(|at| last[at] = last[at].max(last[at - 1]));
        let stale = register.reads.iter().map(|read| {
            let own = places[register.shown_by(read)[0] as usize];
            let ended = ends.partition_point(|end| *end < read.start);
            let last = ended.checked_sub(1).map_or(0, |at| last[at]);
            last.saturating_sub(own) + 1
        });
        stale.max().unwrap_or(1)
    };
    behind(places(&by_start)).min(behind(places(&by_end)))
}

fn tell(
    register: &Register<'_>,
    missing: &[Missing],
    range: Range,
    bound: u64,
    findings: &mut Findings,
) {
    let beyond = |(_, missing): &(&_, &Missing)| missing.writes >= bound;
    let mut found = false;
    for (read, missing) in register.reads.iter().zip(missing).filter(beyond) {
        let Some(oldest) = missing.oldest else { continue };
        found = true;
        let why = format!("it missed {} acknowledged writes, this the first", missing.writes);
        let missed = Missed::Write(oldest);
        findings.broken(read.start, || Story::of_missed(register, read, missed, &[], &why));
    }
    if !found {
        let (one, other) = conflicts(&zones(register))[0];
        let place = one.greatest_start.max(other.greatest_start) as u32;
        let why = format!(
            "no order of all operations on this key has each read return one of the {bound} \
             freshest values; at least {} are needed",
            range.least
        );
        let writes = [one, other].map(|zone| register.writes[zone.write as usize].operation);
        let known: Vec<u32> = writes.into_iter().filter(|number| *number != NEVER).collect();
        findings.broken(place, || Story::new(register, &known, why));
    }
}
