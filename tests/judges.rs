//! No judge finds anything wrong in a protocol without a planted bug, whatever befalls it: random
//! plans of trouble over clusters of many kinds. (Shipped scenarios: `tests/worlds.rs`.)
//!
//! `SEEDS=50 cargo test --test judges -- --nocapture` tries more.

use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::experiment::known_figures;
use dynamo_sim::hunt::trial::Trial;
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;

const WORLD: &str = r#"{
  "name": "any-trouble",
  "about": "Look at the judges.",
  "duration": "15s",
  "settle_limit": "120s",
  "cluster": { "nodes": 6, "n": 3, "r": 2, "w": 2 },
  "network": { "latency": { "exponential": { "mean": "2ms" } }, "loss": 0.01 },
  "workload": {
    "clients": 10,
    "arrivals": { "poisson": "10/s" },
    "keys": { "uniform": { "count": 20 } },
    "mix": { "get": 0.4, "put": 0.3, "blind": 0.15, "delete": 0.15 },
    "value": "256B"
  },
  "faults": [
    {
      "random": {
        "kinds": { "crash": 2, "pause": 1, "isolate": 2, "slow": 1 },
        "templates": [
          { "weight": 1, "fault": { "crash": { "node": "random", "disk": "wiped" } } },
          { "weight": 1, "fault": { "crash": { "node": "random", "disk": "torn" } } },
          { "weight": 1, "fault": { "crash": { "node": "random", "disk": { "restored": "2s" } } } },
          { "weight": 1, "fault": { "partition": { "sides": [["2 of nodes"], ["rest"]] } } }
        ],
        "from": "1s",
        "to": "14s",
        "rate": "60/m",
        "duration": { "exponential": { "mean": "1s" } },
        "at_most_at_once": 2
      },
      "optional": true
    }
  ]
}"#;

/// What is changed of that world, in turn.
const KINDS: [&[&str]; 12] = [
    &[],
    &["cluster.quorum=strict"],
    &["cluster.versioning=literal"],
    &["cluster.versioning=vectors"],
    &[
        "cluster.versioning=vectors",
        "cluster.clock_truncation={\"threshold\":4,\"when\":\"reached\"}",
    ],
    &["cluster.versioning=last_write_wins", "cluster.clock_skew={\"deviation\":\"50ms\"}"],
    &["cluster.clock_truncation={\"threshold\":4,\"when\":\"reached\"}"],
    &["cluster.tombstones={\"timed\":\"1s\"}"],
    &["cluster.anti_entropy=false"],
    &["cluster.flush={\"every\":\"500ms\"}"],
    &["workload.retry.policy=same_id", "cluster.coordinator=random"],
    &["workload.retry.policy=none", "cluster.n=5", "cluster.coordinator=random"],
];

/// Kinds after which `convergence` still finds homes that differ, or copies at nodes that are no
/// homes; no other judge finds anything.
const OPEN: [&[&str]; 2] = [
    &["cluster.tombstones={\"when_all_homes\":\"200ms\"}"],
    &["administration=[{\"join\":{\"node\":\"n6\",\"at\":\"4s\",\"via\":\"n0\"}},\
         {\"leave\":{\"node\":\"n3\",\"at\":\"8s\",\"via\":\"n1\"}}]"],
];

fn read(name: &str, text: &str, changes: &[String]) -> Checked {
    let figures = known_figures();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    let read = Scenario::read(name, text, changes, &figures);
    read.unwrap_or_else(|told| panic!("{}", told.render(false)))
}

/// What is wrong, a line for each judge that says so.
fn wrong(name: &str, checked: &Checked) -> Vec<String> {
    let trial = Trial::of(checked);
    let broken = trial.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Violated);
    let line = |verdict: &dynamo_sim::check::verdict::Verdict| {
        let first = verdict.findings.first().map_or("", |finding| &finding.story);
        format!("{name}: {} found {}: {first}", verdict.judge, verdict.found)
    };
    broken.map(line).collect()
}

fn breaks_nothing(kinds: &[&[&str]]) {
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut complaints = Vec::new();
    for (kind, changes) in kinds.iter().enumerate() {
        for seed in 1..=seeds {
            let mut changes: Vec<String> = changes.iter().map(|text| text.to_string()).collect();
            changes.push(format!("seed={seed}"));
            let name = format!("any-trouble {kind} {changes:?}");
            complaints.extend(wrong(&name, &read("any-trouble", WORLD, &changes)));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn random_trouble_breaks_nothing() {
    breaks_nothing(&KINDS);
}

#[test]
#[ignore = "open: nodes that lose disks while homes change, and tombstones that all homes drop"]
fn random_trouble_breaks_nothing_in_open_kinds() {
    breaks_nothing(&OPEN);
}
