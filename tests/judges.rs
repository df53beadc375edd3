//! No judge finds anything wrong in a protocol without a planted bug, whatever befalls it: random
//! plans of trouble over clusters of many kinds. (Shipped scenarios: `tests/worlds.rs`.)
//!
//! `SEEDS=50 cargo test --test judges -- --nocapture` tries more.

use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::experiment::known_figures;
use dynamo_sim::hunt::swarm::{SWARM, draw};
use dynamo_sim::hunt::trial::{EVENTS, Trial};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::Record;

const WORLD: &str = r#"{
  "name": "any-trouble",
  "about": "Look at the judges.",
  "duration": "15s",
  "settle_limit": "600s",
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
const KINDS: [&[&str]; 14] = [
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
    &["cluster.tombstones={\"when_all_homes\":\"200ms\"}"],
    &["cluster.anti_entropy=false"],
    &["cluster.flush={\"every\":\"500ms\"}"],
    &["workload.retry.policy=same_id", "cluster.coordinator=random"],
    &["workload.retry.policy=none", "cluster.n=5", "cluster.coordinator=random"],
    &["administration=[{\"join\":{\"node\":\"n6\",\"at\":\"4s\",\"via\":\"n0\"}},\
         {\"leave\":{\"node\":\"n3\",\"at\":\"8s\",\"via\":\"n1\"}}]"],
];

