//! Lines of `expect` that look at windows and moments: their numbers are those of the run.

use dynamo_sim::experiment::{self, Outcome};
use dynamo_sim::scenario::spec::Scenario;

const SCENARIO: &str = r#"{ "name": "windows", "duration": "20s", "seed": 5, "sampling": "500ms",
    "cluster": { "nodes": 6, "quorum": "strict" },
    "workload": { "clients": 10, "keys": { "uniform": { "count": 100 } } },
    "faults": [ { "partition": { "sides": [["n0..n2"], ["n3..n5"]], "from": "5s", "to": "9s" } },
                { "crash": { "node": "n4", "at": "12s", "restart_after": "2s" } } ] }"#;

fn run(lines: &[&str]) -> Outcome {
    let expect = format!("expect={}", serde_json::to_string(lines).unwrap());
    let known = experiment::known_figures();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let checked = Scenario::read("windows.json", SCENARIO, &[expect], &known);
    let checked = checked.unwrap_or_else(|told| panic!("{told}"));
    let layout = checked.plan().layout();
    experiment::run(&checked, &layout, Vec::new(), &mut |_| true).expect("nobody interrupts")
}

#[test]
fn windows_hold_the_operations_that_began_in_them() {
    let outcome = run(&[
        "before first fault: operations.get.ok > 0",
        "during faults: operations.get.ok > 0",
        "after last heal: operations.get.ok > 0",
        "operations.get.ok > 0",
        "during partition: operations.get.ok > 0",
        "from 9s to 12s: operations.get.ok > 0",
        "during crash: operations.get.ok > 0",
        "during faults: latency.get.p99_ms > 0",
    ]);
    let actual: Vec<f64> =
        outcome.expectations.iter().map(|tested| tested.actual.unwrap()).collect();
    let figure = |path: &str| outcome.report.figure(path).unwrap().unwrap();
    assert_eq!(actual[0], figure("operations.before.get.ok"));
    assert_eq!(actual[1], figure("operations.during.get.ok"));
    assert_eq!(actual[2], figure("operations.after.get.ok"));
    assert_eq!(actual[0] + actual[1] + actual[2], actual[3]);
    assert_eq!(actual[4] + actual[5] + actual[6], actual[1]);
    assert_eq!(actual[7], figure("latency.during.get.p99_ms"));
}

#[test]
fn moments_are_those_of_the_timeline() {
    let names = ["divergence.keys", "handoff.pending", "nodes.up", "faults.active"];
    let lines: Vec<String> = ["8s", "13s", "19s"]
        .iter()
        .flat_map(|at| names.map(|n| format!("at {at}: {n} >= 0")))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let outcome = run(&lines);
    let expected = [8.0, 13.0, 19.0].iter().flat_map(|at| {
        let row = outcome.rows.iter().find(|row| row.time_s == *at).unwrap();
        [row.divergent_keys, row.hints_pending, row.nodes_up, row.faults_active]
    });
    let expected: Vec<Option<f64>> = expected.map(|value| Some(value as f64)).collect();
    let actual: Vec<Option<f64>> = outcome.expectations.iter().map(|line| line.actual).collect();
    assert_eq!(actual, expected);
    assert!(expected.contains(&Some(5.0)), "a node is down: {expected:?}");
    assert!(actual[0] > Some(0.0), "keys differ in the partition");
}

#[test]
fn figures_are_compared_between_windows_and_moments() {
    let outcome = run(&[
        "during partition: availability.get < 0.9 * before first fault",
        "during partition: availability.get >= before first fault",
        "1s before crash: divergence.keys <= 1s before partition",
        "10m after heal: divergence.keys == 0",
        "during partition: availability.delete > 0",
    ]);
    let held: Vec<bool> = outcome.expectations.iter().map(|tested| tested.held).collect();
    assert_eq!(held, [true, false, false, true, false]);
    let story = outcome.expectations[1].story();
    assert!(story.contains(", compared with 1"), "{story}");
    let nothing = outcome.expectations[4].story();
    assert!(nothing.contains("nothing to measure"), "{nothing}");
}
