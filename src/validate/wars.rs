//! The WARS model of Probabilistically Bounded Staleness (VLDB 2012, section 4.1) as an ordinary
//! scenario of this simulator, and an observer that measures it.
//!
//! One client coordinates, and so stands outside the preference list (`workload.routing` is
//! `client_driven`). It sends each write to all N replicas and goes on at the W-th confirmation, and
//! each read to all N. The four legs have delays of their own (`network.legs`). Nothing else
//! happens: nothing repairs, nothing is hinted, nothing takes time at a node, and all time-outs lie
//! beyond the run. Each write is read back at every tabled time after its commit.
//!
//! What a read comes to for R = 1, 2, ... N is taken from the order of the N answers to one get
//! with R = N: the first R of them are what a coordinator with that R has when it replies. A test
//! runs each R for itself and finds the same, read by read.

use crate::dynamo::message::{Message, ToCoordinator, ToReplica};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::EventId;
use crate::id::{Address, AttemptId};
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;

/// A WARS world.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    pub name: String,
    pub n: u32,
    pub r: u32,
    pub w: u32,
    /// What `network.legs` says, as JSON.
    pub legs: String,
    /// What `network.between` says of the links between two of N sites, a replica at each, as JSON;
    /// else there are no sites.
    pub between: Option<String>,
    /// Milliseconds after the commit, ascending.
    pub after_ms: Vec<f64>,
}

/// What the reads at one time after the commit came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadsAt {
    pub reads: u64,
    /// By R, from 1: those that returned the write.
    pub fresh: Vec<u64>,
}

/// What a run has measured.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    /// Writes that were read back as often as they were to be.
    pub trials: u64,
    /// By time after the commit.
    pub at: Vec<ReadsAt>,
    /// By R, from 1: how long the reads at the first of those times took, in nanoseconds, ascending.
    pub read_latency: Vec<Vec<u64>>,
    /// By W, from 1 to that of the run: how long writes took, in nanoseconds, ascending.
    pub write_latency: Vec<Vec<u64>>,
}

impl World {
    /// The scenario, as a user would write it.
    pub fn scenario(&self) -> String {
        let World { name, n, r, w, legs, after_ms, .. } = self;
        let after: Vec<String> = after_ms.iter().map(|ms| format!("\"{ms}ms\"")).collect();
        let after = after.join(", ");
        let (sites, turns) = match &self.between {
            Some(between) => {
                (sites(*n, between), r#", "reads": "one_in_turn", "from": "any_site""#)
            }
            None => (String::new(), ""),
        };
        format!(
            r#"{{ "name": "{name}", "duration": "20000h", "sampling": "20000h",
            "cluster": {{ "nodes": {n}, "n": {n}, "r": {r}, "w": {w}, "quorum": "strict",
                "versioning": "last_write_wins", "hinted_handoff": false, "anti_entropy": false,
                "read_repair": false, "gossip": {{ "interval": "20000h", "seeds": 0 }},
                "timeouts": {{ "operation": "24h", "replica": "24h", "forward": "24h" }} }},
            "network": {{ "latency": {{ "constant": "0s" }}, "legs": {legs}{sites} }},
            "disk": {{ "read": {{ "constant": "0s" }}, "write": {{ "constant": "0s" }} }},
            "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
                "arrivals": {{ "closed": {{ "think": {{ "constant": "1ms" }} }} }},
                "mix": {{ "blind": 1 }}, "value": "1B", "timeout": "24h", "retries": 0,
                "routing": "client_driven", "membership_refresh": "20000h",
                "read_back": {{ "after": [{after}]{turns} }} }} }}"#
        )
    }

    /// The same, checked.
    ///
    /// # Panics
    /// If anything is wrong with it: what is written in a program is right.
    pub fn checked(&self) -> Checked {
        read(&self.scenario())
    }

    /// Runs it until so many writes were read back.
    pub fn measure(&self, seed: u64, trials: u64) -> Measured {
        let mut plan = self.checked().plan();
        plan.seed = seed;
        // Where reads take turns, a write has only one of them.
        let turns = if self.between.is_some() { self.after_ms.len() as u64 } else { 1 };
        let mut watch = Watch::new(self, turns > 1);
        let mut simulation = Simulation::new(&plan);
        simulation.start(&mut Observers::new(vec![&mut watch]));
        while watch.measured.trials < trials * turns {
            assert!(
                simulation.step(&mut Observers::new(vec![&mut watch])),
                "the run ends after its trials"
            );
        }
        watch.finish()
    }
}

/// Reads a scenario that is written in a program.
///
/// # Panics
/// If anything is wrong with it.
pub fn read(text: &str) -> Checked {
    let read = Scenario::read("validate", text, &[], &[]);
    read.unwrap_or_else(|told| panic!("{told}\n{text}"))
}

