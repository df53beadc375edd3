//! What became of writes that were sent more than once: was one done twice?
//!
//! Only the oracle can tell: two versions with two names can be of one client event. Writes that
//! were tried again are watched on after their end, for a late attempt can still do its work; the
//! last [`MOST`] of them.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use smallvec::SmallVec;

use crate::id::{AttemptId, OperationId};

/// Writes that are watched after their end.
pub const MOST: usize = 10_000;

/// Watches writes that are tried again.
#[derive(Debug, Default)]
pub struct Retries {
    /// By the operation as it was first begun.
    writes: BTreeMap<OperationId, Write>,
    /// Of those that were tried again and have ended, the oldest first.
    ended: VecDeque<OperationId>,
    retried_writes: u64,
    applied_twice: u64,
    applied_anew: u64,
    recognised: u64,
}

#[derive(Debug, Default)]
struct Write {
    retried: bool,
    /// How many versions were made of it, by its names.
    made: SmallVec<[(OperationId, u32); 1]>,
}

/// What it comes to, in section `operations` of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RetriesFigures {
    pub retried_writes: u64,
    pub applied_twice: u64,
    pub applied_anew: u64,
    pub recognised: u64,
}

impl Retries {
    /// A put or delete began, perhaps anew.
    pub fn invoked(&mut self, operation: OperationId) {
        self.writes.entry(operation.first()).or_default();
    }

    /// A further attempt was made.
    pub fn retried(&mut self, attempt: AttemptId) {
        if let Some(write) = self.writes.get_mut(&attempt.operation.first()) {
            self.retried_writes += u64::from(!write.retried);
            write.retried = true;
        }
    }

    /// A node made a version of an attempt.
    pub fn made(&mut self, attempt: AttemptId) {
        let Some(write) = self.writes.get_mut(&attempt.operation.first()) else { return };
        match write.made.iter_mut().find(|(name, _)| *name == attempt.operation) {
            Some((_, count)) => {
                *count += 1;
                self.applied_twice += u64::from(*count == 2 && write.retried);
            }
            None => {
                write.made.push((attempt.operation, 1));
                self.applied_anew += u64::from(write.made.len() == 2);
            }
        }
    }

    /// A node knew an attempt for a further one.
    pub fn recognised(&mut self) {
        self.recognised += 1;
    }

    /// A put or delete ended.
    pub fn ended(&mut self, operation: OperationId) {
        let first = operation.first();
        match self.writes.get(&first) {
            Some(write) if write.retried => self.ended.push_back(first),
            Some(_) => drop(self.writes.remove(&first)),
            None => {}
        }
        if self.ended.len() > MOST {
            let oldest = self.ended.pop_front();
            oldest.iter().for_each(|oldest| drop(self.writes.remove(oldest)));
        }
    }

    /// What it comes to.
    pub fn figures(&self) -> RetriesFigures {
        RetriesFigures {
            retried_writes: self.retried_writes,
            applied_twice: self.applied_twice,
            applied_anew: self.applied_anew,
            recognised: self.recognised,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ClientId;

    #[test]
    fn only_what_was_tried_again_counts() {
        let write = |number| OperationId { client: ClientId(0), number };
        let attempt = |operation, attempt| AttemptId { operation, attempt };
        let mut retries = Retries::default();
        let figures = |retries: &Retries| {
            let RetriesFigures { retried_writes, applied_twice, applied_anew, .. } =
                retries.figures();
            (retried_writes, applied_twice, applied_anew)
        };
        // A request that the network doubles is no retry.
        retries.invoked(write(1));
        (0..2).for_each(|_| retries.made(attempt(write(1), 0)));
        retries.ended(write(1));
        assert_eq!(figures(&retries), (0, 0, 0));
        // A late first attempt at what was tried again counts, once.
        retries.invoked(write(2));
        retries.retried(attempt(write(2), 1));
        retries.made(attempt(write(2), 1));
        retries.ended(write(2));
        (0..2).for_each(|_| retries.made(attempt(write(2), 0)));
        assert_eq!(figures(&retries), (1, 1, 0));
        // The same under another name is another event.
        let anew = write(3).anew().unwrap();
        retries.invoked(write(3));
        retries.retried(attempt(anew, 0));
        retries.ended(write(3));
        retries.invoked(anew);
        retries.made(attempt(anew, 0));
        retries.made(attempt(write(3), 0));
        assert_eq!(figures(&retries), (2, 1, 1));
    }

    #[test]
    fn the_oldest_is_no_longer_watched() {
        let write = |number| OperationId { client: ClientId(0), number };
        let mut retries = Retries::default();
        for number in 0..2 * MOST as u32 {
            retries.invoked(write(number));
            retries.retried(AttemptId { operation: write(number), attempt: 1 });
            retries.ended(write(number));
        }
        assert_eq!((retries.writes.len(), retries.ended.len()), (MOST, MOST));
    }
}
