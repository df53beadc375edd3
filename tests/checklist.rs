//! Items of the checklist that only a whole world can show.

mod watch;

use std::collections::BTreeMap;

use dynamo_sim::dynamo::message::{Kind, Message, Outcome, ToCoordinator};
use dynamo_sim::faults::spec::DiskAfterCrash;
use dynamo_sim::id::{Address, AttemptId, Key, NodeId};
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer, Observers};
use dynamo_sim::trace::record::Record;
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Routing};
use dynamo_sim::workload::words::{Function, OperationResult};

use watch::{Ledger, covers, crash, known, lost_writes, run, small_plan, unequal_keys};

/// Requests, answers and replies of each attempt, with the times at which they came and went.
#[derive(Default)]
struct Quorums {
    requests: BTreeMap<(AttemptId, NodeId), Time>,
    answers: BTreeMap<(AttemptId, NodeId), Vec<Time>>,
    /// Coordinator, whether its own copy was counted, and whether it was a get.
    replies: Vec<(AttemptId, NodeId, Time, bool, bool)>,
}

impl Observer for Quorums {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Delivered { to: Address::Node(node), message: Message::Request(r), .. } => {
                self.requests.insert((r.attempt, *node), now);
            }
            Record::Delivered {
                to: Address::Node(node),
                message:
                    Message::Coordinator(
                        ToCoordinator::Fetched { attempt, .. }
                        | ToCoordinator::Stored { attempt, .. },
                    ),
                ..
            } => self.answers.entry((*attempt, *node)).or_default().push(now),
            Record::Sent { from: Address::Node(node), message: Message::Reply(reply), .. } => {
                let (counted, is_get) = match &reply.outcome {
                    Outcome::Got { replied, .. } => (replied, true),
                    Outcome::Stored { replied, .. } => (replied, false),
                    Outcome::Refused | Outcome::TimedOut => return,
                };
                let own = counted.contains(node);
                self.replies.push((reply.attempt, *node, now, own, is_get));
            }
            _ => {}
        }
    }
}

// Checklist item 25: a reply leaves its coordinator at the very moment of the R-th (W-th) answer.
// Disks take no time here, so that the coordinator's own answer comes with the request.
#[test]
fn a_reply_leaves_with_the_rth_or_wth_answer() {
    for (r, w) in [(1, 3), (2, 2), (3, 1)] {
        let mut plan = small_plan(u64::from(r));
        (plan.cluster.r, plan.cluster.w) = (r, w);
        let none = Distribution::Constant(Duration::ZERO);
        (plan.disk.read, plan.disk.write) = (none.clone(), none);
        let mut quorums = Quorums::default();
        run(&plan, &mut quorums);
        assert!(quorums.replies.len() > 1000);
        for (attempt, node, at, own, is_get) in &quorums.replies {
            let name = (*attempt, *node);
            let mut times = quorums.answers.get(&name).cloned().unwrap_or_default();
            times.extend(own.then(|| quorums.requests[&name]));
            times.sort_unstable();
            let needed = if *is_get { r } else { w } as usize;
            assert_eq!(times[needed - 1], *at, "{attempt} at {node}");
        }
    }
}

/// One client that does one thing after another, and how many of its reads missed its last write.
fn stale_reads(r: u32, w: u32) -> (usize, usize) {
    let mut plan = small_plan(3);
    (plan.cluster.r, plan.cluster.w) = (r, w);
    plan.duration = Duration::from_secs(60);
    plan.cluster.anti_entropy = Switch::Off;
    plan.cluster.read_repair = false;
    let milliseconds = Duration::from_millis;
    plan.network.latency = Distribution::Uniform { from: milliseconds(1), to: milliseconds(30) };
    plan.workload.clients = 1;
    plan.workload.arrivals =
        Arrivals::Closed { think: Distribution::Constant(Duration::from_millis(1)) };
    plan.workload.keys = Keys::Uniform { count: 3 };
    let mut ledger = Ledger::of(&plan);
    run(&plan, &mut ledger);
    count_stale(&ledger)
}

fn count_stale(ledger: &Ledger) -> (usize, usize) {
    let ghosts: BTreeMap<_, _> =
        ledger.invoked.iter().filter_map(|i| Some((i.operation, i.ghost.clone()?))).collect();
    let mut last: BTreeMap<Key, u32> = BTreeMap::new();
    let (mut reads, mut stale) = (0, 0);
    for ending in &ledger.ended {
        let OperationResult::Ok { set, .. } = &ending.result else { panic!("nothing fails here") };
        match ending.function {
            Function::Get => {
                let acknowledged = last.get(&ending.key);
                reads += 1;
                let knows = |event: &u32| known(set.as_ref()).contains(*event);
                stale += usize::from(!acknowledged.is_none_or(knows));
            }
            Function::Put | Function::Delete => {
                last.insert(ending.key, ghosts[&ending.operation].event().number);
            }
        }
    }
    (reads, stale)
}

