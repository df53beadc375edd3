//! The event queue: what happens next, exactly by time and, at one time, by order of insertion.
//!
//! A key is one 128-bit number: time (64 bits), sequence (40), slot of the payload (24). Keys lie
//! in a four-way heap, payloads in a slab: sorting moves 16 bytes, whatever an event weighs. An
//! event that only names something kept elsewhere is its own slot, and has no payload.
//!
//! Timeouts of one constant length need no sorting: they fall due in the order in which they were
//! set. Each such length has a lane, first in, first out, and the queue takes the earlier of the
//! heap's top and the fronts of all lanes. Most timeouts outlive what they guard many times over;
//! in the heap they would be nearly all of it.
//!
//! Left out: cancelling. A timer that came too late recognises itself.

mod heap;
pub(super) mod slab;

use std::collections::VecDeque;

use crate::sim::queue::heap::{Heap, NOTHING};
use crate::sim::queue::slab::{SLOT_BITS, Slab};
use crate::time::{Duration, Time};

/// How many bits of a key count the insertions.
const SEQUENCE_BITS: u32 = 40;
/// The bit of a slot that tells names from places of payloads.
const NAMED: u32 = 1 << (SLOT_BITS - 1);

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
    /// How many events in the heap are names and have no payload.
    named: usize,
    sequence: u64,
}

/// What a queue can hold.
pub trait Payload: Sized {
    /// A number below 2^23 that says it all, if there is one: the event then lives in its key, and
    /// has no payload to look up. For events that only point at something kept elsewhere.
    #[inline]
    fn name(&self) -> Option<u32> {
        None
    }

    /// The event with this name.
    #[inline]
    fn of_name(name: u32) -> Self {
        unreachable!("no event was ever called {name}")
    }
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

impl<E: Payload> Queue<E> {
    /// An empty queue without lanes.
    pub fn new() -> Queue<E> {
        Queue {
            heap: Heap::new(),
            payloads: Slab::new(),
            lanes: Vec::new(),
            first_in_lanes: NOTHING,
            first_lane: 0,
            in_lanes: 0,
            named: 0,
            sequence: 0,
        }
    }

    /// Adds an event that is due at `at`, after all those that are due at the same time already.
    ///
    /// # Panics
    /// After 2^40 insertions, or with 2^23 events pending: both are beyond what a run can use.
    #[inline]
    pub fn push(&mut self, at: Time, event: E) {
        self.sequence += 1;
        let slot = match event.name() {
            Some(name) => {
                assert!(name < NAMED, "too many things are pending at once: 2^23");
                self.named += 1;
                NAMED | name
            }
            None => self.payloads.insert(event),
        };
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
        self.pop_below(NOTHING)
    }

    /// The same, but only if it is due before `limit`.
    #[inline]
    pub fn pop_before(&mut self, limit: Time) -> Option<(Time, E)> {
        self.pop_below(u128::from(limit.0) << 64)
    }

    #[inline]
    fn pop_below(&mut self, limit: u128) -> Option<(Time, E)> {
        let first = self.heap.settle();
        if self.first_in_lanes < first {
            return (self.first_in_lanes < limit).then(|| self.pop_lane());
        }
        if first >= limit {
            return None;
        }
        self.heap.vacate();
        let slot = slot_of(first);
        if slot & NAMED != 0 {
            self.named -= 1;
            return Some((time_of(first), E::of_name(slot & !NAMED)));
        }
        Some((time_of(first), self.payloads.remove(slot)))
    }

