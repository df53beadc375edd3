//! Exact forms of PBS, and relations that hold for any legs, on legs drawn at random as well.
//!
//! A relation compares two runs of the same luck, so that it must hold read by read and not only in
//! distribution: what is added to a leg moves each outcome by exactly that.

use crate::random::distribution::Distribution;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::Duration;
use crate::validate::chain::{Quorums, Rates, choose, fresh};
use crate::validate::frozen;
use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, SIGMAS, Share};
use crate::validate::table::exponential_legs;
use crate::validate::wars::{Measured, World};

/// The name of the group.
pub const GROUP: &str = "oracles";

const TRIALS: u64 = 100_000;
const QUICK_TRIALS: u64 = 4_000;
/// Settings of legs that are drawn, for each kind of comparison.
const DRAWN: u64 = 4;
const QUICK_DRAWN: u64 = 1;

/// N, R, W of the exact forms.
const QUORUMS: [(u32, u32, u32); 6] =
    [(3, 1, 1), (3, 1, 2), (3, 2, 1), (5, 1, 1), (5, 2, 2), (5, 1, 3)];

/// Everything.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let trials = effort.choose(TRIALS, QUICK_TRIALS);
    let drawn = effort.choose(DRAWN, QUICK_DRAWN);
    let mut jobs = Vec::new();
    let mut add = |work: fn(u64, u64, Option<u64>) -> Vec<Row>, drawn: Option<u64>| {
        jobs.push(Job::new(GROUP, move |seed| work(seed, trials, drawn)));
    };
    add(memoryless, None);
    add(order_statistics, None);
    add(scaling, None);
    for which in 0..drawn {
        add(memoryless, Some(which));
        add(exponential, Some(which));
        add(relations, Some(which));
    }
    for n in frozen::REPLICAS {
        jobs.push(Job::new(GROUP, move |seed| frozen::rows(n, effort, seed)));
    }
    jobs
}

fn world(name: &str, n: u32, w: u32, legs: String, after_ms: Vec<f64>) -> World {
    World { name: name.to_string(), n, r: n, w, legs, between: None, after_ms }
}

/// A number from one to the other with three decimals, alike on all machines.
fn between(draw: &mut impl Source, low: f64, high: f64) -> f64 {
    let thousandths = draw.unit() * (high - low) * 1_000.0;
    low + libm::round(thousandths) / 1_000.0
}

/// W exponential and the rest constant: p stale = C(N-W, R) / C(N, R) * exp(-rate R (t + A + r)).
fn memoryless(seed: u64, trials: u64, drawn: Option<u64>) -> Vec<Row> {
    let luck = Luck::new(seed);
    let mut draw = luck.draw(Purpose::Model, 1, drawn.unwrap_or(0));
    let (mean, a, r, s) = match drawn {
        None => (10.0, 0.5, 0.25, 0.1),
        Some(_) => (
            between(&mut draw, 1.0, 40.0),
            between(&mut draw, 0.0, 3.0),
            between(&mut draw, 0.0, 3.0),
            between(&mut draw, 0.0, 3.0),
        ),
    };
    let constant = |name: &str, ms: f64| format!("\"{name}\": {{ \"constant\": \"{ms:.3}ms\" }}");
    let legs = format!(
        "{{ \"write\": {{ \"exponential\": {{ \"mean\": \"{mean:.3}ms\" }} }}, {}, {}, {} }}",
        constant("ack", a),
        constant("read", r),
        constant("response", s)
    );
    let case = format!("W exponential of mean {mean:.3} ms, A {a:.3}, R {r:.3}, S {s:.3} ms");
    let after = vec![0.0, 5.0, 20.0];
    let mut rows = Vec::new();
    for (n, r_quorum, w) in QUORUMS {
        let world = world("memoryless", n, w, legs.clone(), after.clone());
        let measured = world.measure(seed, trials);
        for (after, reads) in after.iter().zip(&measured.at) {
            let miss = choose(n - w, r_quorum) / choose(n, r_quorum);
            let exponent = -f64::from(r_quorum) * (after + a + r) / mean;
            // Constant legs answer all at once. Who counts as first is then always the same, which
            // is as good as any: the legs of writes know nothing of it.
            let exact = 1.0 - miss * libm::exp(exponent);
            let what = format!("P(fresh) N={n} R={r_quorum} W={w} at {after} ms");
            let share = Share { hits: reads.fresh[r_quorum as usize - 1], trials: reads.reads };
            rows.push(Row::share((GROUP, &case, what), share, (exact, 0.0), "exact form"));
        }
    }
    rows
}

