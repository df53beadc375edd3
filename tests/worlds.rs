//! Whole worlds: every shipped scenario, what it promises, and its digest.
//!
//! `UPDATE=1 cargo test --test worlds` writes the digests anew. Do that only for a change that is
//! meant to move them, and say which moved and why.

use std::path::PathBuf;

use dynamo_sim::experiment::{self, Conclusion, Outcome};
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::shipped::SHIPPED;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::sim::compare::{Comparison, compare};
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer, Observers};
use dynamo_sim::trace::record::Record;

fn read(name: &str) -> Checked {
    let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name).expect("it is shipped");
    let figures = experiment::known_figures();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    Scenario::read(name, text, &[], &figures).unwrap_or_else(|told| panic!("{told}"))
}

fn run(checked: &Checked, watchers: Vec<&mut dyn Observer>) -> Outcome {
    let layout = checked.plan().layout();
    experiment::run(checked, &layout, watchers, &mut |_| true).expect("nobody interrupts")
}

/// An observer that wants everything and keeps nothing.
struct Glutton(u64);

impl Observer for Glutton {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, _: Time, _: &Record<'_>) {
        self.0 += 1;
    }
}

fn compared(one: &Plan, other: &Plan) -> Comparison {
    compare(one, other, &mut |_| true).expect("nobody interrupts")
}

fn golden_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/digests.txt")
}

// Every scenario holds what it promises, and its digest is the one that is checked in: the same in
// debug and release, on every machine.
#[test]
fn every_shipped_scenario_keeps_its_promise_and_its_digest() {
    let mut lines = String::new();
    for (name, _) in SHIPPED {
        let outcome = run(&read(name), Vec::new());
        let broken = outcome.report.verdicts.iter().filter(|v| !v.findings.is_empty());
        let findings: Vec<_> = broken.collect();
        assert_eq!(outcome.conclusion, Conclusion::Held, "{name}: {findings:#?}");
        assert!(!outcome.expectations.is_empty(), "{name} promises something");
        lines.push_str(&format!("{name} {}\n", outcome.report.header.digest));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(golden_file().parent().unwrap()).unwrap();
        std::fs::write(golden_file(), &lines).unwrap();
    }
    let golden = std::fs::read_to_string(golden_file()).expect("tests/golden/digests.txt is there");
    assert_eq!(lines, golden, "digests have moved");
}

// What it costs an application not to handle divergent versions: the same shoppers on the same luck
// through a partition, under each policy. (Adds that are lost, items that are back at the end.)
#[test]
fn carts_fare_as_their_policy_lets_them() {
    let (_, text) =
        SHIPPED.iter().find(|(known, _)| *known == "cart-union").expect("it is shipped");
    let fare = |policy: &str, more: &[&str]| {
        let set = format!("workload.cart_policy={policy}");
        let more = more.iter().map(|text| text.to_string());
        let overrides: Vec<String> =
            [set, "expect=[]".to_string()].into_iter().chain(more).collect();
        let checked = Scenario::read("cart-union", text, &overrides, &[]).expect("it reads");
        let report = run(&checked, Vec::new()).report;
        let figure = |path: &str| report.figure(path).flatten().expect("carts were changed");
        ["carts.lost_adds", "carts.resurrected_at_end", "versions.max"].map(figure)
    };
    let [lost, _, versions] = fare("first_returned", &[]);
    assert!(lost > 0.0 && versions > 1.0, "first returned: {lost} lost of {versions} versions");
    let [lost, _, _] = fare("last_write_wins", &[]);
    assert!(lost > 0.0, "the newest of siblings: {lost} lost");
    let [lost, _, versions] = fare("last_write_wins", &["cluster.versioning=last_write_wins"]);
    assert!(lost > 0.0 && versions == 1.0, "the newest at the store: {lost} lost");
    let [lost, back, union_versions] = fare("union", &[]);
    assert!(lost == 0.0 && back > 0.0, "union: {lost} lost, {back} back");
    let [lost, back, _] = fare("observed_remove", &[]);
    assert!(lost == 0.0 && back == 0.0, "observed remove: {lost} lost, {back} back");
    let [lost, back, versions] = fare("blind", &[]);
    assert!(lost == 0.0 && back > 0.0 && versions > 5.0 * union_versions, "blind: {versions}");
}