    /// When the next event is due; none if nothing is pending.
    pub fn peek_time(&self) -> Option<Time> {
        let first = self.heap.first().min(self.first_in_lanes);
        (first != NOTHING).then(|| time_of(first))
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.payloads.len() + self.named + self.in_lanes
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

impl<E: Payload> Default for Queue<E> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;
    use crate::random::source::Source;

    /// Some numbers say it all, some need a payload.
    impl Payload for u64 {
        fn name(&self) -> Option<u32> {
            (self.is_multiple_of(3) && *self < u64::from(NAMED)).then_some(*self as u32)
        }

        fn of_name(name: u32) -> u64 {
            u64::from(name)
        }
    }

    impl Payload for char {}
    impl Payload for () {}

    /// What one may do with a queue; an event is the number of its push.
    #[derive(Clone, Debug)]
    enum Step {
        Push(u64),
        PushLane { lane: usize, now: u64 },
        Pop,
    }

    /// Lengths of the lanes, the last one so long that it saturates.
    const LENGTHS: [u64; 4] = [0, 3, 50, u64::MAX];

    /// A queue and what it must do: a map sorted by time and number.
    struct Pair {
        queue: Queue<u64>,
        lanes: Vec<Lane>,
        reference: BTreeMap<(u64, u64), u64>,
    }

    impl Pair {
        fn new() -> Pair {
            let mut queue = Queue::new();
            let lanes = LENGTHS.iter().map(|length| queue.lane(Duration(*length))).collect();
            Pair { queue, lanes, reference: BTreeMap::new() }
        }

        fn push(&mut self, at: u64, lane: Option<(usize, u64)>) {
            let number = self.queue.sequence() + 1;
            match lane {
                Some((lane, now)) => self.queue.push_lane(self.lanes[lane], Time(now), number),
                None => self.queue.push(Time(at), number),
            }
            assert_eq!(self.queue.sequence(), number);
            self.reference.insert((at, number), number);
        }

        fn step(&mut self, step: &Step) {
            match *step {
                Step::Push(at) => self.push(at, None),
                Step::PushLane { lane, now } => {
                    self.push(now.saturating_add(LENGTHS[lane]), Some((lane, now)));
                }
                Step::Pop => {
                    let due = self.reference.pop_first().map(|((at, _), event)| (Time(at), event));
                    assert_eq!(self.queue.pop(), due);
                }
            }
            let first = self.reference.first_key_value().map(|((at, _), _)| Time(*at));
            assert_eq!(self.queue.peek_time(), first);
            assert_eq!(self.queue.len(), self.reference.len());
            assert_eq!(self.queue.is_empty(), self.reference.is_empty());
        }
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0u64..20).prop_map(Step::Push),
            1 => prop_oneof![Just(0), Just(u64::MAX), any::<u64>()].prop_map(Step::Push),
            3 => (0..LENGTHS.len(), 0u64..20).prop_map(|(lane, now)| Step::PushLane { lane, now }),
            5 => Just(Step::Pop),
        ]
    }

    proptest! {
        #[test]
        fn events_leave_by_time_and_then_by_insertion(
            steps in proptest::collection::vec(any_step(), 1..400),
        ) {
            let mut pair = Pair::new();
            for step in &steps {
                pair.step(step);
            }
            while !pair.reference.is_empty() {
                pair.step(&Step::Pop);
            }
            pair.step(&Step::Pop);
        }
    }

    #[test]
    fn a_long_run_with_ties_and_drifting_clocks_keeps_the_order() {
        let mut luck = Luck::new(40).stream(Purpose::FaultPlan, 0);
        let (mut pair, mut now, mut popped) = (Pair::new(), 1_000u64, 0u64);
        for round in 0..200_000u64 {
            // The tide turns so that the queue grows to thousands and runs dry.
            let push = luck.chance(if round % 40_000 < 20_000 { 0.6 } else { 0.4 });
            let step = match (push, luck.below(3)) {
                (true, 0) => {
                    let lane = luck.below(3) as usize;
                    Step::PushLane { lane, now: now - luck.below(5) }
                }
                (true, _) => Step::Push(now + luck.below(40)),
                (false, _) => Step::Pop,
            };
            popped += u64::from(!push && !pair.reference.is_empty());
            pair.step(&step);
            now += u64::from(round % 16 == 0);
        }
        assert!(popped > 90_000, "the run was too empty to mean anything: {popped}");
    }

    #[test]
    fn a_lane_takes_what_is_in_order_and_leaves_the_rest_to_the_heap() {
        let mut queue = Queue::new();
        let lane = queue.lane(Duration(10));
        assert_eq!(queue.lane(Duration(10)), lane);
        assert_ne!(queue.lane(Duration(11)), lane);
        for (now, event) in [(5, 'b'), (5, 'c'), (3, 'a'), (6, 'd')] {
            queue.push_lane(lane, Time(now), event);
        }
        assert_eq!((queue.in_lanes, queue.payloads.len()), (3, 1));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [(13, 'a'), (15, 'b'), (15, 'c'), (16, 'd')].map(|(t, e)| (Time(t), e)));
    }

    #[test]
    fn a_warm_queue_takes_no_memory() {
        let mut queue = Queue::new();
        let lane = queue.lane(Duration(7));
        let mut fill_and_drain = |from: u64| {
            for at in from..from + 1_000 {
                queue.push(Time(at % 13 + from), at);
                queue.push_lane(lane, Time(at), at);
            }
            while queue.pop().is_some() {}
            let lanes: usize = queue.lanes.iter().map(|lane| lane.entries.capacity()).sum();
            (queue.heap.capacity(), queue.payloads.capacity(), lanes)
        };
        let warm = fill_and_drain(0);
        assert!(warm.0 >= 249 && warm.1 >= 1_000 && warm.2 >= 1_000, "{warm:?}");
        for round in 1..20 {
            assert_eq!(fill_and_drain(round * 10_000), warm);
        }
    }

    #[test]
    #[should_panic(expected = "the run is too long: 2^40 events were scheduled")]
    fn the_sequence_does_not_overflow() {
        let mut queue = Queue::new();
        queue.sequence = (1 << SEQUENCE_BITS) - 3;
        queue.push(Time(1), ());
        queue.push(Time(1), ());
    }
}
