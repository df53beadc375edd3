//! Lost updates: acknowledged writes that nobody took account of.
//!
//! One value and no context: two acknowledged writes by clients whose last look at the key was the
//! same version, so that one has overwritten the other unseen (Berenson et al. 1995, P4). That
//! matters where clients write what they made of what they read; blind writers do it by design.
//! With contexts: an acknowledged write that some read's context covers and that the read does not
//! return, although no client that had got it had written the key since. Sets without contexts
//! cannot tell.

use crate::history::clock::covers;
use crate::history::model::{NEVER, Shape};
use crate::history::register::{Read, Register, Step};
use crate::history::verdict::{Findings, Story};

/// Examines acknowledged writes.
pub fn check(register: &Register<'_>) -> Findings {
    match register.history.shape {
        Shape::Registers => same_base(register),
        Shape::Sets => Findings::default(),
        Shape::Contexts => covered_unseen(register),
    }
}

/// Writes with the version that their clients had looked at last; two with the same are a loss.
fn same_base(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    // The read that each client had last, unless it has written since.
    let mut looked: Vec<Option<u32>> = vec![None; register.clients as usize];
    let mut bases = Vec::new();
    for step in &register.steps {
        match *step {
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                let sure = read.strange.is_none() && !read.one_of;
                looked[read.client as usize] = Some(at).filter(|_| sure);
            }
            Step::WriteBegins(at) => {
                let write = &register.writes[at as usize];
                let base = looked[write.client as usize].take();
                if let Some(read) = base.filter(|_| write.end != NEVER) {
                    let base = register.shown_by(&register.reads[read as usize])[0];
                    bases.push((base, at, read));
                }
            }
            Step::ReadBegins(_) | Step::WriteEnds(_) => {}
        }
    }
    findings.examined = bases.len() as u64;
    bases.sort_unstable();
    for pair in bases.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let [(_, one, read), (_, other, again)] = [pair[0], pair[1]];
        let written = [one, other].map(|at| register.writes[at as usize].operation);
        let reads = [read, again].map(|at| register.reads[at as usize].operation);
        let why = "both writes followed the same version: one has overwritten the other unseen";
        let operations = [written, reads].concat();
        let place = register.writes[other as usize].start;
        findings.broken(place, || Story::new(register, &operations, why.to_string()));
    }
    findings
}

/// Writes that vanished behind a context although nobody who had seen them had written since.
fn covered_unseen(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    let followed = followed(register);
    let acknowledged = |at: u32| register.acknowledged(at);
    findings.examined = register.dots.iter().filter(|(_, at)| acknowledged(*at)).count() as u64;
    let mut watch = Watch::new(register);
    for step in &register.steps {
        let Step::ReadEnds(at) = *step else { continue };
        let read = &register.reads[at as usize];
        for write in watch.vanished(register, read) {
            if acknowledged(write) && read.end < followed[write as usize] {
                let why = "its context covers this write, but does not return it, and nobody who \
                           had got it had written since";
                let written = register.writes[write as usize].operation;
                let operations = [written, read.operation];
                findings.broken(read.start, || Story::new(register, &operations, why.to_string()));
            }
        }
    }
    findings
}

/// For each write when a client began to write that had got it, by reading or by writing it.
fn followed(register: &Register<'_>) -> Vec<u32> {
    let mut followed = vec![NEVER; register.writes.len()];
    let mut got: Vec<Vec<u32>> = vec![Vec::new(); register.clients as usize];
    for step in &register.steps {
        match *step {
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                let got = &mut got[read.client as usize];
                let new = register.shown_by(read).iter();
                got.extend(new.filter(|at| followed[**at as usize] == NEVER));
            }
            Step::WriteBegins(at) => {
                let write = &register.writes[at as usize];
                for seen in got[write.client as usize].drain(..) {
                    let first = &mut followed[seen as usize];
                    *first = (*first).min(write.start);
                }
                got[write.client as usize].push(at);
            }
            Step::ReadBegins(_) | Step::WriteEnds(_) => {}
        }
    }
    followed
}

/// Walks along the reads in the order of their ends and sees which writes vanish.
struct Watch {
    /// For each actor, the place of its first named write that no read has covered yet.
    next: Vec<(u32, usize)>,
    /// Writes that are covered and were returned whenever they were.
    live: Vec<u32>,
}

impl Watch {
    fn new(register: &Register<'_>) -> Watch {
        let mut next: Vec<(u32, usize)> = Vec::new();
        for (place, (dot, _)) in register.dots.iter().enumerate() {
            if next.last().is_none_or(|(actor, _)| *actor != dot.0) {
                next.push((dot.0, place));
            }
        }
        Watch { next, live: Vec::new() }
    }

    /// Writes that this read is the first to cover without returning them.
    fn vanished(&mut self, register: &Register<'_>, read: &Read) -> Vec<u32> {
        let context = register.context(read);
        for (actor, place) in &mut self.next {
            while let Some((dot, write)) = register.dots.get(*place) {
                if dot.0 != *actor || !covers(context, *dot) {
                    break;
                }
                self.live.push(*write);
                *place += 1;
            }
        }
        let shown = register.shown_by(read);
        let covered =
            |at: &u32| register.writes[*at as usize].dot.is_some_and(|dot| covers(context, dot));
        let gone = |at: &u32| covered(at) && !shown.contains(at);
        let vanished: Vec<u32> = self.live.iter().copied().filter(gone).collect();
        self.live.retain(|at| !gone(at));
        vanished
    }
}