/// All legs exponential, with rates of their own: the chain.
fn exponential(seed: u64, trials: u64, drawn: Option<u64>) -> Vec<Row> {
    let luck = Luck::new(seed);
    let mut draw = luck.draw(Purpose::Model, 2, drawn.unwrap_or(0));
    let mut rate = || 1.0 / between(&mut draw, 0.5, 20.0);
    let rates = Rates { w: rate(), a: rate(), r: rate(), s: rate() };
    let mean = |rate: f64| format!("{:.3}", 1.0 / rate);
    let means = [rates.w, rates.a, rates.r, rates.s].map(mean);
    let case = format!("exponential legs of means {} ms", means.join(", "));
    let legs = [("write", 0), ("ack", 1), ("read", 2), ("response", 3)].map(|(name, place)| {
        format!("\"{name}\": {{ \"exponential\": {{ \"mean\": \"{}ms\" }} }}", means[place])
    });
    let legs = format!("{{ {} }}", legs.join(", "));
    let after = vec![0.0, 1.0, 5.0, 20.0];
    let mut rows = Vec::new();
    for (n, w) in [(3, 1), (3, 2), (4, 2), (5, 1)] {
        let measured =
            world("exponential", n, w, legs.clone(), after.clone()).measure(seed, trials);
        for r in 1..=n - w {
            for (after, reads) in after.iter().zip(&measured.at) {
                let exact = fresh(rates, Quorums { n, r, w }, *after);
                let what = format!("P(fresh) N={n} R={r} W={w} at {after} ms");
                let share = Share { hits: reads.fresh[r as usize - 1], trials: reads.reads };
                rows.push(Row::share((GROUP, &case, what), share, (exact, 0.0), "exact chain"));
            }
        }
    }
    rows
}

/// The mean of the k-th of N exponentials: their mean times the sum of 1 / i, i from N - k + 1 to
/// N.
fn order_statistics(seed: u64, trials: u64, _: Option<u64>) -> Vec<Row> {
    let legs = |leg: &str| {
        let mean = "{ \"exponential\": { \"mean\": \"4ms\" } }";
        format!(
            "{{ \"write\": {mean}, \"read\": {mean}, \"{leg}\": {{ \"constant\": \"0s\" }}, \
             \"response\": {{ \"constant\": \"0s\" }} }}"
        )
    };
    let mut rows = Vec::new();
    for n in [3_u32, 5, 10] {
        let measured = world("order", n, n, legs("ack"), vec![0.0]).measure(seed, trials);
        let kinds =
            [("write", "W", &measured.write_latency), ("read", "R", &measured.read_latency)];
        for (kind, letter, latencies) in kinds {
            for k in 1..=n {
                let expected: f64 = (n - k + 1..=n).map(|i| 4.0 / f64::from(i)).sum();
                let sample = &latencies[k as usize - 1];
                let sample: Vec<f64> = sample.iter().map(|it| *it as f64 / 1e6).collect();
                let what = format!("mean {kind} latency N={n} {letter}={k}, ms");
                let name = (GROUP, "exponential of mean 4 ms there, 0 ms back", what);
                rows.push(Row::mean(name, &sample, (expected, 1e-6), "order statistics"));
            }
        }
    }
    rows
}

/// A distribution of some shape.
fn drawn(draw: &mut impl Source) -> Distribution {
    let scale = Duration((between(draw, 0.2, 10.0) * 1e6) as u64);
    match draw.below(5) {
        0 => Distribution::Exponential { mean: scale },
        1 => Distribution::LogNormal { median: scale, sigma: between(draw, 0.1, 1.5) },
        2 => Distribution::Pareto { scale, shape: between(draw, 1.2, 4.0) },
        3 => Distribution::Uniform { from: Duration::ZERO, to: scale },
        _last => Distribution::Mixture(vec![
            crate::random::distribution::Component {
                weight: between(draw, 0.1, 1.0),
                of: Distribution::Pareto { scale, shape: 2.0 },
            },
            crate::random::distribution::Component {
                weight: between(draw, 0.1, 1.0),
                of: Distribution::Exponential { mean: Duration(scale.0 * 5) },
            },
        ]),
    }
}

