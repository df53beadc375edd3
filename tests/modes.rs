//! Usage modes and what goes with them (sections 4.4 and 6), as whole worlds.

mod watch;

use std::collections::{BTreeMap, BTreeSet};

use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::dynamo::config::modes::{ClockSkew, ClockTruncation, Tombstones, TruncatedWhen};
use dynamo_sim::dynamo::config::{Coordinator, Versioning};
use dynamo_sim::dynamo::fact::{Cause, Fact};
use dynamo_sim::dynamo::message::{Action, Membership, Message, ToReplica};
use dynamo_sim::faults::spec::DiskAfterCrash;
use dynamo_sim::id::{Address, ClientId, NodeId};
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::Record;
use dynamo_sim::workload::balancer::LoadBalancer;
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Routing};
use dynamo_sim::workload::words::ClientFact;

use watch::{crash, measure, small_plan};

fn truncating(versioning: Versioning, truncation: Option<(u32, TruncatedWhen)>) -> Plan {
    let mut plan = small_plan(17);
    plan.cluster.versioning = versioning;
    plan.cluster.coordinator = Coordinator::Random;
    (plan.cluster.nodes, plan.cluster.n) = (6, 5);
    plan.cluster.clock_truncation =
        truncation.map(|(threshold, when)| ClockTruncation { threshold, when });
    plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
    plan.faults = vec![crash(1, 2, 3, DiskAfterCrash::Kept), crash(3, 6, 3, DiskAfterCrash::Kept)];
    plan
}

// Checklist item 17: truncation at a threshold that clocks reach makes false conflicts, which are
// counted by the true past; at one that they do not reach, and without truncation, there are none.
#[test]
fn truncation_makes_false_conflicts_and_they_are_counted() {
    use TruncatedWhen::{Exceeded, Reached};
    for versioning in [Versioning::Dotted, Versioning::Literal] {
        let run = |truncation| measure(&truncating(versioning, truncation));
        let counts = [None, Some((10, Reached)), Some((4, Exceeded)), Some((4, Reached))]
            .map(|truncation| run(truncation).0.versions.false_conflicts);
        assert_eq!(counts[..2], [0, 0], "{versioning:?}");
        assert!(0 < counts[2] && counts[2] < counts[3], "{versioning:?} {counts:?}");
        let (figures, account, found) = run(Some((4, Reached)));
        for (_, set) in account.nodes.iter().flat_map(|node| &node.copies) {
            let limit = if versioning == Versioning::Dotted { set.versions().len() } else { 0 };
            let own = set.versions().iter().filter_map(|version| version.clock.as_deref());
            let stored = own.chain((versioning == Versioning::Dotted).then_some(set.clock()));
            assert!(stored.into_iter().all(|clock| clock.entries().len() <= limit.max(3)));
        }
        if versioning == Versioning::Dotted {
            assert_eq!((figures.durability.lost_writes, found), (0, vec![]));
        }
    }
}

/// What clients that coordinate send and are sent.
#[derive(Default)]
struct Downloads {
    /// By client, when it asked for the membership and whom.
    pulls: BTreeMap<ClientId, Vec<(Time, NodeId)>>,
    at_once: Vec<Time>,
    /// Sizes of memberships on the wire.
    bytes: Vec<u64>,
    /// Requests by whether they are gets, and fetches and stores sent by clients.
    requests: [u64; 2],
    fetches: u64,
    stores: u64,
    /// Requests that nodes handed on.
    forwarded: u64,
}

impl Observer for Downloads {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent {
                from: Address::Client(client), to: Address::Node(to), message, ..
            } => match message {
                Message::Membership(Membership::Pull { .. }) => {
                    self.pulls.entry(*client).or_default().push((now, *to));
                }
                Message::Request(request) => {
                    self.requests[usize::from(matches!(request.action, Action::Get))] += 1;
                }
                Message::Replica(ToReplica::Fetch { .. }) => self.fetches += 1,
                Message::Replica(ToReplica::Store { .. }) => self.stores += 1,
                _ => {}
            },
            Record::Sent { message: Message::Membership(Membership::Pulled { .. }), .. } => {
                let Record::Sent { message, .. } = record else { unreachable!() };
                self.bytes.push(message.bytes());
            }
            Record::Sent { from: Address::Node(_), message: Message::Request(_), .. } => {
                self.forwarded += 1;
            }
            Record::Client { fact: ClientFact::Refreshed { at_once: true }, .. } => {
                self.at_once.push(now);
            }
            _ => {}
        }
    }
}

fn client_driven(versioning: Versioning) -> Plan {
    let mut plan = small_plan(61);
    plan.duration = Duration::from_secs(45);
    plan.cluster.versioning = versioning;
    plan.workload.routing = Routing::ClientDriven;
    plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
    plan
}

