//! Siblings with contexts: could it all have happened at a single copy?
//!
//! There is an order in which each read knows exactly the writes before it iff: (1) a read knows
//! what was acknowledged, and (2) what a read knew that had ended, before it began; (3) it knows
//! nothing that had not begun; (4) if it knows a write, it knows those that were acknowledged
//! before that began; and (5) of two reads one knows all that the other does.

use crate::history::clock::first_beyond;
use crate::history::records::{Record, Records};
use crate::history::register::{Read, Register, Step};
use crate::history::verdict::{Findings, Story};

/// Notes each read that breaks a rule. Returns by how much the beginnings of reads must be moved
/// back to mend all; none if nothing mends them.
pub fn check(register: &Register<'_>, findings: &mut Findings) -> Option<u64> {
    let (acknowledged, seen) = records(register);
    let starts = latest_starts(register);
    let mut delta = Some(0);
    for read in &register.reads {
        let context = register.context(read);
        let late = acknowledged
            .first_beyond(context, read.start)
            .map(|record| (record, "this was acknowledged before it began"));
        let back = seen
            .first_beyond(context, read.start)
            .map(|record| (record, "this had ended before it began, and knew more"));
        let known = known_start(register, &starts, read);
        let unordered = acknowledged.first_beyond(context, known.0.min(read.end));
        let unordered = unordered
            .filter(|_| known.0 > read.start)
            .map(|record| (record, "it knows a write that began only after this was acknowledged"));
        if let (None, Some(_)) = (late, unordered) {
            delta = None;
        }
        for (record, _) in [late, back].into_iter().flatten() {
            let ended = register.operation(record.operation).ended.unwrap_or(0);
            let lag = register.operation(read.operation).began.saturating_sub(ended);
            delta = delta.map(|delta| delta.max(lag));
        }
        if let Some((record, why)) = late.or(back).or(unordered) {
            let more = late.or(back).is_none().then_some(known.1);
            let operations: Vec<u32> =
                more.into_iter().chain([record.operation, read.operation]).collect();
            findings.broken(read.start, || Story::new(register, &operations, why.to_string()));
        }
    }
    let unmendable = futures(register, &seen, findings) + forks(register, findings);
    delta.filter(|_| unmendable == 0)
}

/// From when on writes were acknowledged, and known to reads that had ended.
fn records(register: &Register<'_>) -> (Records, Records) {
    let (mut acknowledged, mut seen) = (Records::default(), Records::default());
    for step in &register.steps {
        match *step {
            Step::WriteEnds(at) => {
                let write = &register.writes[at as usize];
                let record = Record { place: write.end, operation: write.operation };
                write.dot.into_iter().for_each(|dot| acknowledged.add(dot, record));
            }
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                let record = Record { place: read.end, operation: read.operation };
                register.context(read).iter().for_each(|dot| seen.add(*dot, record));
            }
            Step::ReadBegins(_) | Step::WriteBegins(_) => {}
        }
    }
    (acknowledged, seen)
}

/// For each named write the latest beginning of those of its actor up to it, and whose it is.
fn latest_starts(register: &Register<'_>) -> Vec<(u32, u32)> {
    let mut starts: Vec<(u32, u32)> = Vec::with_capacity(register.dots.len());
    for (place, (dot, at)) in register.dots.iter().enumerate() {
        let write = &register.writes[*at as usize];
        let own = (write.start, write.operation);
        let same = place > 0 && register.dots[place - 1].0.0 == dot.0;
        starts.push(if same { own.max(starts[place - 1]) } else { own });
    }
    starts
}

/// The latest beginning of a write that a read knows, and whose it is.
fn known_start(register: &Register<'_>, starts: &[(u32, u32)], read: &Read) -> (u32, u32) {
    let latest = |entry: &(u32, u64)| {
        let last = register.dots.partition_point(|(dot, _)| dot <= entry).checked_sub(1)?;
        (register.dots[last].0.0 == entry.0).then(|| starts[last])
    };
    register.context(read).iter().filter_map(latest).max().unwrap_or((0, 0))
}

/// Writes that some read knew that had ended before they began.
fn futures(register: &Register<'_>, seen: &Records, findings: &mut Findings) -> u64 {
    let mut found = 0;
    for write in &register.writes[1..] {
        let record = write.dot.and_then(|dot| seen.known(dot));
        if let Some(record) = record.filter(|record| record.place < write.start) {
            found += 1;
            let why = "its context covers a write that began only later".to_string();
            let operations = [record.operation, write.operation];
            findings.broken(write.start, || Story::new(register, &operations, why));
        }
    }
    found
}

/// Reads of which neither knows all that the other does.
fn forks(register: &Register<'_>, findings: &mut Findings) -> u64 {
    let size = |read: &Read| register.context(read).iter().map(|entry| entry.1).sum::<u64>();
    let mut order: Vec<(u64, u32)> =
        (0..).zip(&register.reads).map(|(at, r)| (size(r), at)).collect();
    order.sort_unstable();
    let mut found = 0;
    for pair in order.windows(2) {
        let [less, more] = [pair[0].1, pair[1].1].map(|at| &register.reads[at as usize]);
        if first_beyond(register.context(less), register.context(more)).is_some() {
            found += 1;
            let why = "each of the two reads knows a write that the other does not".to_string();
            let operations = [less.operation, more.operation];
            let place = less.start.max(more.start);
            findings.broken(place, || Story::new(register, &operations, why));
        }
    }
    found
}
