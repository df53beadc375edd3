//! Monotonic reads (Terry et al. 1994): a read knows all that any read of its client to the key
//! knew that had ended before it began.
//!
//! Where reads return one value without a context, a read is also broken if its client itself has
//! seen the value replaced by another.

use std::collections::BTreeSet;

use crate::history::duty::{Duty, Missed};
use crate::history::model::Shape;
use crate::history::register::{Read, Register, Step};
use crate::history::verdict::{Findings, Story};

const WHY: &str = "its own client had read this, or something that knew it, before it began";

/// What a client has seen of the key.
#[derive(Clone, Default)]
struct Memory {
    duty: Duty,
    read: bool,
    last: Option<u32>,
    replaced: Replaced,
}

/// Writes, most of which come in their order.
#[derive(Clone, Default)]
struct Replaced {
    rising: Vec<u32>,
    others: BTreeSet<u32>,
}

/// Examines reads whose client had read the key before.
pub fn check(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    let mut memories = vec![Memory::default(); register.clients as usize];
    // What each read's client had seen last when it began.
    let mut before: Vec<Option<u32>> = vec![None; register.reads.len()];
    for step in &register.steps {
        match *step {
            Step::ReadBegins(at) => {
                let read = &register.reads[at as usize];
                let memory = &memories[read.client as usize];
                before[at as usize] = memory.last;
                if memory.read && read.strange.is_none() {
                    findings.examined += 1;
                    if let Some(missed) = memory.missed_by(register, read) {
                        let story = || Story::of_missed(register, read, missed, &[], WHY);
                        findings.broken(read.start, story);
                    }
                }
            }
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                memories[read.client as usize].note(register, read, before[at as usize]);
            }
            Step::WriteBegins(_) | Step::WriteEnds(_) => {}
        }
    }
    findings
}

impl Memory {
    fn missed_by(&self, register: &Register<'_>, read: &Read) -> Option<Missed> {
        self.duty.missed_by(register, read).or_else(|| {
            let back = self.replaced.contains(single(register, read)?);
            back.then_some(Missed::Write(self.last?))
        })
    }

    fn note(&mut self, register: &Register<'_>, read: &Read, before: Option<u32>) {
        self.read = true;
        self.duty.add_read(register, read);
        if let Some(seen) = single(register, read) {
            before
                .filter(|before| *before != seen)
                .into_iter()
                .for_each(|it| self.replaced.add(it));
            self.last = Some(seen);
        }
    }
}

impl Replaced {
    fn add(&mut self, write: u32) {
        match self.rising.last() {
            Some(last) if *last == write => {}
            Some(last) if *last > write => _ = self.others.insert(write),
            _ => self.rising.push(write),
        }
    }

    fn contains(&self, write: u32) -> bool {
        self.rising.binary_search(&write).is_ok() || self.others.contains(&write)
    }
}

/// The one write that a read surely returned, where there can be only one.
fn single(register: &Register<'_>, read: &Read) -> Option<u32> {
    let plain = register.history.shape == Shape::Registers;
    match register.shown_by(read) {
        [one] if plain && !read.one_of && read.strange.is_none() => Some(*one),
        _ => None,
    }
}
