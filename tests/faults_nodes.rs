//! Faults of clocks, disks and nodes: each does what it says, and no more.

mod watch;

use std::collections::BTreeMap;

use dynamo_sim::dynamo::config::Versioning;
use dynamo_sim::dynamo::config::modes::ClockSkew;
use dynamo_sim::dynamo::fact::{Cause, Fact};
use dynamo_sim::dynamo::message::{Kind, Message, ToCoordinator};
use dynamo_sim::faults::clock::{Clock, ClockTrouble};
use dynamo_sim::faults::disk::{Disk, DiskTrouble};
use dynamo_sim::faults::nodes::{CrashLoop, GroupCrash, RollingRestart};
use dynamo_sim::faults::spec::{DiskAfterCrash, Spec};
use dynamo_sim::id::{Address, NodeId, Span};
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::time::signed::SignedDuration;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::{Record, Touched};

use dynamo_sim::workload::spec::{Arrivals, Mix};
use watch::{Ledger, lost_writes, run, small_plan, unequal_keys};

const NODE: NodeId = NodeId(1);

/// When one node gossips; the stamps of the versions that it keeps, beside the true time: its own,
/// and those of others, whose clocks are right.
#[derive(Default)]
struct Times {
    beats: Vec<f64>,
    stamps: Vec<(f64, f64)>,
}

impl Observer for Times {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent { from: Address::Node(NODE), message, .. } => {
                let beats = message.kind() == Kind::GossipDigest;
                self.beats.extend(beats.then(|| now.seconds()));
            }
            Record::Node { node: NODE, fact: Fact::Kept { change, cause: Cause::Put } } => {
                let versions = change.after.iter().flat_map(|set| set.versions());
                self.stamps.extend(versions.map(|v| (now.seconds(), v.stamp.seconds())));
            }
            _ => {}
        }
    }
}

fn with_clock(is: ClockTrouble, to: Option<u64>) -> Plan {
    let mut plan = small_plan(5);
    plan.duration = Duration::from_secs(30);
    let (from, to) = (Duration::from_secs(10), to.map(Duration::from_secs));
    plan.faults = vec![Spec::Clock(Clock { node: NODE.into(), from, to, is }).into()];
    plan
}

/// Runs with this clock; the true times of beats in whole 10 seconds, counted.
fn beats(is: ClockTrouble, to: Option<u64>) -> (BTreeMap<u64, usize>, Times) {
    let mut times = Times::default();
    let account = run(&with_clock(is, to), &mut times);
    assert!(account.quiescent && account.touched[0].nodes == 1, "{is:?}");
    let mut counts = BTreeMap::new();
    for beat in times.beats.iter().filter(|beat| **beat < 30.0) {
        *counts.entry(*beat as u64 / 10).or_default() += 1;
    }
    (counts, times)
}

#[test]
fn timers_follow_how_fast_a_clock_runs() {
    let (fast, _) = beats(ClockTrouble::DriftPpm(1_000_000), Some(20));
    assert!(fast[&0] == 10 && (19..=21).contains(&fast[&1]), "{fast:?}");
    let (slow, _) = beats(ClockTrouble::DriftPpm(-500_000), Some(20));
    assert!(slow[&0] == 10 && (4..=6).contains(&slow[&1]) && slow[&2] >= 9, "{slow:?}");
    let (frozen, _) = beats(ClockTrouble::Frozen, Some(20));
    assert!(frozen[&0] == 10 && !frozen.contains_key(&1) && frozen[&2] >= 9, "{frozen:?}");
}

#[test]
fn stamps_follow_what_a_clock_shows() {
    let off = |(now, stamp): (f64, f64)| stamp - now;
    let rows = [
        (ClockTrouble::Offset(SignedDuration(-3_000_000_000)), Some(20), [0.0, -3.0, 0.0]),
        (ClockTrouble::Step(SignedDuration(5_000_000_000)), None, [0.0, 5.0, 5.0]),
        (ClockTrouble::Step(SignedDuration(-5_000_000_000)), None, [0.0, -5.0, -5.0]),
    ];
    for (is, to, expected) in rows {
        let (_, times) = beats(is, to);
        let of_third = |third: usize| {
            let within = |(now, _): &&(f64, f64)| *now as usize / 10 == third && now % 10.0 > 0.1;
            times.stamps.iter().filter(within).map(|pair| off(*pair)).collect::<Vec<f64>>()
        };
        for (third, by) in expected.iter().enumerate() {
            let close = of_third(third).into_iter().filter(|off| (off - by).abs() < 0.05).count();
            assert!(close > 10, "{is:?}: {close} stamps of third {third} are off by {by}");
        }
    }
}

