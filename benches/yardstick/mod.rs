//! The yardstick: an event kernel with nothing in it that could be left out, in the standard
//! library's heap, and two workloads. Figures of other kernels mean something beside its own.

pub mod clock;
pub mod workloads;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How long an operation may take, in nanoseconds.
pub const TIMEOUT: u64 = 200_000_000;

/// What a workload needs of a kernel.
pub trait Kernel<E> {
    /// An empty one.
    fn new() -> Self;
    /// Adds an event that is due at `at` nanoseconds.
    fn push(&mut self, at: u64, event: E);
    /// Adds an event that is due `TIMEOUT` after `now`; a kernel may know that they come in order.
    #[inline]
    fn push_timeout(&mut self, now: u64, event: E) {
        self.push(now + TIMEOUT, event);
    }
    /// Takes the event that is due first.
    fn pop(&mut self) -> Option<(u64, E)>;
}

/// Keys of 16 bytes (time 64 bits, sequence 40, slot 24) in a heap, payloads in a slab.
pub struct Bare<E> {
    heap: BinaryHeap<Reverse<u128>>,
    payloads: Vec<Option<E>>,
    free: Vec<u32>,
    sequence: u64,
}

impl<E> Kernel<E> for Bare<E> {
    fn new() -> Self {
        Bare { heap: BinaryHeap::new(), payloads: Vec::new(), free: Vec::new(), sequence: 0 }
    }

    #[inline]
    fn push(&mut self, at: u64, event: E) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.payloads.push(None);
            self.payloads.len() as u32 - 1
        });
        self.payloads[slot as usize] = Some(event);
        self.sequence += 1;
        let rest = self.sequence << 24 | u64::from(slot);
        self.heap.push(Reverse(u128::from(at) << 64 | u128::from(rest)));
    }

    #[inline]
    fn pop(&mut self) -> Option<(u64, E)> {
        let Reverse(key) = self.heap.pop()?;
        let slot = key as u32 & 0xff_ffff;
        self.free.push(slot);
        let event = self.payloads[slot as usize].take()?;
        Some(((key >> 64) as u64, event))
    }
}
