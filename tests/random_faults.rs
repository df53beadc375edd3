//! Faults that leave something open: what the seed makes of them, and that it stays made.

mod watch;

use std::collections::BTreeSet;

use dynamo_sim::dynamo::storage::hint_store::Hint;
use dynamo_sim::experiment;
use dynamo_sim::faults::schedule::window;
use dynamo_sim::faults::spec::Spec;
use dynamo_sim::id::{Key, NodeId};
use dynamo_sim::report::json::json;
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer, Observers};
use dynamo_sim::trace::record::{Account, Record};

/// A scenario of ten nodes with these faults and other members.
fn text(faults: &str, more: &str) -> String {
    format!(
        r#"{{ "name": "drawn", "duration": "60s", "seed": 5,
              "cluster": {{ "nodes": 10, "gossip": {{ "seeds": 2 }} }},
              "workload": {{ "clients": 4, "arrivals": {{ "poisson": "5/s" }},
                             "keys": {{ "uniform": {{ "count": 50 }} }} }},
              "faults": {faults} {more} }}"#
    )
}

fn read_all(text: &str) -> Checked {
    Scenario::read("drawn.json", text, &[], &[]).unwrap_or_else(|told| panic!("{told}"))
}

fn read(faults: &str) -> Checked {
    read_all(&text(faults, ""))
}

fn refused(faults: &str) -> String {
    Scenario::read("drawn.json", &text(faults, ""), &[], &[]).unwrap_err().to_string()
}

/// The kind and the window of each fault, in seconds, and the nodes it is done to.
fn plan(checked: &Checked) -> Vec<(&'static str, f64, f64, Vec<u32>)> {
    let plan = checked.plan();
    let one = |fault: &dynamo_sim::faults::fault::Fault| {
        let (from, to) = window(&fault.what, plan.duration);
        let nodes = dynamo_sim::faults::parties::nodes(&fault.what, plan.cluster.nodes);
        let nodes = nodes.into_iter().map(|node| node.0).collect();
        (fault.what.plain().kind(), from.seconds(), to.seconds(), nodes)
    };
    plan.faults.iter().map(one).collect()
}

const RANDOM: &str = r#"[{ "random": { "from": "5s", "to": "50s", "rate": "40/m",
    "duration": { "uniform": { "from": "1s", "to": "4s" } },
    "kinds": { "crash": 2, "pause": 1 },
    "templates": [{ "weight": 1, "fault": { "isolate": { "group": ["1 of n0..n4"] } } }],
    "at_most_at_once": 2 } }]"#;

#[test]
fn a_drawn_plan_keeps_to_its_window_its_kinds_and_its_limit() {
    let mut kinds = BTreeSet::new();
    for seed in 0..20 {
        let checked = read(RANDOM).with_seed(seed).unwrap();
        let plan = plan(&checked);
        assert!(plan.len() > 8 && plan.len() < 60, "{} faults", plan.len());
        for (kind, from, to, nodes) in &plan {
            assert!(*from >= 5.0 && *to <= 50.0 && to - from <= 4.0, "{kind} {from} {to}");
            assert_eq!(nodes.len(), 1);
            assert!(*kind != "isolate" || nodes[0] < 5);
            let meets = |other: &&(&str, f64, f64, Vec<u32>)| other.1 <= *from && *from < other.2;
            let down: BTreeSet<u32> =
                plan.iter().filter(meets).flat_map(|other| other.3.clone()).collect();
            assert!(down.len() <= 2, "{down:?} at {from}");
            kinds.insert(*kind);
        }
    }
    assert_eq!(kinds, BTreeSet::from(["crash", "isolate", "pause"]));
}

#[test]
fn a_plan_follows_from_the_seed_and_not_from_other_plans() {
    let both = |others: &str| read(&text_of_two(others));
    let named = |checked: &Checked| -> Vec<String> {
        let faults =
            checked.scenario().faults.iter().map(|fault| serde_json::to_string(fault).unwrap());
        faults.filter(|text| text.contains("\"mine\"")).collect()
    };
    let alone = named(&both(""));
    assert!(alone.len() > 3);
    let slow = r#"{ "random": { "from": "1s", "to": "50s", "count": 9, "kinds": { "slow": 1 },
                    "duration": { "constant": "2s" } } },"#;
    assert_eq!(named(&both(slow)), alone);
    let other = both("").with_seed(6).unwrap();
    assert_ne!(named(&other), alone);
    assert_eq!(other.scenario().seed, 6);
    assert_eq!(named(&other.with_seed(5).unwrap()), alone);
}

fn text_of_two(others: &str) -> String {
    format!(
        r#"[{others} {{ "named": {{ "name": "mine", "fault": {{ "random": {{ "from": "5s",
            "to": "50s", "rate": "10/m", "duration": {{ "constant": "1s" }},
            "kinds": {{ "pause": 1 }} }} }} }} }}]"#
    )
}

