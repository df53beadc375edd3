//! Sections 5, 6.1 and 6.5: the object buffer, durable writes, and control of background work.

mod watch;

use std::collections::{BTreeMap, BTreeSet};

use dynamo_sim::dynamo::config::Flush;
use dynamo_sim::dynamo::config::handoff::HintedHandoff;
use dynamo_sim::dynamo::config::local::{Admission, DurableWrite, ObjectBuffer};
use dynamo_sim::dynamo::config::{AntiEntropy, Timeouts, Versioning};
use dynamo_sim::dynamo::fact::{AdmissionFact, BufferFact, Fact};
use dynamo_sim::dynamo::message::{Message, ToReplica};
use dynamo_sim::faults::spec::DiskAfterCrash;
use dynamo_sim::id::{Address, AttemptId, NodeId};
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::metrics::latency::{ByPath, Quantiles};
use dynamo_sim::metrics::observer::Metrics;
use dynamo_sim::quantity::Rate;
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::Record;
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Routing};

use watch::{Ledger, crash, lost_writes, run, small_plan};

fn milliseconds(count: u64) -> Distribution {
    Distribution::Constant(Duration::from_millis(count))
}

fn buffered(objects: u32, durable_write: DurableWrite) -> Flush {
    let interval = Duration::from_secs(1);
    Flush::Buffered(ObjectBuffer { objects, interval, durable_write })
}

/// A quiet world of slow disks in which puts go to the buffer.
fn slow_disks(objects: u32, durable_write: DurableWrite) -> Plan {
    let mut plan = small_plan(5);
    plan.cluster.flush = buffered(objects, durable_write);
    (plan.disk.read, plan.disk.write) = (milliseconds(8), milliseconds(8));
    plan.workload.arrivals = Arrivals::Poisson(rate(2));
    plan
}

fn rate(count: u64) -> Rate {
    Rate { count: count as f64, per: Duration::from_secs(1) }
}

/// What happens in the buffers.
#[derive(Default)]
struct Buffers {
    facts: Vec<(Time, NodeId, BufferFact)>,
    down: Vec<NodeId>,
}

impl Buffers {
    fn count(&self, wanted: fn(&BufferFact) -> bool) -> usize {
        self.facts.iter().filter(|(_, _, fact)| wanted(fact)).count()
    }
}

impl Observer for Buffers {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact: Fact::Buffer(fact) } => {
                self.facts.push((now, *node, *fact));
            }
            Record::Down { node, .. } => self.down.push(*node),
            _ => {}
        }
    }
}

fn buffers(plan: &Plan) -> Buffers {
    let mut buffers = Buffers::default();
    run(plan, &mut buffers);
    buffers
}

fn figures(plan: &Plan) -> Figures {
    let mut metrics = Metrics::new(&plan.layout());
    let account = run(plan, &mut metrics);
    metrics.finish(&account)
}

// Checklist item 57: the buffer holds so many objects at most; a write without room goes to the
// disk.
#[test]
fn the_buffer_is_bounded() {
    let peak = |objects| {
        let seen = buffers(&slow_disks(objects, DurableWrite::None));
        let kept = seen.facts.iter().filter_map(|(_, _, fact)| match fact {
            BufferFact::Kept { objects } => Some(*objects),
            _ => None,
        });
        (kept.max().unwrap(), seen.count(|fact| *fact == BufferFact::Full) > 0)
    };
    assert_eq!(peak(3), (3, true));
    let (most, full) = peak(1_000);
    assert!(most > 3 && !full, "{most}");
}

