//! Probing in the manner of SWIM: how many periods pass until anybody, or a given member, pings one
//! that has crashed, and how long after that ping it is suspected.
//!
//! Periods are counted from the crash, so that each live member begins exactly one ping in each.

use std::collections::BTreeMap;

use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Membership, Message};
use crate::id::{Address, NodeId};
use crate::sim::plan::Plan;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::{Drop, Record};
use crate::validate::detection::GROUP;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::wars::read;
use crate::validate::worlds::{MUTE, NO_DISK, QUIET, drive};

/// Members, runs, and the mean number of periods, simulated elsewhere.
const SIZES: [(u32, [u64; 2], f64); 4] = [
    (5, [4_000, 400], 1.463),
    (10, [4_000, 400], 1.530),
    (100, [1_000, 60], 1.577),
    (1_000, [100, 0], 1.5815),
];
/// The last digit of those.
const ROUNDING: f64 = 5e-4;
/// Members, runs, shares of messages that arrive.
const LOSSY: (u32, [u64; 2]) = (100, [1_000, 60]);
const DELIVERED: [f64; 2] = [0.8, 0.5];
/// Members and runs of probing in turn.
const IN_TURN: [(u32, [u64; 2]); 2] = [(10, [2_000, 300]), (50, [600, 60])];

const PERIOD: Duration = Duration::from_secs(1);
const TIMEOUT_S: f64 = 0.1;
/// Who crashes, and who else is looked at.
const DEAD: NodeId = NodeId(0);
const PROBER: NodeId = NodeId(1);

/// All settings.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut add = |runs: [u64; 2], work: Box<dyn Fn(u64, u64) -> Vec<Row> + Send + Sync>| {
        let runs = effort.choose(runs[0], runs[1]);
        if runs > 0 {
            jobs.push(Job::new(GROUP, move |seed| work(seed, runs)));
        }
    };
    for (nodes, runs, mean) in SIZES {
        add(runs, Box::new(move |seed, runs| vec![first(nodes, mean, seed, runs)]));
    }
    for share in DELIVERED {
        add(LOSSY.1, Box::new(move |seed, runs| vec![first_delivered(share, seed, runs)]));
    }
    for (nodes, runs) in IN_TURN {
        add(runs, Box::new(move |seed, runs| in_turn(nodes, seed, runs)));
    }
    for indirect in [0, 3] {
        add([200, 40], Box::new(move |seed, runs| vec![to_suspicion(indirect, seed, runs)]));
    }
    jobs
}

/// So many members, one of which crashes.
struct World<'a> {
    nodes: u32,
    order: &'a str,
    indirect: u32,
    loss: f64,
    crash_ms: u64,
}

impl World<'_> {
    fn plan(&self) -> Plan {
        let World { nodes, order, indirect, loss, crash_ms } = self;
        let text = format!(
            r#"{{ "name": "probing", "duration": "10h", "sampling": "10h",
            "cluster": {{ "nodes": {nodes}, "n": 1, "r": 1, "w": 1, {QUIET}, {MUTE},
                "hinted_handoff": false, "partitioning": {{ "tokens": 1 }},
                "failure_detection": {{ "retry": "20000h", "retry_limit": "20000h",
                    "by": {{ "probes": {{ "period": "1s", "timeout": "100ms",
                        "indirect": {indirect}, "order": "{order}" }} }} }} }},
            "network": {{ "latency": {{ "constant": "1ms" }}, "loss": {loss} }}, {NO_DISK},
            "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
                "arrivals": {{ "closed": {{ "think": {{ "constant": "9h" }} }} }} }},
            "faults": [{{ "crash": {{ "node": "{DEAD}", "at": "{crash_ms}ms" }} }}] }}"#
        );
        read(&text).plan()
    }

    /// What a run has shown once it has shown enough.
    fn run(plan: &Plan, seed: u64, enough: impl Fn(&Probed) -> bool) -> Probed {
        let mut plan = plan.clone();
        plan.seed = seed;
        let mut watch = Probed::default();
        drive(&plan, &mut watch, |_, watch| !enough(watch));
        watch
    }
}

/// What happened to the one that crashes.
#[derive(Default)]
struct Probed {
    down: Option<Time>,
    /// The last ping by each member, before the crash or after.
    last: BTreeMap<NodeId, Time>,
    /// Since the crash: the first ping by each member.
    pinged: BTreeMap<NodeId, Time>,
    /// The first ping at all, and the first that was not lost on its way.
    first: Option<Time>,
    delivered: Option<Time>,
    /// Who suspected first, and when.
    suspected: Option<(NodeId, Time)>,
}

impl Probed {
    /// In which period since the crash this is, counted from 1.
    fn period(&self, at: Option<Time>) -> f64 {
        let since = at.zip(self.down).map(|(at, down)| at.since(down));
        since.map_or(f64::NAN, |since| (since.0 / PERIOD.0 + 1) as f64)
    }
}

impl Observer for Probed {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let is_ping =
            |message: &Message| matches!(message, Message::Membership(Membership::Ping { .. }));
        let dead = Address::Node(DEAD);
        if let Record::Sent { from: Address::Node(from), to, message, .. } = record
            && *to == dead
            && is_ping(message)
        {
            self.last.insert(*from, now);
        }
        match record {
            Record::Down { node, .. } if *node == DEAD => self.down = Some(now),
            _before if self.down.is_none() => {}
            Record::Sent { from: Address::Node(from), to, message, .. }
                if *to == dead && is_ping(message) =>
            {
                self.pinged.entry(*from).or_insert(now);
                self.first.get_or_insert(now);
            }
            Record::Dropped { to, message, cause: Drop::ReceiverDown, .. }
                if *to == dead && is_ping(message) =>
            {
                self.delivered.get_or_insert(now);
            }
            Record::Node { node, fact: Fact::Suspected { peer: DEAD } } => {
                self.suspected.get_or_insert((*node, now));
            }
            _other => {}
        }
    }
}

