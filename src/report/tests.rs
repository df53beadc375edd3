//! Reports of a small run played by hand: every number is defined, every line can be read.

use std::collections::BTreeSet;

use serde_json::Value;

use std::collections::BTreeMap;

use crate::check::judges::Judges;
use crate::dynamo::config::Flush;
use crate::dynamo::config::local::{Admission, ObjectBuffer};
use crate::dynamo::fact::{AdmissionFact, BufferFact, Cause, Fact};
use crate::dynamo::message::{Kind, Membership, Message};
use crate::dynamo::versioning::version::{Cart, Content};
use crate::faults::spec::DiskAfterCrash;
use crate::id::{Address, ClientId, NodeId};
use crate::metrics::figures::Figures;
use crate::metrics::observer::Metrics;
use crate::metrics::timeline::Row;
use crate::report::definitions::{all, find};
use crate::report::document::{Origin, Report};
use crate::report::history::History;
use crate::report::json::json;
use crate::report::summary::summary;
use crate::report::trace::Trace;
use crate::switch::Switch;
use crate::time::Duration;
use crate::trace::layout::Layout;
use crate::trace::observer::Observer;
use crate::trace::record::{Account, Drop, KindTotals, Record, Stopped, Totals, Touched};
use crate::trace::rehearsal::{Stage, account, at, hint, layout, partition, set, set_of, version};
use crate::workload::words::{CartChange, OperationResult};

/// A run with something of everything in it.
fn play<O: Observer>(observer: O) -> Stage<O> {
    let mut stage = Stage::new(observer);
    let (first, old) = stage.at(100).write(0, 0, &[]);
    stage.at(2000).see(Record::FaultBegan { fault: 0 });
    stage.see(Record::Down { node: NodeId(3), disk: DiskAfterCrash::Kept });
    let second = stage.at(2500).ghost(0, &[&first]);
    let put = stage.put(1, &second);
    let new = set(&[&second]);
    stage.at(2512).keep(0, &new, Cause::Put);
    stage.fact(3, Fact::HintCreated { hint: hint(1, &new) });
    stage.commit(&second, &new);
    stage.fact(0, Fact::Buffer(BufferFact::Kept { objects: 1 }));
    stage.fact(0, Fact::Admission(AdmissionFact::Admitted));
    let read = Some(Duration::from_millis(45));
    stage.fact(0, Fact::Admission(AdmissionFact::Adjusted { slices: 12, read }));
    stage.ok(put, Some(new.clone()));
    let stale = stage.at(2600).get(0, 0);
    stage.at(2604).ok(stale, Some(old));
    let failed = stage.at(2700).get(1, 2);
    stage.end(failed, OperationResult::Failed);
    let lost = stage.ghost(2, &[]);
    let unknown = stage.put(1, &lost);
    stage.end(unknown, OperationResult::Unknown);
    stage.observer.sample(at(3000), &Totals::default());
    stage.at(4000).see(Record::FaultEnded { fault: 0 });
    stage.see(Record::Up { node: NodeId(3) });
    stage.at(4500).keep(1, &new, Cause::Handoff);
    stage.fact(3, Fact::HintDelivered { hint: hint(1, &new) });
    stage.at(5500).keep(2, &new, Cause::AntiEntropy);
    let ghost = stage.at(6000).ghost(1, &[]);
    let change = stage.change(0, &ghost, CartChange::Add(9));
    let content = Content::Cart(Cart { items: vec![3, 9], ..Cart::default() }.into());
    let cart = set_of(vec![version(&ghost, content)]);
    stage.at(6003).ok(change, Some(cart.clone()));
    let get = stage.at(6100).get(1, 1);
    stage.at(6102).ok(get, Some(cart));
    stage.at(9000).get(1, 0);
    stage.at(10_000).see(Record::Settling);
    stage.observer.sample(at(11_000), &Totals::default());
    stage
}

fn ended() -> Account {
    let mut account = account(at(12_345));
    let row =
        KindTotals { sent: 5, bytes: 500, copies: 1, delivered: 4, dropped: [2, 0, 0, 0, 0, 0, 0] };
    account.totals.kinds[Kind::Sets as usize] = row;
    account.touched =
        vec![Touched { messages: 1_234, operations: 321, bytes: 9_999, ..Touched::default() }];
    let took = Duration::from_millis(600);
    account.stopped = [Some(Stopped { processes: 4, pauses: 20, took, held: 30, waited: took }); 3];
    account
}

fn report_of(layout: &Layout) -> (Report, Vec<Row>) {
    let account = ended();
    let figures: Figures = play(Metrics::new(layout)).observer.finish(&account);
    let verdicts = play(Judges::new(layout)).observer.verdicts(&account);
    let rows = figures.timeline.clone();
    let origin = Origin {
        scenario: "partition-heals".to_string(),
        scenario_hash: "00ff".to_string(),
        seed: 42,
        inputs: BTreeMap::new(),
    };
    (Report::new(origin, layout, &account, figures, verdicts), rows)
}

