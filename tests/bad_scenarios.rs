//! What people are told about scenarios that cannot be: each `tests/bad/*.json` with its exact
//! diagnosis beside it. `SNAPSHOTS=overwrite` writes the diagnoses anew; read them aloud then.
//!
//! And what nobody wrote: scenarios with random damage never make the reader panic or hang, and
//! what it accepts can be run. There are ten thousand of them, or `MUTATIONS=1000000`.

// That reading is quick can only be told by a clock.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use dynamo_sim::faults::schedule::schedule;
use dynamo_sim::random::luck::Luck;
use dynamo_sim::scenario::extend::{Library, Shipped};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::shipped::SHIPPED;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::trace::observer::Observers;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// Figures that these scenarios may expect something of.
const FIGURES: [&str; 7] = [
    "availability.get",
    "availability.put",
    "divergence.final",
    "during.availability.put",
    "handoff.pending",
    "availability.during.get",
    "latency.during.get.p99_ms",
];

fn bad_scenarios() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}

/// Lines that begin with `// --set ` stand for the command line.
fn overrides(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().filter_map(|line| line.strip_prefix("// --set ")).map(str::to_string).collect()
}

/// The files beside the scenarios, and what is shipped.
struct Beside;

impl Library for Beside {
    fn open(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        Shipped.open(from, name)
    }

    fn data(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let place = format!("tests/bad/{name}");
        match std::fs::read(format!("{}/{place}", env!("CARGO_MANIFEST_DIR"))) {
            Ok(bytes) => Ok((place, bytes)),
            Err(_) => Shipped.data(from, name),
        }
    }
}

fn diagnosis(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let name = format!("tests/bad/{}", path.file_name().unwrap().to_string_lossy());
    match Scenario::read_with(&name, &bytes, &overrides(&bytes), &FIGURES, &Beside) {
        Ok(_) => panic!("{name} is refused"),
        Err(told) => told.to_string(),
    }
}

#[test]
fn each_mistake_is_told_as_it_was_once_read_aloud() {
    let files = bad_scenarios();
    assert!(files.len() >= 36, "{} malformed scenarios", files.len());
    let assert = snapbox::Assert::new().action_env("SNAPSHOTS");
    let mut wrong = Vec::new();
    for path in files {
        let expected = snapbox::Data::read_from(&path.with_extension("stderr"), None).raw();
        if let Err(error) = assert.try_eq(Some(&path.display()), diagnosis(&path).into(), expected)
        {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_diagnosis_belongs_to_a_scenario() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("json").exists(), "{} is left over", path.display());
    }
}

/// Reading takes no longer than this, of whatever it is. Generous: the machine may be busy.
const PATIENCE_IN_SECONDS: u64 = 5;

fn survives(bytes: &[u8]) {
    let begun = Instant::now();
    match Scenario::read_bytes("damaged.json", bytes, &[], &FIGURES) {
        Ok(checked) => works(&checked, bytes),
        Err(told) => {
            assert!(!told.0.is_empty(), "a refusal says why");
            for diagnosis in &told.0 {
                let text = diagnosis.to_string();
                let tame = |c: char| c == '\n' || !c.is_control();
                assert!(text.chars().all(tame), "{text:?} is plain text");
                assert!(text.len() < 8_000, "{text}");
            }
        }
    }
    assert!(begun.elapsed().as_secs() < PATIENCE_IN_SECONDS, "{}", String::from_utf8_lossy(bytes));
}

/// Of how many accepted scenarios one is run, and for how many events at most.
const SAMPLE: u64 = 40;
const EVENTS: u64 = 20_000;

/// What is accepted makes a plan, with all the steps of its faults; some are run for a while.
fn works(checked: &Checked, bytes: &[u8]) {
    let plan = checked.plan();
    let steps = schedule(&plan.faults, plan.duration, &Luck::new(plan.seed));
    assert!(steps.windows(2).all(|pair| pair[0].at <= pair[1].at), "steps come in order");
    let chosen =
        bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let (tokens, keys) = (plan.cluster.partitioning.tokens, plan.workload.key_count());
    let ring = u64::from(plan.cluster.nodes) * u64::from(tokens);
    if chosen % SAMPLE != 0 || ring > 100_000 || keys > 100_000 || plan.workload.clients > 10_000 {
        return;
    }
    let mut run = Simulation::new(&plan);
    run.start(&mut Observers::default());
    while run.totals().events < EVENTS && run.step(&mut Observers::default()) {}
    run.finish(&mut Observers::default());
}

