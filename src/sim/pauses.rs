//! Processes that stop now and then, all their work with them, as for a collection of garbage.
//!
//! The software of section 5 is written in Java, and clients and load balancers are processes too.
//! Each has pauses of its own, independent of all others and of the load. Whatever reaches a
//! process in a pause waits until the pause is over: messages, timers, jobs that its disk has
//! done. Clients hold up all that their library does in the same way, so that all replicas of a
//! request that it coordinates wait together (section 6.4).
//!
//! Nothing here is an event. When the pauses of a process are is drawn on the first question, and
//! a process that nobody asks anything costs nothing. Pauses go on whether or not a machine runs.
//! Left out: pauses that depend on what was allocated.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::id::{Address, ClientId, NodeId};
use crate::random::distribution::Distribution;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::time::{Duration, Time};
use crate::trace::record::Stopped;

/// The least time from one pause to the next, so that no draw can stop time.
const LEAST: Duration = Duration::from_millis(1);
/// What tells the pauses of a load balancer from those of nodes and clients.
const BALANCERS: u64 = 2 << 32;

/// Pauses of processes, under `pauses`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Pauses"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Those of each node; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Pausing>,
    /// Those of each client, its library included; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<Pausing>,
    /// Those of each load balancer (`workload.load_balancer`); none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancers: Option<Pausing>,
    /// When an operation begins for which a client in a pause has the wish.
    #[serde(skip_serializing_if = "Beginning::is_wanted")]
    pub operations_begin: Beginning,
}

/// When the processes of one kind stop, each in its own time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pausing {
    /// From the end of one pause to the start of the next; a millisecond at least. Exponential
    /// times make pauses that come by pure chance.
    pub every: Distribution,
    /// How long a pause lasts.
    pub length: Distribution,
}

/// When an operation of a client in a pause begins, and so what its latency is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// When it is wanted: users wait for a process in a pause, and its first request leaves when
    /// the pause is over.
    #[default]
    Wanted,
    /// When the client goes on, and the next is wanted later by as much: latencies as the clock of
    /// a load generator takes them that pauses itself, and so leaves out the wait.
    Running,
}

impl Beginning {
    fn is_wanted(&self) -> bool {
        *self == Beginning::Wanted
    }
}

impl Spec {
    /// Is there nobody who pauses?
    pub fn is_none(&self) -> bool {
        *self == Spec::default()
    }
}

/// All pauses of a run.
pub struct Pauses {
    nodes: Option<Kind>,
    clients: Option<Kind>,
    balancers: Option<Kind>,
    begin: Beginning,
}

/// The processes of one kind.
struct Kind {
    every: Sampler,
    length: Sampler,
    each: Vec<Process>,
    held: u64,
    waited: Duration,
}

/// The pauses of one process, drawn one after another.
struct Process {
    who: u64,
    drawn: u64,
    /// Those that are not over, and those that were drawn ahead, in order: from, and until.
    known: VecDeque<(Time, Time)>,
    /// When the last that was drawn ends.
    until: Time,
    /// How long all took that are over.
    took: Duration,
    over: u64,
}

impl Pauses {
    /// The pauses of so many nodes, clients and load balancers, if any of them pauses.
    pub fn new(spec: &Spec, [nodes, clients, balancers]: [u32; 3]) -> Option<Box<Pauses>> {
        let kind = |pausing: &Option<Pausing>, count: u32, first: u64| {
            pausing.as_ref().map(|pausing| Kind::new(pausing, first..first + u64::from(count)))
        };
        let first_client = Address::Client(ClientId(0)).number();
        let pauses = Pauses {
            nodes: kind(&spec.nodes, nodes, Address::Node(NodeId(0)).number()),
            clients: kind(&spec.clients, clients, first_client),
            balancers: kind(&spec.load_balancers, balancers, BALANCERS),
            begin: spec.operations_begin,
        };
        (!spec.is_none()).then(|| Box::new(pauses))
    }

