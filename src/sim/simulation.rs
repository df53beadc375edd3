//! The one loop: takes the next event, hands it to its party, and fulfils what that wishes.

use std::rc::Rc;

use crate::digest::{Digest, digest_of};
use crate::dynamo::job::Job;
use crate::dynamo::message::Message;
use crate::dynamo::node::Identity;
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::timer::Timer;
use crate::dynamo::words::NodeWords;
use crate::faults::schedule::{Step, schedule};
use crate::ghost::Numbering;
use crate::id::{Address, ClientId, Key, NodeId};
use crate::network::fate::Network;
use crate::process::{Ctx, Effect, Input, Process};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::sim::disk::Service;
use crate::sim::links::{Arrival, Links, Packet, Verdict};
use crate::sim::machine::{Machine, Standstill};
use crate::sim::plan::Plan;
use crate::sim::queue::{Lane, Queue};
use crate::time::{Duration, Time};
use crate::trace::observer::Observers;
use crate::trace::record::{Account, Drop, NodeAccount, Record, Totals, Touched};
use crate::workload::client::{Client, Habits};
use crate::workload::words::{ClientTimer, ClientWords};

/// How often the world looks whether it has come to rest, once clients have stopped.
const REST_CHECK: Duration = Duration::from_secs(1);

/// What can happen next.
pub enum Event {
    Deliver(Delivery),
    Timer { node: NodeId, life: u32, timer: Timer },
    Client { client: ClientId, timer: ClientTimer },
    Done { node: NodeId, life: u32, job: Job },
}

/// A message on its way.
pub struct Delivery {
    pub number: u64,
    pub packet: Packet,
    pub sent: Time,
    /// Fingerprint of what it says.
    pub digest: u64,
    pub message: Message,
}

/// A run under way.
pub struct Simulation {
    pub(super) now: Time,
    pub(super) luck: Luck,
    pub(super) queue: Queue<Event>,
    pub(super) machines: Vec<Machine>,
    pub(super) identity: Identity,
    pub(super) links: Links,
    pub(super) touched: Vec<Touched>,
    /// Messages that wait for a cut to end, with the fault.
    pub(super) held: Vec<(usize, Delivery)>,
    clients: Vec<Client>,
    service: Service,
    numbering: Numbering,
    lanes: Vec<(Duration, Lane)>,
    at_once: Lane,
    steps: std::iter::Peekable<std::vec::IntoIter<Step>>,
    next_sample: Time,
    sampling: Duration,
    end_of_duration: Time,
    limit: Time,
    settling: bool,
    next_rest_check: Time,
    /// Where the last look for rest found homes that differ: the best place to look first.
    unequal_key: Key,
    ended: Option<bool>,
    totals: Totals,
    messages: u64,
    digest: Digest,
    node_effects: Vec<Effect<NodeWords>>,
    client_effects: Vec<Effect<ClientWords>>,
}

/// What the loop comes to next.
enum Next {
    Step,
    Settle,
    RestCheck,
    Sample,
    Event,
}