/// The shipped scenarios and one that says everything, with all defaults written out.
fn seedlings() -> Vec<String> {
    let mut texts: Vec<String> = SHIPPED.iter().map(|(_, text)| text.to_string()).collect();
    texts.push(EVERYTHING.to_string());
    for text in texts.clone() {
        texts.push(Scenario::read("seedling", &text, &[], &[]).unwrap().resolved_json());
    }
    texts
}

/// Half of all damaged scenarios: of bytes, or of structures.
fn half_of_the_mutations() -> u32 {
    let asked = std::env::var("MUTATIONS").ok();
    let all = asked.map_or(10_000, |text| text.parse().expect("MUTATIONS is a whole number"));
    u32::div_ceil(all, 2)
}

fn runner(cases: u32) -> TestRunner {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        random,
    )
}

#[test]
fn damaged_bytes_are_refused_in_peace() {
    let seedlings = seedlings();
    let cut = (any::<prop::sample::Index>(), 0_usize..12, prop::collection::vec(any_byte(), 0..6));
    let damage = (0..seedlings.len(), prop::collection::vec(cut, 1..4));
    let test = |(seedling, cuts): (usize, Vec<(prop::sample::Index, usize, Vec<u8>)>)| {
        let mut bytes = seedlings[seedling].clone().into_bytes();
        for (at, length, patch) in cuts {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, patch);
        }
        survives(&bytes);
        Ok(())
    };
    runner(half_of_the_mutations()).run(&damage, test).unwrap();
}

/// Any byte, those that mean something to JSON more often.
fn any_byte() -> impl Strategy<Value = u8> {
    let telling = prop::sample::select(b"{}[]\",:/*\\-+.0123456789eEtrufalsn \n".to_vec());
    prop_oneof![3 => telling, 1 => any::<u8>()]
}

#[test]
fn damaged_structures_are_refused_in_peace() {
    let seedlings: Vec<Value> = seedlings()
        .iter()
        .map(|text| Scenario::read("seedling", text, &[], &[]).unwrap().resolved_json())
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect();
    let wound = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..4);
    let damage = (0..seedlings.len(), prop::collection::vec(wound, 1..5));
    let test = |(seedling, wounds): (usize, Vec<Wound>)| {
        let mut json = seedlings[seedling].clone();
        for (place, graft, how) in wounds {
            wound_one(&mut json, place, graft, how);
        }
        survives(json.to_string().as_bytes());
        Ok(())
    };
    runner(half_of_the_mutations()).run(&damage, test).unwrap();
}

type Wound = (prop::sample::Index, prop::sample::Index, u8);

/// Values to put where they do not belong.
const GRAFTS: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "0.5",
    "\"\"",
    "\"n0..n9\"",
    "\"9999999h\"",
    "\"sloppy\"",
    "[]",
    "{}",
    "[[\"n0\"], [\"n0\"]]",
    "{\"crash\": {}}",
    "18446744073709551615",
];

fn wound_one(json: &mut Value, place: prop::sample::Index, graft: prop::sample::Index, how: u8) {
    let mut pointers = Vec::new();
    collect(json, String::new(), &mut pointers);
    let pointer = &pointers[place.index(pointers.len())];
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    match (json.pointer_mut(parent), how) {
        (Some(Value::Object(members)), 0) => {
            members.remove(name);
        }
        (Some(Value::Object(members)), 1) => {
            let value = members.remove(name).unwrap_or(Value::Null);
            members.insert(format!("{name}z"), value);
        }
        (Some(Value::Array(list)), 0 | 1) if !list.is_empty() => {
            list.push(list[0].clone());
        }
        _ => {
            let value = serde_json::from_str(GRAFTS[graft.index(GRAFTS.len())]).unwrap();
            *json.pointer_mut(pointer).unwrap() = value;
        }
    }
}