// Whatever tells who is down, judges hold in worlds with pauses, lost messages, cuts, and members
// that come and go; and somebody is suspected.
#[test]
fn every_kind_of_evidence_is_judged_as_well() {
    let kinds = [
        r#"{"probes":{}}"#,
        r#"{"probes":{"order":"round_robin","indirect":0}}"#,
        r#"{"accrual":{"phi":2}}"#,
        r#"{"accrual":{"model":"normal"}}"#,
    ];
    for name in ["random-plan", "one-way-cut", "gc-pause", "remove-dead", "leave"] {
        let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name).expect("it is shipped");
        for kind in kinds {
            let by = format!("cluster.failure_detection.by={kind}");
            let overrides = [by, "expect=[]".to_string()];
            let checked = Scenario::read(name, text, &overrides, &[]).expect("it reads");
            let Outcome { conclusion, report, .. } = run(&checked, Vec::new());
            let verdicts = &report.verdicts;
            assert_eq!(conclusion, Conclusion::Held, "{name} by {kind}: {verdicts:#?}");
            let raised = report.figure("faults.suspicions_raised").flatten();
            assert_eq!(raised > Some(0.0), name != "leave", "{name} by {kind}: {raised:?}");
        }
    }
}

/// A figure of a shipped scenario with one thing changed.
fn changed(name: &str, set: &str, figure: &str) -> f64 {
    let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name).expect("it is shipped");
    let overrides = [set.to_string(), "expect=[]".to_string()];
    let checked = Scenario::read(name, text, &overrides, &[]).expect("it reads");
    run(&checked, Vec::new()).report.figure(figure).flatten().expect("there is such a figure")
}

#[test]
fn what_clients_do_shows() {
    let tail = |set| changed("hedged-reads", set, "latency.get.p95_ms");
    let (hedged, patient) = (tail("workload.hedge_after=20ms"), tail("workload.hedge_after=null"));
    assert!(hedged < 60.0 && patient > 200.0, "{hedged} ms hedged, {patient} ms patient");
    let usual = |set| changed("own-site", set, "latency.get.mean_ms");
    let near = usual("workload.routing=own_site");
    let far = usual("workload.routing=load_balancer");
    assert!(near + 5.0 < far, "{near} ms near, {far} ms far");
    let most = |set| changed("writes-from-memory", set, "versions.max");
    let remembered = most("workload.session.writes=from_memory");
    let read = most("workload.session.writes=read_first");
    let lost = most("workload.session={ \"context\": \"lost\" }");
    assert!(lost > 5.0 * remembered && remembered > read, "{lost}, {remembered}, {read} versions");
}

// Checklist item 64: the same seed, the same run, whoever watches.
#[test]
fn who_watches_does_not_matter() {
    for name in ["rolling-restart", "one-way-cut", "shopping-cart"] {
        let checked = read(name);
        let unwatched = Simulation::new(&checked.plan()).run(&mut Observers::default());
        let judged = run(&checked, Vec::new());
        let mut glutton = Glutton(0);
        let traced = run(&checked, vec![&mut glutton]);
        assert!(glutton.0 > unwatched.totals.events, "the observer has seen everything");
        let digest = format!("{:016x}", unwatched.digest);
        assert_eq!(judged.report.header.digest, digest, "{name}");
        assert_eq!(traced.report, judged.report, "{name}");
        assert_eq!(traced.rows, judged.rows, "{name}");
    }
}

// Checklist item 64: twice the same, event by event; another seed is another run, and the first
// record that differs is named.
#[test]
fn a_repeat_is_the_same_and_another_seed_is_not() {
    let plan = read("shopping-cart").plan();
    match compared(&plan, &plan) {
        Comparison::Same(account) => assert!(account.totals.events > 10_000),
        Comparison::Parted(parting) => panic!("{parting:?}"),
    }
    // One fault a nanosecond later: all is the same until then, and then the fault is what differs.
    let mut later = read("one-way-cut").plan();
    let earlier = later.clone();
    if let dynamo_sim::faults::spec::Spec::Cut(cut) = &mut later.faults[0].what {
        cut.from = cut.from + dynamo_sim::time::Duration(1);
    }
    match compared(&earlier, &later) {
        Comparison::Same(_) => panic!("a fault at another time is another run"),
        Comparison::Parted(parting) => {
            assert_eq!(parting.times[0], Time(20_000_000_000));
            assert!(parting.records[0].contains("FaultBegan"), "{parting:?}");
            assert!(parting.events > 10_000);
        }
    }
    let other = read("shopping-cart").with_seed(99).unwrap().plan();
    assert!(matches!(compared(&plan, &other), Comparison::Parted(_)));
}