// Checklist item 57: the writer comes once an interval and brings to the disk what is in memory
// then, so that nothing is in memory only for much longer.
#[test]
fn the_writer_brings_to_the_disk_what_is_in_memory() {
    let seen = buffers(&slow_disks(1_000, DurableWrite::None));
    let kept = seen.count(|fact| matches!(fact, BufferFact::Kept { .. }));
    let written = seen.count(|fact| matches!(fact, BufferFact::WrittenBack { .. }));
    assert!(written > 30 && written <= kept, "{written} of {kept}");
    for node in (0..5).map(NodeId) {
        let last = seen.facts.iter().rev().find_map(|(_, by, fact)| match fact {
            BufferFact::WrittenBack { objects } if *by == node => Some(*objects),
            _ => None,
        });
        assert_eq!(last, Some(0), "{node}");
    }
}

// Checklist item 57: a read looks in the buffer first, and costs no disk time if it is there.
#[test]
fn reads_look_in_the_buffer_first() {
    let mut plan = slow_disks(1_000, DurableWrite::None);
    plan.workload.keys = Keys::Uniform { count: 3 };
    plan.cluster.flush = Flush::Buffered(ObjectBuffer {
        interval: Duration::from_secs(100),
        durable_write: DurableWrite::None,
        ..ObjectBuffer::default()
    });
    (plan.disk.read, plan.disk.write) = (milliseconds(20), milliseconds(20));
    let seen = buffers(&plan);
    assert!(seen.count(|fact| *fact == BufferFact::Read) > 100);
    let buffered = figures(&plan).latency.overall;
    plan.cluster.flush = Flush::Always;
    let direct = figures(&plan).latency.overall;
    assert!(buffered.get.p50_ms < Some(10.0) && direct.get.p50_ms > Some(20.0));
    assert!(buffered.put.p50_ms < Some(10.0) && direct.put.p50_ms > Some(40.0));
}

// Checklist item 57: any crash takes what was in memory only, even where the disk is kept: counted,
// and acknowledged writes are lost if no other replica has them. A durable write saves each.
#[test]
fn a_crash_loses_queued_writes_unless_one_replica_was_durable() {
    let lost = |durable_write, flush: Option<Flush>| {
        let mut plan = slow_disks(1_000, durable_write);
        plan.workload.keys = Keys::Uniform { count: 2_000 };
        (plan.workload.mix, plan.cluster.n) = (Mix { put: 1.0, ..Mix::default() }, 3);
        plan.cluster.flush = flush.unwrap_or(plan.cluster.flush);
        plan.faults = (0..5).map(|node| crash(node, 6, 1, DiskAfterCrash::Kept)).collect();
        let mut ledger = Ledger::of(&plan);
        let account = run(&plan, &mut ledger);
        let counted = figures(&plan).object_buffer.map_or(0, |buffer| buffer.lost);
        (lost_writes(&ledger, &account).len(), counted)
    };
    let (writes, objects) = lost(DurableWrite::None, None);
    assert!(writes > 0 && objects >= 2 * writes as u64, "{writes} writes, {objects} objects");
    let (writes, objects) = lost(DurableWrite::FirstRemote, None);
    assert!(writes <= 1 && objects > 0, "{writes} writes, {objects} objects");
    assert_eq!(lost(DurableWrite::None, Some(Flush::Always)), (0, 0));
}

/// Which replicas of each put were asked to store, and which of them durably.
#[derive(Default)]
struct Stores(BTreeMap<AttemptId, Vec<(NodeId, bool)>>);

impl Observer for Stores {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        if let Record::Sent {
            to: Address::Node(node),
            message: Message::Replica(ToReplica::Store { attempt, durable, .. }),
            ..
        } = record
        {
            self.0.entry(*attempt).or_default().push((*node, *durable));
        }
    }
}

