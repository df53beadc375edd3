//! Hinted handoff: how many keys hints are kept of while a node is down, and how long they take to
//! drain.

use std::collections::BTreeMap;

use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Handoff, Message};
use crate::id::{Address, NodeId};
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, Share};
use crate::validate::wars::read;
use crate::validate::worlds::{MUTE, NO_DISK, QUIET, drive};

/// The name of the group.
pub const GROUP: &str = "hints";

/// Keys, and seconds for which the node is down, and writes in a second over all keys.
const SETTINGS: [(u32, u32, u32); 3] = [(4_000, 60, 50), (4_000, 120, 50), (400, 60, 20)];
const RUNS: u64 = 20;
const QUICK_RUNS: u64 = 2;

/// A job for each setting, and one for the drain.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let runs = effort.choose(RUNS, QUICK_RUNS);
    let mut jobs: Vec<Job> = SETTINGS
        .into_iter()
        .map(|setting| Job::new(GROUP, move |seed| vec![touched(setting, seed, runs)]))
        .collect();
    jobs.push(Job::new(GROUP, drain));
    jobs
}

fn world(keys: u32, down: u32, rate: u32, handoff: &str) -> String {
    format!(
        r#"{{ "name": "hints", "duration": "20m", "sampling": "20m",
        "cluster": {{ "nodes": 4, "n": 3, "r": 1, "w": 1, {QUIET}, {MUTE},
            "hinted_handoff": {handoff},
            "timeouts": {{ "operation": "1s", "replica": "5ms", "forward": "5ms" }} }},
        "network": {{ "latency": {{ "constant": "100us" }} }}, {NO_DISK},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": {keys} }} }},
            "arrivals": {{ "poisson": "{rate}/s" }}, "mix": {{ "blind": 1 }},
            "routing": "partition_aware" }},
        "faults": [{{ "crash": {{ "node": "n3", "at": "10s", "restart_after": "{down}s" }} }}] }}"#
    )
}

/// One hint is kept of each key that was written while its home was down.
fn touched((keys, down, rate): (u32, u32, u32), seed: u64, runs: u64) -> Row {
    let plan = read(&world(keys, down, rate, r#"{ "scan_interval": "1h" }"#)).plan();
    let (mut share, mut homes_of) = (Share { hits: 0, trials: 0 }, 0.0);
    for run in 0..runs {
        let mut plan = plan.clone();
        plan.seed = seed.wrapping_add(run);
        let mut watch = Hints::default();
        drive(&plan, &mut watch, |_, watch| watch.up.is_none());
        let homes = plan.layout().homes;
        let home = |key: &u32| homes.of(crate::id::Key(*key)).contains(&NodeId(3));
        let at_home = (0..keys).filter(home).count() as u64;
        share.hits += watch.pending;
        share.trials += at_home;
        homes_of += at_home as f64;
    }
    let (t, of_a_key) = (f64::from(down), f64::from(rate) / f64::from(keys));
    let exact = 1.0 - libm::exp(-of_a_key * t);
    let case = format!("{keys} keys, {rate} writes/s, down for {down} s");
    let what = format!("share of its {:.0} keys with a hint", homes_of / runs as f64);
    // A hint comes one time-out after its write: those of the last 5 ms are not there yet.
    let late = libm::exp(-of_a_key * t) * of_a_key * 0.01;
    let note = "1 - exp(-writes to a key)";
    let mut row = Row::share((GROUP, &case, what), share, (exact, 0.0), note);
    row.allowed = row.allowed.map(|allowed| allowed + late);
    row
}

/// Hints of a drain that may be on their way at once, and one way of the network.
const BATCH: u64 = 4;
const ONE_WAY_MS: u64 = 10;

/// A stand-in keeps a batch on its way, so that it delivers a batch in each round trip: H hints take
/// H / rate, in whole round trips.
fn drain(seed: u64) -> Vec<Row> {
    let handoff = format!("{{ \"scan_interval\": \"5s\", \"batch\": {BATCH} }}");
    let text = world(4_000, 60, 20, &handoff).replace("100us", &format!("{ONE_WAY_MS}ms"));
    let text = text.replace("\"replica\": \"5ms\"", "\"replica\": \"50ms\"");
    let mut plan = read(&text).plan();
    plan.seed = seed;
    let mut watch = Drain::default();
    let end = Time::ZERO + crate::time::Duration::from_secs(200);
    drive(&plan, &mut watch, |now, _| now < end);
    let row = |(node, drained): (&NodeId, &Drained)| {
        let took = drained.last.since(drained.first).seconds();
        let trips = drained.count.div_ceil(BATCH);
        let exact = (trips * 2 * ONE_WAY_MS) as f64 / 1e3;
        let case = format!("{node}, {} hints, {BATCH} at a time", drained.count);
        let name = (GROUP, &*case, "seconds from the first delivery to the last".to_string());
        Row::number(name, took, (exact, 1e-6), "hints / rate, a batch in each round trip")
    };
    watch.by_node.iter().map(row).collect()
}

#[derive(Default)]
struct Drain {
    by_node: BTreeMap<NodeId, Drained>,
}

struct Drained {
    first: Time,
    last: Time,
    count: u64,
}

impl Observer for Drain {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent {
                from: Address::Node(node),
                message: Message::Handoff(Handoff::Deliver { .. }),
                ..
            } => {
                let begun = Drained { first: now, last: now, count: 0 };
                self.by_node.entry(*node).or_insert(begun);
            }
            Record::Node { node, fact: Fact::HintDelivered { .. } } => {
                if let Some(drained) = self.by_node.get_mut(node) {
                    (drained.last, drained.count) = (now, drained.count + 1);
                }
            }
            _other => {}
        }
    }
}

#[derive(Default)]
struct Hints {
    pending: u64,
    up: Option<Time>,
    was_down: bool,
}

impl Observer for Hints {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { fact: Fact::HintCreated { .. }, .. } => self.pending += 1,
            Record::Node { fact: Fact::HintSuperseded { .. }, .. } => self.pending -= 1,
            Record::Down { .. } => self.was_down = true,
            Record::Up { .. } if self.was_down => self.up = Some(now),
            _other => {}
        }
    }
}
