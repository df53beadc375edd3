//! All 25 cases of PBS: how likely a read at a time after the commit returns the write, and how
//! long reads and writes take, for every R and W.

use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, Share};
use crate::validate::served;
use crate::validate::table::{self, Case};
use crate::validate::wars::{Measured, ReadsAt, World};

/// The name of the group.
pub const GROUP: &str = "pbs";

/// Writes of each case and setting.
const TRIALS: u64 = 200_000;
const QUICK_TRIALS: u64 = 4_000;

/// When reads begin, in milliseconds after the commit.
pub const AFTER_MS: [f64; 6] = [0.0, 1.0, 5.0, 10.0, 50.0, 100.0];

/// A job for each case and W; of a coordinator among the replicas, for each case, R and W.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let trials = effort.choose(TRIALS, QUICK_TRIALS);
    let mut jobs = Vec::new();
    for case in table::read() {
        for w in writes(&case) {
            if !case.local {
                let case = case.clone();
                jobs.push(Job::new(GROUP, move |seed| rows(&case, w, seed, trials)));
                continue;
            }
            for r in 1..=case.n {
                let case = case.clone();
                jobs.push(Job::new(GROUP, move |seed| served_rows(&case, (r, w), seed, trials)));
            }
        }
    }
    jobs
}

/// The W that are run: where the table has only some settings, those and W = N.
fn writes(case: &Case) -> Vec<u32> {
    let tabled = |w: &u32| case.n <= 3 || *w == case.n || case.fresh.iter().any(|it| it.w == *w);
    (1..=case.n).filter(tabled).collect()
}

/// The world of a case.
pub fn world(case: &Case, r: u32, w: u32, after_ms: &[f64]) -> World {
    let name = case.name.to_lowercase().replace('.', "-");
    World {
        name: format!("pbs-{name}-r{r}-w{w}"),
        n: case.n,
        r,
        w,
        legs: case.legs.clone(),
        between: case.wide.then(|| "\"wan\"".to_string()),
        after_ms: after_ms.to_vec(),
    }
}

fn rows(case: &Case, w: u32, seed: u64, trials: u64) -> Vec<Row> {
    let measured = world(case, case.n, w, &AFTER_MS).measure(seed, trials);
    let mut rows = Vec::new();
    for r in 1..=case.n {
        rows.extend(fresh_rows(case, (r, w), &measured.at));
    }
    rows.extend(latency_rows(case, w, &measured));
    rows
}

fn served_rows(case: &Case, (r, w): (u32, u32), seed: u64, trials: u64) -> Vec<Row> {
    let measured =
        served::measure(&world(case, r, w, &AFTER_MS), served::By::Replica, seed, trials);
    let mut rows = fresh_rows(case, (r, w), &measured.at);
    let only = |wanted: &Row, quorum: u32, kind: &str| {
        wanted.what.starts_with(&format!("{kind} at {kind_of}={quorum},", kind_of = letter(kind)))
    };
    let latencies = latency_rows(case, w, &measured);
    rows.extend(
        latencies
            .into_iter()
            .filter(|row| (w == 1 && only(row, r, "Lr")) || (r == 1 && only(row, w, "Lw"))),
    );
    rows
}

fn letter(kind: &str) -> &'static str {
    if kind == "Lr" { "R" } else { "W" }
}

/// One R and W at all times: by the table, or 1 exactly where any two quorums overlap.
fn fresh_rows(case: &Case, (r, w): (u32, u32), at: &[ReadsAt]) -> Vec<Row> {
    let row = |(after_ms, reads): (&f64, &ReadsAt)| {
        let name = (GROUP, &*case.name, format!("P(fresh) R={r} W={w} at {after_ms} ms"));
        let share = Share { hits: reads.fresh[r as usize - 1], trials: reads.reads };
        if r + w > case.n {
            return Some(Row::share(name, share, (1.0, 0.0), "exact: R + W > N"));
        }
        let tabled = |it: &&table::Fresh| (it.r, it.w) == (r, w) && it.after_ms == *after_ms;
        let tabled = case.fresh.iter().find(tabled)?;
        Some(Row::share(name, share, (tabled.probability, tabled.error), "recomputed table"))
    };
    AFTER_MS.iter().zip(at).filter_map(row).collect()
}

/// Writes with this W, and reads with every R, at the tabled probabilities. Reads do not depend on
/// W: their latencies are told once, with W = 1.
fn latency_rows(case: &Case, w: u32, measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |kind: &str, sample: &[u64], tabled: &table::Quantile| {
        let table::Quantile { quorum, part, ms } = *tabled;
        let what = format!("{kind} at {}={quorum}, {} %, ms", letter(kind), part * 100.0);
        let name = (GROUP, &*case.name, what);
        rows.push(Row::quantile(name, sample, (part, ms, case.trials), "recomputed table"));
    };
    for tabled in case.read_latency.iter().filter(|_| w == 1) {
        let sample = &measured.read_latency[tabled.quorum as usize - 1];
        if !sample.is_empty() {
            add("Lr", sample, tabled);
        }
    }
    let told_here = |quorum: u32| quorum == w || w == case.n && !writes(case).contains(&quorum);
    for tabled in case.write_latency.iter().filter(|tabled| told_here(tabled.quorum)) {
        let sample = &measured.write_latency[tabled.quorum as usize - 1];
        if !sample.is_empty() {
            add("Lw", sample, tabled);
        }
    }
    rows
}