impl Simulation {
    /// The world as it is before anything happens.
    pub fn new(plan: &Plan) -> Simulation {
        let luck = Luck::new(plan.seed);
        let keys = Rc::new(KeySpace::new(plan.workload.keys.count()));
        let history = plan.membership();
        let config = Rc::new(plan.cluster.clone());
        let always = config.flush == crate::dynamo::config::Flush::Always;
        let disk = |_| Disk::new(Rc::clone(&keys), always, Rc::clone(&history));
        let machines = (0..config.nodes).map(disk).map(Machine::new).collect();
        let ring = history.ring(config.n, &keys);
        let end_of_duration = Time::ZERO + plan.duration;
        let habits =
            Rc::new(Habits::new(plan.workload.clone(), config.nodes, ring, end_of_duration));
        let client = |id| Client::new(ClientId(id), Rc::clone(&habits), &luck);
        let clients = (0..plan.workload.clients).map(client).collect();
        let network = Network::new(&plan.network, config.nodes, plan.workload.clients);
        let mut queue = Queue::new();
        let (at_once, lanes) = (queue.lane(Duration::ZERO), constant_lanes(&mut queue, plan));
        Simulation {
            now: Time::ZERO,
            queue,
            machines,
            clients,
            links: Links::new(network),
            service: Service::new(&plan.disk),
            numbering: Numbering::new(keys.count()),
            identity: Identity { me: NodeId(0), life: 0, config, keys },
            lanes,
            at_once,
            steps: schedule(&plan.faults, plan.duration).into_iter().peekable(),
            touched: vec![Touched::default(); plan.faults.len()],
            held: Vec::new(),
            next_sample: Time::ZERO + plan.sampling,
            sampling: plan.sampling,
            end_of_duration,
            limit: end_of_duration + plan.settle_limit,
            settling: false,
            next_rest_check: Time::NEVER,
            unequal_key: Key(0),
            ended: None,
            totals: Totals::default(),
            messages: 0,
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

    /// Starts all nodes, then all clients, in order of their names.
    pub fn start(&mut self, observers: &mut Observers<'_>) {
        for node in (0..self.machines.len() as u32).map(NodeId) {
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
        let (at, next) = self.next();
        // Past the limit nothing happens any more.
        if self.settling && at > self.limit {
            self.ended = Some(false);
            return false;
        }
        self.now = at;
        match next {
            Next::Step => self.take_fault_step(observers),
            Next::Settle => self.begin_settling(observers),
            Next::RestCheck => self.check_for_rest(),
            Next::Sample => {
                observers.sample(self.now, &self.totals);
                self.next_sample += self.sampling;
            }
            Next::Event => {
                let (_, event) = self.queue.pop().expect("the queue was looked into just now");
                self.take(observers, event);
            }
        }
        self.ended.is_none()
    }

    /// Closes the books.
    pub fn finish(mut self, observers: &mut Observers<'_>) -> Account {
        for client in 0..self.clients.len() {
            let mut effects = std::mem::take(&mut self.client_effects);
            let id = ClientId(client as u32);
            self.clients[client].close(&mut Ctx {
                now: self.now,
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

    /// What is due next. At one time: first faults, then the look of the observers, then events.
    fn next(&mut self) -> (Time, Next) {
        let settle = if self.settling { Time::NEVER } else { self.end_of_duration };
        let step = self.steps.peek().map_or(Time::NEVER, |step| step.at);
        let mut first = (self.queue.peek_time().unwrap_or(Time::NEVER), Next::Event);
        // Later candidates win ties.
        let candidates = [
            (self.next_sample, Next::Sample),
            (self.next_rest_check, Next::RestCheck),
            (settle, Next::Settle),
            (step, Next::Step),
        ];
        for candidate in candidates {
            if candidate.0 <= first.0 {
                first = candidate;
            }
        }
        first
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

    fn check_for_rest(&mut self) {
        self.next_rest_check += REST_CHECK;
        if self.is_at_rest() {
            self.ended = Some(true);
        }
    }

    /// No operation open, no hint kept, all nodes up, all homes of each key equal.
    fn is_at_rest(&mut self) -> bool {
        let idle = self.clients.iter().all(|client| client.open() == 0) && self.held.is_empty();
        let handed_over = |m: &Machine| m.is_up() && m.disk().hints.is_empty();
        if !idle || !self.machines.iter().all(handed_over) {
            return false;
        }
        let keys = (0..self.identity.keys.count()).map(Key);
        let unequal =
            std::iter::once(self.unequal_key).chain(keys).find(|key| !self.is_equal(*key));
        self.unequal_key = unequal.unwrap_or(Key(0));
        unequal.is_none()
    }

    fn is_equal(&self, key: Key) -> bool {
        let Some(ring) = self.machines[0].node().and_then(|node| node.view().ring()) else {
            return false;
        };
        let held = |home: &NodeId| {
            let set = self.machines[home.index()].disk().store.get(key);
            set.map(|set| set.digest())
        };
        let mut homes = ring.homes(ring.range_of(key)).iter();
        let first = homes.next().and_then(held);
        homes.all(|home| held(home) == first)
    }

    fn take(&mut self, observers: &mut Observers<'_>, event: Event) {
        match event {
            Event::Deliver(delivery) => self.take_delivery(observers, delivery),
            Event::Client { client, timer } => {
                self.fold(Address::Client(client).number(), timer.number());
                self.hand_to_client(observers, client, Input::Timer(timer));
            }
            Event::Timer { node, life, ref timer } => {
                let number = timer.number();
                self.take_node_event(observers, node, life, number, event);
            }
            Event::Done { node, life, ref job } => {
                let number = job.luck();
                self.take_node_event(observers, node, life, number, event);
            }
        }
    }

    /// A timer or a finished job of a node: nothing to a node of another life, later to one that
    /// stands still.
    fn take_node_event(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        life: u32,
        number: u64,
        event: Event,
    ) {
        let machine = &mut self.machines[node.index()];
        if !machine.is_up() || machine.life != life {
            return;
        }
        if let Some(Standstill { faults, waiting }) = &mut machine.paused {
            self.touched[faults[0]].jobs += u64::from(matches!(event, Event::Done { .. }));
            return waiting.push(event);
        }
        self.fold(u64::from(node.0), number);
        match event {
            Event::Timer { timer, .. } => self.hand_to_node(observers, node, Input::Timer(timer)),
            Event::Done { job, .. } => self.hand_to_node(observers, node, Input::Done(job)),
            Event::Deliver(_) | Event::Client { .. } => unreachable!("no event of a node's own"),
        }
    }

    fn take_delivery(&mut self, observers: &mut Observers<'_>, delivery: Delivery) {
        let packet = delivery.packet;
        let local = packet.from == packet.to;
        if !local {
            match self.links.arrive(packet, delivery.sent, &mut self.touched) {
                Arrival::Deliver => {}
                Arrival::Drop => return self.drop_message(observers, &delivery, Drop::CutInFlight),
                Arrival::Hold(fault) => return self.held.push((fault, delivery)),
            }
        }
        match packet.to {
            Address::Client(client) => {
                let message = self.receive(observers, delivery);
                self.hand_to_client(
                    observers,
                    client,
                    Input::Message { from: packet.from, message },
                );
            }
            Address::Node(node) => self.deliver_to_node(observers, node, delivery),
        }
    }

    fn deliver_to_node(&mut self, observers: &mut Observers<'_>, node: NodeId, delivery: Delivery) {
        let packet = delivery.packet;
        let machine = &mut self.machines[node.index()];
        if let Some(Standstill { faults, waiting }) = &mut machine.paused {
            self.touched[faults[0]].messages += 1;
            self.touched[faults[0]].bytes += packet.bytes;
            return waiting.push(Event::Deliver(delivery));
        }
        if !machine.is_up() {
            if let Some(fault) = machine.stopped_by() {
                self.touched[fault].messages += 1;
                self.touched[fault].bytes += packet.bytes;
            }
            return self.drop_message(observers, &delivery, Drop::ReceiverDown);
        }
        let message = self.receive(observers, delivery);
        self.hand_to_node(observers, node, Input::Message { from: packet.from, message });
    }

    /// A message is there: counts it and unpacks it.
    fn receive(&mut self, observers: &mut Observers<'_>, delivery: Delivery) -> Message {
        let Delivery { number, packet, digest, message, .. } = delivery;
        let Packet { from, to, kind, .. } = packet;
        self.fold(digest_of([from.number(), to.number()]), digest);
        if from != to {
            self.totals.kinds[kind as usize].delivered += 1;
            if observers.interest().messages {
                observers.see(self.now, &Record::Delivered { number, from, to, message: &message });
            }
        }
        message
    }

    pub(super) fn drop_message(
        &mut self,
        observers: &mut Observers<'_>,
        delivery: &Delivery,
        cause: Drop,
    ) {
        let Packet { from, to, kind, .. } = delivery.packet;
        // A machine that stops loses what it was about to tell itself; that was never on a link.
        if from == to {
            return;
        }
        self.totals.kinds[kind as usize].dropped[cause as usize] += 1;
        if observers.interest().messages {
            let (number, message) = (delivery.number, &delivery.message);
            observers.see(self.now, &Record::Dropped { number, from, to, message, cause });
        }
    }

    pub(super) fn hand_to_node(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        input: Input<NodeWords>,
    ) {
        let running = self.machines[node.index()].node_mut().expect("only a running node acts");
        running.handle(
            &mut Ctx {
                now: self.now,
                me: Address::Node(node),
                luck: &self.luck,
                observed: observers.interest().facts,
                numbering: &mut self.numbering,
                effects: &mut self.node_effects,
            },
            input,
        );
        self.fulfil_node(observers, node);
    }

    fn hand_to_client(
        &mut self,
        observers: &mut Observers<'_>,
        client: ClientId,
        input: Input<ClientWords>,
    ) {
        self.clients[client.index()].handle(
            &mut Ctx {
                now: self.now,
                me: Address::Client(client),
                luck: &self.luck,
                observed: observers.interest().facts,
                numbering: &mut self.numbering,
                effects: &mut self.client_effects,
            },
            input,
        );
        self.fulfil_client(observers, client);
    }

    fn fulfil_node(&mut self, observers: &mut Observers<'_>, node: NodeId) {
        let mut effects = std::mem::take(&mut self.node_effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { to, message } => {
                    self.send(observers, Address::Node(node), to, message);
                }
                Effect::Arm { after, timer } => {
                    let life = self.machines[node.index()].life;
                    self.arm(after, Event::Timer { node, life, timer });
                }
                Effect::Submit(job) => self.submit(node, job),
                Effect::Tell(fact) => observers.see(self.now, &Record::Node { node, fact: &fact }),
            }
        }
        self.node_effects = effects;
    }

    fn fulfil_client(&mut self, observers: &mut Observers<'_>, client: ClientId) {
        let mut effects = std::mem::take(&mut self.client_effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { to, message } => {
                    self.send(observers, Address::Client(client), to, message);
                }
                Effect::Arm { after, timer } => self.arm(after, Event::Client { client, timer }),
                Effect::Submit(job) => match job {},
                Effect::Tell(fact) => {
                    observers.see(self.now, &Record::Client { client, fact: &fact });
                }
            }
        }
        self.client_effects = effects;
    }

    fn arm(&mut self, after: Duration, event: Event) {
        match self.lanes.iter().find(|(length, _)| *length == after) {
            Some((_, lane)) => self.queue.push_lane(*lane, self.now, event),
            None => self.queue.push(self.now + after, event),
        }
    }

    fn submit(&mut self, node: NodeId, job: Job) {
        let machine = &mut self.machines[node.index()];
        if let Some((fault, _)) = machine.slow.as_ref().filter(|_| machine.device.is_slow()) {
            self.touched[*fault].jobs += 1;
        }
        let due = machine.device.submit(self.now, &self.service, &self.luck, (node, &job));
        self.queue.push(due, Event::Done { node, life: machine.life, job });
    }

    fn send(
        &mut self,
        observers: &mut Observers<'_>,
        from: Address,
        to: Address,
        message: Message,
    ) {
        let (kind, bytes, which) = (message.kind(), message.bytes(), message.luck());
        let digest = message.digest(kind, bytes, which);
        let which = digest_of([kind as u64, which]);
        self.messages += 1;
        let (number, sent) = (self.messages, self.now);
        let packet = Packet { from, to, kind, bytes, which };
        let mut delivery = Delivery { number, packet, sent, digest, message };
        if from == to {
            self.totals.local += 1;
            return self.queue.push_lane(self.at_once, self.now, Event::Deliver(delivery));
        }
        self.totals.kinds[kind as usize].sent += 1;
        self.totals.kinds[kind as usize].bytes += bytes;
        let own_delay = self.sending_delay(packet);
        match self.links.send(&self.luck, packet, &mut self.touched) {
            Verdict::Drop(cause) => {
                self.show_sent(observers, &delivery, self.now);
                self.drop_message(observers, &delivery, cause);
            }
            Verdict::Travel { delay, copy } => {
                let due = self.now + own_delay + delay;
                self.show_sent(observers, &delivery, due);
                if let Some(copy) = copy {
                    delivery = self.send_copy(observers, delivery, self.now + own_delay + copy);
                }
                self.queue.push(due, Event::Deliver(delivery));
            }
        }
    }

    fn send_copy(
        &mut self,
        observers: &mut Observers<'_>,
        delivery: Delivery,
        due: Time,
    ) -> Delivery {
        let Delivery { number, packet, sent, digest, message } = delivery;
        self.totals.kinds[packet.kind as usize].copies += 1;
        if observers.interest().messages {
            observers.see(self.now, &Record::Copied { number, due });
        }
        let second = Delivery { number, packet, sent, digest, message: message.clone() };
        self.queue.push(due, Event::Deliver(second));
        Delivery { number, packet, sent, digest, message }
    }

    /// What a slow machine takes before it sends.
    fn sending_delay(&mut self, packet: Packet) -> Duration {
        let Address::Node(node) = packet.from else { return Duration::ZERO };
        let Some((fault, Some(sampler))) = &self.machines[node.index()].slow else {
            return Duration::ZERO;
        };
        self.touched[*fault].messages += 1;
        self.touched[*fault].bytes += packet.bytes;
        let which = digest_of([packet.which, packet.to.number()]);
        sampler.sample(&mut self.luck.draw(Purpose::SlowSend, u64::from(node.0), which))
    }

    fn show_sent(&self, observers: &mut Observers<'_>, delivery: &Delivery, due: Time) {
        if observers.interest().messages {
            let (number, message) = (delivery.number, &delivery.message);
            let Packet { from, to, .. } = delivery.packet;
            observers.see(self.now, &Record::Sent { number, from, to, message, due });
        }
    }

    /// Folds something that happened, now and to whom, into the digest.
    #[inline]
    fn fold(&mut self, whom: u64, what: u64) {
        self.totals.events += 1;
        self.digest = self.digest.with(self.now.0).with(whom).with(what);
    }

    fn account(&self) -> Account {
        let mut in_flight = [0; crate::dynamo::message::Kind::ALL.len()];
        let waiting = self.machines.iter().filter_map(|m| m.paused.as_ref());
        let waiting = waiting.flat_map(|standstill| &standstill.waiting);
        let held = self.held.iter().map(|(_, delivery)| delivery);
        let queued = self.queue.iter().chain(waiting).filter_map(|event| match event {
            Event::Deliver(delivery) => Some(delivery),
            Event::Timer { .. } | Event::Client { .. } | Event::Done { .. } => None,
        });
        let on_links = queued.chain(held).filter(|d| d.packet.from != d.packet.to);
        on_links.for_each(|delivery| in_flight[delivery.packet.kind as usize] += 1);
        Account {
            now: self.now,
            digest: self.digest.value(),
            quiescent: self.ended == Some(true),
            totals: self.totals.clone(),
            touched: self.touched.clone(),
            in_flight,
            nodes: self.machines.iter().map(|machine| self.node_account(machine)).collect(),
        }
    }

    fn node_account(&self, machine: &Machine) -> NodeAccount {
        let disk = machine.disk();
        let held = |key| disk.store.get(key).map(|set| (key, Rc::clone(set)));
        let hint = |(key, target, set): (Key, NodeId, &Rc<_>)| {
            crate::dynamo::storage::hint_store::Hint { target, key, set: Rc::clone(set) }
        };
        NodeAccount {
            up: machine.is_up(),
            copies: (0..self.identity.keys.count()).map(Key).filter_map(held).collect(),
            hints: disk.hints.iter().map(hint).collect(),
            membership: disk.history.digest(),
        }
    }
}

/// Lanes for the timers whose length never changes.
fn constant_lanes(queue: &mut Queue<Event>, plan: &Plan) -> Vec<(Duration, Lane)> {
    let timeouts = &plan.cluster.timeouts;
    let mut lengths = vec![
        timeouts.replica,
        timeouts.operation,
        timeouts.forward,
        plan.workload.timeout,
        plan.cluster.gossip.interval,
    ];
    lengths.extend(plan.cluster.hinted_handoff.on().map(|settings| settings.timeout));
    lengths.sort_unstable();
    lengths.dedup();
    lengths.into_iter().map(|length| (length, queue.lane(length))).collect()
}