// A clock that is set back by more than it has run stands at the start of the run and stays there,
// and nothing panics; and no clock moves the time of the world, which only the queue knows.
#[test]
fn no_clock_is_too_wrong_to_live_with() {
    for is in [
        ClockTrouble::Step(SignedDuration(-86_400_000_000_000)),
        ClockTrouble::Step(SignedDuration(86_400_000_000_000)),
        ClockTrouble::Offset(SignedDuration(-86_400_000_000_000)),
        ClockTrouble::DriftPpm(-999_999),
    ] {
        let plan = with_clock(is, (!matches!(is, ClockTrouble::Step(_))).then_some(20));
        let mut ledger = Ledger::of(&plan);
        let account = run(&plan, &mut ledger);
        assert!(account.quiescent, "{is:?}");
        assert_eq!(unequal_keys(&plan, &account), []);
        assert_eq!(lost_writes(&ledger, &account), [], "causality needs no clock");
    }
}

#[test]
fn the_last_write_wins_only_as_far_as_clocks_agree() {
    let lost = |clock_skew| {
        let mut plan = small_plan(6);
        plan.cluster.versioning = Versioning::LastWriteWins;
        plan.cluster.clock_skew = clock_skew;
        plan.workload.clients = 1;
        plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
        let think = Distribution::Constant(Duration::from_millis(5));
        plan.workload.arrivals = Arrivals::Closed { think };
        let mut ledger = Ledger::of(&plan);
        let account = run(&plan, &mut ledger);
        lost_writes(&ledger, &account).len()
    };
    assert_eq!(lost(None), 0);
    let deviation = Duration::from_secs(1);
    assert!(lost(Some(ClockSkew { deviation })) > 0);
}

/// What one node does between two seconds of the run.
#[derive(Default)]
struct Deeds {
    fetched: usize,
    stored: usize,
    lost: usize,
}

struct Watch {
    from: f64,
    to: f64,
    deeds: Deeds,
    ledger: Ledger,
}

impl Observer for Watch {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.ledger.see(now, record);
        if now.seconds() < self.from || now.seconds() >= self.to {
            return;
        }
        match record {
            Record::Sent { from: Address::Node(NODE), message, .. } => match message {
                Message::Coordinator(ToCoordinator::Fetched { .. }) => self.deeds.fetched += 1,
                Message::Coordinator(
                    ToCoordinator::Stored { .. } | ToCoordinator::Written { .. },
                ) => self.deeds.stored += 1,
                _ => {}
            },
            Record::Node { node: NODE, fact: Fact::Lost { .. } } => self.deeds.lost += 1,
            _ => {}
        }
    }
}

/// Runs with these faults, checks that all is well in the end, and tells what the node did
/// meanwhile and what the first fault touched.
fn deeds(plan: &Plan, from: f64, to: f64) -> (Deeds, Touched) {
    let ledger = Ledger::of(plan);
    let mut watch = Watch { from, to, deeds: Deeds::default(), ledger };
    let account = run(plan, &mut watch);
    assert!(account.quiescent, "{:?}", plan.faults);
    assert_eq!(unequal_keys(plan, &account), []);
    let (came, went) = watch.ledger.hints(&account);
    assert_eq!(came, went, "the books of hints close");
    (watch.deeds, account.touched[0])
}

fn with_disk(is: DiskTrouble) -> Plan {
    let mut plan = small_plan(8);
    let (from, to) = (Duration::from_secs(3), Duration::from_secs(6));
    plan.faults = vec![Spec::Disk(Disk { node: NODE.into(), from, to, is }).into()];
    plan
}

#[test]
fn a_disk_fails_what_it_says_and_nothing_else() {
    // What it touches, and whether fetches, and stores, are answered while it lasts.
    let rows = [
        (DiskTrouble::Stalled, false, false),
        (DiskTrouble::Full, true, false),
        (DiskTrouble::ReadErrors(1.0), false, true),
        (DiskTrouble::WriteErrors(1.0), true, false),
        (DiskTrouble::ReadErrors(0.5), true, true),
        (DiskTrouble::Slow(3.0), true, true),
        (DiskTrouble::LyingFlush, true, true),
    ];
    for (is, fetches, stores) in rows {
        let (deeds, touched) = deeds(&with_disk(is), 3.001, 6.0);
        assert!(touched.jobs > 10, "{is:?}");
        assert_eq!((deeds.fetched > 10, deeds.stored > 10), (fetches, stores), "{is:?}");
        assert!((deeds.fetched > 0) == fetches && (deeds.stored > 0) == stores, "{is:?}");
    }
}