/// Names of the legs, in the order of their letters.
const LEGS: [&str; 4] = ["write", "ack", "read", "response"];

/// Legs, each so much later.
fn legs(legs: &[Distribution; 4], later: [u64; 4]) -> String {
    let leg = |(place, leg): (usize, &Distribution)| {
        let (by, of) = (Duration::from_millis(later[place]), Box::new(leg.clone()));
        let shifted = Distribution::Shifted { by, of };
        format!("\"{}\": {}", LEGS[place], written(&shifted))
    };
    let all: Vec<String> = legs.iter().enumerate().map(leg).collect();
    format!("{{ {} }}", all.join(", "))
}

/// A distribution as scenarios have it.
fn written(distribution: &Distribution) -> String {
    match distribution {
        Distribution::Exponential { mean } => {
            format!("{{ \"exponential\": {{ \"mean\": \"{mean}\" }} }}")
        }
        Distribution::LogNormal { median, sigma } => {
            format!("{{ \"log_normal\": {{ \"median\": \"{median}\", \"sigma\": {sigma} }} }}")
        }
        Distribution::Pareto { scale, shape } => {
            format!("{{ \"pareto\": {{ \"scale\": \"{scale}\", \"shape\": {shape} }} }}")
        }
        Distribution::Uniform { from, to } => {
            format!("{{ \"uniform\": {{ \"from\": \"{from}\", \"to\": \"{to}\" }} }}")
        }
        Distribution::Shifted { by, of } => {
            format!("{{ \"shifted\": {{ \"by\": \"{by}\", \"of\": {} }} }}", written(of))
        }
        Distribution::Mixture(components) => {
            let one = |it: &crate::random::distribution::Component| {
                format!("{{ \"weight\": {}, \"of\": {} }}", it.weight, written(&it.of))
            };
            let all: Vec<String> = components.iter().map(one).collect();
            format!("{{ \"mixture\": [{}] }}", all.join(", "))
        }
        _other => unreachable!("such a distribution is not drawn here"),
    }
}

/// What adding to a leg, and asking for more, must do to each read.
fn relations(seed: u64, trials: u64, which: Option<u64>) -> Vec<Row> {
    /// Added to a leg, in whole milliseconds.
    const C: u64 = 3;
    let mut draw = Luck::new(seed).draw(Purpose::Model, 3, which.unwrap_or(0));
    let base: [Distribution; 4] = std::array::from_fn(|_| drawn(&mut draw));
    let case = format!("legs drawn at random, {}", which.unwrap_or(0));
    let soon = vec![0.0, 1.0, 4.0];
    let later: Vec<f64> = soon.iter().map(|ms| ms + C as f64).collect();
    let run = |w: u32, by: [u64; 4], after: &[f64]| {
        world("relations", 3, w, legs(&base, by), after.to_vec()).measure(seed, trials)
    };
    let mut rows = Vec::new();
    let plain: Vec<Measured> = (1..=3).map(|w| run(w, [0; 4], &soon)).collect();
    for w in 1..=2 {
        let (plain, delayed) = (&plain[w as usize - 1], run(w, [0; 4], &later));
        let same = |by: [u64; 4], other: &Measured, what: &str| {
            let off = apart(&run(w, by, &soon), other);
            let name = (GROUP, &*case, format!("{what}, W={w}: reads that differ"));
            Row::number(name, off as f64, (0.0, 0.0), "relation, same luck")
        };
        rows.push(same([0, C, 0, 0], &delayed, "3 ms more on A is t + 3 ms"));
        rows.push(same([0, 0, C, 0], &delayed, "3 ms more on R is t + 3 ms"));
        rows.push(same([0, 0, 0, C], plain, "3 ms more on S changes nothing"));
        rows.push(same([C, 0, 0, 0], plain, "3 ms more on W changes nothing"));
        rows.push(latency_moves(&case, plain, &run(w, [0, 0, 0, C], &soon), C));
    }
    rows.extend(monotone(&case, &plain));
    rows
}

