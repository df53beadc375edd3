//! Rumours: gossip that ends, and leaves some sites without a change for ever (Demers et al.,
//! "Epidemic algorithms for replicated database maintenance", 1987). A thousand nodes in step, one
//! of which knows of a change; run by the nodes' own gossip.
//!
//! Residue is the share of sites that never learn, traffic the messages that bring the change over
//! the number of sites, and times are in rounds from the first. In which round a site's own counter
//! moves is not told by the paper, and moves residue and traffic: the residue may be twice or half
//! of what its tables say, the mean time 20 % and the last 5 % away; traffic is compared with that
//! of another simulation of the same rules, 5 % away. What does not depend on the counter is that
//! each message goes to a random site, so that the residue is e to the power of minus the traffic:
//! compared run by run, 5 % away. All that beside the sampling error.

use crate::dynamo::message::{Membership, Message, Rumour};
use crate::id::{Address, NodeId};
use crate::sim::plan::Plan;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;
use crate::validate::gossip::{GROUP, with_news, world};
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;

const SITES: u32 = 1_000;

/// How a rumour is spread, and for each k, from 1: what the paper's table says, and the traffic of
/// another simulation.
struct Way {
    name: &'static str,
    gossip: &'static str,
    /// Is a message to a random site, whoever it is?
    blind: bool,
    tables: &'static [Table],
    runs: u64,
    quick_runs: u64,
}

/// What is known of one k.
#[derive(Clone, Copy)]
struct Table {
    /// None where it is too small to be met in so many runs.
    residue: Option<f64>,
    traffic: f64,
    /// As the paper's table has it: told beside, not compared.
    printed_traffic: f64,
    mean_time: f64,
    last_time: f64,
}

const fn table(
    residue: f64,
    (traffic, printed_traffic): (f64, f64),
    mean_time: f64,
    last_time: f64,
) -> Table {
    Table { residue: Some(residue), traffic, printed_traffic, mean_time, last_time }
}

/// The three tables of the paper.
const WAYS: [Way; 3] = [
    Way {
        name: "push, feedback and counter",
        gossip: r#""spread": "push", "rumours": { "lost_by": "counter", "k": K }"#,
        blind: true,
        tables: &[
            table(0.18, (1.75, 1.7), 11.0, 16.8),
            table(0.037, (3.04, 3.3), 12.1, 16.9),
            table(0.011, (4.15, 4.5), 12.5, 17.4),
        ],
        runs: 100,
        quick_runs: 16,
    },
    Way {
        name: "push, blind and coin",
        gossip: r#""spread": "push", "rumours": { "lost_by": "coin", "k": K, "feedback": false }"#,
        blind: true,
        tables: &[
            table(0.96, (0.041, 0.04), 19.0, 38.0),
            table(0.20, (1.58, 1.6), 17.0, 33.0),
            table(0.060, (2.82, 2.8), 15.0, 32.0),
        ],
        runs: 400,
        quick_runs: 16,
    },
    Way {
        name: "pull, feedback and counter",
        gossip: r#""spread": "pull", "rumours": { "lost_by": "counter", "k": K }"#,
        blind: false,
        tables: &[
            table(0.031, (2.70, 2.7), 9.97, 17.6),
            table(0.00058, (4.49, 4.5), 10.1, 15.4),
            Table {
                residue: None,
                traffic: 6.09,
                printed_traffic: 6.1,
                mean_time: 10.1,
                last_time: 14.0,
            },
        ],
        runs: 100,
        quick_runs: 16,
    },
];

/// Feedback and coin: the residue in the limit of many sites, by k.
const FIXED_POINTS: [f64; 3] = [0.2032, 0.0595, 0.0198];

/// Rounds without a message after which nobody tells anything any more: of those who wait to be
/// asked, one in e is not in a round.
const SILENCE: u64 = 12;

/// A job for each way and k.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = Vec::new();
    for way in &WAYS {
        let runs = effort.choose(way.runs, way.quick_runs);
        for (k, table) in (1..).zip(way.tables) {
            jobs.push(Job::new(GROUP, move |seed| compared(way, (k, *table), seed, runs)));
        }
    }
    let runs = effort.choose(100, 16);
    for (k, residue) in (1..).zip(FIXED_POINTS) {
        jobs.push(Job::new(GROUP, move |seed| fixed_point((k, residue), seed, runs)));
    }
    jobs
}

