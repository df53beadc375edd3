//! Work on several cores. A run has one thread; only runs that know nothing of each other are
//! done at the same time, and what comes of them is taken in their order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rayon::iter::{ParallelBridge, ParallelIterator};

/// How many to do at a time where nothing is said: one for each core.
pub fn jobs(asked: Option<usize>) -> usize {
    let cores = || thread::available_parallelism().map_or(1, |cores| cores.get());
    asked.unwrap_or_else(cores).max(1)
}

/// Is this very thread about to die of a panic?
pub fn is_panicking() -> bool {
    thread::panicking()
}

/// Does something with each item; what comes of it, in the order of the items. Nothing is begun
/// any more once `stop` says so: then there is nothing for the rest.
pub fn each<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    stop: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(&T) -> R + Sync),
) -> Vec<Option<R>> {
    let threads = jobs.min(items.len());
    if threads == 0 {
        return Vec::new();
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a few threads can be had");
    let one = |(place, item)| (!stop()).then(|| (place, work(item)));
    // Handed out one at a time, in their order: what stops midway has done the first of them.
    let in_turn = items.iter().enumerate().par_bridge();
    let done: Vec<(usize, R)> = pool.install(|| in_turn.filter_map(one).collect());
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    for (place, result) in done {
        results[place] = Some(result);
    }
    results
}

/// The first item, in their order, of which this is true. Later ones may have been looked at.
pub fn first<T: Sync>(
    jobs: usize,
    items: &[T],
    holds: &(dyn Fn(&T) -> bool + Sync),
) -> Option<usize> {
    for (round, some) in items.chunks(jobs).enumerate() {
        let never = AtomicBool::new(false);
        let all = each(jobs, some, &|| never.load(Ordering::Relaxed), holds);
        if let Some(place) = all.iter().position(|held| *held == Some(true)) {
            return Some(round * jobs + place);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_jobs() {
        let items: Vec<u64> = (0..100).collect();
        for jobs in [1, 2, 7] {
            let squares = each(jobs, &items, &|| false, &|it| it * it);
            assert!(squares.iter().enumerate().all(|(i, it)| *it == Some((i * i) as u64)));
            assert_eq!(first(jobs, &items, &|it| *it >= 13), Some(13));
            assert_eq!(first(jobs, &items, &|it| *it > 99), None);
        }
        assert_eq!(each(2, &items, &|| true, &|it| *it), vec![None; 100]);
    }
}
