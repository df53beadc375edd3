//! Ten thousand nodes that gossip for a simulated minute, with a change issued at one of them:
//! processor time and peak memory.
//!
//! `cargo bench --bench gossip`. The bar is 1 s and 64 MiB. Views are shared: nodes that know the
//! same hold one history and one ring between them.

#[path = "yardstick/clock.rs"]
mod clock;

use clock::{median, processor_time};
use dynamo_sim::dynamo::config::{Cluster, Gossip, Partitioning};
use dynamo_sim::id::NodeId;
use dynamo_sim::network::spec::Spec as Network;
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::workload::spec::{Keys, Spec as Workload};

const MINUTE: Duration = Duration::from_secs(60);

fn main() {
    // `cargo bench` says `--bench`; a test run does not, and only asks that repeats are equal.
    let arguments: Vec<String> = std::env::args().collect();
    let says = |word: &str| arguments.iter().any(|argument| argument == word);
    if says("--test") || !says("--bench") {
        assert_eq!(minute(300).1, minute(300).1, "a repeat came out differently");
        return;
    }
    println!("{:>7} {:>9} {:>12} {:>10}  digest", "nodes", "cpu s", "us a round", "peak MiB");
    for nodes in [1_000, 10_000] {
        let rounds: Vec<(f64, u64)> = (0..5).map(|_| minute(nodes)).collect();
        assert!(rounds.iter().all(|round| round.1 == rounds[0].1), "a repeat came out differently");
        let seconds = median(rounds.iter().map(|round| round.0).collect());
        let round = seconds * 1e6 / 60.0 / f64::from(nodes);
        let (peak, digest) = (peak_memory(), rounds[0].1);
        println!("{nodes:>7} {seconds:>9.3} {round:>12.3} {peak:>10.1}  {digest:016x}");
    }
}

/// Processor seconds of everything from the plan to the end of the minute, and the digest.
fn minute(nodes: u32) -> (f64, u64) {
    let began = processor_time();
    let plan = plan(nodes);
    let before = plan.membership();
    let about = NodeId(nodes - 1);
    let mut change = before.change(about).expect("everybody is a member").clone();
    change.counter += 1;
    let mut run = Simulation::new(&plan);
    run.teach(NodeId(0), before.with(about, change));
    let mut observers = Observers::default();
    run.start(&mut observers);
    while run.now() < Time::ZERO + MINUTE && run.step(&mut observers) {}
    let digest = run.digest();
    drop(run);
    ((processor_time() - began) / 1e9, digest)
}

fn plan(nodes: u32) -> Plan {
    Plan {
        seed: 7,
        duration: Duration(MINUTE.0 * 2),
        settle_limit: MINUTE,
        sampling: MINUTE,
        cluster: Cluster {
            nodes,
            partitioning: Partitioning { tokens: 1, ..Partitioning::default() },
            gossip: Gossip::default(),
            hinted_handoff: Switch::Off,
            anti_entropy: Switch::Off,
            ..Cluster::default()
        },
        network: Network {
            latency: Distribution::Constant(Duration::from_millis(1)),
            ..Network::default()
        },
        disk: Default::default(),
        workload: Workload { clients: 0, keys: Keys::Uniform { count: 1 }, ..Workload::default() },
        faults: Vec::new(),
        administration: Vec::new(),
        pauses: Default::default(),
    }
}

/// The most memory that the process has had so far, in MiB; 0 where the system does not tell.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}
