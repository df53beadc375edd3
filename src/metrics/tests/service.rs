//! What clients get: availability, latency, carts, the timeline.

use crate::dynamo::versioning::version::{Cart, Content};
use crate::metrics::figures::Figures;
use crate::metrics::observer::Metrics;
use crate::trace::observer::Observer;
use crate::trace::record::{Record, Totals};
use crate::trace::rehearsal::{Stage, account, at, layout, partition, set_of, version};
use crate::workload::words::{CartChange, OperationResult};

/// One get at each of these moments in milliseconds, each with the latency of its place in ms.
fn gets(stage: &mut Stage<Metrics>, moments: &[(u64, u64)]) {
    for (moment, latency) in moments {
        let get = stage.at(*moment).get(0, 0);
        stage.at(moment + latency).ok(get, None);
    }
}

#[test]
fn operations_count_in_the_part_in_which_they_begin() {
    let layout = layout(vec![partition(2, 4), partition(6, 8)]);
    let mut stage = Stage::new(Metrics::new(&layout));
    let rows = [(1999, "before"), (2000, "during"), (5000, "during"), (7999, "during")];
    for (moment, _) in rows {
        let get = stage.at(moment).get(0, 0);
        stage.at(moment + 5).end(get, OperationResult::Failed);
    }
    gets(&mut stage, &[(7999, 5), (8000, 5), (9000, 5)]);
    let ghost = stage.ghost(0, &[]);
    let put = stage.put(0, &ghost);
    stage.end(put, OperationResult::Unknown);
    let figures = stage.observer.finish(&account(at(10_000)));
    let available = &figures.availability;
    assert_eq!(available.overall.get, Some(3.0 / 7.0));
    assert_eq!(available.overall.put, Some(0.0));
    assert_eq!(available.overall.delete, None);
    assert_eq!(available.windows.before.get, Some(0.0));
    assert_eq!(available.windows.during.get, Some(1.0 / 4.0));
    assert_eq!(available.windows.after.get, Some(1.0));
    assert_eq!(figures.operations.overall.put.unknown, 1);
    assert_eq!(figures.operations.windows.during.get.invoked, 4);
}

#[test]
fn without_faults_everything_is_before() {
    let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
    gets(&mut stage, &[(0, 1), (9999, 1)]);
    let figures = stage.observer.finish(&account(at(10_000)));
    assert_eq!(figures.availability.windows.before.get, Some(1.0));
    assert_eq!(figures.availability.windows.after.get, None);
}

#[test]
fn an_outage_lasts_from_success_to_success_over_a_failure() {
    let outage = |ends: &[(u64, bool)]| {
        let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
        for (moment, success) in ends {
            let get = stage.at(*moment).get(1, 0);
            match success {
                true => stage.ok(get, None),
                false => stage.end(get, OperationResult::Failed),
            }
        }
        let operations = stage.observer.finish(&account(at(10_000))).operations;
        (operations.longest_outage_s, operations.longest_outage_client.is_some())
    };
    assert_eq!(outage(&[(1000, true), (9000, true)]), (0.0, false));
    assert_eq!(outage(&[(1000, true), (2000, false), (4000, true), (9000, true)]), (3.0, true));
    assert_eq!(outage(&[(1000, true), (2000, false), (4500, false)]), (3.5, true));
}

#[test]
fn quantiles_are_those_of_the_latencies() {
    let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
    let latencies: Vec<(u64, u64)> = (1..=100).map(|latency| (0, latency)).collect();
    gets(&mut stage, &latencies);
    let latency = stage.observer.finish(&account(at(10_000))).latency;
    let get = latency.overall.get;
    assert_eq!((get.count, get.mean_ms, get.max_ms), (100, Some(50.5), Some(100.0)));
    for (found, wanted) in [(get.p50_ms, 50.0), (get.p95_ms, 95.0), (get.p99_ms, 99.0)] {
        let found = found.unwrap();
        assert!((wanted..wanted * 1.001).contains(&found), "{found} for {wanted}");
    }
    assert_eq!(get.p99_9_ms, Some(100.0));
    assert_eq!(latency.overall.put.p50_ms, None);
    assert_eq!(latency.windows.before.get, get);
}

/// A cart with two items that were added, of which a client removed the first.
fn cart_run(final_items: &[u32], read_items: &[u32]) -> Figures {
    let layout = layout(Vec::new());
    let mut stage = Stage::new(Metrics::new(&layout));
    let mut last = None;
    for change in [CartChange::Add(1), CartChange::Add(2), CartChange::Remove(1)] {
        let ghost = stage.ghost(0, &[]);
        let put = stage.change(0, &ghost, change);
        stage.at(100).ok(put, None);
        last = Some(ghost);
    }
    let ghost = last.unwrap();
    let cart = |items: &[u32]| {
        let content = Content::Cart(Cart { items: items.to_vec(), ..Cart::default() }.into());
        set_of(vec![version(&ghost, content)])
    };
    let read = stage.at(200).get(0, 0);
    stage.ok(read, Some(cart(read_items)));
    let mut account = account(at(10_000));
    account.nodes[0].copies.push((ghost.event().key, cart(final_items)));
    stage.observer.finish(&account)
}

#[test]
fn carts_lose_and_resurrect() {
    type Run<'a> = (&'a [u32], &'a [u32], (u64, u64));
    let rows: [Run<'_>; 5] = [
        (&[2], &[2], (0, 0)),
        (&[], &[], (1, 0)),
        (&[2], &[1, 2], (0, 1)),
        (&[1, 2], &[2], (0, 1)),
        (&[1], &[1], (1, 1)),
    ];
    for (held, read, wanted) in rows {
        let carts = cart_run(held, read).carts.unwrap();
        assert_eq!((carts.lost_adds, carts.resurrected), wanted, "{held:?} {read:?}");
        assert_eq!((carts.acknowledged_adds, carts.acknowledged_removes), (2, 1));
    }
}

#[test]
fn rows_hold_what_happened_in_their_interval() {
    let mut stage = Stage::new(Metrics::new(&layout(vec![partition(1, 2)])));
    gets(&mut stage, &[(0, 1), (100, 3), (200, 2)]);
    stage.observer.sample(at(1000), &Totals::default());
    stage.at(1000).see(Record::FaultBegan { fault: 0 });
    let get = stage.at(1100).get(0, 0);
    stage.end(get, OperationResult::Failed);
    stage.observer.sample(at(2000), &Totals::default());
    let rows = stage.observer.finish(&account(at(2500))).timeline;
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let latency = (row.get_p50_ms, row.get_p99_ms);
            (row.time_s, row.gets_ok, row.gets_failed, latency, row.faults_active, row.nodes_up)
        })
        .collect();
    let wanted = [
        (1.0, 3, 0, (Some(2.0), Some(3.0)), 0, 4),
        (2.0, 0, 1, (None, None), 1, 4),
        (2.5, 0, 0, (None, None), 1, 4),
    ];
    assert_eq!(told, wanted);
}
