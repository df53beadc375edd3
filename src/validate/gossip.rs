//! Epidemics: rounds until all nodes know of one change, by push, by pull and both ways, in step as
//! theory has it. Run by the nodes' own gossip.

use crate::dynamo::message::{Membership, Message};
use crate::id::{Address, NodeId};
use crate::sim::simulation::Simulation;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
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

/// A job for each way and size, and what there is none of.
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
    jobs.push(Job::new(GROUP, |_| rumours()));
    jobs
}

fn spread(way: &str, (nodes, reference): (u32, f64), seed: u64, runs: u64) -> Vec<Row> {
    let text = format!(
        r#"{{ "name": "gossip", "duration": "10m", "sampling": "10m",
        "cluster": {{ "nodes": {nodes}, "partitioning": {{ "tokens": 1 }},
            "hinted_handoff": false, "anti_entropy": false,
            "gossip": {{ "seeds": 0, "spread": "{way}", "in_step": true }} }},
        "network": {{ "latency": {{ "constant": "500us" }} }},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "closed": {{ "think": {{ "constant": "1h" }} }} }} }} }}"#
    );
    let plan = read(&text).plan();
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

/// Tells one node of a change; rounds until all have it.
fn rounds_to_all(plan: &crate::sim::plan::Plan) -> f64 {
    let about = NodeId(plan.cluster.nodes / 2);
    let before = plan.membership();
    let mut change = before.change(about).expect("everybody is a member").clone();
    change.counter += 1;
    let mut knows = vec![false; plan.cluster.nodes as usize];
    knows[0] = true;
    let mut watch = Knowledge { about, knows, missing: plan.cluster.nodes - 1, at: Time::ZERO };
    let mut simulation = Simulation::new(plan);
    simulation.teach(NodeId(0), before.with(about, change));
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

/// Rumours that lose interest leave some sites without them for ever.
fn rumours() -> Vec<Row> {
    let why = "nodes of this simulator never lose interest: they reconcile whole histories for \
               ever, as section 4.8.1 has it, so that there is no residue";
    let residue = [(1, 0.2032), (2, 0.0595), (3, 0.0198)];
    let row = |(k, share): (u32, f64)| {
        let name =
            (GROUP, "rumour mongering (Demers)", format!("residue, feedback and coin, k={k}"));
        Row::not_simulated(name, Some(share), why)
    };
    residue.map(row).to_vec()
}