fn report() -> (Report, Vec<Row>) {
    let mut layout = layout(vec![partition(2, 4)]);
    layout.administered = true;
    layout.cluster.flush = Flush::Buffered(ObjectBuffer::default());
    layout.cluster.admission = Switch::On(Admission::default());
    report_of(&layout)
}

fn document() -> Value {
    serde_json::from_slice(&json(&report().0)).unwrap()
}

/// Paths of all leaves that are numbers, or null where a number may stand.
fn numbers(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    let step = |name: &str| match path {
        "" => name.to_string(),
        _ => format!("{path}.{name}"),
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| numbers(member, &step(name), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(place, item)| numbers(item, &step(&place.to_string()), found));
        }
        Value::Number(_) | Value::Null => found.extend([path.to_string()]),
        Value::String(_) | Value::Bool(_) => {}
    }
}

#[test]
fn every_number_is_defined_and_every_definition_is_used() {
    let mut found = BTreeSet::new();
    let mut document = document();
    document.as_object_mut().unwrap().remove("definitions");
    numbers(&document, "", &mut found);
    let undefined: Vec<&String> = found.iter().filter(|path| find(path).is_none()).collect();
    assert!(undefined.is_empty(), "no definition: {undefined:?}");
    let used: Vec<_> = found.iter().filter_map(|path| find(path)).collect();
    for (path, definition) in all() {
        assert!(used.iter().any(|other| std::ptr::eq(*other, definition)), "nothing is at {path}");
    }
}

#[test]
fn the_sections_come_in_their_order() {
    let bytes = json(&report().0);
    let text = String::from_utf8(bytes).unwrap();
    let top = text.lines().filter_map(|line| line.strip_prefix("  \""));
    let top: Vec<&str> = top.filter_map(|line| line.split('"').next()).collect();
    let wanted = [
        "header",
        "verdicts",
        "availability",
        "latency",
        "staleness",
        "versions",
        "divergence",
        "handoff",
        "anti_entropy",
        "read_repair",
        "messages",
        "faults",
        "ledgers",
        "repair",
        "durability",
        "corruption",
        "sessions",
        "load",
        "routing",
        "placement",
        "carts",
        "membership",
        "operations",
        "object_buffer",
        "admission",
        "pauses",
        "definitions",
    ];
    assert_eq!(top, wanted);
}

#[test]
fn figures_are_found_by_path() {
    let (report, _) = report();
    let rows = [
        ("availability.get", Some(Some(2.0 / 3.0))),
        ("availability.put", Some(Some(0.75))),
        ("availability.during.put", Some(Some(0.5))),
        ("availability.before.get", Some(None)),
        ("latency.get.p99_ms", Some(Some(4.0))),
        ("latency.after.put.p50_ms", Some(Some(3.0))),
        ("staleness.share", Some(Some(0.5))),
        ("staleness.stale_reads", Some(Some(1.0))),
        ("versions.max", Some(Some(1.0))),
        ("divergence.final", Some(Some(0.0))),
        ("divergence.max", Some(Some(1.0))),
        ("divergence.converged_after_s", Some(Some(1.5))),
        ("divergence.heals.0.converged_after_s", Some(Some(1.5))),
        ("handoff.pending", Some(Some(0.0))),
        ("handoff.delivered", Some(Some(1.0))),
        ("anti_entropy.repaired_keys", Some(Some(1.0))),
        ("durability.lost_writes", Some(Some(2.0))),
        ("carts.lost_adds", Some(Some(1.0))),
        ("carts.resurrected", Some(Some(0.0))),
        ("messages.sets.sent", Some(Some(5.0))),
        ("messages.total.dropped.loss", Some(Some(2.0))),
        ("messages.nonsense.sent", None),
        ("availability.gets", None),
        ("availability.later.get", None),
        ("header.tool", None),
        ("", None),
    ];
    for (path, wanted) in rows {
        let found = report.figure(path);
        let near = |(a, b): (f64, f64)| (a - b).abs() <= 1e-9 * b.abs();
        let same = match (found, wanted) {
            (Some(Some(found)), Some(Some(wanted))) => near((found, wanted)),
            (found, wanted) => found == wanted,
        };
        assert!(same, "{path}: {found:?}, not {wanted:?}");
    }
}

#[test]
fn without_carts_a_figure_about_them_is_empty() {
    let (mut report, _) = report();
    report.carts = None;
    assert_eq!(report.figure("carts.lost_adds"), Some(None));
    assert_eq!(report.figure("carts.bogus"), None);
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).unwrap().lines().map(str::to_string).collect()
}

