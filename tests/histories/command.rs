//! `dynamo-sim judge` as its users meet it.

use std::process::{Command, Output};

use crate::forms::{JEPSEN, going_back};

fn judge(place: &tempfile::TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    command.arg("judge").args(arguments).current_dir(place.path()).output().unwrap()
}

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("good.edn", JEPSEN.to_string()),
        ("bad.edn", going_back()),
        ("empty.jsonl", String::new()),
        ("broken.jsonl", "{\"type\": \"ok\"}\n".to_string()),
        ("plain", going_back()),
    ] {
        std::fs::write(place.path().join(name), text).unwrap();
    }
    place
}

#[test]
fn exit_codes_say_how_it_went() {
    let place = place();
    for (arguments, code) in [
        (&["good.edn"][..], 0),
        (&["bad.edn"], 0),
        (&["bad.edn", "--require", "linearizable"], 1),
        (&["bad.edn", "--check", "linearizable"], 1),
        (&["plain", "--check", "linearizable"], 1),
        (&["bad.edn", "--check", "linearizable", "--require", "regular"], 0),
        (&["bad.edn", "--require", "regular,causal"], 0),
        (&["bad.edn", "--require", "k-staleness=1"], 1),
        (&["bad.edn", "--require", "k-staleness=2,t-staleness=1s"], 0),
        (&["good.edn", "--require", "monotonic-writes"], 3),
        (&["empty.jsonl"], 3),
        (&["broken.jsonl"], 2),
        (&["good.edn", "--format", "jsonl"], 2),
        (&["good.edn", "--check", "linearisable"], 2),
        (&["good.edn", "--require", "k-staleness=none"], 2),
        (&["good.edn", "--require", "causal=3"], 2),
        (&["nowhere.edn"], 5),
    ] {
        let output = judge(&place, arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    }
    let told = String::from_utf8(judge(&place, &["broken.jsonl"]).stderr).unwrap();
    assert!(told.starts_with("error: broken.jsonl:1\n"), "{told}");
}

#[test]
fn a_counterexample_is_a_story_and_json_has_it_too() {
    let place = place();
    let told = judge(&place, &["bad.edn", "--check", "linearizable"]);
    let told = String::from_utf8(told.stdout).unwrap();
    for part in ["client 1", "read :x -> 1", "(line 13)", "each would have to come first"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let json = judge(&place, &["bad.edn", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["verdict"], "held");
    let named = |name: &str| {
        let checkers = json["checkers"].as_array().unwrap();
        checkers.iter().find(|said| said["checker"] == name).unwrap().clone()
    };
    assert_eq!(named("linearizable")["verdict"], "broken");
    assert_eq!(named("linearizable")["first"]["key"], ":x");
    assert_eq!(named("written")["required"], true);
}

#[test]
fn what_is_exported_is_judged_alike() {
    let place = place();
    let first = judge(&place, &["bad.edn", "--export", "out.edn", "--json"]);
    let again = judge(&place, &["out.edn", "--json"]);
    assert_eq!(first.status.code(), Some(0));
    let json = |output: &Output| -> serde_json::Value {
        let mut json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for said in json["checkers"].as_array_mut().unwrap() {
            said["first"].take();
        }
        json
    };
    assert_eq!(json(&first), json(&again));
    assert_eq!(judge(&place, &["bad.edn", "--export", "out.txt"]).status.code(), Some(2));
}
