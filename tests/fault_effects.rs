//! What each fault does, measured: to which messages, by how much, and to nothing else. The table
//! in `scenarios/README.md` names the tests.

mod watch;

use std::collections::BTreeMap;
use std::rc::Rc;

use dynamo_sim::dynamo::config::Flush;
use dynamo_sim::dynamo::fact::Fact;
use dynamo_sim::dynamo::message::{Kind, Message};
use dynamo_sim::dynamo::versioning::version::VersionSet;
use dynamo_sim::faults::composed::laid_out;
use dynamo_sim::faults::spec::{DiskAfterCrash, Spec};
use dynamo_sim::id::{Address, AttemptId, NodeId};
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::{Account, Drop, Record};
use dynamo_sim::workload::spec::{Keys, Mix};
use dynamo_sim::workload::words::{ClientFact, Function, OperationResult};
use serde_json::{Value, json};

use watch::{crash, run, small_plan, unequal_keys};

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MS;
const N1: Address = Address::Node(NodeId(1));

/// A message, in nanoseconds.
struct Way {
    from: Address,
    to: Address,
    bytes: u64,
    sent: u64,
    delivered: Option<u64>,
    dropped: Option<Drop>,
}

/// Everything that a run shows of messages, of n1's copies, and of nodes that stop and start.
#[derive(Default)]
struct Seen {
    ways: BTreeMap<u64, Way>,
    /// When n1 was handed a fetch or a store, when its answer left, by attempt.
    asked: BTreeMap<(Kind, AttemptId), u64>,
    answered: BTreeMap<(Kind, AttemptId), u64>,
    lost: Vec<u64>,
    stops: Vec<(u64, NodeId)>,
    starts: Vec<(u64, NodeId)>,
}

impl Observer for Seen {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent { number, from, to, message, .. } => {
                let (bytes, sent) = (message.bytes(), now.0);
                let (delivered, dropped) = (None, None);
                let (from, to) = (*from, *to);
                self.ways.insert(*number, Way { from, to, bytes, sent, delivered, dropped });
                if from == N1 {
                    self.note_answer(now, message);
                }
            }
            Record::Delivered { number, to, message, .. } => {
                self.ways.get_mut(number).expect("it was sent").delivered = Some(now.0);
                if *to == N1 {
                    self.note_question(now, message);
                }
            }
            Record::Dropped { number, cause, .. } => {
                self.ways.get_mut(number).expect("it was sent").dropped = Some(*cause);
            }
            Record::Node { node: NodeId(1), fact: Fact::Lost { .. } } => self.lost.push(now.0),
            Record::Down { node, .. } => self.stops.push((now.0, *node)),
            Record::Up { node } if now > Time::ZERO => self.starts.push((now.0, *node)),
            _ => {}
        }
    }
}

impl Seen {
    fn note_question(&mut self, now: Time, message: &Message) {
        use dynamo_sim::dynamo::message::ToReplica::{Fetch, Store};
        if let Message::Replica(Fetch { attempt, .. } | Store { attempt, .. }) = message {
            self.asked.insert((message.kind(), *attempt), now.0);
        }
    }

    fn note_answer(&mut self, now: Time, message: &Message) {
        use dynamo_sim::dynamo::message::ToCoordinator::{Fetched, Stored};
        if let Message::Coordinator(Fetched { attempt, .. } | Stored { attempt, .. }) = message {
            self.answered.insert((message.kind(), *attempt), now.0);
        }
    }

    /// How long n1 took over each fetch or store that it was handed in a stretch of the run; none
    /// for those that it never answered.
    fn services(&self, kind: Kind, from: u64, to: u64) -> Vec<Option<u64>> {
        let answer = if kind == Kind::Fetch { Kind::Fetched } else { Kind::Stored };
        let asked = self.asked.iter().filter(|((asked, _), _)| *asked == kind);
        let within = asked.filter(|(_, at)| (from..to).contains(*at));
        let took = |(_, attempt): &(Kind, AttemptId), at: u64| {
            self.answered.get(&(answer, *attempt)).map(|left| left - at)
        };
        within.map(|(name, at)| took(name, *at)).collect()
    }

    fn between(&self, from: u64, to: u64) -> impl Iterator<Item = &Way> {
        self.ways.values().filter(move |way| (from..to).contains(&way.sent))
    }
}

