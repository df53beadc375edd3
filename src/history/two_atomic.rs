//! 2-atomicity: is there a valid order in which each read returns one of the two freshest values?
//!
//! The algorithm of limited backtracking (Golab, Hurwitz and Li 2013). The order is made from its
//! end. The write chosen last must be followed by all reads that began after it had ended; if one
//! of them returns another write, that one must be chosen next. Where nothing is forced any more,
//! what was chosen can be cut off for good. Choices are tried with a budget that doubles, so that a
//! bad one costs no more than a good one.

use crate::history::model::NEVER;
use crate::history::register::Register;

/// What is left of a history, in doubly linked lists from which things can be taken and put back.
struct Left {
    starts: Vec<u32>,
    ends: Vec<u32>,
    reads_of: Vec<Vec<u32>>,
    /// Of each read, its beginning and the write that it returned.
    reads: Vec<(u32, u32)>,
    by_start: List,
    by_end: List,
    by_read: List,
}

/// A list of numbers in a fixed order, linked both ways; the last place is its anchor.
struct List {
    next: Vec<u32>,
    before: Vec<u32>,
    gone: Vec<bool>,
}

enum Trial {
    Fits,
    Fails,
    OutOfBudget,
}

/// What was taken from the lists.
#[derive(Clone, Copy)]
enum Taken {
    Write(u32),
    Read(u32),
}

/// Decides it for a key whose values are unique and on which no read is strange.
pub fn two_atomic(register: &Register<'_>) -> bool {
    let mut left = Left::new(register);
    while left.by_start.last().is_some() {
        if !left.cut_off() {
            return false;
        }
    }
    true
}

impl Left {
    fn new(register: &Register<'_>) -> Left {
        let counted = (0..).zip(&register.writes).filter(|(_, write)| write.settled != NEVER);
        let counted: Vec<(u32, _)> = counted.collect();
        let place = |at: u32| counted.binary_search_by_key(&at, |(at, _)| *at).unwrap_or(0) as u32;
        let starts: Vec<u32> = counted.iter().map(|(_, write)| write.start).collect();
        let ends: Vec<u32> = counted.iter().map(|(_, write)| write.settled).collect();
        let mut reads_of = vec![Vec::new(); starts.len()];
        let mut reads = Vec::new();
        for read in &register.reads {
            let write = place(register.shown_by(read)[0]);
            reads_of[write as usize].push(reads.len() as u32);
            reads.push((read.start, write));
        }
        let mut by_end: Vec<u32> = (0..ends.len() as u32).collect();
        by_end.sort_unstable_by_key(|at| ends[*at as usize]);
        Left {
            by_start: List::new((0..starts.len() as u32).collect()),
            by_end: List::new(by_end),
            by_read: List::new((0..reads.len() as u32).collect()),
            starts,
            ends,
            reads_of,
            reads,
        }
    }

    /// Finds writes that can stand last, with all that they force, and takes them away.
    fn cut_off(&mut self) -> bool {
        let last_start = self.by_start.last().map_or(0, |at| self.starts[at as usize]);
        let mut candidates = Vec::new();
        let mut at = self.by_end.last();
        while let Some(write) = at.filter(|write| self.ends[*write as usize] >= last_start) {
            candidates.push(write);
            at = self.by_end.earlier(write);
        }
        let mut budget = 16;
        while !candidates.is_empty() {
            let mut open = Vec::new();
            for write in candidates {
                let mut taken = Vec::new();
                match self.run(write, budget, &mut taken) {
                    Trial::Fits => return true,
                    Trial::Fails => {}
                    Trial::OutOfBudget => open.push(write),
                }
                taken.into_iter().rev().for_each(|taken| self.put_back(taken));
            }
            candidates = open;
            budget *= 2;
        }
        false
    }

    /// Takes a write as the last, then whatever that forces.
    fn run(&mut self, write: u32, budget: usize, taken: &mut Vec<Taken>) -> Trial {
        let mut chosen = Some(write);
        while let Some(write) = chosen {
            if taken.len() >= budget {
                return Trial::OutOfBudget;
            }
            self.take(Taken::Write(write), taken);
            let last = self.by_start.last();
            if last.is_some_and(|last| self.ends[write as usize] < self.starts[last as usize]) {
                return Trial::Fails;
            }
            chosen = None;
            while let Some(read) = self.by_read.last() {
                let (start, returned) = self.reads[read as usize];
                if start < self.ends[write as usize] {
                    break;
                }
                self.take(Taken::Read(read), taken);
                let other = Some(returned).filter(|returned| *returned != write);
                if chosen.is_some() && other.is_some() && chosen != other {
                    return Trial::Fails;
                }
                chosen = chosen.or(other);
            }
            for place in 0..self.reads_of[write as usize].len() {
                let read = self.reads_of[write as usize][place];
                if !self.by_read.gone[read as usize] {
                    self.take(Taken::Read(read), taken);
                }
            }
        }
        Trial::Fits
    }

    fn take(&mut self, what: Taken, taken: &mut Vec<Taken>) {
        match what {
            Taken::Write(write) => {
                self.by_start.take(write);
                self.by_end.take(write);
            }
            Taken::Read(read) => self.by_read.take(read),
        }
        taken.push(what);
    }

    fn put_back(&mut self, what: Taken) {
        match what {
            Taken::Write(write) => {
                self.by_end.put_back(write);
                self.by_start.put_back(write);
            }
            Taken::Read(read) => self.by_read.put_back(read),
        }
    }
}

impl List {
    fn new(order: Vec<u32>) -> List {
        let anchor = order.len() as u32;
        let (mut next, mut before) = (vec![anchor; order.len() + 1], vec![anchor; order.len() + 1]);
        let mut last = anchor;
        for at in order {
            next[last as usize] = at;
            before[at as usize] = last;
            last = at;
        }
        before[anchor as usize] = last;
        next[last as usize] = anchor;
        let gone = vec![false; next.len()];
        List { next, before, gone }
    }

    fn last(&self) -> Option<u32> {
        let anchor = self.next.len() as u32 - 1;
        self.earlier(anchor)
    }

    fn earlier(&self, at: u32) -> Option<u32> {
        let anchor = self.next.len() as u32 - 1;
        Some(self.before[at as usize]).filter(|before| *before != anchor)
    }

    fn take(&mut self, at: u32) {
        let (next, before) = (self.next[at as usize], self.before[at as usize]);
        self.next[before as usize] = next;
        self.before[next as usize] = before;
        self.gone[at as usize] = true;
    }

    fn put_back(&mut self, at: u32) {
        let (next, before) = (self.next[at as usize], self.before[at as usize]);
        self.next[before as usize] = at;
        self.before[next as usize] = at;
        self.gone[at as usize] = false;
    }
}