// Checklist item 31: with R + W > N and nothing going wrong, every read sees the last acknowledged
// write.
#[test]
fn overlapping_quorums_read_what_was_written() {
    for (r, w) in [(2, 2), (1, 3), (3, 1)] {
        let (reads, stale) = stale_reads(r, w);
        assert!(reads > 300, "{reads}");
        assert_eq!(stale, 0, "R = {r}, W = {w}");
    }
}

// Checklist item 32: with R + W <= N stale reads occur.
#[test]
fn quorums_that_need_not_overlap_read_stale() {
    let (reads, stale) = stale_reads(1, 1);
    assert!(stale > 0 && stale < reads, "{stale} of {reads}");
}

/// A crash long enough for hints to pile up.
fn with_crash(seed: u64) -> Plan {
    let mut plan = small_plan(seed);
    plan.workload.keys = Keys::Uniform { count: 200 };
    plan.faults = vec![crash(0, 2, 5, DiskAfterCrash::Kept)];
    plan
}

// Checklist item 36: at no moment is a hint gone before its target holds what was hinted.
#[test]
fn the_number_of_copies_never_dips() {
    let plan = with_crash(1);
    let mut ledger = Ledger::of(&plan);
    run(&plan, &mut ledger);
    assert!(ledger.delivered > 10, "{}", ledger.delivered);
    assert!(ledger.dips.is_empty());
}

// Checklist items 35 and 36: hints alone bring a node back that was away for a while.
#[test]
fn hints_alone_bring_a_node_up_to_date() {
    let mut plan = with_crash(2);
    plan.cluster.anti_entropy = Switch::Off;
    plan.cluster.read_repair = false;
    let mut ledger = Ledger::of(&plan);
    let account = run(&plan, &mut ledger);
    assert!(account.quiescent && ledger.delivered > 10);
    assert_eq!(unequal_keys(&plan, &account), []);
}

// Checklist item 44: so does anti-entropy.
#[test]
fn anti_entropy_alone_brings_a_node_up_to_date() {
    let mut plan = with_crash(2);
    plan.cluster.hinted_handoff = Switch::Off;
    plan.cluster.read_repair = false;
    let mut ledger = Ledger::of(&plan);
    let account = run(&plan, &mut ledger);
    assert!(account.quiescent && ledger.created == 0 && ledger.repaired == 0);
    assert_eq!(unequal_keys(&plan, &account), []);
}

// With neither, and reads that repair nothing, the node stays behind.
#[test]
fn without_any_repair_homes_stay_different() {
    let mut plan = with_crash(2);
    plan.settle_limit = Duration::from_secs(60);
    plan.cluster.hinted_handoff = Switch::Off;
    plan.cluster.anti_entropy = Switch::Off;
    plan.cluster.read_repair = false;
    let account = run(&plan, &mut Ledger::of(&plan));
    assert!(!account.quiescent);
    assert!(!unequal_keys(&plan, &account).is_empty());
}

// Checklist item 39: a stand-in loses its disk while it keeps hints. Anti-entropy restores what
// they would have brought.
#[test]
fn anti_entropy_makes_lost_hints_good() {
    let mut plan = with_crash(4);
    plan.cluster.read_repair = false;
    plan.faults.push(crash(1, 6, 1, DiskAfterCrash::Wiped));
    let mut ledger = Ledger::of(&plan);
    let account = run(&plan, &mut ledger);
    assert!(account.quiescent && !ledger.lost.is_empty());
    for hint in &ledger.lost {
        let copies = &account.nodes[hint.target.index()].copies;
        let held = copies.iter().find(|(key, _)| *key == hint.key).map(|(_, set)| set);
        assert!(covers(held, &hint.set), "{} for {}", hint.key, hint.target);
    }
    assert_eq!(lost_writes(&ledger, &account), []);
}

/// Much of what can go wrong at once.
fn troubled(seed: u64) -> Plan {
    let mut plan = small_plan(seed);
    (plan.network.loss, plan.network.duplication) = (0.02, 0.02);
    plan.faults =
        vec![crash(0, 2, 3, DiskAfterCrash::Kept), crash(3, 4, 2, DiskAfterCrash::UnflushedLost)];
    plan
}

// Checklist item 67: after the faults all homes of every key become identical.
#[test]
fn all_homes_are_identical_in_the_end() {
    for seed in 0..5 {
        let plan = troubled(seed);
        let mut ledger = Ledger::of(&plan);
        let account = run(&plan, &mut ledger);
        assert!(account.quiescent, "seed {seed}");
        assert_eq!(unequal_keys(&plan, &account), []);
        assert_eq!(lost_writes(&ledger, &account), []);
        assert!(ledger.suspected > 0 && ledger.cleared > 0);
    }
}