/// Five nodes for ten seconds; each message takes 1 ms, each read and write of a disk 100 us.
fn steady_plan(faults: &[Value]) -> Plan {
    let mut plan = small_plan(3);
    plan.network.latency = Distribution::Constant(Duration(MS));
    let service = Distribution::Constant(Duration(MS / 10));
    (plan.disk.read, plan.disk.write) = (service.clone(), service);
    let fault = |json: &Value| serde_json::from_value::<Spec>(json.clone()).expect("a fault");
    let faults: Vec<_> = faults.iter().map(|json| fault(json).into()).collect();
    plan.faults = laid_out(&faults);
    plan
}

fn watched(plan: &Plan) -> (Seen, Account) {
    let mut seen = Seen::default();
    let account = run(plan, &mut seen);
    assert!(account.quiescent, "it comes to rest");
    (seen, account)
}

fn with(fault: Value) -> (Seen, Account) {
    watched(&steady_plan(&[fault]))
}

fn is_node(party: Address) -> bool {
    matches!(party, Address::Node(_))
}

fn number(party: Address) -> u32 {
    match party {
        Address::Node(node) => node.0,
        Address::Client(_) => u32::MAX,
    }
}

#[test]
fn a_partition_parts_its_sides_and_nobody_else() {
    let (seen, _) = with(json!({ "partition":
        { "sides": [["n0..n1"], ["n2..n3"]], "from": "3s", "to": "6s" } }));
    let side = |party| match number(party) {
        0 | 1 => Some(0),
        2 | 3 => Some(1),
        _ => None,
    };
    let mut cut = 0;
    for way in seen.ways.values() {
        let apart = side(way.from).zip(side(way.to)).is_some_and(|(one, other)| one != other);
        let during = (3 * SECOND..6 * SECOND).contains(&way.sent);
        let flying = way.sent < 3 * SECOND && way.sent + MS > 3 * SECOND;
        let expected = match (apart, during, flying) {
            (true, true, _) => Some(Drop::Cut),
            (true, _, true) => Some(Drop::CutInFlight),
            _ => None,
        };
        assert_eq!(way.dropped, expected, "{} -> {} at {}", way.from, way.to, way.sent);
        cut += u32::from(expected.is_some());
    }
    assert!(cut > 30, "{cut}");
}

#[test]
fn a_cut_holds_in_one_direction() {
    let (seen, _) = with(json!({ "cut":
        { "senders": ["n0"], "receivers": ["n1..n2"], "from": "3s", "to": "6s" } }));
    let mut back = 0;
    for way in seen.between(3 * SECOND, 6 * SECOND) {
        let (from, to) = (number(way.from), number(way.to));
        let forth = from == 0 && (1..3).contains(&to);
        assert_eq!(way.dropped.is_some(), forth, "{} -> {}", way.from, way.to);
        back += u32::from(to == 0 && (1..3).contains(&from));
    }
    assert!(back > 10, "the other direction carries {back}");
}

/// When messages arrive that were on their way over a link when it was cut at 3 s until 6 s.
fn in_flight(policy: &str) -> Vec<(u64, Option<u64>)> {
    let mut plan = steady_plan(&[json!({ "isolate":
        { "group": ["n1"], "from": "3s", "to": "6s", "in_flight": policy } })]);
    plan.network.latency = Distribution::Constant(Duration(40 * MS));
    let (seen, _) = watched(&plan);
    let flying = seen.between(3 * SECOND - 39 * MS, 3 * SECOND);
    let flying = flying.filter(|way| (way.from == N1) != (way.to == N1));
    let flying: Vec<_> = flying
        .filter(|way| is_node(way.from) && is_node(way.to))
        .map(|way| (way.sent, way.delivered))
        .collect();
    assert!(flying.len() >= 5, "{}", flying.len());
    flying
}

#[test]
fn what_is_on_its_way_is_dropped_held_or_let_pass() {
    assert!(in_flight("drop").iter().all(|(_, delivered)| delivered.is_none()));
    assert!(in_flight("hold").iter().all(|(_, delivered)| *delivered == Some(6 * SECOND)));
    let passes = |(sent, delivered): &(u64, Option<u64>)| *delivered == Some(sent + 40 * MS);
    assert!(in_flight("pass").iter().all(passes));
}