// Checklist item 58: exactly one of the N replicas of a put is told to write through, the first
// remote one.
#[test]
fn exactly_one_replica_of_each_put_is_durable() {
    let told = |durable_write| {
        let plan = slow_disks(1_000, durable_write);
        let mut stores = Stores::default();
        run(&plan, &mut stores);
        assert!(stores.0.len() > 50);
        let durable = |asked: &Vec<(NodeId, bool)>| asked.iter().filter(|(_, told)| *told).count();
        let first = stores.0.values().all(|asked| !asked.iter().skip(1).any(|(_, told)| *told));
        assert!(first, "the first that is asked");
        assert!(stores.0.values().all(|asked| asked.len() == 2), "two remote replicas each");
        stores.0.values().map(durable).collect::<BTreeSet<_>>()
    };
    assert_eq!(told(DurableWrite::FirstRemote), BTreeSet::from([1]));
    assert_eq!(told(DurableWrite::None), BTreeSet::from([0]));
}

// Checklist item 58: a client that coordinates its puts (section 6.4) tells one of them too.
#[test]
fn exactly_one_replica_of_each_put_of_a_client_is_durable() {
    let mut plan = slow_disks(1_000, DurableWrite::FirstRemote);
    plan.cluster.versioning = Versioning::LastWriteWins;
    plan.workload.routing = Routing::ClientDriven;
    let mut stores = Stores::default();
    run(&plan, &mut stores);
    assert!(stores.0.len() > 50);
    for asked in stores.0.values() {
        let told: Vec<bool> = asked.iter().map(|(_, durable)| *durable).collect();
        assert_eq!(told, [true, false, false], "the first of the top N");
    }
}

// Checklist item 58: at W=2 of N=3 a put does not wait for the durable replica; at W=3 it does.
#[test]
fn a_put_waits_for_the_durable_replica_only_where_w_needs_it() {
    let slowest = |w, durable_write| {
        let mut plan = slow_disks(1_000, durable_write);
        plan.cluster.w = w;
        plan.cluster.timeouts.replica = Duration::from_millis(250);
        (plan.disk.write, plan.network.latency) = (milliseconds(60), milliseconds(1));
        plan.workload.mix = Mix { put: 1.0, ..Mix::default() };
        let put = figures(&plan).latency.overall.put;
        (put.p50_ms.unwrap(), put.max_ms.unwrap())
    };
    let without = slowest(2, DurableWrite::None);
    assert_eq!(slowest(2, DurableWrite::FirstRemote), without, "as if there were none");
    assert!(without.1 < 10.0, "{without:?}");
    let (median, _) = slowest(3, DurableWrite::FirstRemote);
    assert!(median > 60.0, "{median}");
}

#[test]
fn the_same_buffers_give_the_same_run() {
    let mut plan = slow_disks(20, DurableWrite::FirstRemote);
    plan.faults = vec![crash(1, 3, 1, DiskAfterCrash::Kept), crash(2, 4, 1, DiskAfterCrash::Torn)];
    let mut ledgers = [Ledger::of(&plan), Ledger::of(&plan)];
    let digests = ledgers.each_mut().map(|ledger| run(&plan, ledger).digest);
    assert_eq!(digests[0], digests[1]);
    let account = run(&plan, &mut Ledger::of(&plan));
    let (came, went) = ledgers[0].hints(&account);
    assert_eq!(came, went, "hints are booked, those in memory too");
}

/// What the gates of all nodes let through, each second, and how many slices there were.
#[derive(Default)]
struct Gates {
    admitted: BTreeMap<(NodeId, u64), u64>,
    deferred: u64,
    adjusted: Vec<(Time, u32, Option<Duration>)>,
}

impl Observer for Gates {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Admission(fact) } = record else { return };
        match fact {
            AdmissionFact::Admitted => {
                *self.admitted.entry((*node, now.0 / 1_000_000_000)).or_default() += 1;
            }
            AdmissionFact::Deferred => self.deferred += 1,
            AdmissionFact::Dropped => {}
            AdmissionFact::Adjusted { slices, read } => self.adjusted.push((now, *slices, *read)),
        }
    }
}

