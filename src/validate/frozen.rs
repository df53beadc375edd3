//! Quorums that never grow (PBS, section 3.1): each write is at W random replicas and stays there,
//! each read asks R random ones, and k-staleness has a closed form.
//!
//! Dynamo sends each write to all N, so that its quorums do grow. Here they cannot: every node is
//! cut off from all others for the whole run, and clients, who reach all, turn to a random one each
//! time. With R = W = 1 that node serves the request alone.

use crate::dynamo::config::Versioning;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::Observers;
use crate::validate::list::Effort;
use crate::validate::observed::{BEHIND, Observed};
use crate::validate::oracles::GROUP;
use crate::validate::row::Row;
use crate::validate::wars::read;
use crate::validate::worlds::{MUTE, NO_DISK, QUIET};

/// How many replicas.
pub const REPLICAS: [u32; 2] = [3, 5];
const RUNS: [u64; 2] = [200, 30];
/// When reads begin to count: there are enough versions by then.
const FROM: Time = Time(20_000_000_000);

/// Reads within 1, 2 and 3 versions of the latest.
pub fn rows(n: u32, effort: Effort, seed: u64) -> Vec<Row> {
    let runs = effort.choose(RUNS[0], RUNS[1]);
    let shares: Vec<[f64; BEHIND]> =
        (0..runs).map(|run| run_once(n, seed.wrapping_add(run))).collect();
    let row = |k: usize| {
        let of_k: Vec<f64> = shares.iter().map(|run| run[k - 1]).collect();
        let exact = 1.0 - libm::pow(1.0 - 1.0 / f64::from(n), k as f64);
        let plural = if k == 1 { "" } else { "s" };
        let what = format!("P(within {k} version{plural}) N={n} R=1 W=1");
        let note = "1 - (1 - 1/N)^k, quorums that never grow";
        Row::mean((GROUP, "k-staleness", what), &of_k, (exact, 1e-9), note)
    };
    (1..=BEHIND).map(row).collect()
}

/// The share of reads of one run within so many versions.
fn run_once(n: u32, seed: u64) -> [f64; BEHIND] {
    let sides: Vec<String> = (0..n).map(|node| format!("[\"n{node}\"]")).collect();
    let text = format!(
        r#"{{ "name": "frozen", "duration": "80s", "sampling": "80s",
        "cluster": {{ "nodes": {n}, "n": {n}, "r": 1, "w": 1, "quorum": "strict",
            "versioning": "last_write_wins", {QUIET}, {MUTE}, "hinted_handoff": false }},
        "network": {{ "latency": {{ "constant": "1ms" }} }}, {NO_DISK},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "closed": {{ "think": {{ "constant": "10ms" }} }} }},
            "mix": {{ "get": 1, "blind": 1 }}, "retries": 0, "routing": "load_balancer" }},
        "faults": [{{ "partition": {{ "sides": [{}], "from": "0s", "to": "80s" }} }}] }}"#,
        sides.join(", ")
    );
    let mut plan = read(&text).plan();
    plan.seed = seed;
    let end = Time::ZERO + plan.layout().duration;
    let nothing = |_| 0.0;
    let mut watch = Observed::new(Versioning::LastWriteWins, &nothing);
    let mut simulation = Simulation::new(&plan);
    simulation.start(&mut Observers::new(vec![&mut watch]));
    let mut before = None;
    while simulation.now() < end && simulation.step(&mut Observers::new(vec![&mut watch])) {
        if before.is_none() && simulation.now() >= FROM {
            before = Some((watch.all, watch.within));
        }
    }
    let (all, within) = before.unwrap_or_default();
    let reads = (watch.all - all) as f64;
    std::array::from_fn(|k| (watch.within[k] - within[k]) as f64 / reads)
}
