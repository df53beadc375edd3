//! Time that was computed, and the middle of repeated measurements.

// A benchmark measures real time; the core never does.
#[allow(clippy::disallowed_types)]
use std::time::Instant;

/// Nanoseconds that this thread has computed, where the system tells (Linux), because machines are
/// shared; else those that have passed.
pub fn processor_time() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let passed = || START.get_or_init(Instant::now).elapsed().as_nanos() as f64;
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    told.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or_else(passed)
}

/// The middle of several values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
