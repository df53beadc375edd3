//! The command as its users meet it: streams, files, exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dynamo_sim::scenario::shipped::{PATTERNS, SHIPPED};

/// A small scenario that ends in a moment.
const SMALL: &str = r#"{ "name": "small", "duration": "5s", "seed": 3,
    "cluster": { "nodes": 5 },
    "workload": { "clients": 5, "keys": { "uniform": { "count": 50 } } },
    "faults": [ { "crash": { "node": "n1", "at": "2s", "restart_after": "1s" } } ],
    "expect": [ "divergence.final == 0" ] }"#;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("there is a place for temporary files"));
        place.write("small.json", SMALL);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
        command.args(arguments).current_dir(self.0.path()).env("NO_COLOR", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program can be started")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn check(output: &Output, code: i32) {
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
}

/// All files below a folder with their bytes, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let name = entry.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read(&entry).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_trace_lies_beside_its_scenario_and_its_copy_beside_the_results() {
    let place = Place::new();
    std::fs::create_dir(place.path("recorded")).unwrap();
    place.write("recorded/t.csv", "time,client,op,key,size\n1,c0,blind,a,9\n2,c1,get,a,\n");
    let scenario = r#"{ "name": "replayed", "duration": "5s", "workload": { "clients": 2, "trace":
        "t.csv" }, "expect": ["operations.put.invoked == 1", "operations.get.invoked == 1"] }"#;
    place.write("recorded/replayed.json", scenario);
    check(&place.run(&["run", "recorded/replayed.json", "--out", "first"]), 0);
    std::fs::remove_dir_all(place.path("recorded")).unwrap();
    check(&place.run(&["run", "first/scenario.json", "--out", "second"]), 0);
    assert_eq!(files(&place.path("first")), files(&place.path("second")));
    assert!(place.path("second/inputs/trace.csv").is_file());
    let report = std::fs::read_to_string(place.path("second/report.json")).unwrap();
    assert!(report.contains("\"inputs/trace.csv\": \""), "the digest stands in the header");
    // The command line names files from where it stands.
    let set = "workload.trace=first/inputs/trace.csv";
    check(&place.run(&["run", "small.json", "--set", set, "--out", "second"]), 0);
    let lost = place.run(&["check", "small.json", "--set", "workload.trace=first/trace.csv"]);
    check(&lost, 2);
    assert!(text(&lost.stderr).contains("neither a file beside this one"));
    // What is left of an earlier run goes.
    check(&place.run(&["run", "small.json", "--out", "second"]), 0);
    assert!(!place.path("second/inputs/trace.csv").exists());
}

#[test]
fn a_run_writes_its_files_and_a_repeat_the_same_bytes() {
    let place = Place::new();
    let first = place.run(&["run", "small.json", "--trace"]);
    check(&first, 0);
    let folder = place.path("results/small/seed-3");
    let written = files(&folder);
    let names: Vec<&str> = written.iter().map(|(name, _)| name.as_str()).collect();
    let stems = ["availability", "divergence", "hints", "latency", "repair"];
    let plots = stems.map(|stem| [format!("plots/{stem}.png"), format!("plots/{stem}.svg")]);
    let mut expected =
        ["history.jsonl", "report.json", "scenario.json", "timeline.csv", "trace.jsonl"]
            .map(str::to_string)
            .to_vec();
    expected.extend(plots.into_iter().flatten());
    expected.sort();
    assert_eq!(names, expected);
    assert!(text(&first.stdout).contains("results/small/seed-3"));
    let second = place.run(&["run", "small.json", "--trace", "--out", "again"]);
    check(&second, 0);
    assert_eq!(files(&place.path("again")), written);
    // What was resolved is the same run.
    let resolved = folder.join("scenario.json");
    let third = place.run(&["run", resolved.to_str().unwrap(), "--trace", "--out", "third"]);
    check(&third, 0);
    let digest = |name: &str| {
        let report = std::fs::read_to_string(place.path(name).join("report.json")).unwrap();
        report.lines().find(|line| line.contains("\"digest\"")).unwrap().to_string()
    };
    assert_eq!(digest("third"), digest("again"));
}