fn degraded(more: Value) -> (Seen, Account) {
    let mut settings = json!({ "senders": ["n0"], "receivers": ["n1..n4"],
                               "from": "0s", "to": "10s" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    with(json!({ "degrade": settings }))
}

#[test]
fn added_latency_is_added_to_the_nanosecond() {
    let (seen, _) = degraded(json!({ "latency": { "constant": "7ms" } }));
    for way in seen.between(0, 10 * SECOND).filter(|way| way.dropped.is_none()) {
        let slow = number(way.from) == 0 && is_node(way.to);
        let expected = if slow { 8 * MS } else { MS };
        assert_eq!(way.delivered, Some(way.sent + expected), "{} -> {}", way.from, way.to);
    }
}

#[test]
fn a_share_of_messages_is_lost() {
    let (seen, account) = degraded(json!({ "loss": 0.3 }));
    let meant = |way: &&Way| number(way.from) == 0 && is_node(way.to);
    let all = seen.between(0, 10 * SECOND).filter(meant).count() as f64;
    let is_lost = |way: &&Way| way.dropped == Some(Drop::Degraded);
    let lost = seen.ways.values().filter(is_lost).count() as f64;
    // Four standard deviations of some thousand tosses.
    let deviation = (0.3 * 0.7 * all).sqrt();
    assert!(all > 500.0 && (lost - 0.3 * all).abs() < 4.0 * deviation, "{lost} of {all}");
    assert_eq!(account.touched[0].messages as f64, lost, "the others suffer nothing");
}

#[test]
fn a_narrow_link_delays_by_its_bytes_exactly() {
    let (seen, _) = with(json!({ "bandwidth":
        { "senders": ["n0"], "receivers": ["n1"], "from": "2s", "to": "8s",
          "per_second": "20KiB" } }));
    let mut busy = 0;
    let (mut met, mut waited) = (0, 0);
    for way in seen.between(2 * SECOND, 8 * SECOND) {
        if number(way.from) == 0 && way.to == N1 {
            waited += u32::from(busy > way.sent);
            busy = busy.max(way.sent) + (way.bytes * SECOND).div_ceil(20 * 1024);
            assert_eq!(way.delivered, Some(busy + MS), "{} bytes at {}", way.bytes, way.sent);
            met += 1;
        }
    }
    assert!(met > 50 && waited > 10, "{waited} of {met} wait for others");
}

#[test]
fn a_slow_node_is_slower_by_what_is_said() {
    let (seen, _) = with(json!({ "slow":
        { "node": "n1", "from": "3s", "to": "6s", "disk": 20, "delay": { "constant": "5ms" } } }));
    for way in seen.between(3 * SECOND, 6 * SECOND).filter(|way| way.dropped.is_none()) {
        let late = if way.from == N1 { 5 * MS } else { 0 };
        assert_eq!(way.delivered, Some(way.sent + MS + late), "{} -> {}", way.from, way.to);
    }
    let shortest = |from, to| seen.services(Kind::Fetch, from, to).into_iter().flatten().min();
    assert_eq!(shortest(0, 3 * SECOND), Some(MS / 10));
    assert_eq!(shortest(3 * SECOND, 6 * SECOND), Some(2 * MS), "twenty times as long");
}

fn disk(is: Value) -> (Seen, Account) {
    with(json!({ "disk": { "node": "n1", "from": "2s", "to": "8s", "is": is } }))
}

#[test]
fn a_slow_disk_takes_so_many_times_as_long() {
    let (seen, _) = disk(json!({ "slow": 20 }));
    let shortest = |kind, from, to| seen.services(kind, from, to).into_iter().flatten().min();
    for kind in [Kind::Fetch, Kind::Store] {
        assert_eq!(shortest(kind, 0, 2 * SECOND), Some(MS / 10), "{kind:?}");
        assert_eq!(shortest(kind, 2 * SECOND, 8 * SECOND), Some(2 * MS), "{kind:?}");
    }
}

#[test]
fn a_stalled_disk_answers_when_it_is_well_again() {
    let (seen, _) = disk(json!("stalled"));
    let stalled = seen.services(Kind::Fetch, 2 * SECOND + MS, 8 * SECOND);
    assert!(stalled.len() > 10);
    assert!(stalled.iter().all(Option::is_some), "late, but all");
    let during = |at: &&u64| (2 * SECOND + 1..8 * SECOND).contains(*at);
    assert_eq!(seen.answered.values().filter(during).count(), 0);
}

#[test]
fn reads_and_writes_fail_at_their_shares() {
    let failed = |seen: &Seen, kind| {
        let services = seen.services(kind, 2 * SECOND, 8 * SECOND - MS);
        assert!(services.len() > 30, "{} of {kind:?}", services.len());
        services.iter().filter(|took| took.is_none()).count() as f64 / services.len() as f64
    };
    let near = |share: f64| (share - 0.4).abs() < 0.15;
    let (seen, _) = disk(json!({ "read_errors": 0.4 }));
    let (reads, writes) = (failed(&seen, Kind::Fetch), failed(&seen, Kind::Store));
    assert!(near(reads) && writes == 0.0, "{reads} of reads, {writes} of writes");
    let (seen, _) = disk(json!({ "write_errors": 0.4 }));
    let (reads, writes) = (failed(&seen, Kind::Fetch), failed(&seen, Kind::Store));
    assert!(near(writes) && reads == 0.0, "{reads} of reads, {writes} of writes");
}

#[test]
fn a_share_of_what_is_stored_is_corrupted_at_once() {
    let mut plan = steady_plan(&[json!({ "disk":
        { "node": "n1", "from": "8s", "to": "9s", "is": { "corrupt": 0.25 } } })]);
    plan.workload.keys = Keys::Uniform { count: 500 };
    let mut wiped = plan.clone();
    wiped.faults = vec![crash(1, 8, 1, DiskAfterCrash::Wiped)];
    let at_once = |plan: &Plan| {
        let (seen, _) = watched(plan);
        seen.lost.iter().filter(|at| **at == 8 * SECOND).count() as f64
    };
    let (held, corrupt) = (at_once(&wiped), at_once(&plan));
    let deviation = (0.25 * 0.75 * held).sqrt();
    assert!(held > 100.0 && (corrupt - 0.25 * held).abs() < 4.0 * deviation, "{corrupt} of {held}");
}

/// Copies that a disk damaged, those that spread, and reads that returned damaged values.
#[derive(Default)]
struct Wrong {
    damaged: usize,
    spread: usize,
    mended: usize,
    reads: usize,
}

impl Observer for Wrong {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        match record {
            Record::Node { fact: Fact::Damaged { change }, .. } => {
                assert!(change.is_news(), "the digest covers the bytes");
                self.damaged += 1;
            }
            Record::Node { fact: Fact::Kept { change, .. }, .. } => {
                let of =
                    |set: &Option<Rc<VersionSet>>| set.as_ref().is_some_and(|s| s.is_damaged());
                self.spread += usize::from(!of(&change.before) && of(&change.after));
                self.mended += usize::from(of(&change.before) && !of(&change.after));
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => {
                if let OperationResult::Ok { set: Some(set), .. } = &ending.result {
                    let is_get = ending.function == Function::Get;
                    self.reads += usize::from(is_get && set.is_damaged());
                }
            }
            _ => {}
        }
    }
}

fn unchecked(checksums: bool) -> (Wrong, Account, Plan) {
    let mut plan = steady_plan(&[json!({ "disk":
        { "node": "n1", "from": "5s", "to": "6s", "is": { "corrupt": 0.5 } } })]);
    plan.workload.keys = Keys::Uniform { count: 500 };
    plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
    plan.cluster.checksums = checksums;
    let mut wrong = Wrong::default();
    let account = run(&plan, &mut wrong);
    assert_eq!(unequal_keys(&plan, &account), [], "homes agree, right or wrong");
    (wrong, account, plan)
}

#[test]
fn without_checksums_damage_is_served_and_spreads_to_half() {
    let (wrong, account, plan) = unchecked(false);
    assert!(wrong.damaged > 50, "{}", wrong.damaged);
    assert!(wrong.reads > 0 && wrong.spread > 10 && wrong.mended > 10);
    assert!(account.touched[0].copies >= wrong.damaged as u64);
    // Of each key that is still damaged all homes hold the same damage.
    let damaged = account.nodes.iter().flat_map(|node| &node.copies);
    let count = damaged.filter(|(_, set)| set.is_damaged()).count();
    assert!(count > 0 && count % plan.cluster.n as usize == 0, "{count}");
    let (checked, account, _) = unchecked(true);
    assert_eq!((checked.damaged, checked.reads, checked.spread), (0, 0, 0));
    assert!(account.touched[0].copies > 50);
}

#[test]
fn a_paused_node_is_silent_and_loses_nothing() {
    let (seen, _) = with(json!({ "pause": { "node": "n1", "from": "3s", "to": "6s" } }));
    assert_eq!(seen.between(3 * SECOND, 6 * SECOND).filter(|way| way.from == N1).count(), 0);
    let mut waited = 0;
    for way in seen.between(3 * SECOND, 6 * SECOND - MS).filter(|way| way.to == N1) {
        assert_eq!(way.delivered, Some(6 * SECOND), "sent at {}", way.sent);
        waited += 1;
    }
    assert!(waited > 20, "{waited}");
    assert!(seen.stops.is_empty() && seen.lost.is_empty());
}

#[test]
fn a_restart_is_at_once_and_keeps_the_disk() {
    let (seen, account) = with(json!({ "restart": { "node": "n1", "at": "3s" } }));
    let both = vec![(3 * SECOND, NodeId(1))];
    assert_eq!((&seen.stops, &seen.starts), (&both, &both));
    assert_eq!((seen.lost.len(), account.touched[0].nodes), (0, 1));
}

#[test]
fn a_crashed_node_is_gone_until_it_starts_again() {
    let (seen, _) = with(json!({ "crash": { "node": "n1", "at": "3s", "restart_after": "3s" } }));
    assert_eq!(seen.stops, [(3 * SECOND, NodeId(1))]);
    assert_eq!(seen.starts, [(6 * SECOND, NodeId(1))]);
    assert!(seen.lost.is_empty(), "its disk is kept");
    for way in seen.ways.values() {
        let due = way.sent + MS;
        let gone = way.to == N1 && (3 * SECOND..6 * SECOND).contains(&due);
        assert_eq!(way.dropped == Some(Drop::ReceiverDown), gone, "{}", way.sent);
    }
    assert_eq!(seen.between(3 * SECOND, 6 * SECOND).filter(|way| way.from == N1).count(), 0);
}

#[test]
fn a_crash_takes_what_was_not_flushed() {
    let lost = |flush, disk| {
        let mut plan = steady_plan(&[]);
        (plan.cluster.flush, plan.faults) = (flush, vec![crash(1, 6, 1, disk)]);
        watched(&plan).0.lost.len()
    };
    let (never, often) = (Flush::Every(Duration::from_secs(3600)), Duration(200 * MS));
    let unflushed = DiskAfterCrash::UnflushedLost;
    let all = lost(Flush::Always, DiskAfterCrash::Wiped);
    assert!(all >= 10, "{all}");
    assert!(lost(never, unflushed) >= all, "nothing was ever safe, and each write is undone");
    let few = lost(Flush::Every(often), unflushed);
    assert!(0 < few && few < all, "{few} writes of the last fifth of a second, of {all}");
    assert_eq!(lost(Flush::Always, unflushed), 0);
    assert_eq!(lost(Flush::Always, DiskAfterCrash::Kept), 0);
}

#[test]
fn what_repeats_comes_each_time_later_and_a_name_changes_nothing() {
    let cut = json!({ "cut":
        { "senders": ["n0"], "receivers": ["n1..n4"], "from": "1s", "to": "2s" } });
    let repeat = json!({ "repeat": { "every": "3s", "times": 3, "fault": cut } });
    let (seen, account) = with(repeat);
    for way in seen.between(0, 10 * SECOND).filter(|way| number(way.from) == 0) {
        let second = way.sent / SECOND;
        let on = is_node(way.to) && second % 3 == 1 && second < 9;
        assert_eq!(way.dropped == Some(Drop::Cut), on, "{}", way.sent);
    }
    assert!(account.touched.len() == 3 && account.touched.iter().all(|t| t.messages > 10));
    let named = json!({ "named": { "name": "the switch", "fault": cut } });
    let plan = steady_plan(&[named]);
    assert_eq!(plan.layout().faults[0].label, "cut n0 -> n1..n4 (the switch)");
    assert_eq!(watched(&plan).1.digest, watched(&steady_plan(&[cut])).1.digest);
}
