//! The acknowledged writes that each read missed: how many, and since when.
//!
//! A read misses a write that was acknowledged before it began and that it surely does not know:
//! whose name its context does not cover or, where there are no contexts, which began after all
//! that it returned had been acknowledged or, for `since` settled, was there for others to read.

use crate::history::clock::count_of;
use crate::history::dominance::{Question, count};
use crate::history::duty::Duty;
use crate::history::model::{NEVER, Shape};
use crate::history::register::{Read, Register, Step};

/// What a read missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Missing {
    pub writes: u64,
    /// The one among them that was acknowledged first.
    pub oldest: Option<u32>,
}

/// A write as a point: how new it is, when it was acknowledged, and which it is.
type Point = (u64, u32, u32);

/// From when on a write is surely older than one that begins later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// From its end: while it goes on, each read may find it or not.
    Acknowledged,
    /// From its end, or that of the first read that returned it.
    Settled,
}

/// What each of the reads missed, in their order.
pub fn missing(register: &Register<'_>, since: Since) -> Vec<Missing> {
    let mut missing = vec![Missing::default(); register.reads.len()];
    let behind = behind(register, since);
    if behind.is_empty() {
        return missing;
    }
    for (actor, points) in groups(register) {
        group(register, since, actor, points, &behind, &mut missing);
    }
    missing
}

/// The reads that may have missed something: who knows all that was acknowledged when he began has
/// not, and that is how it is with most.
fn behind(register: &Register<'_>, since: Since) -> Vec<u32> {
    let (mut all, mut behind) = (Duty::default(), Vec::new());
    for step in &register.steps {
        match *step {
            Step::WriteEnds(at) => all.add_write(register, at),
            Step::ReadBegins(at) => {
                let read = &register.reads[at as usize];
                let knows = match register.history.shape {
                    Shape::Contexts => all.is_covered(register, read),
                    Shape::Registers | Shape::Sets => {
                        u64::from(all.newest_start(register)) <= known(register, since, read, 0)
                    }
                };
                if !knows && read.strange.is_none() {
                    behind.push(at);
                }
            }
            Step::ReadEnds(_) | Step::WriteBegins(_) => {}
        }
    }
    behind
}

/// Acknowledged writes: in contexts those of each actor, else all of them.
fn groups(register: &Register<'_>) -> Vec<(u32, Vec<Point>)> {
    let mut groups: Vec<(u32, Vec<Point>)> = Vec::new();
    if register.history.shape == Shape::Contexts {
        for ((actor, number), at) in &register.dots {
            if groups.last().is_none_or(|(last, _)| last != actor) {
                groups.push((*actor, Vec::new()));
            }
            let (_, points) = groups.last_mut().expect("there is one");
            points.push((*number, register.writes[*at as usize].end, *at));
        }
    } else {
        let numbered = (1..).zip(&register.writes[1..]);
        let points = numbered.map(|(at, write)| (u64::from(write.start), write.end, at));
        groups.push((0, points.collect()));
    }
    groups.iter_mut().for_each(|(_, points)| points.retain(|(_, end, _)| *end != NEVER));
    groups
}

fn group(
    register: &Register<'_>,
    since: Since,
    actor: u32,
    points: Vec<Point>,
    reads: &[u32],
    missing: &mut [Missing],
) {
    // From each point on, the one that was acknowledged first.
    let mut first: Vec<(u32, u32)> = points.iter().map(|(_, end, at)| (*end, *at)).collect();
    for place in (1..first.len()).rev() {
        first[place - 1] = first[place - 1].min(first[place]);
    }
    let (mut behind, mut questions) = (Vec::new(), Vec::new());
    for place in reads.iter().map(|at| *at as usize) {
        let read = &register.reads[place];
        let beyond = known(register, since, read, actor);
        let from = points.partition_point(|(new, _, _)| *new <= beyond);
        let Some((end, at)) = first.get(from).copied().filter(|(end, _)| *end < read.start) else {
            continue;
        };
        let oldest = &mut missing[place].oldest;
        let earlier = oldest.is_none_or(|other| end < register.writes[other as usize].end);
        if earlier {
            *oldest = Some(at);
        }
        behind.push(place);
        questions.push(Question { beyond, before: read.start });
    }
    let mut points: Vec<(u64, u32)> = points.iter().map(|(new, end, _)| (*new, *end)).collect();
    for (place, writes) in behind.into_iter().zip(count(&mut points, &questions)) {
        missing[place].writes += writes;
    }
}

/// Up to where a read knows all.
fn known(register: &Register<'_>, since: Since, read: &Read, actor: u32) -> u64 {
    match (register.history.shape, since) {
        (Shape::Contexts, _) => count_of(register.context(read), actor),
        (Shape::Registers | Shape::Sets, Since::Settled) => u64::from(read.freshness),
        (Shape::Registers | Shape::Sets, Since::Acknowledged) => {
            let end = |at: &u32| register.writes[*at as usize].end;
            u64::from(register.shown_by(read).iter().map(end).max().unwrap_or(0))
        }
    }
}