#[test]
fn a_count_is_kept_where_there_is_room() {
    let faults = r#"[{ "random": { "from": "0s", "to": "60s", "count": 7, "kinds": { "pause": 1 },
        "duration": { "constant": "1s" }, "nodes": ["n3..n5", "coordinator of k1"] } }]"#;
    for seed in 0..10 {
        let checked = read(faults).with_seed(seed).unwrap();
        assert_eq!(plan(&checked).len(), 7);
        let home = homes(&checked, 1)[0];
        let meant = |node: &u32| (3..6).contains(node) || *node == home;
        assert!(plan(&checked).iter().all(|fault| fault.3.iter().all(meant)));
    }
}

fn homes(checked: &Checked, key: u32) -> Vec<u32> {
    checked.plan().layout().homes.of(Key(key)).iter().map(|node| node.0).collect()
}

#[test]
fn whom_is_drawn_from_those_named_and_by_place() {
    let faults = r#"[
        { "pause": { "node": "random", "from": "1s", "to": "2s" } },
        { "group_crash": { "nodes": ["3 of n2..n6"], "at": "10s", "restart_after": "2s" } },
        { "partition": { "sides": [["4 of nodes"], ["rest"]], "from": "20s", "to": "30s" } },
        { "crash": { "node": "1 of n0,n9", "at": "40s", "restart_after": "1s" },
          "optional": true } ]"#;
    let mut paused = BTreeSet::new();
    for seed in 0..40 {
        let checked = read(faults).with_seed(seed).unwrap();
        let faults = &checked.scenario().faults;
        let plan = plan(&checked);
        paused.extend(plan[0].3.clone());
        let crashed: BTreeSet<u32> = plan[1].3.iter().copied().collect();
        assert!(crashed.len() == 3 && crashed.iter().all(|node| (2..=6).contains(node)));
        let Spec::Partition(partition) = &faults[2].what else { panic!("{:?}", faults[2]) };
        let sizes =
            partition.sides.iter().map(|side| dynamo_sim::faults::cuts::nodes_of(side).len());
        assert_eq!(sizes.collect::<Vec<_>>(), [4, 6]);
        assert_eq!(plan[2].3.len(), 10, "each node stands on a side");
        assert!(plan[3].3 == [0] || plan[3].3 == [9]);
        assert!(faults[3].is_optional());
    }
    assert_eq!(paused.len(), 10, "in forty seeds each of ten nodes is drawn: {paused:?}");
}

#[test]
fn chance_keeps_out_of_the_way_of_what_is_fixed() {
    let faults = r#"[
        { "crash": { "node": "1 of n0..n2", "at": "15s" } },
        { "pause": { "node": "n0", "from": "10s", "to": "20s" } },
        { "crash": { "node": "n1", "at": "12s", "restart_after": "9s" } } ]"#;
    for seed in 0..20 {
        assert_eq!(plan(&read(faults).with_seed(seed).unwrap())[0].3, [2]);
    }
}

#[test]
fn roles_are_read_off_the_ring() {
    let faults = r#"[
        { "pause": { "node": "coordinator of k7", "from": "1s", "to": "2s" } },
        { "pause": { "node": "home 3 of k7", "from": "3s", "to": "4s" } },
        { "isolate": { "group": ["homes of k42"], "from": "5s", "to": "6s" } },
        { "pause": { "node": "seed 1", "from": "7s", "to": "8s" } },
        { "isolate": { "group": ["seeds"], "from": "9s", "to": "10s" } } ]"#;
    let mut coordinators = BTreeSet::new();
    for seed in 0..10 {
        let checked = read(faults).with_seed(seed).unwrap();
        let (plan, mut set) = (plan(&checked), homes(&checked, 42));
        assert_eq!(plan[0].3, [homes(&checked, 7)[0]]);
        assert_eq!(plan[1].3, [homes(&checked, 7)[2]]);
        set.sort_unstable();
        assert_eq!(plan[2].3, set);
        assert_eq!((&plan[3].3[..], &plan[4].3[..]), (&[1][..], &[0, 1][..]));
        coordinators.extend(plan[0].3.clone());
        let told: Vec<String> =
            checked.chosen().iter().map(|c| format!("{} {}", c.path, c.text)).collect();
        assert_eq!(told[0], "faults[0].pause.node coordinator of k7");
    }
    assert!(coordinators.len() > 2, "another seed makes another ring");
}

