//! A handful of nodes and everything between them, moved by hand.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use dynamo_sim::dynamo::config::Cluster;
use dynamo_sim::dynamo::job::Job;
use dynamo_sim::dynamo::message::{Message, Outcome, Request};
use dynamo_sim::dynamo::node::{Identity, Node};
use dynamo_sim::dynamo::ring::history::{Change, History, Status};
use dynamo_sim::dynamo::ring::position::{KeySpace, Position};
use dynamo_sim::dynamo::ring::strategy::Placement;
use dynamo_sim::dynamo::storage::disk::{Disk, Loss};
use dynamo_sim::dynamo::timer::{Timer, Watch};
use dynamo_sim::dynamo::versioning::version::VersionSet;
use dynamo_sim::dynamo::words::NodeWords;
use dynamo_sim::ghost::Numbering;
use dynamo_sim::id::{Address, NodeId};
use dynamo_sim::process::{Ctx, Effect, Input, Process};
use dynamo_sim::random::luck::Luck;
use dynamo_sim::time::{Duration, Time};

use crate::print::{Names, spell_fact, spell_message, spell_outcome};

/// A message that has left and not arrived.
#[derive(Clone)]
pub struct Flight {
    pub from: NodeId,
    pub to: NodeId,
    pub message: Message,
}

/// What a read brought: the context of a later put, and the node that replied fastest.
#[derive(Clone, Default)]
pub struct Reading {
    pub set: Option<Rc<VersionSet>>,
    pub fastest: Option<NodeId>,
}

struct Machine {
    life: u32,
    power: Power,
}

enum Power {
    On(Box<Node>),
    Off(Box<Disk>),
}

struct Armed {
    due: Time,
    serial: usize,
    node: NodeId,
    life: u32,
    timer: Timer,
}

/// The world of one story.
pub struct World {
    config: Rc<Cluster>,
    placement: Rc<Placement>,
    machines: Vec<Machine>,
    luck: Luck,
    now: Time,
    pub numbering: Numbering,
    pub names: Names,
    pub flights: Vec<Flight>,
    timers: Vec<Armed>,
    armed: usize,
    /// Jobs that wait, in order; empty unless the story holds the disks.
    jobs: Vec<(NodeId, u32, Job)>,
    pub disks_wait: bool,
    /// What happens at once: messages of nodes to themselves, and jobs of disks that do not wait.
    at_once: VecDeque<(NodeId, u32, Input<NodeWords>)>,
    /// By number of the operation: under which name its reading is kept.
    pub operations: Vec<String>,
    pub readings: BTreeMap<String, Reading>,
    pub shows_sent: bool,
    pub shows_facts: bool,
    pub lines: Vec<String>,
}

/// The membership of these nodes, `n0` at 10, `n1` at 20 and so on; `counter` is the change that
/// each of them is at.
pub fn history(members: &[(NodeId, u32, Status)]) -> Rc<History> {
    let change = |&(node, counter, status): &(NodeId, u32, Status)| {
        let tokens: Rc<[Position]> = Rc::new([Position::from(node.0 + 1) * 10]);
        (node, Change { counter, status, ..Change::founder(tokens) })
    };
    Rc::new(History::new(members.iter().map(change).collect()))
}

/// An empty disk of a node that believes in this membership.
fn disk(config: &Cluster, keys: &Rc<KeySpace>, history: Rc<History>) -> Disk {
    Disk::new(Rc::clone(keys), config.flush, history)
}

impl World {
    /// All nodes started, with keys at these positions.
    pub fn new(config: Cluster, positions: Vec<Position>) -> World {
        let all: Vec<_> = (0..config.nodes).map(|n| (NodeId(n), 1, Status::Member)).collect();
        let keys = Rc::new(KeySpace::at(positions));
        let history = history(&all);
        let off = |_| Power::Off(Box::new(disk(&config, &keys, Rc::clone(&history))));
        let machines = (0..config.nodes).map(|n| Machine { life: 0, power: off(n) }).collect();
        let mut world = World {
            machines,
            luck: Luck::new(1),
            now: Time::ZERO,
            numbering: Numbering::new(keys.count()),
            names: Names::default(),
            flights: Vec::new(),
            timers: Vec::new(),
            armed: 0,
            jobs: Vec::new(),
            disks_wait: false,
            at_once: VecDeque::new(),
            operations: Vec::new(),
            readings: BTreeMap::new(),
            shows_sent: true,
            shows_facts: true,
            lines: Vec::new(),
            placement: Rc::new(Placement::by_tokens(config.n, keys)),
            config: Rc::new(config),
        };
        (0..world.config.nodes).for_each(|node| world.boot(NodeId(node)));
        world
    }