    /// If this node is in a pause, when that is over; counts what waits until then.
    pub fn hold_node(&mut self, luck: &Luck, now: Time, node: NodeId) -> Option<Time> {
        self.nodes.as_mut()?.hold(luck, now, (now, node.index()))
    }

    /// The same of a client.
    pub fn hold_client(&mut self, luck: &Luck, now: Time, client: ClientId) -> Option<Time> {
        self.clients.as_mut()?.hold(luck, now, (now, client.index()))
    }

    /// How long a message waits that reaches the load balancer of a client in a while.
    pub fn at_balancer(
        &mut self,
        luck: &Luck,
        (now, at): (Time, Time),
        client: ClientId,
    ) -> Duration {
        let Some(balancers) = &mut self.balancers else { return Duration::ZERO };
        let which = client.index() % balancers.each.len();
        let over = balancers.hold(luck, now, (at, which));
        over.map_or(Duration::ZERO, |over| over.since(at))
    }

    /// Do operations wait to begin until their client goes on?
    pub fn delays_beginnings(&self) -> bool {
        self.begin == Beginning::Running
    }

    /// What came of it, in the order nodes, clients, load balancers.
    pub fn account(&mut self, luck: &Luck, now: Time) -> [Option<Stopped>; 3] {
        let kinds = [&mut self.nodes, &mut self.clients, &mut self.balancers];
        kinds.map(|kind| kind.as_mut().map(|kind| kind.account(luck, now)))
    }
}

impl Kind {
    fn new(pausing: &Pausing, names: std::ops::Range<u64>) -> Kind {
        let (every, length) = (Sampler::new(&pausing.every), Sampler::new(&pausing.length));
        let each = names.map(Process::new).collect();
        Kind { every, length, each, held: 0, waited: Duration::ZERO }
    }

    /// Holds what reaches a process at a time that is not before now.
    fn hold(&mut self, luck: &Luck, now: Time, (at, which): (Time, usize)) -> Option<Time> {
        let Kind { every, length, each, .. } = self;
        let process = &mut each[which];
        process.draw_until(luck, (every, length), at);
        process.forget(now);
        let over = process.over_at(at)?;
        self.held += 1;
        self.waited = self.waited + over.since(at);
        Some(over)
    }

    fn account(&mut self, luck: &Luck, now: Time) -> Stopped {
        let Kind { every, length, each, held, waited } = self;
        let mut stopped = Stopped { processes: each.len() as u64, ..Stopped::default() };
        for process in each {
            process.draw_until(luck, (every, length), now);
            process.forget(now);
            let begun = process.known.front().filter(|(from, _)| *from <= now);
            let current = begun.map(|(from, _)| now.since(*from));
            stopped.pauses += process.over + u64::from(current.is_some());
            stopped.took = stopped.took + process.took + current.unwrap_or(Duration::ZERO);
        }
        Stopped { held: *held, waited: *waited, ..stopped }
    }
}

impl Process {
    fn new(who: u64) -> Process {
        Process {
            who,
            drawn: 0,
            known: VecDeque::new(),
            until: Time::ZERO,
            took: Duration::ZERO,
            over: 0,
        }
    }

    /// Draws all pauses that begin by then.
    fn draw_until(&mut self, luck: &Luck, (every, length): (&Sampler, &Sampler), at: Time) {
        while self.until <= at {
            let mut draw = luck.draw(Purpose::ProcessPause, self.who, self.drawn);
            let from = self.until + every.sample(&mut draw).max(LEAST);
            self.until = from + length.sample(&mut draw);
            self.drawn += 1;
            self.known.push_back((from, self.until));
        }
    }

    /// Only counts what is over.
    fn forget(&mut self, now: Time) {
        while let Some((from, until)) = self.known.front().filter(|(_, until)| *until <= now) {
            self.took = self.took + until.since(*from);
            self.over += 1;
            self.known.pop_front();
        }
    }

