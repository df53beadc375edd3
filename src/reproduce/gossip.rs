//! Section 4.8.1 and the question whether gossip scales past thousands of nodes: rounds until
//! everybody knows of a change, bytes, and the limit, over the number of nodes and three ways to
//! exchange what is known. Run by the nodes' own gossip.

mod charts;
mod tables;

use crate::dynamo::message::{Grouped, Kind, Membership, Message};
use crate::dynamo::ring::history::History;
use crate::id::{Address, NodeId};
use crate::reproduce::result::{Reproduction, Verdict};
use crate::reproduce::work::{Stopped, Work, World};
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::statistics::estimate::Estimate;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::{Record, Totals};

/// Numbers of nodes, and how many repetitions each gets.
const SIZES: [(u32, u64); 8] = [
    (10, 100),
    (30, 100),
    (100, 100),
    (200, 100),
    (300, 100),
    (1000, 40),
    (3000, 20),
    (10_000, 10),
];
const REDUCED_SIZES: [(u32, u64); 4] = [(10, 40), (30, 20), (100, 10), (300, 10)];

/// How two nodes exchange what they know, by the name of the setting.
const EXCHANGES: [(&str, &str); 3] = [
    ("full", "full tables"),
    ("digest", "one digest, then tables"),
    ("two_level", "digests of groups, then groups"),
];

/// How long a cluster is watched at rest, once everybody knows.
const REST: Duration = Duration::from_secs(5);
/// Everybody knows long before this.
const LIMIT: Duration = Duration::from_secs(600);
/// Steps between two looks whether to go on.
const STEPS: u32 = 1024;
/// Bytes of a token in a table, as messages count them.
const TOKEN_BYTES: f64 = 24.0;

/// One run.
#[derive(Clone, Copy, Debug)]
struct Spreading {
    /// Rounds until half, 99 % and all of the nodes know.
    rounds: [f64; 3],
    /// What a node sends each second when nothing is new.
    at_rest: Sent,
    /// What a node sends for one change beyond that, in all.
    for_a_change: Sent,
}

/// What one node sends, in the mean.
#[derive(Clone, Copy, Default, Debug)]
struct Sent {
    /// With one token a node.
    bytes: f64,
    /// Records of nodes in what is sent.
    records: f64,
}

/// All runs of one size and exchange.
#[derive(Clone, Debug)]
struct Sweep {
    exchange: usize,
    nodes: u32,
    runs: Vec<Spreading>,
}

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let sizes: &[(u32, u64)] = work.choose(&SIZES, &REDUCED_SIZES);
    let cost = |(nodes, runs): &(u32, u64)| f64::from(*nodes) * *runs as f64;
    let all = sizes.iter().map(cost).sum::<f64>() * EXCHANGES.len() as f64;
    let (mut sweeps, mut scenarios, mut done) = (Vec::new(), Vec::new(), 0.0);
    for size in sizes {
        for exchange in 0..EXCHANGES.len() {
            let world = world(size.0, exchange);
            let mut runs = Vec::new();
            for run in 0..size.1 {
                let seed = work.seed.wrapping_mul(1_000).wrapping_add(run);
                runs.push(spread(&Plan { seed, ..world.checked.plan() }, work)?);
                done += f64::from(size.0);
                work.done(done / all)?;
            }
            sweeps.push(Sweep { exchange, nodes: size.0, runs });
            if size.0 == 100 {
                scenarios.push((world.checked.scenario().name.clone(), world.text));
            }
        }
    }
    Ok(told(&sweeps, scenarios))
}

fn told(sweeps: &[Sweep], scenarios: Vec<(String, String)>) -> Reproduction {
    let tables = tables::tables(sweeps);
    let bars = tables.iter().flat_map(|table| &table.rows);
    let bars: Vec<Verdict> =
        bars.map(|row| row.verdict).filter(|verdict| *verdict != Verdict::NoBar).collect();
    let kept = bars.iter().filter(|verdict| !verdict.is_bad()).count();
    let limit = tables::limit_at_rest(sweeps, 0, 100.0);
    let words = |text: &str| text.to_string();
    Reproduction {
        title: words("Gossip: does it scale past thousands of nodes?"),
        paper: paper(),
        assumptions: assumptions(),
        bar: words(
            "whole rounds to all within 0.5 of the prediction, bytes of full tables within 3 %, \
             slopes of both; digests or groups move the limit by an order of magnitude",
        ),
        outcome: format!(
            "{kept} of {} bars kept; full tables of 100 tokens a node reach the limit at {:.0} \
             nodes",
            bars.len(),
            limit
        ),
        remarks: vec![
            words(
                "One digest of the whole history costs the same at rest whatever the number of \
                 nodes; what grows is the price of a change, since whole tables travel until \
                 everybody knows. Groups of about as many nodes as there are groups make that grow \
                 with the square root.",
            ),
            words(
                "The share of time in which some node is out of date follows from the measured \
                 time: 1 - exp(-changes a second x seconds until all know).",
            ),
        ],
        tables,
        charts: charts::charts(sweeps),
        scenarios,
    }
}

