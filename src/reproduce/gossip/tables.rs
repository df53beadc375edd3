//! What came out, beside what arithmetic says.

use crate::reproduce::gossip::{EXCHANGES, Sweep, of_exchange};
use crate::reproduce::result::{Figure, Row, Table, spelt};
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::line;

/// Predicted mean rounds until all know, by number of nodes.
pub const ROUNDS: [(u32, f64); 8] = [
    (10, 2.6),
    (30, 3.6),
    (100, 4.8),
    (200, 5.3),
    (300, 5.7),
    (1000, 6.6),
    (3000, 7.5),
    (10_000, 8.1),
];
/// How far a mean may be from its prediction.
const ROUNDS_APART: f64 = 0.5;
/// How far bytes may be from theirs, as a part.
const BYTES_APART: f64 = 0.03;
/// Rounds that each doubling of the nodes adds, and how far off that may be.
const A_DOUBLING: (f64, f64) = (0.63, 0.15);
/// How far the time in which somebody is out of date may be, as a part.
const STALE_APART: f64 = 0.15;
/// 5 % of 1 Gb/s, in bytes.
pub const BUDGET: f64 = 6_250_000.0;
/// Seconds of a week and of a day.
const WEEK: f64 = 604_800.0;
const DAY: f64 = 86_400.0;

/// What a node sends each second with full tables both ways: its own, and those it answers with.
fn predicted_bytes(nodes: u32, tokens: f64) -> f64 {
    2.0 * f64::from(nodes) * (32.0 + 24.0 * tokens)
}

/// All tables.
pub fn tables(sweeps: &[Sweep]) -> Vec<Table> {
    vec![rounds(sweeps), full(sweeps), changes(sweeps), staleness(sweeps)]
}

fn rounds(sweeps: &[Sweep]) -> Table {
    let mut rows = Vec::new();
    for (exchange, (_, words)) in EXCHANGES.iter().enumerate() {
        for sweep in of_exchange(sweeps, exchange) {
            let (_, predicted) = ROUNDS[place(sweep.nodes)];
            let what = format!("{words}, {} nodes: whole rounds to all", sweep.nodes);
            rows.push(Row::within(what, predicted, sweep.whole_rounds(), ROUNDS_APART));
        }
        let slope = doubling(sweeps, exchange);
        let what = format!("{words}: rounds that a doubling of the nodes adds");
        rows.push(Row::within(what, A_DOUBLING.0, Estimate::exact(slope), A_DOUBLING.1));
    }
    for sweep in of_exchange(sweeps, 1) {
        for (part, words) in ["half", "99 %", "all"].into_iter().enumerate() {
            let what =
                format!("{}, {} nodes: seconds until {words} know", EXCHANGES[1].1, sweep.nodes);
            rows.push(Row::number(what, Figure::Nothing, sweep.rounds(part)));
        }
        let what = format!("{}, {} nodes: most seconds seen", EXCHANGES[1].1, sweep.nodes);
        rows.push(Row::number(what, Figure::Nothing, Estimate::exact(sweep.worst_rounds())));
    }
    Table::new("Rounds until a change is known", rows)
}

/// The prediction for this number of nodes.
fn place(nodes: u32) -> usize {
    let found = ROUNDS.iter().position(|(known, _)| *known == nodes);
    found.expect("there is a prediction for each size")
}

fn doubling(sweeps: &[Sweep], exchange: usize) -> f64 {
    let point = |sweep: &Sweep| (libm::log2(f64::from(sweep.nodes)), sweep.rounds(2).value);
    line(&of_exchange(sweeps, exchange).map(point).collect::<Vec<_>>()).0
}

fn full(sweeps: &[Sweep]) -> Table {
    let mut rows = Vec::new();
    for tokens in [1.0, 100.0] {
        for sweep in of_exchange(sweeps, 0) {
            let predicted = predicted_bytes(sweep.nodes, tokens);
            let what = format!("{} nodes, {tokens} tokens each: bytes/s a node sends", sweep.nodes);
            // Headers are no part of the prediction.
            let apart = predicted * BYTES_APART + 200.0;
            rows.push(Row::within(what, predicted, sweep.at_rest(tokens), apart));
        }
    }
    let slope = power_law(sweeps, 0, |sweep| sweep.at_rest(100.0).value).0;
    rows.push(Row::within("slope on two log axes, a node", 1.0, Estimate::exact(slope), 0.05));
    for (tokens, predicted) in [(100.0, 1_285.0), (1.0, 55_800.0)] {
        let what = format!("nodes at which {tokens} tokens each take 6.25 MB/s a node");
        let limit = Estimate::exact(limit_at_rest(sweeps, 0, tokens));
        rows.push(Row::within(what, predicted, limit, predicted * BYTES_APART));
    }
    for exchange in [1, 2] {
        for sweep in of_exchange(sweeps, exchange) {
            let words = EXCHANGES[exchange].1;
            let what = format!("{words}, {} nodes: bytes/s a node sends at rest", sweep.nodes);
            rows.push(Row::number(what, Figure::Nothing, sweep.at_rest(1.0)));
        }
    }
    Table::new("Bytes when nothing is new", rows)
}

