//! Hands inputs to parties and fulfils what they wish.

use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::Fact;
use crate::dynamo::job::Job;
use crate::dynamo::timer::Timer;
use crate::dynamo::words::NodeWords;
use crate::id::{Address, ClientId, NodeId};
use crate::network::fate::link;
use crate::process::{Ctx, Effect, Input, Process};
use crate::random::outside::outside;
use crate::sim::event::{Event, Task};
use crate::sim::simulation::Simulation;
use crate::time::{Duration, Time};
use crate::trace::observer::Observers;
use crate::trace::record::Record;
use crate::workload::words::{ClientTimer, ClientWords};

impl Simulation {
    /// Hands a node an input, and then whatever it says to itself, until it is silent.
    #[inline]
    pub(super) fn hand_to_node(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        input: Input<NodeWords>,
    ) {
        self.hand_one(observers, node, input);
        while let Some((digest, message)) = self.to_self.pop_front() {
            let me = Address::Node(node);
            self.fold(link(me, me), digest);
            self.hand_one(observers, node, Input::Message { from: me, message });
        }
    }

    #[inline(never)]
    fn hand_one(&mut self, observers: &mut Observers<'_>, node: NodeId, input: Input<NodeWords>) {
        let machine = &mut self.machines[node.index()];
        let (now, ran) = (machine.clock.shows(self.now), machine.clock.has_run(self.now));
        let running = machine.node_mut().expect("only a running node acts");
        running.handle(
            &mut Ctx {
                now,
                ran,
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

    pub(super) fn hand_to_client(
        &mut self,
        observers: &mut Observers<'_>,
        client: ClientId,
        input: Input<ClientWords>,
    ) {
        self.clients[client.index()].handle(
            &mut Ctx {
                now: self.now,
                ran: self.now,
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
        if self.planted().is(Plant::MapIterationOrder) && outside() & 1 == 1 {
            effects.reverse();
        }
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { to, message } => {
                    self.send(observers, Address::Node(node), to, message);
                }
                Effect::Arm { after, timer } => {
                    self.arm_node(node, after, timer);
                }
                Effect::Submit(job) => self.submit(node, job),
                Effect::Tell(fact) => {
                    self.told += 1;
                    observers.see(self.now, &Record::Node { node, fact: &fact });
                    if let Fact::Announced { history } = &fact {
                        self.rehome(observers, history);
                    }
                }
            }
        }
        self.node_effects = effects;
    }

    pub(super) fn fulfil_client(&mut self, observers: &mut Observers<'_>, client: ClientId) {
        let mut effects = std::mem::take(&mut self.client_effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { to, message } => {
                    self.send(observers, Address::Client(client), to, message);
                }
                Effect::Arm { mut after, timer } => {
                    let backs_off = matches!(timer, ClientTimer::Retry(_));
                    if backs_off && self.planted().is(Plant::RealClockInBackoff) {
                        after = after + Duration(outside() % 1_000_000);
                    }
                    self.arm(after, Event::Client { client, timer });
                }
                Effect::Submit(job) => match job {},
                Effect::Tell(fact) => {
                    observers.see(self.now, &Record::Client { client, fact: &fact });
                }
            }
        }
        self.client_effects = effects;
    }

    fn arm_node(&mut self, node: NodeId, after: Duration, timer: Timer) {
        let machine = &mut self.machines[node.index()];
        if machine.clock.keeps_timers() {
            let look = machine.clock.arm(self.now, after, timer);
            return self.look_at_clock(node, look);
        }
        let life = machine.life;
        self.arm(after, Event::Timer { node, life, timer });
    }

    /// Looks at a machine's clock at these moments.
    pub(super) fn look_at_clock(&mut self, node: NodeId, at: impl IntoIterator<Item = Time>) {
        let look = Event::Look { node, had_run: None };
        at.into_iter().for_each(|at| self.queue.push(at, look));
    }

    fn arm(&mut self, after: Duration, event: Event) {
        match self.lanes.iter().find(|(length, _)| *length == after) {
            Some((_, lane)) => self.queue.push_lane(*lane, self.now, event),
            None => self.queue.push(self.now + after, event),
        }
    }

    pub(super) fn submit(&mut self, node: NodeId, job: Job) {
        if !self.machines[node.index()].device.is_healthy() && self.count_ailing(node, &job) {
            return self.machines[node.index()].device.parked.push(job);
        }
        let machine = &mut self.machines[node.index()];
        let bytes = if self.service.weighs() { machine.bytes_of(&job) } else { 0 };
        let due = machine.device.submit(self.now, &self.service, &self.luck, (node, &job, bytes));
        let task = Task { node, life: machine.life, job };
        let job = self.jobs.insert(task);
        self.queue.push(due, Event::Done(job));
    }
}
