//! What clients do, seen from outside: traces replayed line by line, keys from files, what is tried
//! again, moves from site to site.

use std::collections::{BTreeMap, BTreeSet};

use dynamo_sim::experiment::{self, Outcome};
use dynamo_sim::id::{ClientId, Key, NodeId};
use dynamo_sim::scenario::extend::{Library, Shipped};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::shipped::{SHIPPED, SHIPPED_DATA};
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::Record;
use dynamo_sim::workload::words::{ClientFact, Function, Invocation};

/// A library that holds one file of data.
struct One(&'static str);

impl Library for One {
    fn open(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        Shipped.open(from, name)
    }

    fn data(&self, _: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        Ok((name.to_string(), self.0.as_bytes().to_vec()))
    }
}

/// All that clients begin, and when they try again.
#[derive(Default)]
struct Invocations(Vec<(Time, ClientId, Invocation)>, Vec<Time>);

impl Observer for Invocations {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Client { client, fact: ClientFact::Invoked(invocation) } => {
                self.0.push((now, *client, invocation.clone()));
            }
            Record::Client { fact: ClientFact::Retried { .. }, .. } => self.1.push(now),
            _ => {}
        }
    }
}

fn shipped(name: &str, set: &[&str]) -> Checked {
    let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name).expect("it is shipped");
    let overrides: Vec<String> = set.iter().map(|text| text.to_string()).collect();
    Scenario::read(name, text, &overrides, &[]).unwrap_or_else(|told| panic!("{told}"))
}

fn with_file(text: &str, data: &'static str) -> Checked {
    let read = Scenario::read_with("a.json", text.as_bytes(), &[], &[], &One(data));
    read.unwrap_or_else(|told| panic!("{told}"))
}

fn run(checked: &Checked) -> (Outcome, Vec<(Time, ClientId, Invocation)>) {
    let mut invocations = Invocations::default();
    let layout = checked.plan().layout();
    let outcome = experiment::run(checked, &layout, vec![&mut invocations], &mut |_| true);
    (outcome.expect("nobody interrupts"), invocations.0)
}

#[test]
fn a_trace_is_replayed_line_by_line() {
    let checked = shipped("trace-replay", &["workload.session.writes=from_memory"]);
    let (_, seen) = run(&checked);
    let (_, text) = SHIPPED_DATA.iter().find(|(name, _)| *name == "shop-trace.csv").unwrap();
    let mut names: Vec<&str> = Vec::new();
    let mut lines = 0;
    for line in text.lines().skip(1) {
        lines += 1;
        let cells: Vec<&str> = line.split(',').collect();
        let (time, client) = (cells[0].replace('.', ""), &cells[1][1..]);
        if !names.contains(&cells[3]) {
            names.push(cells[3]);
        }
        let key = Key(names.iter().position(|name| *name == cells[3]).unwrap() as u32);
        let at = Time(time.parse::<u64>().unwrap() * 1_000_000);
        let client = ClientId(client.parse().unwrap());
        let began = |(time, who, invocation): &&(Time, ClientId, Invocation)| {
            (*time, *who, invocation.key) == (at, client, key)
        };
        assert!(seen.iter().any(|one| began(&one)), "{line} has begun at its time");
        if cells[2] == "put" {
            let size = cells[4].parse::<u32>().unwrap();
            let written = |one: &&(Time, ClientId, Invocation)| {
                one.0 >= at && (one.1, one.2.key, one.2.bytes) == (client, key, size)
            };
            assert!(seen.iter().any(|one| written(&one)), "{line} was written");
        }
    }
    let reads_first = seen.iter().filter(|(_, _, one)| one.function == Function::Get).count();
    let puts = seen.len() - reads_first;
    assert_eq!((lines, puts), (769, 152));
}

#[test]
fn sizes_that_were_not_recorded_are_drawn_and_units_are_read() {
    let text = r#"{ "name": "a", "duration": "9s",
        "workload": { "clients": 2, "trace": "t.csv", "value": "3KiB" } }"#;
    let trace = "time,client,op,key,size\r\n1,c1,blind,x,\r\n1500ms, c1, blind, y, 2KiB\r\n\
                 1.5,c0,blind,x,7\n1.5,c0,blind,x,8\n";
    let (outcome, seen) = run(&with_file(text, trace));
    let told: Vec<_> =
        seen.iter().map(|(at, who, one)| (at.0 / 1_000_000, who.0, one.key.0, one.bytes)).collect();
    assert_eq!(told, [(1000, 1, 0, 3072), (1500, 0, 0, 7), (1500, 1, 1, 2048), (1500, 0, 0, 8)]);
    assert_eq!(outcome.report.figure("availability.put"), Some(Some(1.0)));
}

