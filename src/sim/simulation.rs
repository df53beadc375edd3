//! The one loop: takes the next event, hands it to its party, and fulfils what that wishes.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::digest::Digest;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::message::Message;
use crate::dynamo::node::Identity;
use crate::dynamo::ring::history::History;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::words::NodeWords;
use crate::faults::schedule::{Step, schedule};
use crate::ghost::Numbering;
use crate::id::{Address, ClientId, Key, NodeId};
use crate::process::{Ctx, Effect, Input};
use crate::random::luck::Luck;
use crate::random::sampler::Sampler;
use crate::sim::administration::Order;
use crate::sim::delivery::Delivery;
use crate::sim::disk::Service;
use crate::sim::event::{Event, Task, constant_lanes};
use crate::sim::links::{CutName, Links};
use crate::sim::machine::{Machine, Power};
use crate::sim::pauses::Pauses;
use crate::sim::plan::Plan;
use crate::sim::queue::slab::Slab;
use crate::sim::queue::{Lane, Queue};
use crate::sim::toll::Toll;
use crate::time::{Duration, Time};
use crate::trace::observer::Observers;
use crate::trace::record::{Account, Record, Totals};
use crate::workload::client::{Client, Habits};
use crate::workload::library::Outset;
use crate::workload::words::ClientWords;

/// How often the world looks whether it has come to rest, once clients have stopped.
const REST_CHECK: Duration = Duration::from_secs(1);

/// A run under way.
pub struct Simulation {
    pub(super) now: Time,
    pub(super) luck: Luck,
    pub(super) queue: Queue<Event>,
    pub(super) machines: Vec<Machine>,
    pub(super) identity: Identity,
    pub(super) links: Links,
    /// Whom faults have struck that strike whoever holds most hints.
    pub(super) holders: BTreeMap<usize, Option<NodeId>>,
    pub(super) toll: Toll,
    /// Messages that wait for a cut to end, with that cut.
    pub(super) held: Vec<(CutName, u32)>,
    /// The load balancer before the nodes, if it takes time.
    pub(super) balancer: Option<Sampler>,
    /// Processes that stop now and then, if there are any.
    pub(super) pauses: Option<Box<Pauses>>,
    /// All messages on their way.
    pub(super) messages: Slab<Delivery>,
    /// All jobs that disks have not finished.
    pub(super) jobs: Slab<Task>,
    pub(super) clients: Vec<Client>,
    pub(super) service: Service,
    pub(super) numbering: Numbering,
    pub(super) lanes: Vec<(Duration, Lane)>,
    /// What the node at work has said to itself and not heard yet, with fingerprints.
    pub(super) to_self: VecDeque<(u64, Message)>,
    pub(super) steps: std::iter::Peekable<std::vec::IntoIter<Step>>,
    /// What the administrator is going to do, by time.
    pub(super) orders: std::iter::Peekable<std::vec::IntoIter<Order>>,
    pub(super) refused_orders: u64,
    /// The membership as all changes so far make it, whoever knows of them, and its ring.
    pub(super) truth: Rc<History>,
    /// Has a disk lost something in a crash?
    pub(super) has_lost_disk: bool,
    pub(super) ring: Rc<Ring>,
    pub(super) habits: Rc<Habits>,
    pub(super) next_sample: Time,
    pub(super) sampling: Duration,
    pub(super) end_of_duration: Time,
    pub(super) limit: Time,
    pub(super) settling: bool,
    pub(super) next_rest_check: Time,
    /// Where the last look for rest found homes that differ: the best place to look first.
    pub(super) unequal_key: Key,
    pub(super) ended: Option<bool>,
    pub(super) totals: Totals,
    /// How many messages were sent.
    pub(super) sent: u64,
    /// Facts that nodes have told, for a bug that lets luck depend on them.
    pub(super) told: u64,
    /// When the next thing that is no event is due.
    pub(super) mark: Time,
    pub(super) digest: Digest,
    pub(super) node_effects: Vec<Effect<NodeWords>>,
    pub(super) client_effects: Vec<Effect<ClientWords>>,
}

/// What the loop comes to beside events.
enum Mark {
    Step,
    Order,
    Settle,
    RestCheck,
    Sample,
    Limit,
}