/// A replica at each of as many sites, the client at the first to begin with.
fn sites(count: u32, between: &str) -> String {
    let client = |site| if site == 0 { ", \"c0\"" } else { "" };
    let site = |site| format!("\"site-{site}\": [\"n{site}\"{}]", client(site));
    let sites: Vec<String> = (0..count).map(site).collect();
    let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
    let link = |(one, other)| {
        format!("{{ \"sites\": [\"site-{one}\", \"site-{other}\"], \"legs\": {between} }}")
    };
    let links: Vec<String> = pairs.map(link).collect();
    format!(", \"sites\": {{ {} }}, \"between\": [ {} ]", sites.join(", "), links.join(", "))
}

/// Watches the messages of the client.
struct Watch {
    w: usize,
    n: usize,
    takes_turns: bool,
    measured: Measured,
    write: Option<Write>,
    /// Reads of the latest write, in order.
    reads: Vec<Read>,
    /// Of those, how many have all answers.
    ended: usize,
    /// The place among the times of the next read.
    next: usize,
}

struct Write {
    attempt: AttemptId,
    event: EventId,
    began: Time,
    confirmed: usize,
}

struct Read {
    attempt: AttemptId,
    place: usize,
    began: Time,
    answers: usize,
    fresh: bool,
}

impl Watch {
    fn new(world: &World, takes_turns: bool) -> Watch {
        let (n, w, times) = (world.n as usize, world.w as usize, world.after_ms.len());
        let at = vec![ReadsAt { reads: 0, fresh: vec![0; n] }; times];
        let (read_latency, write_latency) = (vec![Vec::new(); n], vec![Vec::new(); w]);
        Watch {
            w,
            n,
            takes_turns,
            measured: Measured { trials: 0, at, read_latency, write_latency },
            write: None,
            reads: Vec::with_capacity(times),
            ended: 0,
            next: 0,
        }
    }

    fn finish(mut self) -> Measured {
        let all = self.measured.read_latency.iter_mut().chain(&mut self.measured.write_latency);
        all.for_each(|latencies| latencies.sort_unstable());
        self.measured
    }

    fn on_store(&mut self, now: Time, attempt: AttemptId, set: &VersionSet) {
        if self.write.as_ref().is_some_and(|write| write.attempt == attempt) {
            return;
        }
        let version = set.versions().first().expect("a write writes something");
        let event = version.ghost.event();
        self.write = Some(Write { attempt, event, began: now, confirmed: 0 });
        self.reads.clear();
        self.ended = 0;
    }

    fn on_stored(&mut self, now: Time, attempt: AttemptId) {
        let Some(write) = self.write.as_mut().filter(|write| write.attempt == attempt) else {
            return;
        };
        if write.confirmed < self.w {
            self.measured.write_latency[write.confirmed].push(now.since(write.began).0);
        }
        write.confirmed += 1;
    }

    fn on_fetch(&mut self, now: Time, attempt: AttemptId) {
        if self.reads.last().is_some_and(|read| read.attempt == attempt) {
            return;
        }
        let place = self.next;
        self.next = (place + 1) % self.measured.at.len();
        self.reads.push(Read { attempt, place, began: now, answers: 0, fresh: false });
    }

    fn on_fetched(&mut self, now: Time, attempt: AttemptId, set: Option<&VersionSet>) {
        let Some(write) = &self.write else { return };
        let Some(first) = self.reads.first() else { return };
        let (first, number) = (first.attempt.operation.number, attempt.operation.number);
        // Operations of one client are numbered by twos.
        let place = (number.wrapping_sub(first) / 2) as usize;
        let Some(read) = self.reads.get_mut(place).filter(|read| read.attempt == attempt) else {
            return;
        };
        let mut versions = set.into_iter().flat_map(VersionSet::versions);
        read.fresh |= versions.any(|version| version.ghost.event() == write.event);
        self.measured.at[read.place].fresh[read.answers] += u64::from(read.fresh);
        if read.place == 0 {
            self.measured.read_latency[read.answers].push(now.since(read.began).0);
        }
        read.answers += 1;
        if read.answers == self.n {
            self.measured.at[read.place].reads += 1;
            self.ended += 1;
            let wanted = if self.takes_turns { 1 } else { self.measured.at.len() };
            self.measured.trials += u64::from(self.ended == wanted);
        }
    }
}

impl Observer for Watch {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent { message: Message::Replica(asked), .. } => match asked {
                ToReplica::Store { attempt, set, .. } => self.on_store(now, *attempt, set),
                ToReplica::Fetch { attempt, .. } => self.on_fetch(now, *attempt),
                ToReplica::Write { .. } | ToReplica::Repair { .. } => {}
            },
            Record::Delivered {
                to: Address::Client(_),
                message: Message::Coordinator(answer),
                ..
            } => match answer {
                ToCoordinator::Stored { attempt, .. } => self.on_stored(now, *attempt),
                ToCoordinator::Fetched { attempt, set, .. } => {
                    self.on_fetched(now, *attempt, set.as_deref());
                }
                _other => {}
            },
            _other => {}
        }
    }
}

impl ReadsAt {
    /// The share of reads that returned the write, for this R.
    pub fn share(&self, r: usize) -> f64 {
        self.fresh[r - 1] as f64 / self.reads as f64
    }
}