#[test]
fn a_group_is_drawn_once_for_all_its_faults() {
    let groups = r#", "groups": { "rack": ["n1..n3", "n8"], "some": ["2 of group:rack"] }"#;
    let faults = r#"[
        { "group_crash": { "nodes": ["group:rack"], "at": "1s", "restart_after": "2s" } },
        { "isolate": { "group": ["group:some"], "from": "10s", "to": "20s" } },
        { "group_crash": { "nodes": ["group:some"], "at": "30s", "restart_after": "2s" } } ]"#;
    let checked = read_all(&text(faults, groups));
    let plan = plan(&checked);
    assert_eq!(plan[0].3, [1, 2, 3, 8]);
    assert_eq!(plan[1].3, plan[2].3);
    assert!(plan[1].3.len() == 2 && plan[1].3.iter().all(|node| plan[0].3.contains(node)));
}

#[test]
fn a_site_loses_power_as_one() {
    let sites = r#", "network": { "sites": { "east": ["n0..n4", "c0"], "west": ["n5..n9"] } }"#;
    let faults = r#"[{ "group_crash": { "nodes": ["site:west"], "at": "5s" } },
                     { "pause": { "node": "1 of site:east", "from": "5s", "to": "6s" } }]"#;
    let plan = plan(&read_all(&text(faults, sites)));
    assert_eq!(plan[0].3, [5, 6, 7, 8, 9]);
    assert!(plan[1].3[0] < 5);
}

#[test]
fn faults_come_after_and_during_others() {
    let faults = r#"[
        { "named": { "name": "split", "fault": { "partition": {
            "sides": [["n0..n1"], ["n2..n9"]], "from": "10s", "to": "20s" } } } },
        { "after": { "named": "split", "wait": "3s",
                     "fault": { "pause": { "node": "n4", "from": "1s", "to": "2s" } } } },
        { "during": { "named": "split",
                      "fault": { "crash": { "node": "n5", "at": "4s", "restart_after": "2s" } } } },
        { "during": { "named": "split", "fault": { "slow": { "node": "n6", "disk": 5 } } },
          "optional": true },
        { "after": { "named": "split", "fault": { "repeat": { "every": "5s", "times": 3, "fault":
            { "pause": { "node": "random", "from": "10s", "to": "11s" } } } } } } ]"#;
    let checked = read(faults);
    let seen: Vec<(&str, f64, f64)> =
        plan(&checked).iter().map(|fault| (fault.0, fault.1, fault.2)).collect();
    let expected = [
        ("partition", 10.0, 20.0),
        ("pause", 24.0, 25.0),
        ("crash", 14.0, 16.0),
        ("slow", 10.0, 20.0),
        ("pause", 30.0, 31.0),
        ("pause", 35.0, 36.0),
        ("pause", 40.0, 41.0),
    ];
    assert_eq!(seen, expected);
    assert!(checked.scenario().faults[3].is_optional());
    let late = faults.replace(r#""at": "4s""#, r#""at": "9s""#);
    assert!(refused(&late).contains("later than `split`, which ends at 20s"), "{}", refused(&late));
    let unknown = faults.replace(r#""named": "split", "wait""#, r#""named": "splat", "wait""#);
    assert!(refused(&unknown).contains("did you mean `split`?"));
}

#[test]
fn patterns_are_used_with_other_values_and_at_other_times() {
    let faults = r#"[
        { "use": { "pattern": "patterns/flaky-rack", "at": "5s", "with": { "rack": ["n7..n9"] } } },
        { "use": { "pattern": "patterns/dying-node", "at": "10s" }, "optional": true } ]"#;
    let plan = plan(&read(faults));
    let crash = plan.iter().find(|fault| fault.0 == "group_crash").unwrap();
    // The last time that the rack is away ends 17.6 s after it begins.
    assert_eq!((crash.1, crash.2, &crash.3[..]), (27.6, 37.6, &[7, 8, 9][..]));
    let disks: Vec<(f64, f64)> =
        plan.iter().filter(|fault| fault.0 == "disk").map(|fault| (fault.1, fault.2)).collect();
    assert_eq!(disks, [(10.0, 20.0), (20.0, 25.0)]);
    let misspelt = faults.replace("\"rack\"", "\"rak\"");
    assert!(refused(&misspelt).contains("did you mean `rack`?"), "{}", refused(&misspelt));
}

/// Runs a scenario; the report as bytes.
fn report(checked: &Checked) -> (Vec<u8>, u64) {
    let layout = checked.plan().layout();
    let outcome = experiment::run(checked, &layout, Vec::new(), &mut |_| true).unwrap();
    let account = Simulation::new(&checked.plan()).run(&mut Observers::new(Vec::new()));
    (json(&outcome.report), account.digest)
}