    /// Starts a node from its disk.
    pub fn boot(&mut self, node: NodeId) {
        let machine = &mut self.machines[node.index()];
        let none = Power::Off(Box::new(disk(&self.config, &self.placement.keys, Rc::default())));
        let Power::Off(disk) = std::mem::replace(&mut machine.power, none) else {
            panic!("{node} runs already");
        };
        let life = machine.life;
        let (config, placement) = (Rc::clone(&self.config), Rc::clone(&self.placement));
        let identity = Identity { me: node, life, config, placement };
        machine.power = Power::On(Box::new(Node::boot(identity, *disk, &self.luck)));
        self.hand(node, life, Input::Start);
        self.run();
    }

    /// Stops a node; `lose` takes from its disk what the crash takes.
    pub fn crash(&mut self, node: NodeId, lose: impl FnOnce(&mut Disk) -> Loss) {
        let machine = &mut self.machines[node.index()];
        let none = Power::Off(Box::new(disk(&self.config, &self.placement.keys, Rc::default())));
        let Power::On(running) = std::mem::replace(&mut machine.power, none) else {
            panic!("{node} does not run");
        };
        let (mut disk, _from_memory) = running.crash();
        lose(&mut disk);
        machine.power = Power::Off(Box::new(disk));
        machine.life += 1;
    }

    /// The disk of a node, whether it runs or not.
    pub fn disk(&self, node: NodeId) -> &Disk {
        match &self.machines[node.index()].power {
            Power::On(running) => running.disk(),
            Power::Off(disk) => disk,
        }
    }

    /// The disk of a node that is down.
    pub fn disk_mut(&mut self, node: NodeId) -> &mut Disk {
        match &mut self.machines[node.index()].power {
            Power::On(_) => panic!("{node} runs"),
            Power::Off(disk) => disk,
        }
    }

    /// A running node.
    pub fn node(&self, node: NodeId) -> Option<&Node> {
        match &self.machines[node.index()].power {
            Power::On(running) => Some(running),
            Power::Off(_) => None,
        }
    }

    /// How many keys there are.
    pub fn key_count(&self) -> u32 {
        self.placement.keys.count()
    }

    /// A request reaches a node.
    pub fn request(&mut self, to: NodeId, request: Request) {
        let from = Address::Client(request.attempt.operation.client);
        self.arrive(from, to, Message::Request(request));
    }

    /// Messages between these two arrive, in the order in which they were sent.
    pub fn deliver(&mut self, which: impl Fn(&Flight) -> bool) {
        let (chosen, rest) = std::mem::take(&mut self.flights).into_iter().partition(which);
        self.flights = rest;
        let chosen: Vec<Flight> = chosen;
        for Flight { from, to, message } in chosen {
            self.arrive(Address::Node(from), to, message);
        }
    }

    /// Finishes the jobs that wait at these disks.
    pub fn finish(&mut self, which: impl Fn(NodeId) -> bool) {
        let chosen = |(node, _, _): &(NodeId, u32, Job)| which(*node);
        let (done, rest) = std::mem::take(&mut self.jobs).into_iter().partition(chosen);
        self.jobs = rest;
        let done: Vec<(NodeId, u32, Job)> = done;
        for (node, life, job) in done {
            self.hand(node, life, Input::Done(job));
            self.run();
        }
    }

    /// Time passes, and every timer that guards something goes off when it is due. Periodic work
    /// waits for `beat`.
    pub fn advance(&mut self, length: Duration) {
        let end = self.now + length;
        loop {
            let due = |armed: &&Armed| armed.due <= end && !is_periodic(&armed.timer);
            let next = self.timers.iter().filter(due).min_by_key(|a| (a.due, a.serial));
            let Some(serial) = next.map(|armed| armed.serial) else { break };
            self.fire(|armed| armed.serial == serial);
        }
        self.now = end;
    }

