//! Zones (Gibbons and Korach 1997; Golab, Li and Shah 2011): all operations on one value, from the
//! least end to the greatest beginning.
//!
//! A register whose values were each written once is linearizable iff no two forward zones overlap
//! and no backward zone lies inside a forward one: else each of two values would have to be there
//! before the other.

use crate::history::model::NEVER;
use crate::history::register::{ABSENCE, Register};

/// The operations on one value. Forward if `least_end` is before `greatest_start`.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    pub least_end: u64,
    pub greatest_start: u64,
    /// The write of the value.
    pub write: u32,
}

/// The operations that make a zone.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The first to end, and the last to begin.
    pub first: u32,
    pub last: u32,
}

/// Times of the operations of a key, so that zones can be made for any shift.
#[derive(Debug)]
pub struct Times {
    /// By write: its beginning, the least end, and the greatest beginning of a read.
    values: Vec<(u32, u64, u64, u64)>,
}

/// By how much which beginnings are moved back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shift {
    pub reads: u64,
    pub writes: u64,
}

impl Zone {
    fn forward(&self) -> bool {
        self.least_end < self.greatest_start
    }
}

/// The zones of a key by places in the order of events, of all writes that count.
pub fn zones(register: &Register<'_>) -> Vec<Zone> {
    let mut last: Vec<u32> = register.writes.iter().map(|write| write.start).collect();
    for read in &register.reads {
        for at in register.shown_by(read) {
            last[*at as usize] = last[*at as usize].max(read.start);
        }
    }
    let counted = (0..).zip(&register.writes).filter(|(_, write)| write.settled != NEVER);
    let zone = |(write, told): (u32, &crate::history::register::Write)| Zone {
        least_end: u64::from(told.settled),
        greatest_start: u64::from(last[write as usize]),
        write,
    };
    counted.map(zone).collect()
}

/// The pairs that conflict: for each zone that does with an earlier one, the earlier one first.
pub fn conflicts(zones: &[Zone]) -> Vec<(Zone, Zone)> {
    let mut forward: Vec<Zone> = zones.iter().copied().filter(Zone::forward).collect();
    forward.sort_unstable_by_key(|zone| (zone.least_end, zone.greatest_start));
    // The one that reaches furthest, of each and all before it.
    let mut furthest: Vec<Zone> = Vec::with_capacity(forward.len());
    let mut pairs = Vec::new();
    for zone in &forward {
        let before = furthest.last().copied();
        if let Some(other) = before.filter(|other| other.greatest_start > zone.least_end) {
            pairs.push((other, *zone));
        }
        let further = before.filter(|other| other.greatest_start >= zone.greatest_start);
        furthest.push(further.unwrap_or(*zone));
    }
    for zone in zones.iter().filter(|zone| !zone.forward()) {
        let before = forward.partition_point(|other| other.least_end < zone.greatest_start);
        let Some(other) = before.checked_sub(1).map(|at| furthest[at]) else { continue };
        if other.greatest_start > zone.least_end {
            pairs.push((other, *zone));
        }
    }
    pairs
}

/// The operations that make the zone of a write.
pub fn ends(register: &Register<'_>, write: u32) -> Ends {
    let told = &register.writes[write as usize];
    let (mut first, mut last) = (told.operation, told.operation);
    let (mut least, mut greatest) = (told.end, told.start);
    for read in register.reads.iter().filter(|r| register.shown_by(r).contains(&write)) {
        if read.end < least || first == NEVER {
            (least, first) = (read.end, read.operation);
        }
        if read.start > greatest || last == NEVER {
            (greatest, last) = (read.start, read.operation);
        }
    }
    Ends { first, last }
}

impl Times {
    /// The times of a key, each later by one than the history has it, so that absence comes first.
    pub fn new(register: &Register<'_>) -> Times {
        let mut values: Vec<(u32, u64, u64, u64)> = Vec::new();
        for (at, write) in (0..).zip(&register.writes) {
            let told = (at != ABSENCE).then(|| register.operation(write.operation));
            let began = told.map_or(0, |told| told.began + 1);
            let acknowledged = told.filter(|_| write.end != NEVER);
            let ended = acknowledged.and_then(|told| told.ended).map_or(u64::MAX, |end| end + 1);
            values.push((at, began, if at == ABSENCE { 0 } else { ended }, 0));
        }
        for read in &register.reads {
            let told = register.operation(read.operation);
            for at in register.shown_by(read) {
                let value = &mut values[*at as usize];
                value.2 = value.2.min(told.ended.map_or(u64::MAX, |end| end + 1));
                value.3 = value.3.max(told.began + 1);
            }
        }
        values.retain(|value| value.2 != u64::MAX);
        Times { values }
    }

    /// Is the key linearizable once these beginnings are moved back?
    fn fits(&self, shift: Shift) -> bool {
        let zone = |&(write, began, least_end, read): &(u32, u64, u64, u64)| {
            // Nothing comes before absence, however far it is moved.
            let earliest = u64::from(write != ABSENCE);
            let started = began.saturating_sub(shift.writes).max(earliest);
            let greatest_start = started.max(read.saturating_sub(shift.reads));
            Zone { least_end, greatest_start, write }
        };
        let zones: Vec<Zone> = self.values.iter().map(zone).collect();
        conflicts(&zones).is_empty()
    }

    /// The least amount, from `floor` on, such that the key is linearizable with these shifts; none
    /// if there is none. Of many keys only the largest amount counts, and most fit into that.
    pub fn least(&self, floor: u64, shift: impl Fn(u64) -> Shift) -> Option<u64> {
        if self.fits(shift(floor)) {
            return Some(floor);
        }
        let latest = |value: &(u32, u64, u64, u64)| value.1.max(value.3);
        let mut enough = self.values.iter().map(latest).max().unwrap_or(0);
        if enough <= floor || !self.fits(shift(enough)) {
            return None;
        }
        let mut short = floor;
        while enough - short > 1 {
            let middle = short + (enough - short) / 2;
            match self.fits(shift(middle)) {
                true => enough = middle,
                false => short = middle,
            }
        }
        Some(enough)
    }
}
