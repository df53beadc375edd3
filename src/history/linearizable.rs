//! Linearizability (Herlihy and Wing 1990) of each key.
//!
//! One value and no context: by zones, exact where each value is written once; keys on which a
//! value comes twice are searched. With contexts: there is one order of all writes and reads, in
//! which each read knows exactly the writes before it, as if there were a single copy. Beside the
//! verdict the least delta: by how much the beginnings of reads must be moved back to make it so
//! (delta-atomicity; Golab, Li and Shah 2011).

use crate::history::model::Shape;
use crate::history::one_copy;
use crate::history::register::Register;
use crate::history::search::{Answer, search};
use crate::history::verdict::{Findings, Measure, Story};
use crate::history::zones::{Shift, Times, Zone, conflicts, ends, zones};

/// What the keys of a history come to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deltas {
    delta: u64,
    gamma: u64,
    unbounded: u64,
    keys: u64,
}

/// Examines all operations of a key on which somebody read.
pub fn check(register: &Register<'_>, deltas: &mut Deltas) -> Findings {
    let mut findings = Findings::default();
    if register.reads.is_empty() {
        return findings;
    }
    findings.examined = (register.reads.len() + register.writes.len() - 1) as u64;
    if let Some(read) = register.reads.iter().find(|read| read.strange.is_some()) {
        let strange = read.strange.expect("it was looked for");
        findings.broken(read.start, || Story::of_strange(register, read, strange));
        deltas.note(None, None);
        return findings;
    }
    if register.history.shape == Shape::Contexts {
        let delta = one_copy::check(register, &mut findings);
        if findings.broken > 0 {
            deltas.note(delta, None);
        }
        return findings;
    }
    if !register.reads.iter().all(|read| register.is_single(read)) {
        (findings.examined, findings.unjudged) = (0, 1);
        return findings;
    }
    match register.unique {
        true => by_zones(register, &mut findings, deltas),
        false => by_search(register, &mut findings),
    }
    findings
}

/// Delta and gamma over all keys.
pub fn measures(deltas: &Deltas, shape: Shape) -> Vec<Measure> {
    if deltas.keys == 0 {
        return Vec::new();
    }
    let known = |value: u64| (deltas.unbounded == 0).then_some(value);
    let measure = |name, value: Option<u64>| Measure { name, text: String::new(), value };
    let mut measures = vec![measure("delta", known(deltas.delta))];
    if shape != Shape::Contexts {
        measures.push(measure("gamma", known(deltas.gamma)));
    }
    measures
}

impl Deltas {
    fn note(&mut self, delta: Option<u64>, gamma: Option<u64>) {
        self.keys += 1;
        self.delta = self.delta.max(delta.unwrap_or(0));
        self.gamma = self.gamma.max(gamma.unwrap_or(0));
        self.unbounded += u64::from(delta.is_none());
    }
}

fn by_zones(register: &Register<'_>, findings: &mut Findings, deltas: &mut Deltas) {
    let pairs = conflicts(&zones(register));
    if pairs.is_empty() {
        return;
    }
    for (one, other) in pairs {
        let place = one.greatest_start.max(other.greatest_start) as u32;
        findings.broken(place, || story(register, one, other));
    }
    let times = Times::new(register);
    let delta = times.least(deltas.delta, |reads| Shift { reads, writes: 0 });
    let gamma = times.least(deltas.gamma, |both| Shift { reads: both, writes: both });
    deltas.note(delta, gamma);
}

fn by_search(register: &Register<'_>, findings: &mut Findings) {
    match search(register) {
        Answer::Linearizable => {}
        Answer::Not { operation } => {
            let place = register.operation(operation).start;
            let why = "no order of the operations up to the last of these explains it".to_string();
            let story = || Story::new(register, &around(register, place), why);
            findings.broken(place, story);
        }
        Answer::GaveUp => (findings.examined, findings.unjudged) = (0, 1),
    }
}

/// The last operations that began up to this place.
fn around(register: &Register<'_>, place: u32) -> Vec<u32> {
    let reads = register.reads.iter().map(|read| (read.start, read.operation));
    let writes = register.writes[1..].iter().map(|write| (write.start, write.operation));
    let mut all: Vec<(u32, u32)> = reads.chain(writes).filter(|(at, _)| *at <= place).collect();
    all.sort_unstable();
    all.iter().rev().take(6).map(|(_, operation)| *operation).collect()
}

fn story(register: &Register<'_>, one: Zone, other: Zone) -> Story {
    let name = |zone: Zone| {
        let value = register.writes[zone.write as usize].value;
        value.map_or("nothing".to_string(), |value| register.history.texts.written(value))
    };
    let (this, that) = (ends(register, one.write), ends(register, other.write));
    let writes = [one, other].map(|zone| register.writes[zone.write as usize].operation);
    let all = [writes[0], writes[1], this.first, this.last, that.first, that.last];
    let known: Vec<u32> =
        all.into_iter().filter(|operation| *operation != crate::history::model::NEVER).collect();
    let (one, other) = (name(one), name(other));
    let why = format!(
        "{one} was there before an operation on {other} began, and {other} before one on {one}: \
         each would have to come first"
    );
    Story::new(register, &known, why)
}
