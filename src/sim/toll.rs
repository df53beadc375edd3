//! What each fault has touched: messages, nodes, jobs, copies, and each client operation once.
//!
//! Nothing here is asked for until a fault touches something. An operation costs a bit: those of
//! one client are numbered from 0, so that those a fault touches lie close together.

use std::collections::{BTreeMap, VecDeque};

use crate::dynamo::job::Job;
use crate::dynamo::message::Message;
use crate::id::{ClientId, OperationId};
use crate::sim::links::Packet;
use crate::trace::record::Touched;

/// What all faults of a run have touched.
pub struct Toll {
    touched: Vec<Touched>,
    /// By fault.
    operations: Vec<Operations>,
}

/// A message as a fault sees it.
#[derive(Clone, Copy)]
pub struct Parcel<'m> {
    pub packet: Packet,
    pub message: &'m Message,
}

/// Operations, each once.
#[derive(Clone, Debug, Default)]
struct Operations {
    by_client: BTreeMap<ClientId, Numbers>,
}

/// Numbers that lie close together, a bit for each from the least to the largest.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// Which word of all is the first that is kept.
    first: u32,
    words: VecDeque<u64>,
}

impl Toll {
    /// Of so many faults, which have touched nothing yet.
    pub fn new(faults: usize) -> Toll {
        Toll {
            touched: vec![Touched::default(); faults],
            operations: vec![Operations::default(); faults],
        }
    }

    /// A fault lost, held, delayed, damaged or copied a message.
    pub fn message(&mut self, fault: usize, parcel: Parcel<'_>) {
        self.touched[fault].messages += 1;
        self.touched[fault].bytes += parcel.packet.bytes;
        self.operation(fault, parcel.message.operation());
    }

    /// A fault lost a disk job, kept it waiting or slowed it.
    pub fn job(&mut self, fault: usize, job: &Job) {
        self.touched[fault].jobs += 1;
        self.operation(fault, job.operation());
    }

    /// A version is stamped by a clock that a fault made wrong.
    pub fn stamped(&mut self, fault: usize, job: &Job) {
        self.operation(fault, job.operation().filter(|_| job.stamps()));
    }

    /// A fault stopped, started, paused or slowed a node.
    pub fn node(&mut self, fault: usize) {
        self.touched[fault].nodes += 1;
    }

    /// A fault destroyed stored copies and hints.
    pub fn copies(&mut self, fault: usize, count: u64) {
        self.touched[fault].copies += count;
    }

    /// A fault touched an operation, if it was one; counts it the first time.
    pub fn operation(&mut self, fault: usize, operation: Option<OperationId>) {
        let fresh = operation.is_some_and(|operation| self.operations[fault].insert(operation));
        self.touched[fault].operations += u64::from(fresh);
    }

    /// So far, by fault.
    pub fn touched(&self) -> &[Touched] {
        &self.touched
    }
}

impl Operations {
    /// True if it was not in. An operation that was begun anew is still the one its client meant.
    fn insert(&mut self, operation: OperationId) -> bool {
        let OperationId { client, number } = operation.first();
        self.by_client.entry(client).or_default().insert(number)
    }
}

impl Numbers {
    /// True if it was not in.
    fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number / u64::BITS, 1 << (number % u64::BITS));
        if self.words.is_empty() {
            self.first = word;
        }
        while word < self.first {
            self.words.push_front(0);
            self.first -= 1;
        }
        let place = (word - self.first) as usize;
        if place >= self.words.len() {
            self.words.resize(place + 1, 0);
        }
        let fresh = self.words[place] & bit == 0;
        self.words[place] |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_number_counts_once_in_any_order() {
        let mut numbers = Numbers::default();
        let mut seen = BTreeSet::new();
        for step in 0..2_000_u32 {
            let number = 5_000 + step * 7919 % 1_000;
            assert_eq!(numbers.insert(number), seen.insert(number), "{number}");
        }
        assert_eq!(numbers.words.len(), 16, "a bit for each, and nothing before the first");
    }

    #[test]
    fn an_operation_that_was_begun_anew_is_the_same() {
        let mut operations = Operations::default();
        let first = OperationId { client: ClientId(3), number: 70 };
        assert!(operations.insert(first));
        assert!(!operations.insert(first.anew().unwrap()));
        assert!(operations.insert(OperationId { client: ClientId(4), ..first }));
    }
}