/// Reads that one run finds fresh more often than another, or less, over all R and times.
fn apart(one: &Measured, other: &Measured) -> u64 {
    let counts = |run: &Measured| -> Vec<u64> {
        run.at.iter().flat_map(|at| at.fresh.iter().copied()).collect()
    };
    counts(one).iter().zip(counts(other)).map(|(one, other)| one.abs_diff(other)).sum()
}

/// 3 ms more on S are 3 ms more for each read.
fn latency_moves(case: &str, plain: &Measured, moved: &Measured, by: u64) -> Row {
    let pairs = plain.read_latency.iter().flatten().zip(moved.read_latency.iter().flatten());
    let off = pairs.filter(|(plain, moved)| **plain + by * 1_000_000 != **moved).count();
    let name = (GROUP, case, "3 ms more on S is Lr + 3 ms: reads that differ".to_string());
    Row::number(name, off as f64, (0.0, 0.0), "relation, same luck")
}

/// P(fresh) never falls as t, R or W rise. R and W share their luck; of t only chance may undo it.
fn monotone(case: &str, by_w: &[Measured]) -> Vec<Row> {
    let (mut falls_with_w, mut falls_with_r, mut furthest) = (0, 0, f64::NEG_INFINITY);
    for (place, run) in by_w.iter().enumerate() {
        for (i, at) in run.at.iter().enumerate() {
            falls_with_r += at.fresh.windows(2).filter(|pair| pair[1] < pair[0]).count();
            if let Some(more) = by_w.get(place + 1) {
                let pairs = at.fresh.iter().zip(&more.at[i].fresh);
                falls_with_w += pairs.filter(|(less, more)| more < less).count();
            }
        }
        for pair in run.at.windows(2) {
            for r in 1..=3 {
                let (one, other) = (pair[0].share(r), pair[1].share(r));
                let variance = one * (1.0 - one) + other * (1.0 - other);
                let error = (variance / pair[0].reads as f64).sqrt();
                if error > 0.0 {
                    furthest = furthest.max((one - other) / error);
                }
            }
        }
    }
    let strict = by_w.iter().enumerate().flat_map(|(place, run)| {
        run.at
            .iter()
            .map(move |at| (3 - place..=3).map(|r| at.reads - at.fresh[r - 1]).sum::<u64>())
    });
    let row = |what: &str, value: f64| {
        let name = (GROUP, case, what.to_string());
        Row::number(name, value, (0.0, 0.0), "relation, same luck")
    };
    vec![
        row("P(fresh) falls as R rises: places", falls_with_r as f64),
        row("P(fresh) falls as W rises: places", falls_with_w as f64),
        row("stale reads where R + W > N", strict.sum::<u64>() as f64),
        Row::at_most(
            (GROUP, case, "P(fresh) falls as t rises: standard errors, at most".to_string()),
            furthest.max(0.0),
            SIGMAS,
            "relation",
        ),
    ]
}

/// All legs twice as slow: what was at t is at 2 t. Delays are whole nanoseconds, so that an
/// outcome that hangs on one of them may differ.
fn scaling(seed: u64, trials: u64, _: Option<u64>) -> Vec<Row> {
    let run = |slowness: f64| {
        let rate = |rate: f64| rate / slowness;
        let rates = Rates { w: rate(0.1), a: rate(1.0), r: rate(1.0), s: rate(1.0) };
        let after = [0.0, 1.0, 5.0, 10.0].map(|ms| ms * slowness).to_vec();
        world("scaling", 3, 1, exponential_legs(rates), after).measure(seed, trials)
    };
    let off = apart(&run(1.0), &run(2.0)) as f64;
    let what = "all legs twice as slow is 2 t, W=1: reads that differ".to_string();
    let name = (GROUP, "EXP-W0.1-ARS1 and VAL-W0.05-ARS0.5", what);
    vec![Row::number(name, off, (0.0, trials as f64 * 1e-4), "relation, same luck")]
}
