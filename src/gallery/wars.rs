//! Runs of the WARS model of PBS (VLDB 2012, section 4.1) by the event-driven simulator: a client
//! that coordinates, writes to all N replicas and reads back at set times after each commit.

use crate::gallery::trial::{Cells, Trial};

use crate::reproduce::work::Effort;
use crate::validate::chain::{Quorums, Rates, fresh};
use crate::validate::table::{self, Case};
use crate::validate::wars::{Measured, ReadsAt, World};

/// Settings of quorums that may return old data with N = 3.
pub const PARTIAL: [(u32, u32); 3] = [(1, 1), (1, 2), (2, 1)];
/// Replicas of figure 2.
pub const REPLICAS: [u32; 4] = [2, 3, 5, 10];
/// The share of operations whose latency and staleness a service promises.
const PROMISED: f64 = 0.999;
const AFTER_MS: [f64; 15] =
    [0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 35.0, 60.0, 100.0, 200.0, 500.0, 1000.0];

/// The published case of this name.
fn case(name: &str) -> Case {
    let found = table::read().into_iter().find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("there is no case {name}"))
}

fn world(case: &Case, n: u32, w: u32, after_ms: &[f64]) -> World {
    World {
        name: format!("{}-n{n}-w{w}", case.name.to_lowercase().replace('.', "-")),
        n,
        r: n,
        w,
        legs: case.legs.clone(),
        between: case.wide.then(|| "\"wan\"".to_string()),
        after_ms: after_ms.to_vec(),
    }
}

/// Runs, and writes in each of them.
fn efforts(effort: Effort) -> (u64, u64) {
    match effort {
        Effort::Full => (5, 6_000),
        Effort::Reduced => (2, 500),
    }
}

