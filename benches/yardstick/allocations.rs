//! Counts what the program asks of the allocator: how often, and how much it holds.

// Not everybody who counts asks for everything.
#![allow(dead_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The system's allocator with counters.
pub struct Counting;

static PAUSED: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

/// Stops counting, or goes on: to count costs time, which is not that of what is timed.
pub fn pause(paused: bool) {
    PAUSED.store(paused, Relaxed);
}

/// How many blocks were asked for so far, those that grew included.
pub fn count() -> u64 {
    COUNT.load(Relaxed)
}

/// The most bytes that were held at once since `forget_peak`.
pub fn peak() -> u64 {
    PEAK.load(Relaxed)
}

/// Measures the peak anew from here.
pub fn forget_peak() {
    PEAK.store(LIVE.load(Relaxed), Relaxed);
}

fn taken(bytes: usize) {
    if PAUSED.load(Relaxed) {
        return;
    }
    COUNT.fetch_add(1, Relaxed);
    // What is released now may have been taken in a pause.
    let live = LIVE.fetch_add(bytes as u64, Relaxed).wrapping_add(bytes as u64);
    PEAK.fetch_max(live, Relaxed);
}

fn released(bytes: usize) {
    if !PAUSED.load(Relaxed) {
        LIVE.fetch_sub(bytes as u64, Relaxed);
    }
}

// An allocator cannot be written without `unsafe`; this one only counts and passes on.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        released(layout.size());
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        taken(bytes);
        released(layout.size());
        unsafe { System.realloc(block, layout, bytes) }
    }
}