// Checklist item 61: a client downloads the membership from a random node every 10 s, and at once
// when a node does not answer.
#[test]
fn a_client_refreshes_every_ten_seconds_and_at_once_when_a_node_is_silent() {
    let mut plan = client_driven(Versioning::Dotted);
    let mut calm = Downloads::default();
    watch::run(&plan, &mut calm);
    assert_eq!((calm.at_once.len(), calm.pulls.len()), (0, 6));
    let mut asked = BTreeSet::new();
    for pulls in calm.pulls.values() {
        assert!(pulls[0].0 < Time::ZERO + Duration::from_secs(10) && pulls.len() >= 4);
        for pair in pulls.windows(2) {
            assert_eq!(pair[1].0.since(pair[0].0), Duration::from_secs(10));
        }
        asked.extend(pulls.iter().map(|(_, node)| *node));
    }
    assert!(asked.len() >= 4, "nodes are chosen at random: {asked:?}");
    // Five nodes of 32 tokens: a record of 32 bytes and 24 bytes for each token, and a header.
    assert!(calm.bytes.iter().all(|bytes| *bytes == 48 + 5 * (32 + 32 * 24)));
    plan.faults = vec![crash(2, 20, 5, DiskAfterCrash::Kept)];
    let mut crashed = Downloads::default();
    watch::run(&plan, &mut crashed);
    let first = crashed.at_once.first().expect("a silent node is noticed").seconds();
    // A replica is given up after 100 ms.
    assert!((20.0..20.5).contains(&first), "{first}");
    let figures = measure(&plan).0;
    let age = figures.routing.view_age_max_s.unwrap();
    assert!((5.0..10.31).contains(&age), "the interval, and a time-out: {age}");
    assert_eq!(figures.availability.overall.get, Some(1.0));
}

// Checklist item 62: a client coordinates its reads; puts go to a node of the top N, which makes the
// version, or are coordinated by the client too where the last write wins.
#[test]
fn a_client_coordinates_reads_and_under_last_write_wins_writes() {
    for versioning in [Versioning::Dotted, Versioning::Literal, Versioning::LastWriteWins] {
        let plan = client_driven(versioning);
        let mut seen = Downloads::default();
        watch::run(&plan, &mut seen);
        let (figures, _, found) = measure(&plan);
        let operations = &figures.operations.overall;
        assert_eq!(seen.requests[1], 0, "no get is sent to be coordinated");
        assert_eq!(seen.fetches, 3 * operations.get.invoked);
        let puts = operations.put.invoked;
        let by_client = versioning == Versioning::LastWriteWins;
        let (requests, stores) = if by_client { (0, 3 * puts) } else { (puts, 0) };
        assert_eq!((seen.requests[0], seen.stores), (requests, stores), "{versioning:?}");
        assert_eq!((seen.forwarded, figures.routing.misrouted), (0, 0));
        assert!(puts > 1_000 && figures.availability.overall.put == Some(1.0));
        let share = if by_client { 0.0 } else { puts as f64 / (puts + operations.get.ok) as f64 };
        let hops = figures.routing.hops_mean.unwrap();
        assert!((hops - share).abs() < 1e-9, "{versioning:?} {hops} {share}");
        let expected: &[_] = match versioning {
            Versioning::Dotted | Versioning::Vectors => &[],
            Versioning::Literal | Versioning::LastWriteWins => &[("durability", Outcome::Anomaly)],
        };
        assert_eq!(found, expected, "{versioning:?}");
    }
}

// Checklist item 22: a client behind a load balancer needs one step more than one that knows the
// ring, at most; a balancer that takes time adds that to each way.
#[test]
fn hops_differ_by_one_at_most_and_a_load_balancer_has_a_price() {
    let run = |routing, balancer: Option<u64>| {
        let mut plan = small_plan(22);
        plan.workload.mix = Mix { get: 1.0, ..Mix::default() };
        plan.workload.routing = routing;
        plan.workload.load_balancer = balancer.map(|milliseconds| LoadBalancer {
            latency: Distribution::Constant(Duration::from_millis(milliseconds)),
            count: 1,
        });
        measure(&plan).0
    };
    let aware = run(Routing::PartitionAware, None);
    assert_eq!(aware.routing.hops_mean, Some(1.0));
    let balanced = run(Routing::LoadBalancer, None);
    let hops = balanced.routing.hops_mean.unwrap();
    // Of five nodes two are no homes of a key.
    assert!((1.3..1.5).contains(&hops), "{hops}");
    let dear = run(Routing::LoadBalancer, Some(5));
    assert!((dear.routing.hops_mean.unwrap() - hops - 1.0).abs() < 1e-9);
    let means = [&dear, &balanced].map(|figures| figures.latency.overall.get.mean_ms.unwrap());
    assert!((means[0] - means[1] - 10.0).abs() < 1e-6, "{means:?}");
}

/// Tombstones that came to a home by each mechanism, and those that were dropped.
#[derive(Default)]
struct Deletes {
    came: BTreeMap<Cause, u64>,
    dropped: u64,
}

impl Observer for Deletes {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        match record {
            Record::Node { fact: Fact::Kept { change, cause }, .. } if change.is_news() => {
                let gone = change.after.as_ref().is_some_and(|set| set.visible().next().is_none());
                *self.came.entry(*cause).or_default() += u64::from(gone);
            }
            Record::Node { fact: Fact::Reaped { .. }, .. } => self.dropped += 1,
            _ => {}
        }
    }
}

