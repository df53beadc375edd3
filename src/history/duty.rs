//! What a read must know, gathered as a session goes on.
//!
//! Of a store that tells contexts it is a clock: every name in it has to be covered. Of any other
//! it is the write that began last: a read that returns only what was there before that began has
//! missed it.

use crate::history::clock::{Clock, covers, first_beyond};
use crate::history::model::Shape;
use crate::history::register::{ABSENCE, Read, Register};

/// What a read must know.
#[derive(Clone, Debug, Default)]
pub struct Duty {
    newest: u32,
    clock: Clock,
}

impl Duty {
    /// Also this write.
    pub fn add_write(&mut self, register: &Register<'_>, write: u32) {
        match register.history.shape {
            Shape::Contexts => {
                if let Some(dot) = register.writes[write as usize].dot {
                    self.clock.add(dot);
                }
            }
            Shape::Registers | Shape::Sets => self.newest = self.newest.max(write),
        }
    }

    /// Also all that this read knew.
    pub fn add_read(&mut self, register: &Register<'_>, read: &Read) {
        if read.strange.is_some() {
            return;
        }
        let shown = register.shown_by(read);
        match register.history.shape {
            Shape::Contexts => {
                self.clock.join(register.context(read));
                shown.iter().for_each(|at| self.add_write(register, *at));
            }
            // Writes stand in the order of their beginnings.
            Shape::Registers | Shape::Sets => {
                let surely = if read.one_of { shown.iter().min() } else { shown.iter().max() };
                self.newest = self.newest.max(surely.copied().unwrap_or(ABSENCE));
            }
        }
    }

    /// Also all of another.
    pub fn join(&mut self, other: &Duty) {
        self.newest = self.newest.max(other.newest);
        self.clock.join(other.clock.entries());
    }

    /// Is there any duty?
    pub fn is_empty(&self) -> bool {
        self.newest == ABSENCE && self.clock.is_empty()
    }

    /// Does this read's context cover all of it or, where there are none, is what it returned as
    /// new? Then it lacks nothing of this duty, nor of any that is part of it.
    pub fn is_covered(&self, register: &Register<'_>, read: &Read) -> bool {
        match register.history.shape {
            Shape::Contexts => first_beyond(self.clock.entries(), register.context(read)).is_none(),
            Shape::Registers | Shape::Sets => self.newest_start(register) <= read.freshness,
        }
    }

    /// The beginning of the newest write of it, where there are no contexts.
    pub fn newest_start(&self, register: &Register<'_>) -> u32 {
        register.writes[self.newest as usize].start
    }

    /// Does this read surely lack something of it?
    pub fn missed_by(&self, register: &Register<'_>, read: &Read) -> Option<Missed> {
        match register.history.shape {
            Shape::Contexts => {
                let context = register.context(read);
                first_beyond(self.clock.entries(), context)?;
                let beyond = self.clock.entries().iter().filter(|dot| !covers(context, **dot));
                let mut missed = beyond.map(|dot| match register.named(*dot) {
                    Some(write) => Missed::Write(write),
                    None => Missed::Version(*dot),
                });
                let shown = register.shown_by(read);
                missed.find(|missed| !missed.is_one_of(shown))
            }
            Shape::Registers | Shape::Sets => {
                let late = read.freshness < register.writes[self.newest as usize].start;
                late.then_some(Missed::Write(self.newest))
            }
        }
    }
}

/// What a read lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missed {
    /// A write of the key, by its place.
    Write(u32),
    /// A version that some context covered, of which no write is known.
    Version((u32, u64)),
}

impl Missed {
    fn is_one_of(self, writes: &[u32]) -> bool {
        match self {
            Missed::Write(write) => writes.contains(&write),
            Missed::Version(_) => false,
        }
    }
}
