//! Epidemics: rounds until all nodes know of one change, by push, by pull and both ways, in step as
//! theory has it. Run by the nodes' own gossip.

use crate::dynamo::message::{Membership, Message};
use crate::id::{Address, NodeId};
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::rumours;
use crate::validate::wars::read;

/// The name of the group.
pub const GROUP: &str = "gossip";

/// The ways, and the mean number of rounds for 10, 30, 100 and 1000 nodes, simulated elsewhere with
/// two decimals.
const WAYS: [(&str, [f64; 4]); 3] = [
    ("push", [6.01, 9.11, 12.32, 17.98]),
    ("pull", [5.12, 7.47, 9.82, 13.62]),
    ("push_pull", [3.47, 5.03, 6.55, 9.22]),
];
const NODES: [u32; 4] = [10, 30, 100, 1000];
/// Runs of each; fewer of the largest.
const RUNS: [u64; 4] = [2_000, 1_000, 500, 60];
const QUICK_RUNS: [u64; 4] = [100, 50, 20, 0];
/// The references have sampling errors that are not stored: so much beyond their rounding.
const STORED: f64 = 0.03;

/// A job for each way and size, and those of gossip that ends.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (way, rounds) in WAYS {
        for (place, nodes) in NODES.into_iter().enumerate() {
            let runs = effort.choose(RUNS, QUICK_RUNS)[place];
            if runs > 0 {
                let work = move |seed| spread(way, (nodes, rounds[place]), seed, runs);
                jobs.push(Job::new(GROUP, work));
            }
        }
    }
    jobs.extend(rumours::jobs(effort));
    jobs
}

fn spread(way: &str, (nodes, reference): (u32, f64), seed: u64, runs: u64) -> Vec<Row> {
    let plan = world(nodes, &format!(r#""spread": "{way}""#));
    let rounds: Vec<f64> = (0..runs)
        .map(|run| {
            let mut plan = plan.clone();
            plan.seed = seed.wrapping_add(run);
            rounds_to_all(&plan)
        })
        .collect();
    let case = format!("{way}, {nodes} nodes");
    let name = |what: &str| (GROUP, &*case, what.to_string());
    let mut rows = vec![Row::mean(
        name("mean rounds until all know"),
        &rounds,
        (reference, STORED + 0.005),
        "simulated elsewhere, two decimals",
    )];
    if way == "push" {
        let (n, mean) = (f64::from(nodes), rounds.iter().sum::<f64>() / runs as f64);
        let low = libm::floor(libm::log2(n)) + libm::log(n) - 1.116;
        let high = libm::ceil(libm::log2(n)) + libm::log(n) + 2.765;
        let note =
            "Doerr and Kunnemann: floor(log2 n) + ln n - 1.116 .. ceil(log2 n) + ln n + 2.765";
        let outside = (low - mean).max(mean - high).max(0.0);
        rows.push(Row::number(name("rounds beyond its bounds"), outside, (0.0, 0.0), note));
    }
    rows
}

/// Nodes that do nothing but gossip, in step and so.
pub fn world(nodes: u32, gossip: &str) -> Plan {
    let text = format!(
        r#"{{ "name": "gossip", "duration": "10m", "sampling": "10m",
        "cluster": {{ "nodes": {nodes}, "partitioning": {{ "tokens": 1 }},
            "hinted_handoff": false, "anti_entropy": false,
            "gossip": {{ "seeds": 0, {gossip}, "in_step": true }} }},
        "network": {{ "latency": {{ "constant": "500us" }} }},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "closed": {{ "think": {{ "constant": "1h" }} }} }} }} }}"#
    );
    read(&text).plan()
}

/// A world in which one node knows of a change; and whom the change is about.
pub fn with_news(plan: &Plan) -> (Simulation, NodeId) {
    let about = NodeId(plan.cluster.nodes / 2);
    let before = plan.membership();
    let mut change = before.change(about).expect("everybody is a member").clone();
    change.counter += 1;
    let mut simulation = Simulation::new(plan);
    simulation.teach(NodeId(0), before.with(about, change));
    (simulation, about)
}

/// Tells one node of a change; rounds until all have it.
fn rounds_to_all(plan: &Plan) -> f64 {
    let (mut simulation, about) = with_news(plan);
    let mut knows = vec![false; plan.cluster.nodes as usize];
    knows[0] = true;
    let mut watch = Knowledge { about, knows, missing: plan.cluster.nodes - 1, at: Time::ZERO };
    simulation.start(&mut Observers::new(vec![&mut watch]));
    while watch.missing > 0 && simulation.step(&mut Observers::new(vec![&mut watch])) {}
    let interval: Duration = plan.cluster.gossip.interval;
    libm::floor(watch.at.seconds() / interval.seconds())
}

struct Knowledge {
    about: NodeId,
    knows: Vec<bool>,
    missing: u32,
    at: Time,
}

impl Observer for Knowledge {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Delivered { to: Address::Node(node), message, .. } = record else { return };
        let Message::Membership(Membership::History { history, .. }) = message else { return };
        let new = history.change(self.about).is_some_and(|change| change.counter > 1);
        if new && !std::mem::replace(&mut self.knows[node.index()], true) {
            self.missing -= 1;
            self.at = now;
        }
    }
}