/// Trials of one world over seeds.
fn seeds(
    of: (World, Effort),
    told: Vec<(&'static str, String)>,
    rows: impl Fn(&Measured) -> Vec<Cells> + Clone + Send + Sync + 'static,
) -> Vec<Trial> {
    times(1, of, told, rows)
}

/// The same with so many times as many writes.
fn times(
    more: u64,
    (world, effort): (World, Effort),
    told: Vec<(&'static str, String)>,
    rows: impl Fn(&Measured) -> Vec<Cells> + Clone + Send + Sync + 'static,
) -> Vec<Trial> {
    let (runs, writes) = efforts(effort);
    (1..=runs)
        .map(|seed| {
            let (world, rows) = (world.clone(), rows.clone());
            let mut told = told.clone();
            told.push(("seed", seed.to_string()));
            Trial::new(told, move |_| Ok(rows(&world.measure(seed, more * writes))))
        })
        .collect()
}

/// Rows of one R at all times.
fn by_time(measured: &Measured, r: u32, after_ms: &[f64]) -> Vec<Cells> {
    let row = |(after, at): (&f64, &ReadsAt)| {
        vec![
            ("r", Some(f64::from(r))),
            ("after_ms", Some(*after)),
            ("fresh_share", Some(at.share(r as usize))),
        ]
    };
    after_ms.iter().zip(&measured.at).map(row).collect()
}

/// Figure 1: four fits of latencies, each (R,W).
pub fn fits(effort: Effort) -> Vec<Trial> {
    let mut trials = Vec::new();
    for name in ["LNKD-SSD", "LNKD-DISK", "YMMR-alpha3.5", "WAN"] {
        for w in [1, 2] {
            let told = vec![("case", name.to_string()), ("w", w.to_string())];
            let rows = move |measured: &Measured| {
                let partial = PARTIAL.iter().filter(|(_, own)| *own == w);
                partial.flat_map(|(r, _)| by_time(measured, *r, &AFTER_MS)).collect()
            };
            trials.extend(seeds((world(&case(name), 3, w, &AFTER_MS), effort), told, rows));
        }
    }
    trials
}

/// Figure 2: R = W = 1 of N replicas.
pub fn replicas(effort: Effort) -> Vec<Trial> {
    let of = |n: u32| {
        let told = vec![("n", n.to_string())];
        let world = world(&case("LNKD-DISK"), n, 1, &AFTER_MS);
        seeds((world, effort), told, |measured| by_time(measured, 1, &AFTER_MS))
    };
    REPLICAS.into_iter().flat_map(of).collect()
}

/// Figure 3: exponential legs, W's rate against that of the others.
pub fn rates(effort: Effort) -> Vec<Trial> {
    let of = |rate: &str| {
        let told = vec![("write_rate", rate.to_string())];
        let world = world(&case(&format!("EXP-W{rate}-ARS1")), 3, 1, &AFTER_MS);
        seeds((world, effort), told, |measured| by_time(measured, 1, &AFTER_MS))
    };
    ["0.1", "0.2", "0.5", "1", "2", "4"].into_iter().flat_map(of).collect()
}

/// Shares at which latencies are told.
const PARTS: [f64; 13] =
    [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.998, 0.999, 0.9995];

/// Figure 4: how long reads and writes take.
pub fn latencies(effort: Effort) -> Vec<Trial> {
    let of = |name: &str| {
        let told = vec![("case", name.to_string())];
        let rows = |measured: &Measured| {
            let reads = measured.read_latency.iter().enumerate().map(|it| (0.0, it));
            let writes = measured.write_latency.iter().enumerate().map(|it| (1.0, it));
            let all = reads.chain(writes).flat_map(|(is_write, (place, sorted))| {
                PARTS.map(|part| {
                    vec![
                        ("is_write", Some(is_write)),
                        ("answers", Some(place as f64 + 1.0)),
                        ("share", Some(part)),
                        ("latency_ms", quantile_ms(sorted, part)),
                    ]
                })
            });
            all.collect()
        };
        // The 99.9th percentile needs many.
        times(8, (world(&case(name), 3, 3, &[0.0]), effort), told, rows)
    };
    ["LNKD-SSD", "LNKD-DISK"].into_iter().flat_map(of).collect()
}

/// The value below which this share of ascending nanoseconds lies, in milliseconds.
fn quantile_ms(sorted: &[u64], part: f64) -> Option<f64> {
    let rank = libm::ceil(part * sorted.len() as f64) as usize;
    sorted.get(rank.max(1) - 1).map(|nanoseconds| *nanoseconds as f64 / 1e6)
}

/// Figure 5: what (R,W) costs and what it promises.
pub fn promises(effort: Effort) -> Vec<Trial> {
    let after: Vec<f64> = (0..=60).map(|step| f64::from(step) * 1.5).collect();
    let of = |w: u32| {
        let inner = after.clone();
        let rows = move |measured: &Measured| {
            let row = |r: u32| {
                let read = quantile_ms(&measured.read_latency[r as usize - 1], PROMISED);
                let write = quantile_ms(&measured.write_latency[w as usize - 1], PROMISED);
                let both = read.zip(write).map(|(read, write)| read + write);
                vec![
                    ("r", Some(f64::from(r))),
                    ("visible_after_ms", visible_ms(measured, r, &inner)),
                    ("read_and_write_p99_9_ms", both),
                ]
            };
            (1..=3).map(row).collect()
        };
        let world = world(&case("LNKD-DISK"), 3, w, &after);
        seeds((world, effort), vec![("w", w.to_string())], rows)
    };
    (1..=3).flat_map(of).collect()
}

/// The time from which on the promised share of reads is fresh, between two that were read at.
fn visible_ms(measured: &Measured, r: u32, after_ms: &[f64]) -> Option<f64> {
    let shares: Vec<f64> = measured.at.iter().map(|at| at.share(r as usize)).collect();
    let reached = shares.iter().position(|share| *share >= PROMISED)?;
    if reached == 0 {
        return Some(0.0);
    }
    let (low, high) = (shares[reached - 1], shares[reached]);
    let part = (PROMISED - low) / (high - low);
    Some(after_ms[reached - 1] + part * (after_ms[reached] - after_ms[reached - 1]))
}

/// The settings with which PBS was validated against Cassandra: rates of W and of A, R, S.
pub const VALIDATED: [&str; 8] = [
    "VAL-W0.05-ARS0.1",
    "VAL-W0.05-ARS0.5",
    "VAL-W0.1-ARS0.1",
    "VAL-W0.1-ARS0.2",
    "VAL-W0.1-ARS0.5",
    "VAL-W0.2-ARS0.1",
    "VAL-W0.2-ARS0.2",
    "VAL-W0.2-ARS0.5",
];

/// Figure 7: measured beside what the model predicts, solved exactly.
pub fn validated(effort: Effort) -> Vec<Trial> {
    let after: Vec<f64> = (0..20).map(|step| 1.0 + f64::from(step) * 10.0).collect();
    let of = |name: &&str| {
        let (case, inner) = (case(name), after.clone());
        let rates: Rates = case.rates.expect("all legs of these cases are exponential");
        let rows = move |measured: &Measured| {
            let row = |(after, at): (&f64, &ReadsAt)| {
                let predicted = fresh(rates, Quorums { n: 3, r: 1, w: 1 }, *after);
                vec![
                    ("after_ms", Some(*after)),
                    ("predicted_share", Some(predicted)),
                    ("measured_share", Some(at.share(1))),
                ]
            };
            inner.iter().zip(&measured.at).map(row).collect()
        };
        let told = vec![("case", name.to_string())];
        seeds((world(&case, 3, 1, &after), effort), told, rows)
    };
    VALIDATED.iter().flat_map(of).collect()
}
