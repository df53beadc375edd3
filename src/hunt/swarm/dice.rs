//! Draws in the units of a scenario: counts within bounds, and times of every size.

use crate::random::source::Source;
use crate::time::Duration;

/// Times are drawn in whole milliseconds: a plan is for reading.
const MILLISECOND: u64 = 1_000_000;

/// A number within bounds, both included.
pub fn between(source: &mut impl Source, [least, most]: [u32; 2]) -> u32 {
    least + source.below(u64::from(most - least) + 1) as u32
}

/// One of these, a weight beside each.
pub fn weighted<T: Copy>(source: &mut impl Source, lots: &[(u32, T)]) -> T {
    let all: u64 = lots.iter().map(|(weight, _)| u64::from(*weight)).sum();
    let mut left = source.below(all);
    for (weight, lot) in lots {
        match left.checked_sub(u64::from(*weight)) {
            Some(rest) => left = rest,
            None => return *lot,
        }
    }
    unreachable!("the place drawn is below the sum of all weights")
}

/// A time of any size up to the longest, each power of two as likely as any other: most things
/// that break do so within milliseconds or over many seconds, and nobody knows which.
pub fn of_any_size(source: &mut impl Source, longest: Duration) -> Duration {
    let milliseconds = (longest.0 / MILLISECOND).max(1);
    let powers = u64::from(64 - milliseconds.leading_zeros());
    let top = 1u64 << source.below(powers);
    let drawn = top + source.below(top);
    Duration(drawn.min(milliseconds) * MILLISECOND)
}

/// A moment from one to before another.
pub fn moment(source: &mut impl Source, from: Duration, to: Duration) -> Duration {
    let (from, to) = (from.0 / MILLISECOND, to.0 / MILLISECOND);
    Duration((from + source.below((to - from).max(1))) * MILLISECOND)
}

/// Some of these, one at least, in an order of their own.
pub fn some<T: Clone>(source: &mut impl Source, items: &[T], most: usize) -> Vec<T> {
    let mut all = items.to_vec();
    source.shuffle(&mut all);
    let count = 1 + source.below(most.clamp(1, all.len()) as u64) as usize;
    all.truncate(count);
    all
}
