//! What a run may cost: allocations an operation, and memory that does not grow with its length;
//! and what reading a history may.

#[path = "../benches/yardstick/allocations.rs"]
mod allocations;

use dynamo_sim::dynamo::config::Cluster;
use dynamo_sim::dynamo::message::Kind;
use dynamo_sim::history::checkers::CHECKERS;
use dynamo_sim::history::judge::{Bounds, judge};
use dynamo_sim::history::lines;
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Spec as Workload};

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

fn plan() -> Plan {
    Plan {
        seed: 7,
        duration: Duration::from_secs(60),
        settle_limit: Duration::from_secs(60),
        sampling: Duration::from_secs(1),
        cluster: Cluster { nodes: 10, ..Cluster::default() },
        network: Default::default(),
        disk: Default::default(),
        pauses: Default::default(),
        workload: Workload {
            clients: 20,
            arrivals: Arrivals::Closed { think: Distribution::Constant(Duration::ZERO) },
            keys: Keys::Zipf { count: 500, exponent: 0.99 },
            mix: Mix { get: 0.5, put: 0.5, ..Mix::default() },
            ..Workload::default()
        },
        faults: Vec::new(),
        administration: Vec::new(),
    }
}

fn run_until(run: &mut Simulation, seconds: u64) {
    let until = Time::ZERO + Duration::from_secs(seconds);
    while run.now() < until && run.step(&mut Observers::default()) {}
}

fn operations(run: &Simulation) -> u64 {
    run.totals().kinds[Kind::Reply as usize].delivered
}

// One test, because there is one allocator.
#[test]
fn an_operation_allocates_little_and_a_longer_run_holds_no_more() {
    let mut run = Simulation::new(&plan());
    run.start(&mut Observers::default());
    // Anti-entropy has been everywhere, and even the coldest keys were written again and again, so
    // that their pasts are as long as they will be.
    run_until(&mut run, 30);

    let (blocks, before) = (allocations::count(), operations(&run));
    allocations::forget_peak();
    run_until(&mut run, 32);
    let short = allocations::peak();
    let operations = operations(&run) - before;
    let each = (allocations::count() - blocks) as f64 / operations as f64;
    assert!(operations > 5_000, "only {operations} operations were measured");
    assert!(each <= 6.0, "{each:.2} allocations an operation");

    run_until(&mut run, 52);
    let grown = allocations::peak() as f64 / short as f64;
    assert!(grown <= 1.05, "a run ten times as long held {grown:.3} times as much");

    histories_allocate_by_names_and_keys_and_not_by_lines();
}

/// Lines as `run` writes them, and lists and contexts in them, are read without a thought of their
/// own for each: only common lists grow.
fn histories_allocate_by_names_and_keys_and_not_by_lines() {
    let (operations, keys) = (20_000, 10);
    let mut text = String::new();
    for number in 1..=operations {
        let (key, node, time) = (number % keys, number % 3, 10 * number);
        let (count, line) = (number / keys, format!("\"p\":{},\"key\":{key}", number % 7));
        let context = format!("\"ctx\":{{\"n{node}\":{count}}},\"dots\":[[\"n{node}\",{count}]]");
        let f = if number % 2 == 0 { "put" } else { "get" };
        let brought = if number % 2 == 0 { number.to_string() } else { "null".to_string() };
        text +=
            &format!("{{\"t\":{time},{line},\"type\":\"invoke\",\"f\":\"{f}\",\"v\":{brought}}}\n");
        let told = if number % 2 == 0 { number.to_string() } else { "[]".to_string() };
        let end = time + 5;
        text += &format!(
            "{{\"t\":{end},{line},\"type\":\"ok\",\"f\":\"{f}\",\"v\":{told},{context}}}\n"
        );
    }
    let before = allocations::count();
    let history = lines::read(text.as_bytes()).unwrap();
    let reading = allocations::count() - before;
    assert_eq!(history.operations.len() as u64, operations);
    assert!(reading < operations / 50, "{reading} allocations to read {operations} operations");
    let (few, many) =
        (judging_allocates(operations, keys), judging_allocates(8 * operations, keys));
    assert!(
        few < 300 * keys && many * 2 < few * 3,
        "{few} allocations, and {many} for eight times"
    );
}

/// How often all checkers together allocate for such a history: each get follows a put to its key
/// and returns what that brought.
fn judging_allocates(operations: u64, keys: u64) -> u64 {
    let mut text = String::new();
    for number in 0..operations {
        let (time, pair) = (10 * number, number / 2);
        let f = if number % 2 == 0 { "put" } else { "get" };
        for (at, kind) in [(time, "invoke"), (time + 5, "ok")] {
            let (client, key) = (number % 7, pair % keys);
            text += &format!(
                "{{\"t\":{at},\"p\":{client},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":{key},\
                 \"v\":{pair}}}\n"
            );
        }
    }
    let history = lines::read(text.as_bytes()).unwrap();
    let before = allocations::count();
    let judgements = judge(&history, &CHECKERS, &CHECKERS, &Bounds::default());
    let judging = allocations::count() - before;
    assert!(judgements.checkers.iter().all(|said| said.violations == 0), "{judgements:?}");
    judging
}