// Checklist item 64: the same plan gives the same run, whoever watches.
#[test]
fn the_same_plan_gives_the_same_run() {
    let plan = troubled(9);
    let unwatched = Simulation::new(&plan).run(&mut Observers::default());
    let watched = run(&plan, &mut Ledger::of(&plan));
    let closely = run(&plan, &mut Quorums::default());
    assert_eq!(unwatched.digest, watched.digest);
    assert_eq!(unwatched.digest, closely.digest);
    assert_eq!(unwatched.totals, watched.totals);
    let other = Simulation::new(&troubled(10)).run(&mut Observers::default());
    assert_ne!(unwatched.digest, other.digest);
}

/// Sends of one kind from one node, with their targets.
#[derive(Default)]
struct Rounds(Vec<(Time, NodeId, NodeId)>);

impl Observer for Rounds {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Sent { from: Address::Node(a), to: Address::Node(b), message, .. } = record
            && message.kind() == Kind::GossipDigest
        {
            self.0.push((now, *a, *b));
        }
    }
}

// Checklist item 47: each node contacts one peer each second, at a phase of its own, and any of the
// others is as likely.
#[test]
fn each_node_contacts_one_random_peer_each_second() {
    for seeds in [0, 1, 3] {
        let mut plan = small_plan(6);
        plan.duration = Duration::from_secs(300);
        plan.cluster.gossip.seeds = seeds;
        plan.workload.clients = 1;
        let mut rounds = Rounds::default();
        run(&plan, &mut rounds);
        for node in (0..5).map(NodeId) {
            let mine: Vec<_> = rounds.0.iter().filter(|(_, from, _)| *from == node).collect();
            let steps = mine.windows(2).map(|pair| pair[1].0.since(pair[0].0));
            assert!(steps.clone().all(|step| step == Duration::from_secs(1)), "{seeds} seeds");
            assert!(mine.len() >= 300);
            for peer in (0..5).map(NodeId).filter(|peer| *peer != node) {
                let met = mine.iter().filter(|(_, _, to)| *to == peer).count();
                let fair = 45..110;
                let seeded = seeds > 0 && (peer.0 < seeds || met > 40);
                assert!(fair.contains(&met) || seeded, "{node} met {peer} {met} times");
            }
        }
        let phases: std::collections::BTreeSet<u64> =
            rounds.0.iter().map(|(at, _, _)| at.0 % 1_000_000_000).collect();
        assert_eq!(phases.len(), 5);
    }
}

// Checklist items 22 and 24: a client that knows the ring saves the hop of the load balancer.
#[test]
fn routing_costs_at_most_one_hop() {
    let hops = |routing| {
        let mut plan = small_plan(7);
        plan.workload.routing = routing;
        plan.workload.mix = Mix { blind: 1.0, ..Mix::default() };
        let account = run(&plan, &mut Ledger::of(&plan));
        let of = |kind: Kind| account.totals.kinds[kind as usize].sent;
        of(Kind::Request) as f64 / of(Kind::Reply) as f64
    };
    let (balanced, aware) = (hops(Routing::LoadBalancer), hops(Routing::PartitionAware));
    assert!((aware - 1.0).abs() < 0.01, "{aware}");
    assert!(balanced > 1.2 && balanced < 2.0, "{balanced}");
}

/// When each message was sent and is due, by its name: its ends, its kind and its luck.
#[derive(Default)]
struct Delays {
    sent: BTreeMap<(Address, Address, Kind, u64), Vec<Duration>>,
    count: usize,
}

impl Observer for Delays {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Sent { from, to, message, due, .. } = record {
            let name = (*from, *to, message.kind(), message.outline().luck);
            self.sent.entry(name).or_default().push(due.since(now));
            self.count += 1;
        }
    }
}

// Two plans that differ in R alone have their luck in common: the same operations on the same keys
// at the same first nodes, and the same delay for every message that both send.
#[test]
fn plans_that_differ_in_r_share_their_luck() {
    let plan_of = |r| {
        let mut plan = small_plan(8);
        plan.cluster.r = r;
        plan
    };
    let invoked = |plan: &Plan| {
        let mut ledger = Ledger::of(plan);
        run(plan, &mut ledger);
        let of =
            |i: &dynamo_sim::workload::words::Invocation| (i.operation, i.function, i.key, i.to);
        let mut all: Vec<_> = ledger.invoked.iter().map(of).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(invoked(&plan_of(2)), invoked(&plan_of(1)));
    let delays = |plan: &Plan| {
        let mut delays = Delays::default();
        run(plan, &mut delays);
        delays
    };
    let (one, other) = (delays(&plan_of(2)), delays(&plan_of(1)));
    let mut matched = 0;
    for (name, delays) in &one.sent {
        if let Some(others) = other.sent.get(name) {
            let same = delays.iter().zip(others);
            matched += same.clone().count();
            assert!(same.into_iter().all(|(a, b)| a == b), "{name:?}");
        }
    }
    assert!(matched * 10 > one.count * 9, "{matched} of {} matched", one.count);
}