impl Simulation {
    /// The world as it is before anything happens.
    pub fn new(plan: &Plan) -> Simulation {
        let luck = Luck::new(plan.seed);
        let placement = Rc::new(plan.placement());
        let history = plan.membership();
        let config = Rc::new(plan.cluster.clone());
        let disk = || Disk::new(Rc::clone(&placement.keys), config.flush, Rc::clone(&history));
        let machine = |node: NodeId| {
            let mut disk = disk();
            if !history.is_member(node) {
                disk.history = Rc::new(history.of_nobody());
            }
            Machine::new(disk, plan.clock_of(&luck, node))
        };
        let machines = (0..plan.machines()).map(NodeId).map(machine).collect();
        let ring = history.ring(&placement);
        let outset = Outset {
            config: Rc::clone(&config),
            placement: Rc::clone(&placement),
            history: Rc::clone(&history),
            refresh: plan.workload.membership_refresh,
        };
        let end_of_duration = Time::ZERO + plan.duration;
        let (workload, sites) = (&plan.workload, &plan.network.sites);
        let habits = Rc::new(Habits::new(workload, sites, outset, end_of_duration));
        let client = |id| Client::new(ClientId(id), Rc::clone(&habits), &luck);
        let clients = (0..workload.clients).map(client).collect();
        let mut queue = Queue::new();
        Simulation {
            now: Time::ZERO,
            lanes: constant_lanes(&mut queue, plan),
            queue,
            machines,
            clients,
            links: Links::new(plan.all_links()),
            service: Service::new(&plan.disk),
            numbering: Numbering::new(placement.keys.count()),
            identity: Identity { me: NodeId(0), life: 0, config, placement },
            to_self: VecDeque::new(),
            steps: schedule(&plan.faults, plan.duration, &luck).into_iter().peekable(),
            orders: plan.orders().into_iter().peekable(),
            refused_orders: 0,
            truth: history,
            has_lost_disk: false,
            ring,
            habits,
            holders: BTreeMap::new(),
            toll: Toll::new(plan.faults.len()),
            held: Vec::new(),
            balancer: plan.workload.load_balancer.as_ref().map(|b| Sampler::new(&b.latency)),
            pauses: plan.all_pauses(),
            messages: Slab::new(),
            jobs: Slab::new(),
            next_sample: Time::ZERO + plan.sampling,
            sampling: plan.sampling,
            end_of_duration,
            limit: end_of_duration + plan.settle_limit,
            settling: false,
            next_rest_check: Time::NEVER,
            unequal_key: Key(0),
            ended: None,
            totals: Totals::default(),
            sent: 0,
            told: 0,
            mark: Time::ZERO,
            digest: Digest::EMPTY.with(plan.seed),
            node_effects: Vec::new(),
            client_effects: Vec::new(),
            luck,
        }
    }

    /// Runs to the end.
    pub fn run(mut self, observers: &mut Observers<'_>) -> Account {
        self.start(observers);
        while self.step(observers) {}
        self.finish(observers)
    }

    /// Gives a node another membership history to start from: what an administrator has just told
    /// it, and nobody else.
    ///
    /// # Panics
    /// Once nodes have started: then only gossip tells them anything.
    pub fn teach(&mut self, node: NodeId, history: Rc<History>) {
        let Power::Off { disk, .. } = &mut self.machines[node.index()].power else {
            panic!("{node} has started");
        };
        disk.history = history;
    }

    /// Starts all nodes, then all clients, in order of their names.
    pub fn start(&mut self, observers: &mut Observers<'_>) {
        self.mark = self.next_mark().0;
        for node in self.truth.members().to_vec() {
            self.boot(observers, node);
        }
        for client in (0..self.clients.len() as u32).map(ClientId) {
            self.hand_to_client(observers, client, Input::Start);
        }
    }

    /// Takes the next thing that happens; false once the run is over.
    pub fn step(&mut self, observers: &mut Observers<'_>) -> bool {
        if self.ended.is_some() {
            return false;
        }
        match self.queue.pop_before(self.mark) {
            Some((at, event)) => {
                self.now = at;
                self.take(observers, event);
            }
            None => self.take_mark(observers),
        }
        self.ended.is_none()
    }

    fn take_mark(&mut self, observers: &mut Observers<'_>) {
        let (at, mark) = self.next_mark();
        if !matches!(mark, Mark::Limit) {
            self.now = at;
        }
        match mark {
            Mark::Step => self.take_fault_step(observers),
            Mark::Order => self.take_order(observers),
            Mark::Settle => self.begin_settling(observers),
            Mark::RestCheck => self.check_for_rest(observers),
            Mark::Sample => {
                observers.sample(self.now, &self.totals);
                self.next_sample += self.sampling;
            }
            Mark::Limit => self.ended = Some(false),
        }
        self.mark = self.next_mark().0;
    }

    /// Closes the books.
    pub fn finish(mut self, observers: &mut Observers<'_>) -> Account {
        for client in 0..self.clients.len() {
            let mut effects = std::mem::take(&mut self.client_effects);
            let id = ClientId(client as u32);
            self.clients[client].close(&mut Ctx {
                now: self.now,
                ran: self.now,
                me: Address::Client(id),
                luck: &self.luck,
                observed: observers.interest().facts,
                numbering: &mut self.numbering,
                effects: &mut effects,
            });
            self.client_effects = effects;
            self.fulfil_client(observers, id);
        }
        observers.sample(self.now, &self.totals);
        let account = self.account();
        observers.end(&account);
        account
    }

