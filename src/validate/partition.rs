//! A partition with two sides: which of them can be written, exactly, and how likely a key
//! diverges that both sides write.

use crate::dynamo::config::Versioning;
use crate::dynamo::versioning::reconcile::merge;
use crate::id::ClientId;
use crate::time::Time;
use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, Share};
use crate::validate::wars::read;
use crate::validate::worlds::{Firsts, MUTE, NO_DISK, Nobody, OUTSIDE, QUIET, drive, held_by_two};

/// The name of the group.
pub const GROUP: &str = "partition";

/// Keys that both sides write.
const KEYS: u32 = 20_000;
const QUICK_KEYS: u32 = 2_000;
/// Writes to a key in a second, on each side, and how long the partition lasts, in seconds.
const DIVERGENCE: [(f64, f64, f64); 3] = [(0.01, 0.01, 60.0), (0.1, 0.1, 10.0), (1.0, 0.1, 5.0)];

/// All of them.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let keys = effort.choose(KEYS, QUICK_KEYS);
    let mut jobs: Vec<Job> = (2..=5)
        .flat_map(|n| {
            [
                Job::new(GROUP, move |seed| strict(n, seed)),
                Job::new(GROUP, move |seed| sloppy(n, seed)),
            ]
        })
        .collect();
    for rates in DIVERGENCE {
        jobs.push(Job::new(GROUP, move |seed| divergence(rates, seed, keys)));
    }
    jobs
}

/// Which of the two sides can write, with so many nodes on the first.
fn sides(kind: &str, (n, w): (u32, u32), (nodes, first): (u32, u32), seed: u64) -> [bool; 2] {
    let span = |from: u32, to: u32| match to - from {
        1 => format!("\"n{from}\""),
        _ => format!("\"n{from}..n{}\"", to - 1),
    };
    let text = format!(
        r#"{{ "name": "sides", "duration": "1h", "sampling": "1h",
        "cluster": {{ "nodes": {nodes}, "n": {n}, "r": 1, "w": {w}, "quorum": "{kind}",
            "versioning": "last_write_wins", {QUIET}, {MUTE},
            "timeouts": {{ "operation": "30s", "replica": "100ms", "forward": "100ms" }} }},
        "network": {{ "latency": {{ "constant": "1ms" }} }}, {NO_DISK},
        "workload": {{ "clients": 2, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "closed": {{ "think": {{ "constant": "1s" }} }} }},
            "mix": {{ "blind": 1 }}, "timeout": "60s", "retries": 0, {OUTSIDE} }},
        "faults": [{{ "partition": {{ "sides": [[{one}, "c0"], [{other}, "c1"]],
            "from": "1ms", "to": "1h" }} }}] }}"#,
        one = span(0, first),
        other = span(first, nodes)
    );
    let mut plan = read(&text).plan();
    plan.seed = seed;
    let mut firsts = Firsts::default();
    drive(&plan, &mut firsts, |_, firsts| firsts.succeeded.len() < 2);
    [0, 1].map(|client| firsts.succeeded[&ClientId(client)])
}

/// All N nodes are homes of all keys: a side with m of them can write where m >= W.
fn strict(n: u32, seed: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for w in 1..=n {
        let (mut wrong, mut both) = (0, false);
        for first in 1..n {
            let [one, other] = sides("strict", (n, w), (n, first), seed);
            wrong += u32::from(one != (first >= w)) + u32::from(other != (n - first >= w));
            both |= one && other;
        }
        let case = format!("strict, N={n}, W={w}");
        let row = |what: &str, value: f64, exact: f64, note: &str| {
            Row::number((GROUP, &case, what.to_string()), value, (exact, 0.0), note)
        };
        rows.push(row("sides wrong, over all splits", f64::from(wrong), 0.0, "m >= W"));
        let exact = f64::from(u8::from(2 * w <= n));
        let both = f64::from(u8::from(both));
        rows.push(row("both sides writable in some split", both, exact, "2 W <= N"));
    }
    rows
}

/// Each side has W nodes at least, of which some may be no homes.
fn sloppy(n: u32, seed: u64) -> Vec<Row> {
    let wrong = |w: &u32| {
        let splits = (*w..=2 * n - w).map(|first| sides("sloppy", (n, *w), (2 * n, first), seed));
        splits.flatten().filter(|writable| !writable).count()
    };
    let wrong: usize = (1..=n).map(|w| wrong(&w)).sum();
    let case = format!("sloppy, N={n}, {} nodes, each W", 2 * n);
    let what = "sides with W nodes that cannot be written".to_string();
    vec![Row::number((GROUP, &case, what), wrong as f64, (0.0, 0.0), "sloppy: each side has W")]
}

/// A node and a client on each side; clients read before they write.
fn divergence((one, other, seconds): (f64, f64, f64), seed: u64, keys: u32) -> Vec<Row> {
    // Clients in proportion to the rates of their sides.
    let (firsts, seconds_of) = ((one / other + 0.5) as u32, f64::from(keys) * other);
    let text = format!(
        r#"{{ "name": "divergence", "duration": "1h", "sampling": "1h",
        "cluster": {{ "nodes": 2, "n": 2, "r": 1, "w": 1, "quorum": "strict", {QUIET}, {MUTE},
            "hinted_handoff": false }},
        "network": {{ "latency": {{ "constant": "1us" }},
            "sites": {{ "a": ["n0", "{first}"], "b": ["n1", "c{firsts}"] }} }}, {NO_DISK},
        "workload": {{ "clients": {clients}, "keys": {{ "uniform": {{ "count": {keys} }} }},
            "arrivals": {{ "poisson": "{seconds_of}/s" }}, "mix": {{ "put": 1 }}, "retries": 0,
            "routing": "own_site" }},
        "faults": [{{ "partition": {{ "sides": [["n0", "{first}"], ["n1", "c{firsts}"]],
            "from": "0s", "to": "1h" }} }}] }}"#,
        first = if firsts == 1 { "c0".to_string() } else { format!("c0..c{}", firsts - 1) },
        clients = firsts + 1,
    );
    let mut plan = read(&text).plan();
    plan.seed = seed;
    let end = Time((seconds * 1e9) as u64);
    let account = drive(&plan, &mut Nobody, |now, _| now < end);
    let (mut diverged, mut not_two) = (0, 0);
    for (_, held) in held_by_two(&account) {
        let [Some(one), Some(other)] = held else { continue };
        let versions = merge(Versioning::Dotted, one, other).versions().len();
        diverged += u64::from(versions > 1);
        not_two += u64::from(versions != 2);
    }
    let missed = |rate: f64| 1.0 - libm::exp(-rate * seconds);
    let exact = missed(one) * missed(other);
    let case = format!("writes {one}/s and {other}/s to a key, {seconds} s");
    let share = Share { hits: diverged, trials: u64::from(keys) };
    let name = (GROUP, &*case, "P(key diverges)".to_string());
    let what = "diverged keys without exactly 2 siblings".to_string();
    vec![
        Row::share(name, share, (exact, 0.0), "(1 - exp(-a T)) (1 - exp(-b T))"),
        Row::number((GROUP, &case, what), not_two as f64, (0.0, 0.0), "2 siblings each"),
    ]
}
