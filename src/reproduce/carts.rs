//! Runs of one world of shopping carts, each with a few things changed, and the mean of what they
//! come to over seeds.

use std::collections::BTreeMap;

use crate::experiment::Outcome;
use crate::reproduce::work::{Stopped, Work, World};
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;
use crate::statistics::estimate::Estimate;

/// The world, without faults.
pub const WORLD: &str = include_str!("reconciliation.json");
/// Two halves that cannot see each other, clients on both sides, and a node that is down for a
/// time.
pub const TROUBLE: &str = r#"faults=[
    {"partition": {"sides": [["n0..n3", "c0..c31"], ["n4..n7", "c32..c63"]],
                   "from": "10s", "to": "20s"}},
    {"crash": {"node": "n2", "at": "25s", "restart_after": "5s"}}]"#;

/// Only the homes of a key answer: no stand-ins.
pub const STRICT: &str = "cluster.quorum=strict";

/// Figures that every run is asked for.
const FIGURES: [&str; 20] = [
    "carts.acknowledged_adds",
    "carts.acknowledged_removes",
    "carts.lost_adds",
    "carts.resurrected_at_end",
    "versions.none",
    "versions.one",
    "versions.two",
    "versions.three",
    "versions.four",
    "versions.five_or_more",
    "versions.mean",
    "versions.max",
    "versions.false_conflicts",
    "versions.bytes_p99_9",
    "availability.get",
    "availability.put",
    "staleness.stale_reads",
    "latency.get.mean_ms",
    "latency.put.p99_9_ms",
    "durability.lost_writes",
];
/// And the size of answers to clients.
const REPLIES: [&str; 2] = ["messages.reply.bytes", "messages.reply.sent"];

/// One world with a few things changed, run under several seeds.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// By figure, a value for each seed; none of a figure that a run says nothing of.
    values: BTreeMap<&'static str, Vec<f64>>,
}

/// A place to run worlds, with a count of what is to come.
pub struct Laboratory<'l, 'w> {
    work: &'l mut Work<'w>,
    seeds: u64,
    runs: f64,
    expected: f64,
}

impl<'l, 'w> Laboratory<'l, 'w> {
    /// Each world under so many seeds, of about so many worlds.
    pub fn new(work: &'l mut Work<'w>, seeds: u64, expected: usize) -> Laboratory<'l, 'w> {
        Laboratory { work, seeds, runs: 0.0, expected: expected as f64 }
    }

    /// The world with these `PATH=VALUE` laid over it.
    pub fn run(&mut self, changes: &[&str]) -> Result<Measured, Stopped> {
        let world = read(changes);
        let seeds = (0..self.seeds).map(|repetition| self.work.seed * 1_000 + repetition);
        let seeded = |seed| world.clone().with_seed(seed).expect("no rule is about seeds");
        let runs: Vec<Checked> = seeds.map(seeded).collect();
        self.runs += 1.0;
        let outcomes = self.work.run_all(&runs, (self.runs / self.expected).min(1.0))?;
        let mut measured = Measured::default();
        for path in FIGURES.into_iter().chain(REPLIES) {
            let value = |it: &Outcome| it.report.figure(path).flatten().unwrap_or(0.0);
            measured.values.insert(path, outcomes.iter().map(value).collect());
        }
        Ok(measured)
    }
}

fn read(changes: &[&str]) -> Checked {
    let changes: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
    let read = Scenario::read("reconciliation.json", WORLD, &changes, &[]);
    read.unwrap_or_else(|told| panic!("{told}"))
}

/// The world itself as a file.
pub fn file() -> (String, String) {
    ("carts".to_string(), World::read(WORLD).text)
}

impl Measured {
    /// The values of a figure.
    pub fn of(&self, figure: &str) -> &[f64] {
        self.values.get(figure).unwrap_or_else(|| panic!("{figure} is not measured"))
    }

    /// The sum over seeds.
    pub fn sum(&self, figure: &str) -> f64 {
        self.of(figure).iter().sum()
    }

    /// Lost adds of those acknowledged, by seed.
    pub fn lost(&self) -> Estimate {
        self.ratio("carts.lost_adds", "carts.acknowledged_adds")
    }

    /// Items that are back at the end, of those taken out.
    pub fn resurrected(&self) -> Estimate {
        self.ratio("carts.resurrected_at_end", "carts.acknowledged_removes")
    }

    /// Reads that returned more than one version, of all.
    pub fn conflicts(&self) -> f64 {
        let several = ["two", "three", "four", "five_or_more"];
        let sum = |names: &[&str]| -> f64 {
            names.iter().map(|name| self.sum(&format!("versions.{name}"))).sum()
        };
        let many = sum(&several);
        many / (many + sum(&["none", "one"])).max(1.0)
    }

    /// Bytes of an answer to a client.
    pub fn bytes_per_reply(&self) -> f64 {
        self.sum(REPLIES[0]) / self.sum(REPLIES[1]).max(1.0)
    }

    /// The 99.9th percentile of what a read returns, mean over seeds.
    pub fn most_bytes(&self) -> Estimate {
        Estimate::of_mean(self.of("versions.bytes_p99_9"))
    }

    /// Operations that failed, of all: reads, then writes; mean over seeds.
    pub fn rejected(&self) -> [f64; 2] {
        let mean = |figure| self.sum(figure) / self.of(figure).len() as f64;
        [1.0 - mean("availability.get"), 1.0 - mean("availability.put")]
    }

    fn ratio(&self, part: &str, whole: &str) -> Estimate {
        let pairs = self.of(part).iter().zip(self.of(whole));
        let shares: Vec<f64> = pairs.map(|(part, whole)| part / whole.max(1.0)).collect();
        Estimate::of_mean(&shares)
    }
}