#[test]
fn the_history_tells_what_clients_asked_and_got() {
    let layout = layout(vec![partition(2, 4)]);
    let history = play(History::new(&layout, Vec::new())).observer.finish().unwrap();
    let lines = lines(history);
    let begin = [
        r#"{"i":0,"t":100000000,"p":0,"type":"invoke","f":"put","op":0,"key":0,"v":1}"#,
        concat!(
            r#"{"i":1,"t":100000000,"p":0,"type":"ok","f":"put","op":0,"key":0,"v":1,"#,
            r#""dots":[["n0",1]],"dot":["n0",1],"ctx":{"n0":1},"coord":1,"#,
            r#""replied":[1,2],"n":3,"r":2,"w":2}"#
        ),
        concat!(
            r#"{"i":2,"t":2000000000,"p":"nemesis","type":"info","f":"partition","#,
            r#""v":"began: partition {n0} | {n1, n2}"}"#
        ),
        r#"{"i":3,"t":2000000000,"p":"nemesis","type":"info","f":"down","v":"n3"}"#,
    ];
    assert_eq!(lines[..4], begin);
    let stale = r#""type":"ok","f":"get","op":2,"key":0,"v":[1],"dots":[["n0",1]],"ctx":{"n0":1}"#;
    assert!(lines[7].contains(stale), "{}", lines[7]);
    assert!(lines[9].contains(r#""type":"fail","f":"get","op":3,"key":2,"v":null}"#));
    assert!(lines[11].contains(r#""type":"info","f":"put","op":4,"key":2,"v":1}"#));
    assert!(lines[14].contains(r#""v":1,"cart":{"add":9}}"#), "{}", lines[14]);
    assert!(lines[17].contains(r#""v":[1],"items":[3,9]"#), "{}", lines[17]);
    for (place, line) in lines.iter().enumerate() {
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["i"], place, "{line}");
    }
}

#[test]
fn names_are_escaped() {
    let mut layout = layout(vec![partition(2, 4)]);
    layout.faults[0].label = "partition \"a\\b\"\n".to_string();
    let history = play(History::new(&layout, Vec::new())).observer.finish().unwrap();
    let line: Value = serde_json::from_str(&lines(history)[2]).unwrap();
    assert_eq!(line["v"], "began: partition \"a\\b\"\n");
}

#[test]
fn the_trace_names_messages_as_maelstrom_does() {
    let mut stage = play(Trace::new(&layout(vec![partition(2, 4)]), Vec::new()));
    let message = Message::Membership(Membership::Ping { probe: 1 });
    let (from, to) = (Address::Node(NodeId(0)), Address::Client(ClientId(1)));
    let (number, message, cause) = (17, &message, Drop::Cut);
    stage.at(11_000).see(Record::Sent { number, from, to, message, due: at(11_001) });
    stage.see(Record::Dropped { number, from, to, message, cause });
    let lines = lines(stage.observer.finish().unwrap());
    let value: Value = serde_json::from_str(&lines[lines.len() - 2]).unwrap();
    assert_eq!((&value["src"], &value["dest"]), (&Value::from("n0"), &Value::from("c1")));
    assert_eq!((&value["body"]["type"], &value["body"]["msg_id"]), (&"ping".into(), &17.into()));
    assert!(lines.last().unwrap().contains(r#""cause":"cut""#));
    for line in &lines {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(value["t"].is_u64() && value["what"].is_string(), "{line}");
    }
}

/// A writer that fails at once.
struct Full;

impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_that_cannot_be_written_is_told_in_the_end() {
    let history = play(History::new(&layout(vec![partition(2, 4)]), Full)).observer;
    let failure = history.finish().err().expect("nothing could be written");
    assert_eq!(failure.kind(), std::io::ErrorKind::StorageFull);
}

#[test]
fn the_summary_fits_a_screen() {
    let (mut report, _) = report();
    let text = String::from_utf8(summary(&report, &[])).unwrap();
    assert!(text.lines().count() < 60, "{text}");
    report.faults.windows[0].label = "partition with a label ".repeat(20);
    report.divergence.heals[0].faults = "partition with a label ".repeat(20);
    for line in String::from_utf8(summary(&report, &[])).unwrap().lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_summary_says_what_matters() {
    let text = String::from_utf8(summary(&report().0, &[])).unwrap();
    snapbox::assert_data_eq!(text, snapbox::file!["summary.txt"]);
}

#[cfg(feature = "cli")]
#[test]
fn the_timeline_is_a_table_with_units_in_its_heading() {
    let (_, rows) = report();
    let lines = lines(crate::report::timeline::timeline(&rows));
    assert_eq!(lines.len(), 1 + 3);
    assert!(
        lines[0].starts_with("time_s,gets_ok,gets_failed,gets_unknown,puts_ok"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("3.0,1,1,0,2,0,1,4.0,4.0,0.0,12.0,1,1.0,1,1,140,"),
        "{}",
        lines[1]
    );
}

#[cfg(feature = "cli")]
#[test]
fn five_charts_can_be_drawn() {
    let (report, rows) = report();
    let charts = crate::report::charts::charts(&report, &rows);
    let stems: Vec<&str> = charts.iter().map(|(stem, _)| *stem).collect();
    assert_eq!(stems, ["divergence", "hints", "repair", "latency", "availability"]);
    for (_, chart) in charts {
        assert_eq!(chart.shades.len(), 1);
        assert_eq!(chart.x.to, Some(12.345));
        assert!(crate::report::plot::draw(&chart).is_ok());
    }
}
