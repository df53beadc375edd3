//! The event queue: what happens next, exactly by time and, at one time, by order of insertion.
//!
//! A key is one 128-bit number: time (64 bits), sequence (40), slot of the payload (24). Keys lie in
//! a four-way heap, payloads in a slab, so that sorting moves 16 bytes whatever an event weighs.
//!
//! Timeouts of one constant length need no sorting: they fall due in the order in which they were
//! set. Each such length has a lane, first in, first out, and the queue takes the earlier of the
//! heap's top and the fronts of all lanes. Most timeouts outlive what they guard many times over;
//! in the heap they would be nearly all of it.
//!
//! Left out: cancelling. A timer that came too late recognises itself.

mod heap;
mod slab;

use std::collections::VecDeque;

use crate::sim::queue::heap::{Heap, NOTHING};
use crate::sim::queue::slab::{SLOT_BITS, Slab};
use crate::time::{Duration, Time};

/// How many bits of a key count the insertions.
const SEQUENCE_BITS: u32 = 40;

/// Pending events in the order in which they are due. Takes no memory once it has held as many
/// events as it will ever hold.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    heap: Heap,
    payloads: Slab<E>,
    lanes: Vec<Waiting<E>>,
    /// The least key at the front of any lane, and which lane that is.
    first_in_lanes: u128,
    first_lane: usize,
    in_lanes: usize,
    sequence: u64,
}

/// The name, within one queue, of the lane for one constant duration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lane(usize);

/// The events of one lane, in order of their keys.
#[derive(Clone, Debug)]
struct Waiting<E> {
    length: Duration,
    entries: VecDeque<(u128, E)>,
}

impl<E> Queue<E> {
    /// An empty queue without lanes.
    pub fn new() -> Queue<E> {
        Queue {
            heap: Heap::new(),
            payloads: Slab::new(),
            lanes: Vec::new(),
            first_in_lanes: NOTHING,
            first_lane: 0,
            in_lanes: 0,
            sequence: 0,
        }
    }

    /// Adds an event that is due at `at`, after all those that are due at the same time already.
    ///
    /// # Panics
    /// After 2^40 insertions, or with 2^24 events pending: both are beyond what a run can use.
    #[inline]
    pub fn push(&mut self, at: Time, event: E) {
        self.sequence += 1;
        let slot = self.payloads.insert(event);
        self.heap.push(key(at, self.sequence, slot));
    }

    /// The lane for events that are due `length` after they are pushed; the same lane whenever the
    /// same length is asked for.
    pub fn lane(&mut self, length: Duration) -> Lane {
        let known = self.lanes.iter().position(|lane| lane.length == length);
        Lane(known.unwrap_or_else(|| {
            self.lanes.push(Waiting { length, entries: VecDeque::new() });
            self.lanes.len() - 1
        }))
    }

    /// Adds an event that is due the length of the lane after `now`. Cheap while `now` does not
    /// step back; where it does (the clocks of nodes drift) the event is sorted like any other,
    /// and the order stays exact.
    ///
    /// # Panics
    /// As `push` does.
    #[inline]
    pub fn push_lane(&mut self, lane: Lane, now: Time, event: E) {
        let waiting = &mut self.lanes[lane.0];
        let at = now + waiting.length;
        if waiting.entries.back().is_some_and(|(last, _)| time_of(*last) > at) {
            return self.push(at, event);
        }
        self.sequence += 1;
        let key = key(at, self.sequence, 0);
        waiting.entries.push_back((key, event));
        self.in_lanes += 1;
        if key < self.first_in_lanes {
            (self.first_in_lanes, self.first_lane) = (key, lane.0);
        }
    }

    /// Takes the event that is due first, with its time; none if nothing is pending.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let first = self.heap.settle();
        if self.first_in_lanes < first {
            return Some(self.pop_lane());
        }
        if first == NOTHING {
            return None;
        }
        self.heap.vacate();
        Some((time_of(first), self.payloads.remove(slot_of(first))))
    }

    /// When the next event is due; none if nothing is pending.
    pub fn peek_time(&self) -> Option<Time> {
        let first = self.heap.first().min(self.first_in_lanes);
        (first != NOTHING).then(|| time_of(first))
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.payloads.len() + self.in_lanes
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All pending events, in an order that means nothing but is the same in every run. For the
    /// ledger of what is still in flight when a run ends.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        let waiting = self.lanes.iter().flat_map(|lane| &lane.entries);
        self.payloads.iter().chain(waiting.map(|(_, event)| event))
    }

    /// The number of the last push, counted from 1; 0 before the first. Of two events that are due
    /// at one time, the one with the lower number comes first.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    fn pop_lane(&mut self) -> (Time, E) {
        let front = self.lanes[self.first_lane].entries.pop_front();
        let (key, event) = front.expect("the lane with the least key has an entry");
        self.in_lanes -= 1;
        self.find_first_lane();
        (time_of(key), event)
    }

    /// Looks at all fronts again; there are as many lanes as there are kinds of timeout.
    fn find_first_lane(&mut self) {
        self.first_in_lanes = NOTHING;
        for (place, lane) in self.lanes.iter().enumerate() {
            if let Some((key, _)) = lane.entries.front()
                && *key < self.first_in_lanes
            {
                (self.first_in_lanes, self.first_lane) = (*key, place);
            }
        }
    }
}

impl<E> Default for Queue<E> {
    fn default() -> Queue<E> {
        Queue::new()
    }
}

/// Time, sequence and slot in one number that sorts as they do. Never `NOTHING`, because the
/// sequence has not all bits set.
#[inline]
fn key(at: Time, sequence: u64, slot: u32) -> u128 {
    assert!(sequence < (1 << SEQUENCE_BITS) - 1, "the run is too long: 2^40 events were scheduled");
    u128::from(at.0) << 64 | u128::from(sequence << SLOT_BITS | u64::from(slot))
}

#[inline]
fn time_of(key: u128) -> Time {
    Time((key >> 64) as u64)
}

#[inline]
fn slot_of(key: u128) -> u32 {
    key as u32 & ((1 << SLOT_BITS) - 1)
}