    /// The time of the simulated clock.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Fingerprint of all that has happened so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Totals so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What is due next beside events. At one time: first faults, then the look of the observers,
    /// then events.
    fn next_mark(&mut self) -> (Time, Mark) {
        let settle = if self.settling { Time::NEVER } else { self.end_of_duration };
        let step = self.steps.peek().map_or(Time::NEVER, |step| step.at);
        let order = self.orders.peek().map_or(Time::NEVER, |order| Time::ZERO + order.at());
        // Past the limit nothing happens any more.
        let past = if self.settling { self.limit + Duration(1) } else { Time::NEVER };
        // Earlier candidates win ties.
        let candidates = [
            (past, Mark::Limit),
            (step, Mark::Step),
            (order, Mark::Order),
            (settle, Mark::Settle),
            (self.next_rest_check, Mark::RestCheck),
            (self.next_sample, Mark::Sample),
        ];
        candidates.into_iter().min_by_key(|(at, _)| *at).expect("there are some")
    }

    fn take_fault_step(&mut self, observers: &mut Observers<'_>) {
        let step = self.steps.next().expect("a step was due");
        self.fold(u64::MAX, step.fault as u64);
        self.take_step(observers, step);
    }

    fn begin_settling(&mut self, observers: &mut Observers<'_>) {
        self.settling = true;
        self.next_rest_check = self.now + REST_CHECK;
        observers.see(self.now, &Record::Settling);
    }

    fn check_for_rest(&mut self, observers: &mut Observers<'_>) {
        self.next_rest_check += REST_CHECK;
        self.forget_what_is_lost(observers);
        if self.is_at_rest() {
            self.ended = Some(true);
        }
    }

    fn take(&mut self, observers: &mut Observers<'_>, event: Event) {
        match event {
            Event::Deliver(message) => self.take_delivery(observers, message),
            Event::Client { client, timer } => {
                if self.holds_client(client, event) {
                    return;
                }
                self.fold(Address::Client(client).number(), timer.number());
                self.hand_to_client(observers, client, Input::Timer(timer));
                if timer.moves() {
                    self.links.place(client, self.clients[client.index()].site());
                }
            }
            Event::Timer { node, life, timer } => {
                if !self.lives(node, life) || self.is_late(observers, node, event) {
                    return;
                }
                self.totals.astray += u64::from(self.machines[node.index()].life != life);
                self.fold(u64::from(node.0), timer.number());
                self.hand_to_node(observers, node, Input::Timer(timer));
            }
            Event::Look { node, had_run } => self.look(observers, node, had_run),
            Event::Done(job) => {
                let Task { node, life, .. } = *self.jobs.get(job);
                let lives = self.lives(node, life);
                if lives && (self.waits(node, event) || self.stalls(node, job)) {
                    return;
                }
                let Task { job, .. } = self.jobs.remove(job);
                if lives {
                    self.totals.astray += u64::from(self.machines[node.index()].life != life);
                    self.finish_job(observers, node, job);
                }
            }
        }
    }

    /// Hands over the timers that are due on the clock of a machine that keeps its own. Where it
    /// stood still, others have become due since then: they come in their turn.
    fn look(&mut self, observers: &mut Observers<'_>, node: NodeId, had_run: Option<Time>) {
        let machine = &self.machines[node.index()];
        let run = had_run.unwrap_or_else(|| machine.clock.has_run(self.now));
        let wait = Event::Look { node, had_run: Some(run) };
        if !machine.is_up() || self.is_late(observers, node, wait) {
            return;
        }
        while let Some(timer) = self.machines[node.index()].clock.next_due(run) {
            self.fold(u64::from(node.0), timer.number());
            self.hand_to_node(observers, node, Input::Timer(timer));
        }
    }

    /// The bug of this run, if it has one.
    pub(super) fn planted(&self) -> Planted {
        self.identity.config.planted
    }

    /// Is the node still in the life in which it armed a timer or submitted a job?
    fn lives(&self, node: NodeId, life: u32) -> bool {
        let machine = &self.machines[node.index()];
        let same = machine.life == life || self.planted().is(Plant::TimerSurvivesCrash);
        same && machine.is_up()
    }

    /// Folds something that happened, now and to whom, into the digest.
    #[inline]
    pub(super) fn fold(&mut self, whom: u64, what: u64) {
        self.totals.events += 1;
        // The parties are spread over all bits first, so that one round takes both of them in.
        let whom = whom.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.digest = self.digest.with(self.now.0).with(what ^ whom);
    }
}
