//! How many worlds it takes a hunt to find a planted bug, with seeds in a row and with seeds that
//! are preferred: a measurement, which takes half an hour, and no test.
//!
//! `cargo test --release --test guidance -- --ignored --nocapture` prints the table. `BUGS` names
//! other bugs, `REPEATS` how many hunts of each, `BEGIN` the millions at which their seeds begin.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dynamo_sim::hunt::bugs::{Bug, all};
use dynamo_sim::hunt::campaign::Campaign;
use dynamo_sim::hunt::coverage::{Cell, Meetings};
use dynamo_sim::hunt::prospect;
use dynamo_sim::hunt::swarm::{SWARM, draw};
use dynamo_sim::hunt::trial::{Trial, care_for};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::statistics::paired::Paired;
use dynamo_sim::statistics::sample::percentile;

/// Worlds after which a hunt is given up.
const MOST: u64 = 150;

/// A run without end is no finding of a bug that does something else.
const EVENTS: u64 = 2_000_000;

/// Those that a hunt with seeds from a million on found in its 10th world or later.
const LATE: &str = "\
    coordinator-retry-new-event generation-guard-vs-stored gossip-resurrects-removed \
    handoff-overwrites-newer handoff-resume-skips-batch handoff-serve-before-complete \
    hint-head-of-line-block hint-purged-when-target-removed hint-pusher-stale-view \
    idle-timer-reset-by-background lww-stamp-at-replica merkle-not-updated-on-delete \
    prune-on-read-repair reap-without-recheck repair-refused-by-limit \
    replace-keeps-old-owner tombstone-not-handed-off tombstone-resets-clock \
    vv-actor-reuse-after-wipe vv-counter-not-durable vv-equal-treated-as-newer \
    vv-shared-actor-per-node";

struct Seen {
    caught: bool,
    events: u64,
    cells: BTreeSet<Cell>,
}

fn attempt(bug: &Bug, base: &Scenario, seed: u64) -> Seen {
    let run = || {
        let plan = Checked::new(draw(base, seed), &[]).expect("a world that can be").plan();
        let mut meetings = Meetings::new(&plan.layout());
        let trial = Trial::with_care(&plan, EVENTS, care_for(bug), &mut [&mut meetings]);
        let caught = trial.broken().any(|it| bug.invariants.contains(&it.invariant));
        Seen { caught, events: trial.events, cells: meetings.cells() }
    };
    let nothing = Seen { caught: false, events: 0, cells: BTreeSet::new() };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(nothing)
}

/// After how many worlds, and how many thousand events, a hunt finds the bug or is given up.
fn first(bug: &Bug, base: &Scenario, start: u64, guided: bool) -> (f64, f64) {
    let mut campaign = Campaign::new(start, guided);
    let (mut worlds, mut events) = (0, 0);
    loop {
        for seed in campaign.batch(&|seed| prospect::cells(&draw(base, seed))) {
            let seen = attempt(bug, base, seed);
            worlds += 1;
            events += seen.events;
            if seen.caught || worlds == MOST {
                return (worlds as f64, events as f64 / 1_000.0);
            }
            let trial = Trial { verdicts: Vec::new(), digest: 0, events: seen.events };
            campaign.take(seed, &trial, seen.cells);
        }
    }
}

/// Logarithms to the base 2 of what pairs come to: -1 is half as many.
fn logarithms(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    pairs.iter().map(|(row, guided)| (libm::log2(*row), libm::log2(*guided))).collect()
}

fn median(pairs: &[(f64, f64)], side: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let mut values: Vec<f64> = pairs.iter().map(side).collect();
    values.sort_by(f64::total_cmp);
    percentile(&values, 0.5)
}

fn told(pairs: &[(f64, f64)]) -> String {
    let difference = Paired::of(&logarithms(pairs)).difference;
    let (low, high) = difference.interval().unwrap_or((f64::NAN, f64::NAN));
    let times = |logarithm: f64| logarithm.exp2();
    format!("{:.2} | {:.2} to {:.2}", times(difference.value), times(low), times(high))
}

#[test]
#[ignore = "takes half an hour, and prints a table"]
fn worlds_until_found() {
    std::panic::set_hook(Box::new(|_| {}));
    let said = |name: &str, usual: &str| std::env::var(name).unwrap_or(usual.to_string());
    let number = |name: &str, usual: &str| said(name, usual).parse::<u64>().expect("a number");
    let (repeats, begin) = (number("REPEATS", "4"), number("BEGIN", "101"));
    let names = said("BUGS", LATE);
    let mut base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
    println!("| bug | in a row | guided | guided / in a row | 95 % |\n|---|---:|---:|---:|---|");
    let (mut means, mut costs) = (Vec::new(), Vec::new());
    for bug in all().filter(|bug| names.split_whitespace().any(|it| it == bug.plant.name())) {
        base.plant = Some(bug.plant);
        let starts = (begin..begin + repeats).map(|million| million * 1_000_000);
        let hunts = starts.map(|start| {
            let (row, guided) = (first(bug, &base, start, false), first(bug, &base, start, true));
            ((row.0, guided.0), (row.1, guided.1))
        });
        let (worlds, events): (Vec<_>, Vec<_>) = hunts.unzip();
        let (row, guided) = (median(&worlds, |it| it.0), median(&worlds, |it| it.1));
        println!("| `{}` | {row} | {guided} | {} |", bug.plant.name(), told(&worlds));
        means.push((0.0, Paired::of(&logarithms(&worlds)).difference.value));
        costs.push((0.0, Paired::of(&logarithms(&events)).difference.value));
    }
    let powers = |pairs: &[(f64, f64)]| -> Vec<(f64, f64)> {
        pairs.iter().map(|(one, other)| (one.exp2(), other.exp2())).collect()
    };
    println!("\nover bugs, worlds: {}", told(&powers(&means)));
    println!("over bugs, events: {}", told(&powers(&costs)));
}