#[test]
fn the_content_of_a_file_is_part_of_the_world() {
    let text = r#"{ "name": "a", "duration": "9s", "workload": { "keys": { "file": "k.txt" } } }"#;
    let (one, same, other) =
        (with_file(text, "a\nb\n"), with_file(text, "a\nb\n"), with_file(text, "a\nb,2\n"));
    assert_eq!(one.hash(), same.hash());
    assert_ne!(one.hash(), other.hash());
    // Whoever reads what was resolved reads the same, unless the file has changed.
    let resolved = one.resolved_json();
    assert_eq!(with_file(&resolved, "a\nb\n"), one);
    let changed = Scenario::read_with("a.json", resolved.as_bytes(), &[], &[], &One("c\n"));
    assert!(changed.unwrap_err().to_string().contains("is not the file"));
    // A run keeps a copy; where it lies is not part of the world.
    let kept = with_file(&one.kept_json(), "a\nb\n");
    assert!(one.kept_json().contains("inputs/keys.csv") && kept.hash() == one.hash());
}

#[test]
fn keys_from_a_file_come_by_weight() {
    let (_, seen) = run(&shipped("keys-from-a-file", &[]));
    let gets = seen.iter().filter(|(_, _, one)| one.function == Function::Get);
    let keys: Vec<u32> = gets.map(|(_, _, one)| one.key.0).collect();
    let share = |key: u32| keys.iter().filter(|k| **k == key).count() as f64 / keys.len() as f64;
    assert!((0.58..0.62).contains(&share(0)), "{}", share(0));
    assert!((0.068..0.092).contains(&share(1)), "{}", share(1));
    assert!(share(12) > 0.0 && keys.iter().all(|key| *key < 13));
}

/// Figures of a shipped scenario, with some things changed.
fn figures<const N: usize>(name: &str, set: &[&str], paths: [&str; N]) -> [f64; N] {
    let mut set = set.to_vec();
    set.push("expect=[]");
    let (outcome, _) = run(&shipped(name, &set));
    paths.map(|path| outcome.report.figure(path).flatten().expect("there is such a figure"))
}

#[test]
fn a_write_that_is_tried_again_is_what_its_policy_says() {
    let told = |policy: &str, coordinator: &str| {
        let policy = format!("workload.retry.policy={policy}");
        let coordinator = format!("cluster.coordinator={coordinator}");
        let paths = ["applied_twice", "applied_anew", "recognised", "retries"];
        let paths = paths.map(|path| format!("operations.{path}"));
        let paths = [&*paths[0], &*paths[1], &*paths[2], &*paths[3], "versions.two"];
        figures("retries-recognised", &[&policy, &coordinator], paths)
    };
    let [twice, anew, recognised, _, siblings] = told("same_id", "fastest");
    assert!(twice == 0.0 && anew == 0.0 && recognised > 100.0, "{twice}, {anew}, {recognised}");
    let [twice, anew, recognised, _, false_siblings] = told("unmarked", "fastest");
    assert!(twice > 100.0 && anew == 0.0 && recognised == 0.0, "{twice}, {anew}, {recognised}");
    assert!(false_siblings > 5.0 * siblings, "{false_siblings} against {siblings}");
    let [twice, anew, recognised, _, _] = told("new_id", "fastest");
    assert!(twice == 0.0 && anew > 100.0 && recognised == 0.0, "{twice}, {anew}, {recognised}");
    let [twice, anew, _, retries, _] = told("none", "fastest");
    assert!(twice == 0.0 && anew == 0.0 && retries == 0.0, "{retries} retries");
    // Another coordinator cannot know.
    let [twice, _, recognised, _, _] = told("same_id", "random");
    assert!(twice > 50.0 && recognised > 30.0, "{twice}, {recognised}");
}

#[test]
fn pauses_between_attempts_grow_to_their_longest() {
    let text = r#"{ "name": "a", "duration": "5s", "settle_limit": "20s", "network": { "loss": 1 },
        "workload": { "clients": 1, "trace": "t.csv", "timeout": "500ms", "retries": 5,
            "retry": { "pause": { "constant": "100ms" }, "factor": 2, "longest": "300ms" } } }"#;
    let checked = with_file(text, "time,client,op,key,size\n1,c0,get,x,\n");
    let mut seen = Invocations::default();
    let layout = checked.plan().layout();
    let outcome = experiment::run(&checked, &layout, vec![&mut seen], &mut |_| true).unwrap();
    let times: Vec<u64> = seen.1.iter().map(|time| time.0 / 1_000_000).collect();
    assert_eq!(times, [1600, 2300, 3100, 3900, 4700]);
    assert_eq!(outcome.report.figure("operations.get.failed"), Some(Some(1.0)));
}

/// Two sites of three nodes each, 40 ms apart, and a client of the first that asks each second.
const SITES: &str = r#"{ "name": "a", "duration": "10s", "cluster": { "nodes": 6 },
    "network": { "latency": { "constant": "1ms" },
        "sites": { "east": ["n0..n2", "c0"], "west": ["n3..n5"] },
        "between": [{ "sites": ["east", "west"], "latency": { "constant": "40ms" } }] },
    "workload": { "clients": 1, "arrivals": { "constant": "1/s" }, "routing": "own_site",
        "mix": { "put": 1 }, "keys": { "uniform": { "count": 1 } },
        "session": { "writes": "from_memory" },
        "moves": { "planned": [{ "clients": ["c0"], "at": "5s", "to": "west" }] } } }"#;