fn changes(sweeps: &[Sweep]) -> Table {
    let mut rows = Vec::new();
    for (exchange, (_, words)) in EXCHANGES.iter().enumerate().skip(1) {
        for sweep in of_exchange(sweeps, exchange) {
            let what = format!("{words}, {} nodes of 100 tokens: bytes a node sends", sweep.nodes);
            rows.push(Row::number(what, Figure::Nothing, sweep.for_a_change(100.0)));
        }
        let limit = limit_of_changes(sweeps, exchange);
        let what = format!("{words}: nodes at which one change a node and day takes 6.25 MB/s");
        rows.push(Row::number(what, Figure::Nothing, Estimate::exact(limit)));
    }
    let (full, digest, groups) =
        (limit_at_rest(sweeps, 0, 100.0), limit_of_changes(sweeps, 1), limit_of_changes(sweeps, 2));
    let times = [digest / full, groups / full];
    for (place, words) in [(0, "digests"), (1, "groups")] {
        let what = format!("limit with {words} over that of full tables");
        rows.push(Row::number(what, Figure::Nothing, Estimate::exact(times[place])));
    }
    let beyond = times[0].max(times[1]) > 10.0;
    let told = format!("{} and {} times", spelt(times[0]), spelt(times[1]));
    let what = "digests or groups move the limit";
    rows.push(Row::shape(what, "by more than an order of magnitude", told, beyond));
    Table::new("What one change costs beyond that", rows)
}

fn staleness(sweeps: &[Sweep]) -> Table {
    let stale = |nodes: u32, every: f64, seconds: f64| {
        100.0 * (1.0 - libm::exp(-f64::from(nodes) / every * seconds))
    };
    let share = |sweep: &Sweep, every: f64| stale(sweep.nodes, every, sweep.rounds(2).value);
    let mut rows = Vec::new();
    for sweep in of_exchange(sweeps, 1) {
        let weekly = Estimate::exact(share(sweep, WEEK));
        let what = format!("{} nodes, a change a node and week: % of time", sweep.nodes);
        let predicted = stale(sweep.nodes, WEEK, ROUNDS[place(sweep.nodes)].1);
        rows.push(match sweep.nodes {
            200.. => Row::within(what, predicted, weekly, predicted * STALE_APART),
            _small => Row::number(what, Figure::Number(predicted), weekly),
        });
        let what = format!("{} nodes, a change a node and day: % of time", sweep.nodes);
        let daily = Estimate::exact(share(sweep, DAY));
        rows.push(Row::number(what, Figure::Nothing, daily));
    }
    Table::new("Time in which some node is out of date", rows)
}

/// Exponent and factor of what grows as a power of the number of nodes.
fn power_law(sweeps: &[Sweep], exchange: usize, of: impl Fn(&Sweep) -> f64) -> (f64, f64) {
    let log = |value: f64| libm::log10(value.max(f64::MIN_POSITIVE));
    let point = |sweep: &Sweep| (log(f64::from(sweep.nodes)), log(of(sweep)));
    // Small clusters are ruled by headers.
    let large = of_exchange(sweeps, exchange).filter(|sweep| sweep.nodes >= 30);
    let (slope, start) = line(&large.map(point).collect::<Vec<_>>());
    (slope, libm::exp10(start))
}

/// How many nodes there are when a node sends as much as the budget.
fn limit(law: (f64, f64)) -> f64 {
    let (slope, factor) = law;
    libm::exp10(libm::log10(BUDGET / factor) / slope)
}

/// The number of nodes at which an exchange takes the budget though nothing is new.
pub fn limit_at_rest(sweeps: &[Sweep], exchange: usize, tokens: f64) -> f64 {
    let point = |sweep: &Sweep| (f64::from(sweep.nodes), sweep.at_rest(tokens).value);
    let (slope, start) = line(&of_exchange(sweeps, exchange).map(point).collect::<Vec<_>>());
    (BUDGET - start) / slope
}

/// The same where each node changes once a day and has 100 tokens.
fn limit_of_changes(sweeps: &[Sweep], exchange: usize) -> f64 {
    limit(power_law(sweeps, exchange, |sweep| {
        f64::from(sweep.nodes) / DAY * sweep.for_a_change(100.0).value
    }))
}