#[test]
fn a_resolved_plan_repeats_to_the_byte() {
    let faults = format!(
        r#"{}, {{ "use": {{ "pattern": "patterns/split-and-crash", "at": "20s" }},
                  "optional": true }}]"#,
        RANDOM.trim_end_matches(']')
    );
    for seed in [5, 6] {
        let checked = read(&faults).with_seed(seed).unwrap();
        let resolved = checked.resolved_json();
        let faults = serde_json::to_string(&checked.scenario().faults).unwrap();
        for open in ["\"random\"", "\"use\"", " of ", "\"rest\"", "\"after\"", "\"during\""] {
            assert!(!faults.contains(open), "{open} in {faults}");
        }
        let again = read_all(&resolved);
        assert_eq!(again.scenario(), checked.scenario());
        assert_eq!(again.resolved_json(), resolved);
        assert_eq!(report(&again), report(&checked));
    }
}

/// Who held how many hints when each fault began, and who went down.
#[derive(Default)]
struct Holders {
    hints: Vec<BTreeSet<(NodeId, Key, NodeId)>>,
    now: BTreeSet<(NodeId, Key, NodeId)>,
    downs: Vec<(f64, NodeId)>,
}

impl Observer for Holders {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        use dynamo_sim::dynamo::fact::Fact;
        let mut hint = |node: NodeId, hint: &Hint, there: bool| {
            let one = (node, hint.key, hint.target);
            if there {
                self.now.insert(one)
            } else {
                self.now.remove(&one)
            };
        };
        match record {
            Record::Node { node, fact: Fact::HintCreated { hint: it } } => hint(*node, it, true),
            Record::Node { node, fact: Fact::HintDelivered { hint: it } } => hint(*node, it, false),
            Record::FaultBegan { .. } => self.hints.push(self.now.clone()),
            Record::Down { node, .. } => self.downs.push((now.seconds(), *node)),
            _ => {}
        }
    }
}

fn with_holder(from: &str) -> (Holders, Account) {
    let faults = format!(
        r#"[{{ "group_crash": {{ "nodes": ["homes of k3"], "at": "10s", "restart_after": "20s" }} }},
            {{ "crash": {{ "node": "holder of most hints", "at": "{from}",
                           "restart_after": "3s" }} }}]"#
    );
    let mut holders = Holders::default();
    let checked = read(&faults);
    assert_eq!(read_all(&checked.resolved_json()).scenario(), checked.scenario());
    let account = Simulation::new(&checked.plan()).run(&mut Observers::new(vec![&mut holders]));
    (holders, account)
}

#[test]
fn who_holds_most_hints_shows_when_the_fault_takes_hold() {
    let (holders, account) = with_holder("25s");
    let held = |node: u32| holders.hints[1].iter().filter(|hint| hint.0 == NodeId(node)).count();
    let most = (0..10).max_by_key(|node| (held(*node), std::cmp::Reverse(*node))).unwrap();
    assert!(held(most) > 0);
    assert_eq!(holders.downs.last(), Some(&(25.0, NodeId(most))));
    assert_eq!(account.touched[1].nodes, 1);
    // Nobody holds a hint before the first trouble: nobody is struck, and the run says so.
    let (holders, account) = with_holder("5s");
    assert_eq!(holders.downs.len(), 3);
    assert_eq!(account.touched[1].nodes, 0);
    assert!(account.quiescent);
}

#[test]
fn what_cannot_be_drawn_is_told_where_it_stands() {
    let random = |settings: &str| {
        format!(
            r#"[{{ "random": {{ "from": "5s", "to": "50s", {settings},
                  "duration": {{ "constant": "1s" }} }} }}]"#
        )
    };
    let rows = [
        (random(r#""rate": "900/s", "kinds": { "pause": 1 }"#), "at most 10000 are drawn"),
        (
            random(r#""rate": "9/m", "kinds": { "restart": 1 }"#),
            "cannot be drawn by its name alone",
        ),
        (random(r#""rate": "9/m", "count": 3, "kinds": { "pause": 1 }"#), "either rate or count"),
        (random(r#""rate": "9/m""#), "nothing to draw"),
        (random(r#""count": 3, "kinds": { "pause": 1 }, "nodes": ["n50"]"#), "there is no n50"),
        (
            r#"[{ "pause": { "node": "12 of nodes", "from": "1s", "to": "2s" } }]"#.into(),
            "there are 10",
        ),
        (
            r#"[{ "pause": { "node": "home 1 of k50", "from": "1s", "to": "2s" } }]"#.into(),
            "no k50",
        ),
        (
            r#"[{ "pause": { "node": "homes of k5", "from": "1s", "to": "2s" } }]"#.into(),
            "one has room",
        ),
        (
            r#"[{ "isolate": { "group": ["group:x"], "from": "1s", "to": "2s" } }]"#.into(),
            "no group `x`",
        ),
    ];
    for (faults, expected) in rows {
        let told = refused(&faults);
        assert!(told.contains(expected), "{told}");
        assert!(told.contains("faults[0]"), "{told}");
    }
}