fn paper() -> Vec<String> {
    let words = |text: &str| text.to_string();
    vec![
        words(
            "Section 4.8.1: each node contacts a peer chosen at random every second, and the \
             two efficiently reconcile their persisted histories of membership changes.",
        ),
        words(
            "Section 6.6: full membership works for a couple of hundred nodes; to tens of \
             thousands it is not trivial, because upkeep of the routing tables grows with the \
             system.",
        ),
        words(
            "The column `paper` holds what follows from the paper's rule by arithmetic: one \
             random peer a node and second, push and pull, no loss, 32 bytes a node and 24 a \
             token, whole tables both ways.",
        ),
    ]
}

fn assumptions() -> Vec<String> {
    let words = |text: &str| text.to_string();
    vec![
        words("One change is issued at one node (n0) at a random moment of everybody's period."),
        words("No node fails, no message is lost; each takes 0.5 ms. There are no seeds."),
        words(
            "The prediction counts whole rounds (the largest that it has seen are whole \
             numbers), so that a time of 4.2 s counts as 5 rounds; the time itself, about \
             half a round less, has rows of its own.",
        ),
        words(
            "Runs have one token a node; bytes for 100 tokens follow exactly, since every \
             record that is sent is counted.",
        ),
        words(
            "The limit is where gossip takes 5 % of 1 Gb/s (6.25 MB/s a node). The network \
             of these runs has no limit of its own.",
        ),
    ]
}

fn world(nodes: u32, exchange: usize) -> World {
    let (setting, _) = EXCHANGES[exchange];
    let kind = setting.replace('_', "-");
    World::read(&format!(
        r#"{{ "name": "gossip-{kind}-{nodes}", "duration": "10m", "sampling": "10m",
            "cluster": {{ "nodes": {nodes}, "partitioning": {{ "tokens": 1 }},
                "hinted_handoff": false, "anti_entropy": false,
                "gossip": {{ "seeds": 0, "exchange": "{setting}" }} }},
            "network": {{ "latency": {{ "constant": "500us" }} }},
            "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
                "arrivals": {{ "closed": {{ "think": {{ "constant": "1h" }} }} }} }} }}"#
    ))
}

/// Who knows of the one change, and since when.
struct Knowledge {
    /// The node that the change is about.
    about: NodeId,
    knows: Vec<bool>,
    learnt: Vec<Time>,
    /// Records of nodes in all that was sent.
    records: u64,
}

impl Knowledge {
    fn learn(&mut self, now: Time, node: NodeId) {
        if !std::mem::replace(&mut self.knows[node.index()], true) {
            self.learnt.push(now);
        }
    }

    fn everybody_knows(&self) -> bool {
        self.learnt.len() == self.knows.len()
    }

    /// Rounds until this part of the nodes knew.
    fn rounds(&self, part: f64, interval: Duration) -> f64 {
        let count = libm::ceil(part * self.knows.len() as f64) as usize;
        self.learnt[count.max(1) - 1].seconds() / interval.seconds()
    }
}

impl Observer for Knowledge {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent { message, .. } => {
                self.records += history(message).map_or(0, |history| history.count() as u64);
            }
            Record::Delivered { to: Address::Node(node), message, .. } => {
                let change = history(message).and_then(|history| history.change(self.about));
                if change.is_some_and(|change| change.counter > 1) {
                    self.learn(now, *node);
                }
            }
            _other => {}
        }
    }
}

fn history(message: &Message) -> Option<&History> {
    match message {
        Message::Membership(Membership::History { history, .. }) => Some(history),
        Message::Membership(Membership::Grouped(grouped)) => match &**grouped {
            Grouped::Part { history, .. } => Some(history),
            Grouped::Digests { .. } => None,
        },
        _other => None,
    }
}

