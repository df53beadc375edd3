//! The queue beside the yardstick: the same workloads, in turn, and the ratio of their times.
//!
//! `cargo bench --bench kernel`. The bar is a ratio of at most 1.25 for PHOLD with 1,000 and with
//! 100,000 processes. Both must compute the same: hashes over all that happened are compared. The
//! last row shows what lanes are for: its timeouts wait in a lane here and in the heap there.

mod yardstick;

use dynamo_sim::sim::queue::{Lane, Payload, Queue};
use dynamo_sim::time::{Duration, Time};
use yardstick::clock::{median, processor_time};
use yardstick::workloads::{Hop, Ping, phold, quorum};
use yardstick::{Bare, Kernel, TIMEOUT};

impl Payload for Hop {}
impl Payload for Ping {}

struct Ours<E: Payload> {
    queue: Queue<E>,
    timeouts: Lane,
}

impl<E: Payload> Kernel<E> for Ours<E> {
    fn new() -> Self {
        let mut queue = Queue::new();
        let timeouts = queue.lane(Duration(TIMEOUT));
        Ours { queue, timeouts }
    }

    #[inline]
    fn push(&mut self, at: u64, event: E) {
        self.queue.push(Time(at), event);
    }

    #[inline]
    fn push_timeout(&mut self, now: u64, event: E) {
        self.queue.push_lane(self.timeouts, Time(now), event);
    }

    #[inline]
    fn pop(&mut self) -> Option<(u64, E)> {
        self.queue.pop().map(|(at, event)| (at.0, event))
    }
}

/// Runs a workload of so many events, telling when the warm-up is over; returns its hash.
type Workload = fn(u64, &mut dyn FnMut()) -> u64;

/// A workload for both kernels, and how many events of it are timed.
struct Row {
    name: &'static str,
    events: u64,
    own: Workload,
    ours: Workload,
}

const ROWS: [Row; 4] = [
    Row {
        name: "PHOLD 1,000",
        events: 2_000_000,
        own: |events, start| phold::<Bare<Hop>>(1_000, events, start),
        ours: |events, start| phold::<Ours<Hop>>(1_000, events, start),
    },
    Row {
        name: "PHOLD 100,000",
        events: 1_000_000,
        own: |events, start| phold::<Bare<Hop>>(100_000, events, start),
        ours: |events, start| phold::<Ours<Hop>>(100_000, events, start),
    },
    Row {
        name: "quorum ping",
        events: 2_000_000,
        own: |events, start| quorum::<Bare<Ping>>(false, events, start),
        ours: |events, start| quorum::<Ours<Ping>>(false, events, start),
    },
    Row {
        name: "with timeouts",
        events: 2_000_000,
        own: |events, start| quorum::<Bare<Ping>>(true, events, start),
        ours: |events, start| quorum::<Ours<Ping>>(true, events, start),
    },
];

fn main() {
    // `cargo bench` says `--bench`; a test run does not, and only asks that both compute the same.
    let arguments: Vec<String> = std::env::args().collect();
    let says = |word: &str| arguments.iter().any(|argument| argument == word);
    if says("--test") || !says("--bench") {
        for row in ROWS {
            compare(&row, 10_000, 1);
        }
        return;
    }
    println!("{:<14} {:>8} {:>9} {:>6}  hash", "", "own ns", "queue ns", "ratio");
    for row in ROWS {
        let (own, ours, ratio, hash) = compare(&row, row.events, 9);
        println!("{:<14} {own:>8.1} {ours:>9.1} {ratio:>6.2}  {hash:016x}", row.name);
    }
}

/// Both kernels in turn: medians of nanoseconds an event and of the ratios, and the common hash.
fn compare(row: &Row, events: u64, rounds: usize) -> (f64, f64, f64, u64) {
    let (mut own, mut ours, mut ratios, mut hash) = (vec![], vec![], vec![], 0);
    for round in 0..rounds {
        let bare = timed(row.own, events);
        let queue = timed(row.ours, events);
        assert_eq!(bare.1, queue.1, "{}: the kernels computed different things", row.name);
        assert!(round == 0 || hash == bare.1, "{}: a repeat came out differently", row.name);
        own.push(bare.0);
        ours.push(queue.0);
        ratios.push(queue.0 / bare.0);
        hash = bare.1;
    }
    (median(own), median(ours), median(ratios), hash)
}

/// Nanoseconds an event, and the hash.
fn timed(workload: Workload, events: u64) -> (f64, u64) {
    let mut began = processor_time();
    let hash = workload(events, &mut || began = processor_time());
    ((processor_time() - began) / events as f64, hash)
}