/// What a knob or the moment explains, with the judge that looks at it and what it says: a hint that
/// was the only copy and whose window was over; a version that a truncated clock no longer knows; a
/// home of which a rumour never told; an answer of one that was a home when it was asked; a hint
/// that a wrong clock made too old at once; a second version of a put whose message came twice.
const EXPLAINED: [(&str, Outcome, &str); 6] = [
    (
        "convergence",
        Outcome::Anomaly,
        r#""seed": 1229128, "duration": "20s",
        "cluster": { "nodes": 6, "anti_entropy": false }, "network": { "duplication": 0.2 },
        "workload": { "clients": 5, "arrivals": { "poisson": "4.22/s" },
            "keys": { "uniform": { "count": 3 } }, "mix": { "blind": 1.0 }, "value": "1B" },
        "faults": [{ "bandwidth": { "senders": ["n1", "n2", "n5"], "receivers": ["n3"],
            "from": "12s", "to": "20s", "per_second": "4KiB" } }]"#,
    ),
    (
        "honest_ack",
        Outcome::Anomaly,
        r#""duration": "8s",
        "cluster": { "nodes": 7, "w": 3,
            "hinted_handoff": { "scan_interval": "200ms", "window": "8s" } },
        "network": { "loss": 0.1,
            "sites": { "east": ["n0..n2", "c0"], "west": ["n3..n6", "c1..c2"] },
            "between": [{ "sites": ["east", "west"], "latency": { "constant": "40ms" } }] },
        "workload": { "clients": 3, "arrivals": { "poisson": "6.8/s" },
            "keys": { "uniform": { "count": 5 } }, "value": "1B" },
        "faults": [
            { "clock": { "node": "n0", "from": "0s", "is": { "offset": "-54064ms" } } }]"#,
    ),
    (
        "ghost_frontier",
        Outcome::Anomaly,
        r#""duration": "9s",
        "cluster": { "nodes": 5, "w": 1,
            "hinted_handoff": { "scan_interval": "200ms", "window": "8s" } },
        "workload": { "clients": 2, "arrivals": { "poisson": "2/s" },
            "keys": { "uniform": { "count": 1 } }, "value": "1B" },
        "faults": [{ "swizzle": { "nodes": ["n1", "n4"], "from": "0s", "to": "9s" } }]"#,
    ),
    (
        "operations",
        Outcome::Anomaly,
        r#""duration": "5s",
        "cluster": { "nodes": 7, "clock_truncation": { "threshold": 3 } },
        "network": { "loss": 0.1 },
        "workload": { "clients": 1, "arrivals": { "constant": "29/s" },
            "keys": { "uniform": { "count": 1 } }, "value": "1B",
            "retry": { "policy": "same_id" }, "routing": "client_driven" }"#,
    ),
    (
        "hint_drain",
        Outcome::Anomaly,
        r#""seed": 395006, "duration": "20s",
        "cluster": { "nodes": 5,
            "gossip": { "seeds": 2, "spread": "push", "rumours": { "k": 1 } } },
        "network": { "sites": { "east": ["n0..n1"] } },
        "workload": { "clients": 1, "arrivals": { "poisson": "0.3/s" },
            "keys": { "uniform": { "count": 2 } }, "value": "1B" },
        "administration": [
            { "replace": { "dead": "n0", "by": "n5", "at": "7500ms", "via": "n4" } }]"#,
    ),
    (
        "conditions",
        Outcome::Held,
        r#""duration": "8s",
        "cluster": { "nodes": 4, "conditions": { "pr": 2 } },
        "workload": { "clients": 1,
            "arrivals": { "closed": { "think": { "exponential": { "mean": "218ms" } } } },
            "keys": { "uniform": { "count": 8 } }, "value": "1B", "routing": "client_driven" },
        "administration": [{ "join": { "node": "n4", "at": "5s", "via": "n3" } }]"#,
    ),
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

/// Invariant A1 with a hash of eight bits: what is equal has equal roots, and what is not sometimes
/// has them too, which is told and counted.
#[test]
fn short_hashes_hide_differences_and_break_nothing_else() {
    let roots = |bits: u32| {
        let settings = format!(r#"{{"interval":"500ms","depth":6,"hash_bits":{bits}}}"#);
        let changes = [format!("cluster.anti_entropy={settings}"), "seed=2".to_string()];
        let trial = Trial::of(&read("any-trouble", WORLD, &changes));
        let broken = trial.verdicts.iter().find(|verdict| verdict.outcome == Outcome::Violated);
        assert_eq!(broken.map(|verdict| verdict.judge), None, "{bits} bits");
        let verdict = trial.verdicts.iter().find(|verdict| verdict.judge == "tree_roots");
        let verdict = verdict.expect("replicas are compared");
        (verdict.outcome, verdict.found, verdict.examined)
    };
    let (whole, none, _) = roots(64);
    assert_eq!((whole, none), (Outcome::Held, 0));
    let (short, hidden, looks) = roots(8);
    assert_eq!(short, Outcome::Anomaly);
    assert!(hidden > 0 && hidden * 8 < looks, "{hidden} of {looks} looks");
}

#[test]
fn random_trouble_breaks_nothing() {
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut complaints = Vec::new();
    for (kind, changes) in KINDS.iter().enumerate() {
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
fn what_a_knob_explains_is_no_violation() {
    for (judge, expected, world) in EXPLAINED {
        let trial = Trial::of(&read(judge, &format!(r#"{{ "name": "explained", {world} }}"#), &[]));
        let broken = trial.verdicts.iter().find(|verdict| verdict.outcome == Outcome::Violated);
        assert_eq!(broken.map(|verdict| verdict.judge), None, "{judge}");
        let verdict = trial.verdicts.iter().find(|verdict| verdict.judge == judge);
        assert_eq!(verdict.map(|verdict| verdict.outcome), Some(expected), "{judge}");
    }
}

/// Sees each message, and does nothing.
struct Onlooker;

impl Observer for Onlooker {
    fn interest(&self) -> Interest {
        Interest { messages: true, facts: true }
    }

    fn see(&mut self, _: Time, _: &Record<'_>) {}
}

/// Hunts count what messages meet, and runs need not: the judges say the same of both. World 867239
/// is one in which a hint melts into another that a disk loses in the same moment.
#[test]
fn what_judges_say_does_not_depend_on_who_else_watches() {
    let swarm = read("swarm", SWARM, &[]);
    for seed in (1..=24).chain([867_239]) {
        let checked = Checked::new(draw(swarm.scenario(), seed), &[]);
        let plan = checked.unwrap_or_else(|told| panic!("world {seed}: {told:?}")).plan();
        let alone = Trial::of_plan(&plan, EVENTS, &mut []);
        let beside = Trial::of_plan(&plan, EVENTS, &mut [&mut Onlooker]);
        assert_eq!(alone.verdicts, beside.verdicts, "world {seed}");
    }
}