/// Tells one node of a change and looks until everybody knows, and then for a while at rest.
fn spread(plan: &Plan, work: &mut Work<'_>) -> Result<Spreading, Stopped> {
    let nodes = plan.cluster.nodes;
    let (teller, about) = (NodeId(0), NodeId(nodes / 2));
    let before = plan.membership();
    let mut change = before.change(about).expect("everybody is a member").clone();
    change.counter += 1;
    let mut simulation = Simulation::new(plan);
    simulation.teach(teller, before.with(about, change));
    let knows = vec![false; nodes as usize];
    let mut knowledge = Knowledge { about, knows, learnt: Vec::new(), records: 0 };
    knowledge.learn(Time::ZERO, teller);
    simulation.start(&mut Observers::new(vec![&mut knowledge]));
    go_on(&mut simulation, &mut knowledge, work, |_, knowledge| !knowledge.everybody_knows())?;
    let (all_at, spent) = (simulation.now(), Tally::of(&simulation, &knowledge));
    go_on(&mut simulation, &mut knowledge, work, |now, _| now < all_at + REST)?;
    let resting = Tally::of(&simulation, &knowledge).since(spent);
    let at_rest = resting.of_a_node(nodes, simulation.now().since(all_at).seconds());
    let in_all = spent.of_a_node(nodes, 1.0);
    let took = all_at.seconds();
    let interval = plan.cluster.gossip.interval;
    Ok(Spreading {
        rounds: [0.5, 0.99, 1.0].map(|part| knowledge.rounds(part, interval)),
        at_rest,
        for_a_change: Sent {
            bytes: (in_all.bytes - took * at_rest.bytes).max(0.0),
            records: (in_all.records - took * at_rest.records).max(0.0),
        },
    })
}

/// Steps while something holds.
fn go_on(
    simulation: &mut Simulation,
    knowledge: &mut Knowledge,
    work: &mut Work<'_>,
    holds: impl Fn(Time, &Knowledge) -> bool,
) -> Result<(), Stopped> {
    while holds(simulation.now(), knowledge) {
        assert!(simulation.now() < Time::ZERO + LIMIT, "a change spreads within minutes");
        for _ in 0..STEPS {
            simulation.step(&mut Observers::new(vec![knowledge]));
            if !holds(simulation.now(), knowledge) {
                break;
            }
        }
        work.go_on()?;
    }
    Ok(())
}

/// What all nodes have sent so far.
#[derive(Clone, Copy)]
struct Tally {
    bytes: u64,
    records: u64,
}

impl Tally {
    fn of(simulation: &Simulation, knowledge: &Knowledge) -> Tally {
        Tally { bytes: gossiped(simulation.totals()), records: knowledge.records }
    }

    fn since(self, before: Tally) -> Tally {
        Tally { bytes: self.bytes - before.bytes, records: self.records - before.records }
    }

    fn of_a_node(self, nodes: u32, seconds: f64) -> Sent {
        let each = |sum: u64| sum as f64 / f64::from(nodes) / seconds;
        Sent { bytes: each(self.bytes), records: each(self.records) }
    }
}

/// Bytes of all gossip.
fn gossiped(totals: &Totals) -> u64 {
    let kinds = [Kind::GossipDigest, Kind::GossipSame, Kind::GossipHistory];
    kinds.iter().map(|kind| totals.kinds[*kind as usize].bytes).sum()
}

impl Sent {
    /// Bytes with so many tokens a node.
    fn with_tokens(self, tokens: f64) -> f64 {
        self.bytes + self.records * TOKEN_BYTES * (tokens - 1.0)
    }
}

impl Sweep {
    fn rounds(&self, part: usize) -> Estimate {
        self.estimate(|run| run.rounds[part])
    }

    /// Rounds until all know, each begun one counted as a whole.
    fn whole_rounds(&self) -> Estimate {
        self.estimate(|run| libm::ceil(run.rounds[2]))
    }

    fn worst_rounds(&self) -> f64 {
        self.runs.iter().map(|run| run.rounds[2]).fold(0.0, f64::max)
    }

    fn at_rest(&self, tokens: f64) -> Estimate {
        self.estimate(|run| run.at_rest.with_tokens(tokens))
    }

    fn for_a_change(&self, tokens: f64) -> Estimate {
        self.estimate(|run| run.for_a_change.with_tokens(tokens))
    }

    fn estimate(&self, of: impl Fn(&Spreading) -> f64) -> Estimate {
        Estimate::of_mean(&self.runs.iter().map(of).collect::<Vec<f64>>())
    }
}

/// The sweeps of one exchange, by number of nodes.
fn of_exchange(sweeps: &[Sweep], exchange: usize) -> impl Iterator<Item = &Sweep> {
    sweeps.iter().filter(move |sweep| sweep.exchange == exchange)
}