    /// A node's periodic work of this kind is due now.
    pub fn beat(&mut self, node: NodeId, kind: Timer) {
        let life = self.machines[node.index()].life;
        self.fire(|armed| armed.node == node && armed.life == life && armed.timer == kind);
    }

    fn fire(&mut self, which: impl Fn(&Armed) -> bool) {
        let place = self.timers.iter().position(which).expect("such a timer is armed");
        let Armed { due, node, life, timer, .. } = self.timers.remove(place);
        if !is_periodic(&timer) {
            self.now = due;
        }
        self.hand(node, life, Input::Timer(timer));
        self.run();
    }

    fn arrive(&mut self, from: Address, to: NodeId, message: Message) {
        let life = self.machines[to.index()].life;
        match self.node(to) {
            Some(_) => self.hand(to, life, Input::Message { from, message }),
            None => self.lines.push(format!("{to} is down")),
        }
        self.run();
    }

    fn hand(&mut self, node: NodeId, life: u32, input: Input<NodeWords>) {
        self.at_once.push_back((node, life, input));
    }

    fn run(&mut self) {
        while let Some((node, life, input)) = self.at_once.pop_front() {
            let machine = &mut self.machines[node.index()];
            let Power::On(running) = &mut machine.power else { continue };
            if machine.life != life {
                continue;
            }
            let mut effects = Vec::new();
            let mut context = Ctx {
                now: self.now,
                ran: self.now,
                me: Address::Node(node),
                luck: &self.luck,
                observed: true,
                numbering: &mut self.numbering,
                effects: &mut effects,
            };
            running.handle(&mut context, input);
            effects.into_iter().for_each(|effect| self.fulfil(node, life, effect));
        }
    }

    fn fulfil(&mut self, node: NodeId, life: u32, effect: Effect<NodeWords>) {
        match effect {
            Effect::Send { to: Address::Node(to), message } if to == node => {
                self.hand(node, life, Input::Message { from: Address::Node(node), message });
            }
            Effect::Send { to: Address::Node(to), message } => self.send(node, to, message),
            Effect::Send { to: Address::Client(_), message } => self.reply(node, message),
            Effect::Arm { after, timer } => {
                let (due, serial) = (self.now + after, self.armed);
                self.armed += 1;
                self.timers.push(Armed { due, serial, node, life, timer });
            }
            Effect::Submit(job) if self.disks_wait => self.jobs.push((node, life, job)),
            Effect::Submit(job) => self.hand(node, life, Input::Done(job)),
            Effect::Tell(fact) => {
                let told = spell_fact(&self.names, &fact).filter(|_| self.shows_facts);
                self.lines.extend(told.map(|told| format!("{node} {told}")));
            }
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message) {
        if self.shows_sent {
            let what = spell_message(&self.names, &message);
            self.lines.push(format!("{from} -> {to} {what}"));
        }
        self.flights.push(Flight { from, to, message });
    }

    fn reply(&mut self, from: NodeId, message: Message) {
        let Message::Reply(reply) = message else { panic!("clients are sent replies only") };
        let name = self.operations[reply.attempt.operation.number as usize].clone();
        let outcome = spell_outcome(&self.names, &reply.outcome);
        self.lines.push(format!("{from} => {name}: {outcome}"));
        if let Outcome::Got { set, replied } = reply.outcome {
            let fastest = replied.first().copied();
            self.readings.insert(name, Reading { set, fastest });
        }
    }
}

fn is_periodic(timer: &Timer) -> bool {
    match timer {
        Timer::HandoffScan | Timer::AntiEntropy | Timer::Gossip | Timer::Flush => true,
        Timer::Giving | Timer::Carrying | Timer::Refill => true,
        Timer::Watch(Watch::Beat) => true,
        Timer::Admission => true,
        Timer::GetReplicas
        | Timer::GetEnd(_)
        | Timer::PutReplicas
        | Timer::PutEnd
        | Timer::Forward
        | Timer::Delivery { .. }
        | Timer::Watch(_)
        | Timer::Slice
        | Timer::Reap { .. }
        | Timer::Probe { .. } => false,
    }
}