/// Values are deleted while one of their homes is down, with nothing but these to tell it.
fn deleting(hints: bool, read_repair: bool, anti_entropy: bool) -> Plan {
    let mut plan = small_plan(44);
    plan.settle_limit = Duration::from_secs(60);
    plan.cluster.nodes = 8;
    plan.workload.keys = Keys::Uniform { count: 150 };
    plan.workload.mix = Mix { get: 0.4, put: 0.4, delete: 0.2, ..Mix::default() };
    plan.faults = vec![crash(1, 3, 5, DiskAfterCrash::Kept)];
    plan.cluster.read_repair = read_repair;
    if !hints {
        plan.cluster.hinted_handoff = Switch::Off;
    }
    if !anti_entropy {
        plan.cluster.anti_entropy = Switch::Off;
    }
    plan
}

#[test]
fn tombstones_pass_through_hints_read_repair_and_merkle_trees() {
    let rows = [
        ((true, false, false), Cause::Handoff),
        ((false, true, false), Cause::ReadRepair),
        ((false, false, true), Cause::AntiEntropy),
    ];
    for ((hints, read_repair, anti_entropy), cause) in rows {
        let plan = deleting(hints, read_repair, anti_entropy);
        let mut deletes = Deletes::default();
        watch::run(&plan, &mut deletes);
        let came: Vec<Cause> =
            deletes.came.iter().filter(|(_, count)| **count > 0).map(|(cause, _)| *cause).collect();
        assert_eq!(came, [Cause::Put, cause], "{:?}", deletes.came);
        assert_eq!(deletes.dropped, 0);
        // Read repair alone mends only what is read.
        if cause != Cause::ReadRepair {
            assert_eq!(measure(&plan).0.durability.resurrected, 0, "{cause:?}");
        }
    }
}

#[test]
fn a_tombstone_that_goes_before_a_home_is_back_brings_the_value_back() {
    let run = |tombstones| {
        let mut plan = deleting(false, true, true);
        plan.cluster.tombstones = tombstones;
        let mut deletes = Deletes::default();
        watch::run(&plan, &mut deletes);
        let (figures, _, found) = measure(&plan);
        (figures.durability, deletes.dropped, found)
    };
    let (kept, dropped, found) = run(Tombstones::Keep);
    assert_eq!((kept.resurrected, kept.lost_writes, dropped, found), (0, 0, 0, vec![]));
    let (early, dropped, found) = run(Tombstones::Timed(Duration::from_secs(1)));
    assert!(early.resurrected > 0 && early.lost_writes == 0 && dropped > 50, "{early:?} {dropped}");
    assert_eq!(found, []);
    let (late, dropped, _) = run(Tombstones::Timed(Duration::from_secs(30)));
    assert_eq!(late.resurrected, 0, "the outage is shorter");
    assert_eq!(dropped, 0, "the run is over before");
    // Riak's way waits for the home that is away.
    let (all, dropped, found) = run(Tombstones::WhenAllHomes(Duration::from_millis(500)));
    assert_eq!((all.resurrected, all.lost_writes, found), (0, 0, vec![]));
    assert!(dropped > 50, "{dropped}");
}

// Checklist item 33: in one world, clients that merge keep every acknowledged write whatever the
// clocks show; the last write by clocks that are off loses some, which are counted, and more of them
// the further they are off; a read engine (R=1, W=N) reads from one and misses nothing committed.
#[test]
fn the_three_modes_of_section_6_keep_lose_and_read_as_they_should() {
    let run = |versioning, skew: u64, (r, w)| {
        let mut plan = small_plan(33);
        plan.duration = Duration::from_secs(30);
        (plan.cluster.versioning, plan.cluster.r, plan.cluster.w) = (versioning, r, w);
        let deviation = Duration::from_millis(skew);
        plan.cluster.clock_skew = (skew > 0).then_some(ClockSkew { deviation });
        plan.workload.arrivals = Arrivals::Closed {
            think: Distribution::Exponential { mean: Duration::from_millis(40) },
        };
        plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
        measure(&plan).0
    };
    let merged = run(Versioning::Dotted, 500, (2, 2));
    assert_eq!((merged.durability.lost_writes, merged.staleness.overall.stale_reads), (0, 0));
    assert!(merged.versions.two > 0, "the client has something to merge");
    let lost = [0, 20, 500].map(|skew| {
        let figures = run(Versioning::LastWriteWins, skew, (2, 2));
        assert_eq!(figures.versions.max, 1);
        figures.durability.lost_writes
    });
    assert!(lost[0] < lost[1] && lost[1] < lost[2], "{lost:?}");
    let engine = run(Versioning::Dotted, 0, (1, 3));
    assert_eq!((engine.durability.lost_writes, engine.staleness.overall.stale_reads), (0, 0));
    let quick = |figures: &Figures| figures.latency.overall.get.mean_ms.unwrap();
    assert!(quick(&engine) < quick(&merged), "one answer comes sooner than two");
}