fn collect(json: &Value, pointer: String, pointers: &mut Vec<String>) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{pointer}/{name}"), pointers);
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                collect(value, format!("{pointer}/{i}"), pointers);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    pointers.push(pointer);
}

#[test]
fn large_and_hostile_files_are_refused_in_time() {
    let megabytes = 4 << 20;
    let fault = "{\"crash\": {\"node\": \"x\", \"at\": 5}},";
    let rows = [
        "[".repeat(megabytes),
        "{\"a\":".repeat(megabytes / 5),
        "\"".repeat(megabytes),
        "x".repeat(megabytes),
        format!("{{\"{}\": 1}}", "x".repeat(megabytes - 10)),
        format!("{{\"faults\": [{}]}}", fault.repeat(megabytes / fault.len() - 1)),
        format!("{{\"expect\": [{}]}}", "\"a\",".repeat(megabytes / 4 - 10)),
        format!("{{\"faults\": [{}]}}", "[[]],".repeat(megabytes / 5 - 10)),
        " ".repeat(megabytes + 1),
    ];
    for text in rows {
        let begun = Instant::now();
        assert!(Scenario::read("hostile.json", &text, &[], &FIGURES).is_err());
        let seconds = begun.elapsed().as_secs();
        assert!(seconds < 30, "{seconds} s for {}", &text[..40]);
    }
}

/// A scenario that uses every part of the language.
const EVERYTHING: &str = r#"{
  "variables": { "rest": ["n4..n8", "c0"], "a_second": "1s" },
  "name": "everything", "about": "Every part of the language.", "duration": "60s", "seed": 7,
  "cluster": {
    "nodes": 9, "n": 5, "r": 3, "w": 3, "quorum": "strict", "versioning": "literal",
    "coordinator": "random", "read_coordinator": "receiver",
    "partitioning": { "strategy": 1, "tokens": 8 },
    "timeouts": { "operation": "1s", "replica": "200ms", "forward": "200ms" },
    "hinted_handoff": { "scan_interval": "5s", "batch": 4, "timeout": "1s" },
    "anti_entropy": false, "read_repair": false,
    "gossip": { "interval": "1s", "seeds": 2 },
    "failure_detection": { "after": 2, "retry": "1s", "retry_limit": "8s" },
    "flush": { "every": "50ms" }
  },
  "network": {
    "latency": { "exponential": { "mean": "2ms" } },
    "legs": { "write": { "constant": "1ms" } },
    "loss": 0.01, "duplication": 0.01,
    "reordering": { "probability": 0.1, "delay": { "constant": "5ms" } },
    "sites": { "east": ["n0..n3", "c0..c4"], "west": ["n4..n8"] },
    "between": [{ "sites": ["east", "west"], "latency": { "constant": "40ms" }, "loss": 0.02 }]
  },
  "workload": {
    "clients": 10, "arrivals": { "closed": { "think": { "constant": "10ms" } } },
    "keys": { "hot_set": { "count": 100, "hot": 10, "share": 0.9 } },
    "mix": { "get": 1, "add": 2, "remove": 1, "delete": 0.1 }, "value": "2KiB",
    "timeout": "2s", "retries": 2, "routing": "partition_aware"
  },
  "faults": [
    { "partition": { "sides": [["n0..n3"], "$rest"], "from": "5s", "to": "9s",
                     "in_flight": "hold" } },
    { "cut": { "senders": ["n0"], "receivers": ["n1..n2"], "from": "$a_second", "to": "2s" } },
    { "degrade": { "senders": ["n0"], "receivers": ["n1"], "both_ways": true, "from": "1s",
                   "to": "2s", "latency": { "constant": "1s" }, "loss": 0.5 } },
    { "crash": { "node": "n5", "at": "10s", "disk": "unflushed_lost" } },
    { "restart": { "node": "n5", "at": "20s" } },
    { "pause": { "node": "n6", "from": "10s", "to": "11s" } },
    { "slow": { "node": "n7", "from": "10s", "to": "60s", "disk": 10,
                "delay": { "constant": "1ms" } } }
  ],
  "expect": ["availability.put > 0", "during.availability.put > 0",
             "during pause: availability.get > 0.5 * before first fault",
             "10s after heal: divergence.keys == 0"]
}"#;