#[test]
fn every_line_written_is_strict_json() {
    let place = Place::new();
    check(&place.run(&["run", "small.json", "--trace", "--out", "out"]), 0);
    let lines = |name: &str| -> Vec<serde_json::Value> {
        let file = std::fs::read_to_string(place.path("out").join(name)).unwrap();
        file.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    };
    let history = lines("history.jsonl");
    let count = |kind: &str| history.iter().filter(|line| line["type"] == kind).count();
    let of_clients = history.iter().filter(|line| line["p"].is_u64());
    let ends = of_clients.filter(|line| line["type"] != "invoke").count();
    assert!(count("invoke") > 100);
    assert_eq!(ends, count("invoke"), "each operation that began has ended");
    assert!(history.iter().any(|line| line["p"] == "nemesis"));
    assert!(lines("trace.jsonl").len() > history.len());
    let report = std::fs::read_to_string(place.path("out/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["header"]["seed"], 3);
    assert_eq!(report["divergence"]["final"], 0);
    let csv = std::fs::read_to_string(place.path("out/timeline.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + report["header"]["ended_at_s"].as_f64().unwrap() as usize);
}

#[test]
fn json_on_stdout_and_nothing_else() {
    let place = Place::new();
    let output = place.run(&["run", "small.json", "--json", "--dry-run"]);
    check(&output, 0);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("strict JSON");
    assert_eq!(report["header"]["scenario"], "small");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(!place.path("results").exists(), "a dry run writes nothing");
}

#[test]
fn exit_codes_tell_how_it_went() {
    let place = Place::new();
    let finding =
        place.run(&["run", "small.json", "--dry-run", "--set", "expect=[\"divergence.max < 0\"]"]);
    check(&finding, 1);
    let said = text(&finding.stderr);
    assert!(said.contains("FAIL expected divergence.max < 0, but divergence.max is"), "{said}");
    assert!(said.contains("replay: dynamo-sim run small.json --seed 3 --set '"), "{said}");
    check(&place.run(&["run", "small.json", "--set", "cluster.r=9"]), 2);
    check(&place.run(&["run", "nowhere.json"]), 2);
    check(&place.run(&["run", "--wrong"]), 2);
    check(&place.run(&["run", "small.json", "--seed", "x"]), 2);
    // Nobody is on the other side: the cut touches nothing.
    let vacuous = "faults=[{\"cut\":{\"senders\":[\"c4\"],\"receivers\":[\"c3\"],\"from\":\"1s\",\"to\":\"2s\"}}]";
    check(&place.run(&["run", "small.json", "--dry-run", "--set", vacuous]), 3);
    place.write("file", "");
    check(&place.run(&["run", "small.json", "--out", "file/below"]), 5);
}

#[test]
fn seeds_are_read_in_all_their_spellings() {
    let place = Place::new();
    let seed = |given: &str| -> String {
        let output = place.run(&["run", "small.json", "--json", "--dry-run", "--seed", given]);
        check(&output, 0);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["header"]["seed"].to_string()
    };
    assert_eq!(seed("42"), "42");
    assert_eq!(seed("0x2a"), "42");
    assert_eq!(seed(&"a".repeat(40)), seed(&"a".repeat(40)));
    let output = place.run(&["run", "small.json", "--dry-run", "--seed", "random"]);
    let said = text(&output.stderr);
    let drawn = said.lines().next().unwrap().strip_prefix("seed ").expect("the seed comes first");
    assert!(text(&output.stdout).contains(&format!("seed {drawn}")));
}

#[test]
fn overrides_change_the_run_and_typos_are_told() {
    let place = Place::new();
    let output = place.run(&["check", "small.json", "--resolved", "--set", "cluster.r=1"]);
    check(&output, 0);
    assert!(text(&output.stdout).contains("\"r\": 1,"));
    let typo = place.run(&["run", "small.json", "--set", "cluster.quorom=strict"]);
    check(&typo, 2);
    assert!(text(&typo.stderr).contains("did you mean `quorum`?"), "{}", text(&typo.stderr));
}

#[test]
fn check_tells_all_problems_of_all_files() {
    let place = Place::new();
    place.write(
        "bad.json",
        r#"{ "name": "Bad", "duration": "5s", "cluster": { "r": 9, "nodez": 3 } }"#,
    );
    let output = place.run(&["check", "small.json", "bad.json"]);
    check(&output, 2);
    assert!(text(&output.stdout).starts_with("small.json: ok"));
    let said = text(&output.stderr);
    for part in ["bad.json:1:", "cluster.r", "did you mean `nodes`?", "3 problems"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn format_rewrites_a_file_once_and_keeps_what_it_means() {
    let place = Place::new();
    let hash = |name: &str| text(&place.run(&["check", name]).stdout).replace(name, "");
    let before = hash("small.json");
    check(&place.run(&["format", "small.json", "--check"]), 1);
    assert_eq!(std::fs::read_to_string(place.path("small.json")).unwrap(), SMALL);
    check(&place.run(&["format", "small.json"]), 0);
    let written = std::fs::read_to_string(place.path("small.json")).unwrap();
    assert!(written.contains("\n  \"cluster\": { \"nodes\": 5 },\n"), "{written}");
    assert!(!written.contains("network"), "only what was written: {written}");
    assert_eq!(hash("small.json"), before);
    check(&place.run(&["format", "small.json", "--check"]), 0);
    check(&place.run(&["format", "small.json"]), 0);
    assert_eq!(std::fs::read_to_string(place.path("small.json")).unwrap(), written);
}

#[test]
fn format_loses_no_comment_unasked_and_refuses_what_is_wrong() {
    let place = Place::new();
    let commented = format!("// why\n{SMALL}");
    place.write("commented.json", &commented);
    let refused = place.run(&["format", "commented.json"]);
    check(&refused, 2);
    assert!(text(&refused.stderr).contains("--drop-comments"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read_to_string(place.path("commented.json")).unwrap(), commented);
    check(&place.run(&["format", "commented.json", "--drop-comments"]), 0);
    let written = std::fs::read_to_string(place.path("commented.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&written).expect("strict JSON");
    place.write("wrong.json", "{ \"name\": \"wrong\" }");
    // The others are formatted all the same.
    check(&place.run(&["format", "wrong.json", "nowhere.json", "small.json"]), 2);
    check(&place.run(&["format", "small.json", "--check"]), 0);
}

#[test]
fn new_writes_a_scenario_that_teaches_and_never_over_another() {
    let place = Place::new();
    check(&place.run(&["new"]), 0);
    check(&place.run(&["new", "other.json"]), 0);
    check(&place.run(&["check", "my-scenario.json", "other.json"]), 0);
    let written = std::fs::read_to_string(place.path("other.json")).unwrap();
    assert!(written.contains("\"name\": \"other\"") && written.contains("  // "), "{written}");
    check(&place.run(&["run", "other.json", "--dry-run"]), 0);
    check(&place.run(&["new", "small"]), 2);
    assert_eq!(std::fs::read_to_string(place.path("small.json")).unwrap(), SMALL);
    check(&place.run(&["new", "No Name"]), 2);
}

#[test]
fn explain_tells_and_draws_what_will_happen() {
    let place = Place::new();
    let output = place.run(&["explain", "small.json", "--out", "pictures/faults.svg"]);
    check(&output, 0);
    let said = text(&output.stdout);
    for part in [
        "       2s  A  crash n1, until 3s\n",
        "       3s  A  ends: crash n1\n",
        "\nn0      ....",
        "\nn1      .........................AAAAAAAAAAAAAA......",
        "\nn2..n4  ....",
    ] {
        assert!(said.contains(part), "{part:?}: {said}");
    }
    let svg = std::fs::read_to_string(place.path("pictures/faults.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    check(&place.run(&["explain", "small.json", "--out", "faults.png"]), 0);
    check(&place.run(&["explain", "small.json", "--out", "faults.pdf"]), 2);
    let quiet = place.run(&["explain", "small.json", "--set", "faults=[]"]);
    assert!(text(&quiet.stdout).contains("no faults"), "{}", text(&quiet.stdout));
    check(&place.run(&["explain", "no-faults", "--out", "none.svg"]), 0);
    let orders = place.run(&["explain", "rejoin", "--out", "orders.svg"]);
    let said = text(&orders.stdout);
    for part in ["n2 is told to leave, via n5\n", "\nn2      ..........-", ".+..", "`+` to come in"]
    {
        assert!(said.contains(part), "{part:?}: {said}");
    }
    let svg = std::fs::read_to_string(place.path("orders.svg")).unwrap();
    assert!(svg.contains("told to come in, or started"));
    let known = place.run(&["explain", "small.json", "--set", "cluster.profile=riak"]);
    let said = text(&known.stdout);
    assert!(said.contains("profile riak\n  Riak KV 3:") && said.contains("Left out:"), "{said}");
    assert!(!place.path("results").exists(), "nothing is run");
}

#[test]
fn a_file_extends_another_and_errors_name_the_file_they_come_from() {
    let place = Place::new();
    std::fs::create_dir(place.path("below")).unwrap();
    place.write(
        "below/more.json",
        r#"{ "extends": "../small.json", "name": "more", "variables": { "keys": 70 },
             "workload": { "keys": { "zipf": { "count": "$keys", "exponent": 1 } } } }"#,
    );
    let resolved = place.run(&["check", "below/more.json", "--resolved"]);
    check(&resolved, 0);
    let resolved: serde_json::Value = serde_json::from_slice(&resolved.stdout).unwrap();
    assert_eq!(resolved["workload"]["clients"], 5, "from the file below");
    assert_eq!(resolved["workload"]["keys"]["zipf"]["count"], 70);
    assert!(resolved.get("extends").is_none() && resolved.get("variables").is_none());
    let set = place.run(&["check", "below/more.json", "--resolved", "--set", "variables.keys=80"]);
    assert!(text(&set.stdout).contains("\"count\": 80"), "{}", text(&set.stderr));
    check(&place.run(&["format", "below/more.json"]), 0);
    let formatted = std::fs::read_to_string(place.path("below/more.json")).unwrap();
    assert!(formatted.starts_with("{\n  \"extends\": \"../small.json\",\n"), "{formatted}");
    check(&place.run(&["run", "below/more.json", "--dry-run"]), 0);

    place.write("wrong.json", r#"{ "extends": "small.json", "cluster": { "nodes": 1 } }"#);
    let said = text(&place.run(&["check", "wrong.json"]).stderr);
    assert!(said.contains("error: wrong.json:1:"), "{said}");
    assert!(
        said.contains("error: small.json:4:") && said.contains("faults[0].crash.node"),
        "{said}"
    );
}

#[test]
fn files_extend_no_circle_and_nothing_from_standard_input() {
    use std::io::Write;
    let place = Place::new();
    place.write("a.json", r#"{ "extends": "b.json" }"#);
    place.write("b.json", r#"{ "extends": "a.json" }"#);
    let circle = place.run(&["check", "a.json"]);
    check(&circle, 2);
    assert!(text(&circle.stderr).contains("b.json:1:14: extends"), "{}", text(&circle.stderr));
    assert!(text(&circle.stderr).contains("in a circle"));
    for i in 0..10 {
        place.write(&format!("c{i}.json"), &format!("{{ \"extends\": \"c{}.json\" }}", i + 1));
    }
    place.write("c10.json", SMALL);
    let deep = place.run(&["check", "c0.json"]);
    assert!(text(&deep.stderr).contains("more than 8 files"), "{}", text(&deep.stderr));
    check(&place.run(&["check", "c2.json"]), 0);
    check(&place.run(&["check", "c9.json"]), 0);
    for (base, code) in [("small.json", 2), ("no-faults", 0)] {
        let mut command = place.command(&["check", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let given = format!("{{ \"extends\": \"{base}\" }}");
        child.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
        check(&child.wait_with_output().unwrap(), code);
    }
}

#[test]
fn the_schema_is_printed() {
    let output = Place::new().run(&["schema"]);
    check(&output, 0);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("strict JSON");
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema["properties"]["cluster"]["description"].is_string());
}

#[test]
fn list_shows_every_shipped_scenario_on_a_line() {
    let place = Place::new();
    let output = place.run(&["list"]);
    check(&output, 0);
    let (lines, shipped) = (text(&output.stdout).lines().count(), SHIPPED.len() + PATTERNS.len());
    assert_eq!(lines, shipped);
    assert!(text(&output.stdout).contains("flaky-rack"));
}

#[test]
fn repeat_says_that_a_run_is_the_same_twice() {
    let place = Place::new();
    let output = place.run(&["repeat", "small.json"]);
    check(&output, 0);
    assert!(text(&output.stdout).starts_with("the same twice: "));
}

#[test]
fn a_scenario_can_come_from_standard_input() {
    use std::io::Write;
    let place = Place::new();
    let mut command = place.command(&["check", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{ \"name\": \"x\" }").unwrap();
    let output = child.wait_with_output().unwrap();
    check(&output, 2);
    assert!(text(&output.stderr).contains("standard input"), "{}", text(&output.stderr));
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let place = Place::new();
    for arguments in [vec!["list"], vec!["run", "small.json", "--json", "--dry-run"]] {
        let mut command = place.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        check(&output, 0);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_half_written_file() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let place = Place::new();
        let long =
            ["run", "small.json", "--set", "duration=20m", "--set", "faults=[]", "--out", "out"];
        let mut child = place.command(&long).stderr(Stdio::piped()).spawn().unwrap();
        // Once the history is under way, the run is.
        while !place.path("out").exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(files(&place.path("out")), Vec::new());
    }
}

#[test]
fn completions_and_the_manual_are_made() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = place.run(&["completions", shell]);
        check(&output, 0);
        assert!(text(&output.stdout).contains("dynamo-sim"));
    }
    check(&place.run(&["man"]), 0);
}
