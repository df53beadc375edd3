//! Consistent hashing: how uneven random tokens are, against the beta distribution of shares.

use crate::sim::plan::Plan;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::wars::read;

/// The name of the group.
pub const GROUP: &str = "ring";

const NODES: u32 = 30;
const RINGS: u64 = 400;
const QUICK_RINGS: u64 = 40;
/// Tokens of each node; mean of the largest share over the mean, of one copy and of three, where
/// the table has them.
const TOKENS: [(u32, Option<[f64; 2]>); 6] = [
    (1, Some([3.995, 2.23])),
    (8, Some([1.88, 1.46])),
    (32, Some([1.39, 1.22])),
    (64, Some([1.27, 1.16])),
    (128, Some([1.18, 1.11])),
    (256, Some([1.13, 1.08])),
];
/// The table has two decimals.
const ROUNDED: f64 = 0.01;

/// A job for each number of tokens, and one for equal parts.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let rings = effort.choose(RINGS, QUICK_RINGS);
    let mut jobs = Vec::new();
    for (tokens, table) in TOKENS {
        jobs.push(Job::new(GROUP, move |seed| uneven(tokens, table, seed, rings)));
    }
    jobs.push(Job::new(GROUP, equal_parts));
    jobs
}

fn plan(nodes: u32, copies: u32, partitioning: &str) -> Plan {
    read(&format!(
        r#"{{ "name": "ring", "duration": "1s",
        "cluster": {{ "nodes": {nodes}, "n": {copies}, "r": 1, "w": 1,
            "partitioning": {partitioning} }},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }} }} }}"#
    ))
    .plan()
}

/// By node, the share of the ring over the mean share.
fn shares(plan: &Plan, seed: u64) -> Vec<f64> {
    let carried = Plan { seed, ..plan.clone() }.layout().placement.carried;
    let mean = carried.iter().sum::<f64>() / carried.len() as f64;
    carried.iter().map(|share| share / mean).collect()
}

fn uneven(tokens: u32, table: Option<[f64; 2]>, seed: u64, rings: u64) -> Vec<Row> {
    let (n, t) = (f64::from(NODES), f64::from(tokens));
    let partitioning = format!("{{ \"tokens\": {tokens} }}");
    let case = format!("{NODES} nodes of {tokens} tokens");
    let all = |copies: u32| -> Vec<Vec<f64>> {
        let plan = plan(NODES, copies, &partitioning);
        (0..rings).map(|ring| shares(&plan, seed.wrapping_add(ring))).collect()
    };
    let (once, thrice) = (all(1), all(3));
    let each = |rings: &[Vec<f64>], of: fn(&Vec<f64>) -> f64| -> Vec<f64> {
        rings.iter().map(of).collect()
    };
    let spread = |shares: &Vec<f64>| {
        shares.iter().map(|share| (share - 1.0) * (share - 1.0)).sum::<f64>() / shares.len() as f64
    };
    let most = |shares: &Vec<f64>| shares.iter().copied().fold(0.0, f64::max);
    let least = |shares: &Vec<f64>| shares.iter().copied().fold(f64::INFINITY, f64::min);
    let row = |what: &str, values: &[f64], (exact, further): (f64, f64), note: &str| {
        Row::mean((GROUP, &case, what.to_string()), values, (exact, further), note)
    };
    let mut rows = vec![row(
        "variance of share over mean share",
        &each(&once, spread),
        ((n - 1.0) / (n * t + 1.0), 0.0),
        "(n - 1) / (n T + 1)",
    )];
    if tokens == 1 {
        let harmonic: f64 = (1..=NODES).map(|i| 1.0 / f64::from(i)).sum();
        let note = "H(n), where the table has its simulation";
        rows.push(row("largest share over mean", &each(&once, most), (harmonic, 0.0), note));
        rows.push(row("least share over mean", &each(&once, least), (1.0 / n, 0.0), "1 / n"));
    } else if let Some([one, _]) = table {
        let note = "simulated elsewhere, two decimals";
        rows.push(row("largest share over mean", &each(&once, most), (one, ROUNDED), note));
    }
    if let Some([_, three]) = table {
        let note = "simulated elsewhere, two decimals";
        let values = each(&thrice, most);
        rows.push(row("the same of three copies", &values, (three, ROUNDED), note));
    }
    let joined = plan(NODES + 1, 1, &partitioning);
    let newest = |ring| shares(&joined, seed.wrapping_add(ring))[NODES as usize] / (n + 1.0);
    let taken: Vec<f64> = (0..rings).map(newest).collect();
    rows.push(row("share that one more node takes", &taken, (1.0 / (n + 1.0), 0.0), "1 / (n + 1)"));
    rows
}

/// Strategy 3: equal parts, of which each node has as many as another, or one more.
fn equal_parts(seed: u64) -> Vec<Row> {
    let row = |(nodes, parts): (u32, u32)| {
        let plan = plan(nodes, 1, &format!("{{ \"strategy\": 3, \"partitions\": {parts} }}"));
        let most = shares(&plan, seed).into_iter().fold(0.0, f64::max);
        let mean = f64::from(parts) / f64::from(nodes);
        let case = format!("strategy 3, {parts} parts over {nodes} nodes");
        let name = (GROUP, &*case, "largest share over mean".to_string());
        Row::number(name, most, (libm::ceil(mean) / mean, 1e-9), "ceil(Q/S) / (Q/S)")
    };
    [(30, 1024), (32, 1024), (7, 64), (30, 30)].map(row).to_vec()
}
