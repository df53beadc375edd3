//! The full protocol beside the yardstick's empty quorum ping: what a message of a real cluster
//! costs, as a ratio of two times in one run.
//!
//! `cargo bench --bench protocol`. The bars are a ratio of at most 4 for each message without
//! faults, 1.5 times that with partitions and crashes, and at most 6 allocations an operation; the
//! rows below show that a message costs about the same whatever the number of nodes and keys.

#[path = "yardstick/allocations.rs"]
mod allocations;
mod yardstick;

use std::hint::black_box;

use dynamo_sim::dynamo::config::handoff::HintedHandoff;
use dynamo_sim::dynamo::config::{AntiEntropy, Cluster};
use dynamo_sim::dynamo::message::Kind;
use dynamo_sim::faults::fault::Fault;
use dynamo_sim::faults::spec::{Crash, DiskAfterCrash, InFlight, Partition, Spec};
use dynamo_sim::id::{NodeId, Span};
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::disk;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::trace::record::Totals;
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Spec as Workload};
use yardstick::Bare;
use yardstick::clock::{median, processor_time};
use yardstick::workloads::{Ping, quorum};

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// A cluster under load.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    nodes: u32,
    clients: u32,
    keys: u32,
    faults: bool,
}

/// What the measured part of one run did.
struct Measured {
    nanoseconds: f64,
    messages: u64,
    local: u64,
    operations: u64,
    allocations: u64,
    digest: u64,
}

/// Medians over all rounds.
struct Summary {
    own: f64,
    message: f64,
    ratio: f64,
    network_ratio: f64,
    rate: f64,
    allocations: f64,
    digest: u64,
}

const BASE: Row =
    Row { name: "no faults", nodes: 100, clients: 1_000, keys: 100_000, faults: false };

const ROWS: [Row; 7] = [
    BASE,
    Row { name: "faults", faults: true, ..BASE },
    Row { name: "10 nodes", nodes: 10, ..BASE },
    Row { name: "1,000 nodes", nodes: 1_000, ..BASE },
    Row { name: "1,000 keys", keys: 1_000, ..BASE },
    Row { name: "10,000 keys", keys: 10_000, ..BASE },
    Row { name: "1,000,000 keys", keys: 1_000_000, ..BASE },
];

fn main() {
    // `cargo bench` says `--bench`; a test run does not, and only asks that repeats are equal.
    let arguments: Vec<String> = std::env::args().collect();
    let says = |word: &str| arguments.iter().any(|argument| argument == word);
    if says("--test") || !says("--bench") {
        for faults in [false, true] {
            let row = Row { nodes: 30, clients: 20, keys: 500, faults, ..BASE };
            summarise(row, Duration::from_millis(100), 10_000, 2);
        }
        return;
    }
    println!(
        "{:<16} {:>7} {:>9} {:>6} {:>8} {:>10} {:>11}  digest",
        "", "own ns", "a message", "ratio", "network", "ops/s", "allocs/op"
    );
    let chosen = |row: &&Row| match arguments.iter().position(|word| word == "--row") {
        Some(place) => arguments.get(place + 1).is_some_and(|name| name == row.name),
        None => true,
    };
    for row in ROWS.iter().filter(chosen) {
        let s = summarise(*row, Duration::from_millis(500), 2_000_000, 7);
        println!(
            "{:<16} {:>7.1} {:>9.1} {:>6.2} {:>8.2} {:>10.0} {:>11.2}  {:016x}",
            row.name, s.own, s.message, s.ratio, s.network_ratio, s.rate, s.allocations, s.digest
        );
    }
}

/// The yardstick and the protocol in turn.
fn summarise(row: Row, length: Duration, events: u64, rounds: usize) -> Summary {
    let mut columns: [Vec<f64>; 5] = Default::default();
    let mut digest = None;
    // One more round that counts allocations and is not timed; the others the other way round.
    allocations::pause(false);
    let allocations = {
        let run = protocol(row, length);
        run.allocations as f64 / run.operations as f64
    };
    allocations::pause(true);
    for _ in 0..rounds {
        let own = bare(events);
        let run = protocol(row, length);
        let same = *digest.get_or_insert(run.digest) == run.digest;
        assert!(same, "{}: a repeat came out differently", row.name);
        let message = run.nanoseconds / run.messages as f64;
        let network = run.nanoseconds / (run.messages - run.local) as f64;
        let rate = run.operations as f64 * 1e9 / run.nanoseconds;
        let values = [own, message, message / own, network / own, rate];
        columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }
    let [own, message, ratio, network_ratio, rate] = columns.map(median);
    let digest = digest.expect("at least one round");
    Summary { own, message, ratio, network_ratio, rate, allocations, digest }
}

