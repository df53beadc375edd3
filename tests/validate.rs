//! Agreement with theory, in its reduced form: every group but for those that need many runs, and
//! the same bytes with any number of threads. And what `predict` says.

use std::process::{Command, Output};

fn dynamo_sim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dynamo-sim")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_is_simulated_agrees_with_theory() {
    let output = dynamo_sim(&["validate", "--quick"]);
    let text = said(&output);
    let outside: Vec<&str> = text.lines().filter(|line| line.contains("OUTSIDE")).collect();
    assert!(outside.is_empty(), "{}", outside.join("\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let groups = [
        "pbs",
        "val",
        "oracles",
        "quorum",
        "partition",
        "ring",
        "gossip",
        "detection",
        "merkle",
        "hints",
        "siblings",
    ];
    for group in groups {
        let mark = format!("{group}: ");
        let told = text.lines().find(|line| line.starts_with(&mark));
        assert!(told.is_some_and(|told| !told.contains(": 0 inside")), "{group}: {told:?}");
    }
    assert!(text.lines().filter(|line| line.ends_with("  inside")).count() > 1_900);
}

#[test]
fn the_table_does_not_depend_on_threads() {
    let with = |jobs: &str| {
        said(&dynamo_sim(&["validate", "oracles", "siblings", "--quick", "--json", "--jobs", jobs]))
    };
    let one = with("1");
    assert!(one.contains("\"verdict\": \"inside\""));
    assert_eq!(one, with("3"));
}