#[test]
fn a_lying_disk_loses_in_a_crash_what_it_acknowledged() {
    let lost = |lies: bool, at: u64| {
        let mut plan = with_disk(DiskTrouble::LyingFlush);
        plan.faults.push(watch::crash(1, at, 1, DiskAfterCrash::UnflushedLost));
        if !lies {
            plan.faults.remove(0);
        }
        deeds(&plan, 0.0, 100.0).0.lost
    };
    assert_eq!(lost(false, 5), 0, "each write is flushed");
    assert!(lost(true, 5) > 0);
    assert_eq!(lost(true, 7), 0, "it tells the truth again, and all is safe");
}

#[test]
fn corrupt_copies_are_lost_told_and_made_good() {
    let plan = with_disk(DiskTrouble::Corrupt(0.3));
    let (deeds, touched) = deeds(&plan, 3.0, 6.0);
    assert!(deeds.lost > 5 && touched.copies >= deeds.lost as u64, "{}", deeds.lost);
    let mut ledger = Ledger::of(&plan);
    let account = run(&plan, &mut ledger);
    assert_eq!(lost_writes(&ledger, &account), [], "two other homes hold them");
}

/// How often one node starts, and how many of its copies a crash takes.
#[derive(Default)]
struct Lives {
    starts: BTreeMap<NodeId, Vec<f64>>,
    stops: BTreeMap<NodeId, Vec<f64>>,
}

impl Observer for Lives {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Up { node } => self.starts.entry(*node).or_default().push(now.seconds()),
            Record::Down { node, .. } => self.stops.entry(*node).or_default().push(now.seconds()),
            _ => {}
        }
    }
}

fn lives(fault: Spec) -> (Lives, u64) {
    let mut plan = small_plan(11);
    plan.faults = vec![fault.into()];
    let mut lives = Lives::default();
    let account = run(&plan, &mut lives);
    assert!(account.quiescent);
    assert_eq!(unequal_keys(&plan, &account), []);
    (lives, account.touched[0].nodes)
}

#[test]
fn nodes_stop_and_start_when_it_is_said() {
    let seconds = Duration::from_secs;
    let nodes = vec![Span::parse("n1..n2").unwrap(), Span::parse("n2..n3").unwrap()];
    let disk = DiskAfterCrash::Kept;
    let (at, every, down) = (seconds(2), seconds(2), seconds(1));
    let (seen, touched) =
        lives(Spec::CrashLoop(CrashLoop { node: NODE.into(), at, every, times: 3, down, disk }));
    assert_eq!((&seen.stops[&NODE][..], touched), (&[2.0, 4.0, 6.0][..], 3));
    assert_eq!(seen.starts[&NODE], [0.0, 3.0, 5.0, 7.0]);
    let pause = seconds(1);
    let rolling = RollingRestart { nodes: nodes.clone(), at, down, pause };
    let (seen, touched) = lives(Spec::RollingRestart(rolling));
    let stops: Vec<f64> = (1..4).map(|node| seen.stops[&NodeId(node)][0]).collect();
    assert_eq!((stops, touched), (vec![2.0, 4.0, 6.0], 3));
    let group = GroupCrash { nodes, at, restart_after: Some(down), disk };
    let (seen, touched) = lives(Spec::GroupCrash(group));
    let times: Vec<_> =
        (1..4).map(|node| (seen.stops[&NodeId(node)][0], seen.starts[&NodeId(node)][1])).collect();
    assert_eq!((times, touched), (vec![(2.0, 3.0); 3], 3));
}

#[test]
fn a_crash_takes_what_its_disk_says() {
    let taken = |disk| {
        let mut plan = small_plan(12);
        plan.faults = vec![watch::crash(1, 6, 2, disk)];
        deeds(&plan, 5.999, 6.001)
    };
    assert_eq!(taken(DiskAfterCrash::UnflushedLost).1.copies, 0);
    assert_eq!(taken(DiskAfterCrash::Torn).1.copies, 1);
    let (deeds, touched) = taken(DiskAfterCrash::Restored(Duration::from_secs(3)));
    assert!(deeds.lost > 5 && touched.copies >= deeds.lost as u64, "{}", deeds.lost);
    let (all, _) = taken(DiskAfterCrash::Wiped);
    assert!(taken(DiskAfterCrash::Restored(Duration::from_secs(60))).0.lost == all.lost);
}