fn compared(way: &Way, (k, table): (u32, Table), seed: u64, runs: u64) -> Vec<Row> {
    let ends = spread(&way.gossip.replace('K', &k.to_string()), seed, runs);
    let case = format!("{}, k={k}, {SITES} sites", way.name);
    let row = |what: &str, of: fn(&End) -> f64, (reference, share): (f64, f64), note: &str| {
        let values: Vec<f64> = ends.iter().map(of).collect();
        Row::mean((GROUP, &case, what.to_string()), &values, (reference, share * reference), note)
    };
    let paper = "Demers et al. 1987";
    let other = format!("simulated elsewhere; {paper}: {}", table.printed_traffic);
    let mut rows = Vec::new();
    if let Some(residue) = table.residue {
        rows.push(within_twice((GROUP, &case, "residue".to_string()), &ends, residue, paper));
    }
    rows.push(row("traffic, messages a site", |end| end.traffic, (table.traffic, 0.05), &other));
    rows.push(row("mean rounds until a site knows", |end| end.mean, (table.mean_time, 0.2), paper));
    rows.push(row(
        "rounds until the last one knows",
        |end| end.last,
        (table.last_time, 0.05),
        paper,
    ));
    if way.blind {
        let expected = |end: &End| libm::exp(-end.traffic);
        let reference = ends.iter().map(expected).sum::<f64>() / runs as f64;
        let note = "e^-traffic, run by run";
        rows.push(row("residue by traffic", |end| end.residue, (reference, 0.05), note));
    }
    rows
}

fn fixed_point((k, residue): (u32, f64), seed: u64, runs: u64) -> Vec<Row> {
    let gossip = format!(r#""spread": "push", "rumours": {{ "lost_by": "coin", "k": {k} }}"#);
    let ends = spread(&gossip, seed, runs);
    let case = format!("push, feedback and coin, k={k}, {SITES} sites");
    let note = "s = e^-((k+1)(1-s)), many sites out of step";
    vec![within_twice((GROUP, &case, "residue".to_string()), &ends, residue, note)]
}

/// The mean residue, which may be twice or half of the reference.
fn within_twice(
    name: (&'static str, &str, String),
    ends: &[End],
    reference: f64,
    note: &str,
) -> Row {
    let values: Vec<f64> = ends.iter().map(|end| end.residue).collect();
    let above = values.iter().sum::<f64>() >= reference * values.len() as f64;
    let allowed = if above { reference } else { reference / 2.0 };
    Row::mean(name, &values, (reference, allowed), note)
}

/// How a rumour has ended.
#[derive(Clone, Copy, Debug)]
struct End {
    residue: f64,
    traffic: f64,
    /// Rounds until a site knew, of those that ever did.
    mean: f64,
    last: f64,
}

fn spread(gossip: &str, seed: u64, runs: u64) -> Vec<End> {
    let plan = world(SITES, gossip);
    let run = |run| {
        let mut plan = plan.clone();
        plan.seed = seed.wrapping_add(run);
        end(&plan)
    };
    (0..runs).map(run).collect()
}

/// Tells one node of a change, and waits until nobody tells of it any more.
fn end(plan: &Plan) -> End {
    let (mut simulation, about) = with_news(plan);
    let interval = plan.cluster.gossip.interval.0;
    let mut rumour =
        Spreading { about, interval, messages: 0, said: 0, rounds: vec![None; SITES as usize] };
    rumour.rounds[0] = Some(0);
    simulation.start(&mut Observers::new(vec![&mut rumour]));
    while simulation.now().0 / interval <= rumour.said + SILENCE
        && simulation.step(&mut Observers::new(vec![&mut rumour]))
    {}
    rumour.end()
}

struct Spreading {
    about: NodeId,
    interval: u64,
    messages: u64,
    /// The last round in which anybody said anything.
    said: u64,
    /// In which each site came to know.
    rounds: Vec<Option<u64>>,
}

impl Observer for Spreading {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Delivered { to: Address::Node(node), message, .. } = record else { return };
        let Message::Membership(Membership::Rumour(rumour)) = message else { return };
        let Rumour::Told { history, .. } = &**rumour else { return };
        self.said = now.0 / self.interval;
        self.messages += 1;
        let new = history.change(self.about).is_some_and(|change| change.counter > 1);
        if new {
            self.rounds[node.index()].get_or_insert(self.said);
        }
    }
}

impl Spreading {
    fn end(self) -> End {
        let sites = self.rounds.len() as f64;
        let told: Vec<u64> = self.rounds[1..].iter().flatten().copied().collect();
        let last = told.iter().max().copied().unwrap_or(0);
        let mean = told.iter().sum::<u64>() as f64 / (told.len() as f64).max(1.0);
        End {
            residue: (sites - 1.0 - told.len() as f64) / sites,
            traffic: self.messages as f64 / sites,
            mean,
            last: last as f64,
        }
    }
}