#[test]
fn a_client_that_moves_asks_the_nodes_where_it_is() {
    for (set, reads) in [("kept", 1), ("lost", 2)] {
        let overrides = [format!("workload.moves.session={set}")];
        let checked = Scenario::read("a.json", SITES, &overrides, &[]).unwrap();
        let (outcome, seen) = run(&checked);
        assert!(seen.len() >= 10);
        for (at, _, invocation) in &seen {
            assert_eq!(invocation.to.0 >= 3, at.seconds() >= 5.0, "{at}: {}", invocation.to);
        }
        // What it remembered of the key saves each read but the first, wherever it is.
        let figure = |path| outcome.report.figure(path).flatten();
        assert_eq!(figure("operations.get.invoked"), Some(f64::from(reads)), "{set}");
        assert_eq!(figure("operations.moves"), Some(1.0));
        assert_eq!(figure("availability.put"), Some(1.0));
    }
}

#[test]
fn messages_travel_from_where_a_client_is() {
    // One node, at one of the sites: near at first, and far after the move.
    let alone = [
        "cluster={ \"nodes\": 1, \"n\": 1, \"r\": 1, \"w\": 1 }",
        "network.sites={ \"east\": [\"n0\", \"c0\"], \"west\": [] }",
    ];
    let overrides = alone.map(str::to_string);
    let told = Scenario::read("a.json", SITES, &overrides, &[]).unwrap_err().to_string();
    assert!(told.contains("nobody stands at this site"), "{told}");
    let overrides = [
        alone[0].to_string(),
        "network.sites={ \"east\": [\"n0\", \"c0\"], \"west\": [\"c1\"] }".to_string(),
        "workload.clients=2".to_string(),
        "expect=[\"from 0s to 5s: latency.put.max_ms < 30\", \
         \"from 6s to 10s: latency.put.p50_ms > 80\"]"
            .to_string(),
        "workload.moves.planned=[{ \"clients\": [\"c0\"], \"at\": \"5s\", \"to\": \"west\" }, \
         { \"clients\": [\"c1\"], \"at\": \"0s\", \"to\": \"east\" }, \
         { \"clients\": [\"c1\"], \"at\": \"5s\", \"to\": \"west\" }]"
            .to_string(),
    ];
    let (outcome, _) = run(&Scenario::read("a.json", SITES, &overrides, &[]).unwrap());
    assert!(outcome.expectations.iter().all(|tested| tested.held), "{:?}", outcome.expectations);
    assert_eq!(outcome.report.figure("operations.moves"), Some(Some(3.0)));
}

#[test]
fn who_moves_misses_its_own_writes() {
    let told = |set| {
        let paths = ["sessions.read_your_writes_violations", "operations.moves"];
        figures("moving-clients", &[set], paths)
    };
    let [missed, moves] = told("workload.moves.planned=[]");
    let [missed_at_home, none] = told("workload.moves=null");
    assert!(moves > 80.0 && none == 0.0, "{moves} moves");
    assert!(missed > 2.0 * missed_at_home, "{missed} missed, {missed_at_home} at home");
}

#[test]
fn a_key_has_the_writers_that_it_shall_have() {
    let told = |set: &str| {
        let paths = ["load.writers_per_key_max", "load.writers_per_key_mean", "versions.max"];
        figures("few-writers", &[set], paths)
    };
    let [most, mean, versions] = told("workload.writers_per_key=1");
    assert!(most == 1.0 && mean == 1.0, "{most} at most, {mean} on average");
    let [most, mean, more_versions] = told("workload.writers_per_key=null");
    assert!(most == 20.0 && mean > 15.0, "{most} at most, {mean} on average");
    assert!(versions == 1.0 && more_versions > 1.0, "{versions}, {more_versions} versions");
}

#[test]
fn a_sticky_client_keeps_to_its_node_and_another_reads_elsewhere() {
    let nodes = |set: &[&str]| {
        let (_, invoked) = run(&shipped("stale-reads", set));
        let mut asked = BTreeMap::<ClientId, BTreeSet<_>>::new();
        for (_, client, Invocation { to, .. }) in invoked {
            asked.entry(client).or_default().insert(to);
        }
        assert!(asked.len() > 10, "{} clients asked", asked.len());
        asked
    };
    for (client, asked) in nodes(&["workload.routing=sticky"]) {
        let own = NodeId(client.0 % 6);
        assert_eq!(asked.into_iter().collect::<Vec<_>>(), [own], "{client}");
    }
    assert!(nodes(&[]).values().all(|asked| asked.len() > 1));
}