fn random(nodes: u32, loss: f64) -> World<'static> {
    World { nodes, order: "random", indirect: 0, loss, crash_ms: 2_000 }
}

fn first(nodes: u32, reference: f64, seed: u64, runs: u64) -> Row {
    let plan = random(nodes, 0.0).plan();
    let periods = |run| {
        let seen = World::run(&plan, seed.wrapping_add(run), |seen| seen.first.is_some());
        seen.period(seen.first)
    };
    let periods: Vec<f64> = (0..runs).map(periods).collect();
    let case = format!("SWIM, {nodes} members");
    let name = (GROUP, &*case, "mean periods to the first ping".to_string());
    Row::mean(name, &periods, (reference, ROUNDING), "1 / (1 - (1 - 1 / (n - 1))^(n - 1))")
}

/// A ping that arrives is one that a live member would have answered.
fn first_delivered(share: f64, seed: u64, runs: u64) -> Row {
    let nodes = LOSSY.0;
    let plan = random(nodes, 1.0 - share).plan();
    let periods = |run| {
        let seen = World::run(&plan, seed.wrapping_add(run), |seen| seen.delivered.is_some());
        // It arrived a millisecond after it was sent.
        seen.period(seen.delivered.map(|at| Time(at.0 - 1_000_000)))
    };
    let periods: Vec<f64> = (0..runs).map(periods).collect();
    let case = format!("SWIM, {nodes} members, {share} of messages arrive");
    let name = (GROUP, &*case, "mean periods to the first ping that arrives".to_string());
    let others = f64::from(nodes - 1);
    let exact = 1.0 / (1.0 - libm::pow(1.0 - share / others, others));
    let limit = 1.0 / (1.0 - libm::exp(-share));
    let note = format!("1 / (1 - (1 - q / (n - 1))^(n - 1)); 1 / (1 - e^-q) = {limit:.4} for many");
    Row::mean(name, &periods, (exact, 1e-9), &note)
}

/// Members that are pinged in turn, in an order that is drawn for each pass.
fn in_turn(nodes: u32, seed: u64, runs: u64) -> Vec<Row> {
    let passes = f64::from(nodes - 1);
    let world =
        |crash_ms| World { nodes, order: "round_robin", indirect: 0, loss: 0.0, crash_ms }.plan();
    let by_prober = |plan: &Plan, run: u64| {
        let has = |seen: &Probed| seen.pinged.contains_key(&PROBER);
        let seen = World::run(plan, seed.wrapping_add(run), has);
        seen.period(seen.pinged.get(&PROBER).copied())
    };
    let at_first = world(0);
    let fresh: Vec<f64> = (0..runs).map(|run| by_prober(&at_first, run)).collect();
    // Each moment within a pass as often as any other.
    let moments: Vec<Plan> =
        (0..u64::from(nodes - 1)).map(|at| world(2_000 * u64::from(nodes) + 1_000 * at)).collect();
    let in_pass = |run: u64| by_prober(&moments[run as usize % moments.len()], run);
    let any: Vec<f64> = (0..runs).map(in_pass).collect();
    let longest = any.iter().chain(&fresh).copied().fold(0.0, f64::max);
    let case = format!("SWIM, {nodes} members, in turn");
    let name = |what: &str| (GROUP, &*case, format!("periods to a given member's ping, {what}"));
    let anywhere = (passes + 1.0) * (7.0 * passes - 1.0) / (12.0 * passes);
    vec![
        Row::mean(
            name("from the start of a pass"),
            &fresh,
            (f64::from(nodes) / 2.0, 1e-9),
            "n / 2",
        ),
        Row::mean(
            name("from anywhere in one"),
            &any,
            (anywhere, 1e-9),
            "m = n - 1 and passes independent: (m + 1) (7 m - 1) / (12 m)",
        ),
        Row::at_most(name("at most"), longest, 2.0 * passes - 1.0, "2 (n - 1) - 1"),
    ]
}

/// Without and with others that are asked to try: exactly the time-outs.
fn to_suspicion(indirect: u32, seed: u64, runs: u64) -> Row {
    let plan = World { indirect, ..random(10, 0.0) }.plan();
    let mut furthest: f64 = 0.0;
    let expected = TIMEOUT_S * if indirect == 0 { 1.0 } else { 3.0 };
    let mut sum = 0.0;
    for run in 0..runs {
        let seen = World::run(&plan, seed.wrapping_add(run), |seen| seen.suspected.is_some());
        let (who, at) = seen.suspected.expect("it is waited for");
        let took = at.since(seen.last[&who]).seconds();
        furthest = furthest.max((took - expected).abs());
        sum += took;
    }
    let case = format!("SWIM, 10 members, {indirect} others asked");
    let name = (GROUP, &*case, "mean seconds from ping to suspicion".to_string());
    let note = match indirect {
        0 => "the time-out, in each run",
        _some => "the time-out, and twice that for the others, in each run",
    };
    let mean = if furthest > 1e-9 { expected + furthest } else { sum / runs as f64 };
    Row::number(name, mean, (expected, 1e-9), note)
}