    /// When the pause is over in which it is then, if it is in one.
    fn over_at(&self, at: Time) -> Option<Time> {
        let holds = |(from, until): &&(Time, Time)| *from <= at && at < *until;
        self.known.iter().find(holds).map(|(_, until)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(milliseconds: u64) -> Distribution {
        Distribution::Exponential { mean: Duration::from_millis(milliseconds) }
    }

    fn pauses(every: u64, length: u64) -> Box<Pauses> {
        let pausing = Pausing { every: exponential(every), length: exponential(length) };
        let nodes = Some(pausing.clone());
        let spec = Spec { nodes, load_balancers: Some(pausing), ..Spec::default() };
        Pauses::new(&spec, [4, 3, 2]).expect("somebody pauses")
    }

    const STEP: Duration = Duration::from_millis(1);

    /// What part of a run a node stands still, asked every millisecond.
    fn share(pauses: &mut Pauses, luck: &Luck, node: u32, seconds: u64) -> f64 {
        let mut now = Time::ZERO;
        let mut stopped = 0;
        for _ in 0..seconds * 1_000 {
            now += STEP;
            stopped += u64::from(pauses.hold_node(luck, now, NodeId(node)).is_some());
        }
        stopped as f64 / (seconds * 1_000) as f64
    }

    #[test]
    fn a_process_stands_still_for_its_share_of_the_time() {
        let luck = Luck::new(5);
        let mut pauses = pauses(900, 100);
        let shares = [0, 1, 2, 3].map(|node| share(&mut pauses, &luck, node, 2_000));
        let mean = shares.iter().sum::<f64>() / 4.0;
        assert!((mean - 0.1).abs() < 0.01, "{shares:?}");
        assert!(shares.windows(2).all(|pair| pair[0] != pair[1]), "each has its own: {shares:?}");
        let end = Time::ZERO + Duration::from_secs(2_000);
        let [nodes, clients, balancers] = pauses.account(&luck, end);
        let nodes = nodes.expect("nodes pause");
        assert_eq!((nodes.processes, clients), (4, None));
        assert!((nodes.took.seconds() / 8_000.0 - mean).abs() < 1e-3, "{nodes:?}");
        assert!((nodes.pauses as f64 / 8_000.0 - 1.0).abs() < 0.05, "{nodes:?}");
        assert_eq!(nodes.held as f64, mean * 8_000_000.0);
        let idle = balancers.expect("balancers pause");
        assert!(idle.pauses > 3_500 && idle.held == 0, "nobody asked, and they paused: {idle:?}");
    }

    #[test]
    fn when_pauses_are_does_not_depend_on_who_asks_and_how_often() {
        let luck = Luck::new(9);
        let at = |ms: u64| Time::ZERO + Duration::from_millis(ms);
        let (mut often, mut once) = (pauses(50, 20), pauses(50, 20));
        let all: Vec<_> = (0..5_000).map(|ms| often.hold_node(&luck, at(ms), NodeId(2))).collect();
        for ms in (0..5_000).step_by(250) {
            let asked = once.hold_node(&luck, at(ms), NodeId(2));
            assert_eq!(asked, all[ms as usize], "{ms} ms");
        }
        assert!(all.iter().any(Option::is_some) && all.iter().any(Option::is_none));
    }

    #[test]
    fn a_balancer_is_asked_about_later_and_then_about_earlier() {
        let luck = Luck::new(9);
        let at = |ms: u64| Time::ZERO + Duration::from_millis(ms);
        let (mut there, mut back) = (pauses(50, 20), pauses(50, 20));
        let ask = |pauses: &mut Pauses, ms| {
            pauses.at_balancer(&luck, (at(0), at(ms)), ClientId(2)).millis()
        };
        let up: Vec<f64> = (0..2_000).map(|ms| ask(&mut there, ms)).collect();
        let mut down: Vec<f64> = (0..2_000).rev().map(|ms| ask(&mut back, ms)).collect();
        down.reverse();
        assert_eq!(up, down);
        assert!(up.iter().any(|wait| *wait > 0.0));
        let other = back.at_balancer(&luck, (at(0), at(7)), ClientId(0)).millis();
        assert_eq!(other, ask(&mut there, 7), "clients 0 and 2 share one of the two");
    }
}