/// A node comes back with an empty disk, and many keys have to go to it, while clients read.
fn much_to_repair(admission: Option<Admission>) -> Plan {
    let mut plan = small_plan(9);
    plan.duration = Duration::from_secs(60);
    // Far above all latencies: what is measured is not how long somebody waits in vain.
    plan.cluster.timeouts = Timeouts {
        operation: Duration::from_secs(2),
        replica: Duration::from_secs(1),
        forward: Duration::from_secs(1),
    };
    plan.workload.timeout = Duration::from_secs(5);
    plan.cluster.admission = admission.map_or(Switch::Off, Switch::On);
    plan.cluster.anti_entropy = Switch::On(AntiEntropy {
        interval: Duration::from_secs(1),
        depth: 8,
        ..AntiEntropy::default()
    });
    plan.cluster.hinted_handoff = Switch::On(HintedHandoff::default());
    plan.workload.keys = Keys::Uniform { count: 3_000 };
    plan.workload.clients = 10;
    plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
    (plan.disk.read, plan.disk.write) = (milliseconds(4), milliseconds(4));
    plan.faults = vec![crash(1, 25, 1, DiskAfterCrash::Wiped)];
    plan
}

// Checklist item 59: background jobs draw slices from one controller: no node lets more through in
// a second than it grants.
#[test]
fn background_jobs_draw_slices_from_one_controller() {
    let admission = Admission { slices: 40, ..Admission::default() };
    let mut gates = Gates::default();
    run(&much_to_repair(Some(admission)), &mut gates);
    let most = gates.admitted.values().max().copied().unwrap_or(0);
    assert!((20..=41).contains(&most), "{most} in one second");
    assert!(gates.deferred > 100, "{}", gates.deferred);
}

// Checklist item 59: slices shrink as foreground reads at the database come near the threshold, and
// grow back below it.
#[test]
fn slices_shrink_near_the_threshold_and_grow_back_below_it() {
    let admission = Admission {
        window: Duration::from_secs(10),
        threshold: Duration::from_millis(50),
        slices: 1_000,
        increase: 50,
        ..Admission::default()
    };
    let mut plan = much_to_repair(Some(admission));
    plan.duration = Duration::from_secs(120);
    let mut gates = Gates::default();
    run(&plan, &mut gates);
    let over = |read: &Option<Duration>| read.is_some_and(|read| read.0 >= 50_000_000);
    let cut = gates.adjusted.iter().position(|(_, _, read)| over(read));
    let cut = cut.expect("repairing a whole node disturbs somebody");
    let least = gates.adjusted[cut..].iter().map(|(_, slices, _)| *slices).min().unwrap();
    let last = gates.adjusted.iter().rev().take(5).map(|(_, slices, _)| *slices).max().unwrap();
    assert!(least <= 125 && last >= 400, "{least} at the worst, {last} at the end");
    for (at, slices, read) in &gates.adjusted {
        let room = read.map_or(1.0, |read| 1.0 - read.0 as f64 / 50e6);
        assert!(f64::from(*slices) <= (1_000.0 * room).max(500.0), "{at}: {slices} at {read:?}");
    }
}

// Checklist item 60: with background work, foreground operations fare better at the 99.9th
// percentile with the controller on than off; the work is done later.
#[test]
fn the_controller_spares_the_foreground() {
    let with = |admission| {
        let mut plan = much_to_repair(admission);
        plan.duration = Duration::from_secs(150);
        plan.workload.arrivals = Arrivals::Poisson(rate(10));
        figures(&plan)
    };
    let admission = Admission { slices: 50, ..Admission::default() };
    let (on, off) = (with(Some(admission)), with(None));
    let after = |f: &Figures| f.latency.windows.after;
    for part in [|f: ByPath<Quantiles>| f.get, |f: ByPath<Quantiles>| f.put] {
        let (on, off) = (part(after(&on)).p99_9_ms.unwrap(), part(after(&off)).p99_9_ms.unwrap());
        assert!(on < off, "{on} ms with the controller, {off} ms without");
    }
    assert!(on.repair.overall.anti_entropy.copies > 300, "and work is done");
}
