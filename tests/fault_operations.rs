//! Each fault counts the client operations that it touched, each once.

mod watch;

use std::collections::BTreeSet;

use dynamo_sim::faults::spec::Spec;
use dynamo_sim::id::OperationId;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::{Account, Drop, Record, Touched};
use serde_json::{Value, json};

use watch::{run, small_plan};

/// Operations of which a message did not arrive, for one of these reasons.
struct Losers {
    causes: Vec<Drop>,
    operations: BTreeSet<OperationId>,
    messages: u64,
}

impl Observer for Losers {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, _now: Time, record: &Record<'_>) {
        if let Record::Dropped { message, cause, .. } = record
            && self.causes.contains(cause)
        {
            self.messages += 1;
            self.operations.extend(message.operation());
        }
    }
}

fn with_faults(faults: &[Value], causes: &[Drop]) -> (Account, Losers) {
    let mut plan = small_plan(3);
    let fault = |json: &Value| serde_json::from_value::<Spec>(json.clone()).expect("a fault");
    plan.faults = faults.iter().map(|json| fault(json).into()).collect();
    let causes = causes.to_vec();
    let mut losers = Losers { causes, operations: BTreeSet::new(), messages: 0 };
    (run(&plan, &mut losers), losers)
}

fn touched(fault: Value) -> Touched {
    with_faults(&[fault], &[]).0.touched[0]
}

#[test]
fn operations_are_those_whose_messages_were_lost() {
    let rows = [
        (
            json!({ "partition": { "sides": [["n0..n1", "c0"], ["n2..n4"]],
                                   "from": "2s", "to": "6s" } }),
            vec![Drop::Cut, Drop::CutInFlight],
        ),
        (
            json!({ "degrade": { "senders": ["n0..n4"], "receivers": ["n0..n4"],
                                 "from": "2s", "to": "6s", "loss": 0.1 } }),
            vec![Drop::Degraded],
        ),
        (
            json!({ "degrade": { "senders": ["n0..n4"], "receivers": ["c0..c5"],
                                 "from": "2s", "to": "6s", "corrupt": 0.5 } }),
            vec![Drop::Corrupt],
        ),
        (
            json!({ "flap": { "period": "1s", "share_cut": 0.5, "fault": { "isolate":
                    { "group": ["n1"], "from": "2s", "to": "6s", "clients": true } } } }),
            vec![Drop::Cut, Drop::CutInFlight],
        ),
    ];
    for (fault, causes) in rows {
        let (account, losers) = with_faults(std::slice::from_ref(&fault), &causes);
        let Touched { messages, operations, .. } = account.touched[0];
        assert_eq!(messages, losers.messages, "{fault}");
        assert_eq!(operations, losers.operations.len() as u64, "{fault}");
        assert!(20 < operations && operations < messages, "{operations}: {fault}");
    }
}

#[test]
fn one_message_is_one_operation_or_none() {
    let rows = [("request", 1), ("stored", 1), ("fetched", 1), ("reply", 1), ("confirmed", 1)];
    let none = ["gossip_digest", "hashes", "repair"].map(|kind| (kind, 0));
    for (kind, operations) in rows.into_iter().chain(none) {
        let touched = touched(json!({ "degrade": {
            "senders": ["n0..n4", "c0..c5"], "receivers": ["n0..n4", "c0..c5"],
            "from": "0s", "to": "10s", "kinds": [kind], "nth": 1, "loss": 1 } }));
        assert_eq!((touched.messages, touched.operations), (1, operations), "{kind}");
    }
}

#[test]
fn two_faults_count_for_themselves() {
    let cut = |from: &str, to: &str| {
        json!({ "cut":
        { "senders": ["c0..c5"], "receivers": ["n0..n4"], "from": from, "to": to } })
    };
    let (both, _) = with_faults(&[cut("2s", "4s"), cut("6s", "7s")], &[]);
    let alone = touched(cut("2s", "4s"));
    assert_eq!(both.touched[0], alone);
    assert!(0 < both.touched[1].operations && both.touched[1].operations < alone.operations);
}

/// Operations, messages, disk jobs and nodes that a fault touches in the small world, to the one.
#[test]
fn each_kind_of_fault_counts_to_the_one() {
    let span = |kind: &str, more: Value| {
        let mut settings = json!({ "node": "n1", "from": "3s", "to": "6s" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ kind: settings })
    };
    let rows = [
        (json!({ "crash": { "node": "n1", "at": "3s", "restart_after": "3s" } }), [124, 134, 0, 1]),
        (json!({ "restart": { "node": "n1", "at": "3s" } }), [0, 0, 0, 1]),
        (span("pause", json!({})), [124, 134, 0, 1]),
        (span("slow", json!({ "delay": { "constant": "1ms" } })), [433, 908, 0, 1]),
        (span("slow", json!({ "disk": 4 })), [405, 0, 409, 1]),
        (span("disk", json!({ "is": "stalled" })), [124, 0, 134, 0]),
        (span("disk", json!({ "is": "full" })), [52, 0, 153, 0]),
        (span("disk", json!({ "is": { "read_errors": 0.5 } })), [50, 0, 52, 0]),
        (span("disk", json!({ "is": "lying_flush" })), [162, 0, 167, 0]),
        (span("disk", json!({ "is": { "corrupt": 0.5 } })), [0, 0, 0, 0]),
        (span("clock", json!({ "is": { "offset": "1s" } })), [73, 0, 0, 1]),
        (
            json!({ "clock": { "node": "n1", "from": "3s", "is": { "step": "1s" } } }),
            [158, 0, 0, 1],
        ),
        (
            json!({ "clog": { "senders": ["n0"], "receivers": ["n1"],
                              "from": "3s", "to": "6s" } }),
            [6, 10, 0, 0],
        ),
    ];
    let mut wrong = Vec::new();
    for (fault, expected) in rows {
        let Touched { operations, messages, jobs, nodes, .. } = touched(fault.clone());
        if [operations, messages, jobs, nodes] != expected {
            wrong.push(format!("{:?}: {fault}", [operations, messages, jobs, nodes]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
