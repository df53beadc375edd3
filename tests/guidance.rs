//! Measures.
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use dynamo_sim::hunt::bugs::{Bug, all};
use dynamo_sim::hunt::campaign::{Campaign, Guidance};
use dynamo_sim::hunt::coverage::{Cell, Meetings};
use dynamo_sim::hunt::prospect;
use dynamo_sim::hunt::swarm::lot::Lot;
use dynamo_sim::hunt::swarm::{SWARM, draw};
use dynamo_sim::hunt::trial::{Trial, care_for};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;

type Seen = (bool, u64, BTreeSet<Cell>);

fn attempt(bug: &Bug, base: &Scenario, lot: Lot) -> Seen {
    let run = || {
        let checked = Checked::new(draw(base, lot), &[]).unwrap();
        let plan = checked.plan();
        let mut meetings = Meetings::new(&plan.layout());
        let trial = Trial::with_care(&plan, 2_000_000, care_for(bug), &mut [&mut meetings]);
        let caught = trial.broken().any(|v| bug.invariants.contains(&v.invariant));
        (caught, trial.events, meetings.cells())
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or((false, 0, BTreeSet::new()))
}

fn first(
    bug: &Bug,
    base: &Scenario,
    (start, cap): (u64, u64),
    guidance: Guidance,
    known: &mut BTreeMap<Lot, Seen>,
) -> (u64, u64, bool) {
    let mut campaign = Campaign::new(start, guidance);
    let (mut worlds, mut events) = (0, 0);
    loop {
        for lot in campaign.batch(&|lot| prospect::cells(&draw(base, lot))) {
            let seen = known.entry(lot).or_insert_with(|| attempt(bug, base, lot)).clone();
            worlds += 1;
            events += seen.1;
            if seen.0 || worlds == cap {
                return (worlds, events, seen.0);
            }
            let trial = Trial { verdicts: Vec::new(), digest: 0, events: seen.1 };
            campaign.take(lot, &trial, seen.2);
        }
    }
}

#[test]
#[ignore]
fn table() {
    std::panic::set_hook(Box::new(|_| {}));
    let get = |name: &str, usual: &str| std::env::var(name).unwrap_or(usual.to_string());
    let cap: u64 = get("CAP", "150").parse().unwrap();
    let starts: u64 = get("REPEATS", "1").parse().unwrap();
    let begin: u64 = get("BEGIN", "0").parse().unwrap();
    let names = get("BUGS", "");
    let arms: Vec<(String, Guidance)> = get("ARMS", "rows")
        .split(' ')
        .map(|arm| {
            let words: Vec<&str> = arm.split('-').collect();
            let guidance = match words[0] {
                "rows" => Guidance::Rows,
                "again" => Guidance::Again,
                kind => Guidance::Ahead {
                    every: words[1].parse().unwrap(),
                    of: words[2].parse().unwrap(),
                    mean: kind == "mean",
                },
            };
            (arm.to_string(), guidance)
        })
        .collect();
    let mut base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
    for bug in all().filter(|bug| bug.equivalent.is_none()) {
        if !names.is_empty() && !names.split(' ').any(|name| name == bug.plant.name()) {
            continue;
        }
        base.plant = Some(bug.plant);
        for repeat in 0..starts {
            let start = (begin + repeat + 1) * 1_000_000;
            let mut known = BTreeMap::new();
            for (name, guidance) in &arms {
                let (worlds, events, found) =
                    first(bug, &base, (start, cap), *guidance, &mut known);
                println!("{} {start} {name} {worlds} {events} {found}", bug.plant.name());
            }
        }
    }
}