/// Groups may be compared one by one: the overview is over all that stand there.
#[test]
fn every_group_has_a_page_and_all_have_one() {
    let place = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    let compare = |groups: &[&str]| {
        let out = place.path().to_str().unwrap();
        let output = dynamo_sim(&[&["validate", "--quick", "--out", out], groups].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let line = |page: &str, group: &str| {
        let mark = format!("`{group}`");
        page.lines().find(|line| line.contains(&mark)).unwrap_or("").to_string()
    };
    compare(&["siblings"]);
    let page = read("README.md");
    assert!(line(&page, "siblings").contains("| holds |"), "{page}");
    for absent in ["pbs", "val", "oracles", "quorum", "partition", "ring", "gossip", "merkle"] {
        assert!(line(&page, absent).contains("| not compared |"), "{absent}: {page}");
    }
    compare(&["merkle"]);
    let page = read("README.md");
    for group in ["siblings", "merkle"] {
        let line = line(&page, group);
        assert!(line.starts_with(&format!("| [`{group}`]({group}/README.md) |")), "{line}");
        assert!(line.contains("| quick, 1 |"), "{line}");
        assert!(read(&format!("{group}/README.md")).contains("0 outside"));
        assert!(read(&format!("{group}/table.csv")).lines().count() > 2);
    }
    // A picture with every series that it names, and none that has no points.
    compare(&["oracles"]);
    let svg = read("oracles/predicted-measured.svg");
    assert!(svg.contains("exact forms") && !svg.contains("25 cases of PBS"));
    assert!(read("README.md").contains("](oracles/predicted-measured.png)"));
}

#[test]
fn unknown_groups_are_told_of() {
    let output = dynamo_sim(&["validate", "pbss"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("`pbss` is no group; there are pbs, val"), "{told}");
}

/// A WARS world that a user wrote: nothing that PBS assumes is broken, and what it predicts comes
/// out.
const WARS: &str = r#"{
    "name": "wars", "duration": "20m",
    "cluster": { "nodes": 3, "n": 3, "r": 1, "w": 1, "quorum": "strict",
        "versioning": "last_write_wins", "hinted_handoff": false, "anti_entropy": false,
        "read_repair": false, "timeouts": { "operation": "1h", "replica": "1h", "forward": "1h" } },
    "network": { "latency": { "constant": "0s" }, "legs": "lnkd-disk" },
    "disk": { "read": { "constant": "0s" }, "write": { "constant": "0s" } },
    "workload": { "clients": 5, "keys": { "uniform": { "count": 5 } }, "writers_per_key": 1,
        "arrivals": { "closed": { "think": { "constant": "200ms" } } }, "mix": { "blind": 1 },
        "timeout": "1h", "retries": 0, "routing": "client_driven",
        "read_back": { "after": ["0s", "1ms", "5ms", "10ms"] } }
}"#;

#[test]
fn predictions_come_beside_what_is_simulated() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("wars.json");
    std::fs::write(&file, WARS).unwrap();
    let output = dynamo_sim(&["predict", file.to_str().unwrap(), "--json"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["assumptions_that_do_not_hold"], serde_json::json!([]), "{told}");
    let mut compared = 0;
    for class in told["fresh_by_time_since_commit"].as_array().unwrap() {
        let number = |name: &str| class[name].as_f64();
        let reads = number("reads").unwrap();
        let (Some(predicted), Some(simulated)) =
            (number("predicted_for_reads"), number("simulated"))
        else {
            continue;
        };
        // The prediction is a sample as well.
        let error = (predicted * (1.0 - predicted) * (1.0 / reads + 1e-5)).sqrt();
        assert!((predicted - simulated).abs() <= 4.5 * error, "{class}");
        compared += u32::from(reads > 5_000.0);
    }
    assert!(compared >= 4, "{told}");
}

#[test]
fn assumptions_that_do_not_hold_are_told_with_their_fields() {
    let output = dynamo_sim(&["predict", "partition-heal"]);
    let text = said(&output);
    let fields = [
        "workload.routing",
        "cluster.quorum",
        "cluster.anti_entropy",
        "cluster.read_repair",
        "cluster.hinted_handoff",
        "disk.read",
        "faults",
    ];
    for field in fields {
        assert!(text.lines().any(|line| line.trim_start().starts_with(field)), "{field}\n{text}");
    }
}

/// Files of samples and of quantiles, right and wrong.
#[test]
fn distributions_come_from_files() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    let scenario = |legs: &str| {
        format!(
            "{{ \"name\": \"measured\", \"duration\": \"5s\", \
             \"network\": {{ \"latency\": {legs} }} }}"
        )
    };
    let check = |legs: &str| {
        write("measured.json", &scenario(legs));
        dynamo_sim(&["check", place.path().join("measured.json").to_str().unwrap()])
    };
    write("samples.csv", "1.5\n2ms\n900us\n");
    write("quantiles.csv", "0,1\n0.5,2ms\n1,10\n");
    assert!(check(r#"{ "samples": "samples.csv" }"#).status.success());
    assert!(check(r#"{ "quantiles": "quantiles.csv" }"#).status.success());
    write("empty.csv", "");
    write("words.csv", "1.5\nfast\n");
    write("falling.csv", "0,1\n0.5,3\n0.5,2\n1,10\n");
    write("open.csv", "0.5,1\n0.99,3\n");
    let rows = [
        (r#"{ "samples": "empty.csv" }"#, "the file holds no durations"),
        (r#"{ "samples": "words.csv" }"#, "words.csv:2:1"),
        (r#"{ "quantiles": "falling.csv" }"#, "probabilities rise; the line before has 0.5"),
        (r#"{ "quantiles": "falling.csv" }"#, "durations do not fall; the line before has 3ms"),
        (r#"{ "quantiles": "open.csv" }"#, "here they go from 0.5 to 0.99"),
        (r#"{ "samples": "missing.csv" }"#, "missing.csv"),
    ];
    for (legs, told) in rows {
        let output = check(legs);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{legs}: {errors}");
        assert!(errors.contains(told), "{legs}: {errors}");
    }
}

/// What is resolved needs no file.
#[test]
fn resolved_scenarios_hold_what_stood_in_files() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("legs.csv"), "1.5\n2\n").unwrap();
    let text = r#"{ "name": "measured", "duration": "2s",
        "network": { "latency": { "samples": "legs.csv" } } }"#;
    let file = place.path().join("measured.json");
    std::fs::write(&file, text).unwrap();
    let out = place.path().join("out");
    let output = dynamo_sim(&["run", file.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let resolved = std::fs::read_to_string(out.join("scenario.json")).unwrap();
    assert!(resolved.contains("\"1500us\"") && !resolved.contains("legs.csv"), "{resolved}");
}
