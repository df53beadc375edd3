//! From when on which version was known: for each actor, the first moments of ever higher counts.

use std::collections::BTreeMap;

use crate::history::clock::{Dot, count_of};

/// A moment at which a count was reached, and by which operation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Record {
    pub place: u32,
    pub operation: u32,
}

/// The first moments of ever higher counts, by actor.
#[derive(Debug, Default)]
pub struct Records {
    actors: BTreeMap<u32, Vec<(u64, Record)>>,
}

impl Records {
    /// By now this is known. Moments come in order.
    pub fn add(&mut self, dot: Dot, record: Record) {
        let reached = self.actors.entry(dot.0).or_default();
        if reached.last().is_none_or(|(count, _)| *count < dot.1) {
            reached.push((dot.1, record));
        }
    }

    /// The first moment before `place` at which something was known that `entries` do not cover.
    pub fn first_beyond(&self, entries: &[Dot], place: u32) -> Option<Record> {
        let first = |(actor, reached): (&u32, &Vec<(u64, Record)>)| {
            let count = count_of(entries, *actor);
            let at = reached.partition_point(|(reached, _)| *reached <= count);
            reached.get(at).map(|(_, record)| *record)
        };
        let firsts = self.actors.iter().filter_map(first);
        firsts.filter(|record| record.place < place).min()
    }

    /// The first moment at which this version was known.
    pub fn known(&self, dot: Dot) -> Option<Record> {
        let reached = self.actors.get(&dot.0)?;
        let at = reached.partition_point(|(count, _)| *count < dot.1);
        reached.get(at).map(|(_, record)| *record)
    }
}