/// Nanoseconds a message of the yardstick's quorum ping.
fn bare(events: u64) -> f64 {
    let mut began = processor_time();
    black_box(quorum::<Bare<Ping>>(false, events, || began = processor_time()));
    (processor_time() - began) / events as f64
}

/// Runs the cluster for `length` to warm up and then for as long again under the clock.
fn protocol(row: Row, length: Duration) -> Measured {
    let mut observers = Observers::default();
    let mut run = Simulation::new(&plan(row, length));
    run.start(&mut observers);
    run_until(&mut run, &mut observers, Time::ZERO + length);
    let (before, blocks, began) = (run.totals().clone(), allocations::count(), processor_time());
    run_until(&mut run, &mut observers, Time::ZERO + length + length);
    let nanoseconds = processor_time() - began;
    let allocations = allocations::count() - blocks;
    let grown = |of: fn(&Totals) -> u64| of(run.totals()) - of(&before);
    let local = grown(|totals| totals.local);
    let network = grown(|totals| totals.kinds.iter().map(|kind| kind.delivered).sum());
    Measured {
        nanoseconds,
        messages: network + local,
        local,
        operations: grown(|totals| totals.kinds[Kind::Reply as usize].delivered),
        allocations,
        digest: run.digest(),
    }
}

fn run_until(run: &mut Simulation, observers: &mut Observers<'_>, until: Time) {
    while run.now() < until && run.step(observers) {}
}

fn plan(row: Row, length: Duration) -> Plan {
    let disk = || Distribution::Exponential { mean: Duration(5_000) };
    let cluster = Cluster {
        nodes: row.nodes,
        // With faults there is much to hand over and to compare within the measured time.
        hinted_handoff: Switch::On(HintedHandoff {
            scan_interval: if row.faults { length } else { Duration::from_secs(10) },
            ..HintedHandoff::default()
        }),
        anti_entropy: Switch::On(AntiEntropy {
            interval: if row.faults { length } else { Duration::from_secs(10) },
            ..AntiEntropy::default()
        }),
        ..Cluster::default()
    };
    Plan {
        seed: 7,
        duration: Duration(length.0 * 3),
        settle_limit: Duration::from_secs(60),
        sampling: Duration::from_secs(1),
        cluster,
        network: Default::default(),
        // Fast enough that the hottest key does not make its homes queue for ever.
        disk: disk::Spec { read: disk(), write: disk(), flush: disk(), ..disk::Spec::default() },
        workload: Workload {
            clients: row.clients,
            arrivals: Arrivals::Closed { think: Distribution::Constant(Duration::ZERO) },
            keys: Keys::Zipf { count: row.keys, exponent: 0.99 },
            mix: Mix { get: 0.5, put: 0.5, ..Mix::default() },
            ..Workload::default()
        },
        faults: if row.faults { trouble(length) } else { Vec::new() },
        administration: Vec::new(),
        pauses: Default::default(),
    }
}

/// Within the measured time a fifth of a hundred nodes is cut off, and two others crash.
fn trouble(length: Duration) -> Vec<Fault> {
    let tenth = |count: u64| Duration(length.0 + length.0 * count / 10);
    let side = |text: &str| vec![Span::parse(text).expect("a span")];
    let crash = |node, at| {
        Fault::from(Spec::Crash(Crash {
            node: NodeId(node).into(),
            at: tenth(at),
            restart_after: Some(Duration(length.0 * 3 / 10)),
            disk: DiskAfterCrash::Kept,
        }))
    };
    let partition = Partition {
        sides: vec![side("n0..n4"), side("n5..n29")],
        from: tenth(1),
        to: tenth(6),
        in_flight: InFlight::Drop,
    };
    vec![Spec::Partition(partition).into(), crash(20, 2), crash(25, 4)]
}
