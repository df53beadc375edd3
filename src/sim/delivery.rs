//! Messages on their way: sent, lost, held back, delivered, and counted at each turn.

use crate::digest::digest_of;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::message::{Kind, Message, Outline};
use crate::id::{Address, NodeId};
use crate::network::fate::link;
use crate::process::Input;
use crate::random::purpose::Purpose;
use crate::sim::event::Event;
use crate::sim::links::{Arrival, Packet, Verdict};
use crate::sim::machine::Standstill;
use crate::sim::simulation::Simulation;
use crate::sim::toll::Parcel;
use crate::time::{Duration, Time};
use crate::trace::observer::Observers;
use crate::trace::record::{Drop, Record};

/// A message on its way.
#[derive(Clone)]
pub struct Delivery {
    pub number: u64,
    pub packet: Packet,
    pub sent: Time,
    /// Fingerprint of what it says.
    pub digest: u64,
    pub message: Message,
    /// Was it damaged on its way?
    pub corrupt: bool,
}

impl Simulation {
    pub(super) fn send(
        &mut self,
        observers: &mut Observers<'_>,
        from: Address,
        to: Address,
        message: Message,
    ) {
        let Outline { kind, bytes, luck, digest } = message.outline();
        if from == to {
            self.totals.local += 1;
            return self.to_self.push_back((digest, message));
        }
        // Draws stir what they are given: kinds need only be kept apart.
        let mut which = luck ^ (kind as u64) << 58;
        if self.planted().is(Plant::SharedRngStream) {
            which ^= self.told << 20;
        }
        self.sent += 1;
        let (number, sent) = (self.sent, self.now);
        let packet = Packet { from, to, kind, bytes };
        let mut delivery = Delivery { number, packet, sent, digest, message, corrupt: false };
        self.totals.kinds[kind as usize].sent += 1;
        self.totals.kinds[kind as usize].bytes += bytes;
        let parcel = Parcel { packet, message: &delivery.message };
        let own_delay = self.sending_delay(parcel, which);
        let own_delay = own_delay + self.balancing_delay(packet, which, own_delay);
        match self.links.send(&self.luck, self.now, parcel, which, &mut self.toll) {
            Verdict::Drop(cause) => {
                self.show_sent(observers, &delivery, self.now);
                self.drop_message(observers, &delivery, cause);
            }
            Verdict::Travel { delay, copy, corrupt } => {
                let due = self.now + own_delay + delay;
                self.show_sent(observers, &delivery, due);
                if let Some(copy) = copy {
                    self.send_copy(observers, &delivery, self.now + own_delay + copy);
                }
                delivery.corrupt = corrupt;
                let message = self.messages.insert(delivery);
                self.queue.push(due, Event::Deliver(message));
            }
        }
    }

    fn send_copy(&mut self, observers: &mut Observers<'_>, delivery: &Delivery, due: Time) {
        self.totals.kinds[delivery.packet.kind as usize].copies += 1;
        if observers.interest().messages {
            observers.see(self.now, &Record::Copied { number: delivery.number, due });
        }
        let copy = self.messages.insert(delivery.clone());
        self.queue.push(due, Event::Deliver(copy));
    }

    /// What a slow machine takes before it sends, or a client that is in a pause.
    fn sending_delay(&mut self, parcel: Parcel<'_>, which: u64) -> Duration {
        let packet = parcel.packet;
        let node = match packet.from {
            Address::Node(node) => node,
            Address::Client(client) => return self.rest_of_pause(client),
        };
        let Some((fault, Some(sampler))) = &self.machines[node.index()].slow else {
            return Duration::ZERO;
        };
        self.toll.message(*fault, parcel);
        let which = digest_of([which, packet.to.number()]);
        sampler.sample(&mut self.luck.draw(Purpose::SlowSend, u64::from(node.0), which))
    }

    /// What a request or its answer takes through the load balancer.
    fn balancing_delay(&mut self, packet: Packet, which: u64, before: Duration) -> Duration {
        let Some(sampler) = &self.balancer else { return Duration::ZERO };
        let comes = packet.kind == Kind::Request && matches!(packet.from, Address::Client(_));
        if !comes && packet.kind != Kind::Reply {
            return Duration::ZERO;
        }
        let who = link(packet.from, packet.to);
        let delay = sampler.sample(&mut self.luck.draw(Purpose::LoadBalancer, who, which));
        delay + self.wait_at_balancer(packet, before + delay)
    }

    fn show_sent(&self, observers: &mut Observers<'_>, delivery: &Delivery, due: Time) {
        if observers.interest().messages {
            let (number, message) = (delivery.number, &delivery.message);
            let Packet { from, to, .. } = delivery.packet;
            observers.see(self.now, &Record::Sent { number, from, to, message, due });
        }
    }

    pub(super) fn take_delivery(&mut self, observers: &mut Observers<'_>, message: u32) {
        let delivery = self.messages.get(message);
        let (packet, sent, corrupt) = (delivery.packet, delivery.sent, delivery.corrupt);
        let parcel = Parcel { packet, message: &delivery.message };
        let arrival = match self.planted().is(Plant::PartitionLeaks) {
            true => Arrival::Deliver,
            false => self.links.arrive(parcel, sent, &mut self.toll),
        };
        match arrival {
            Arrival::Deliver if corrupt => return self.lose(observers, message, Drop::Corrupt),
            Arrival::Deliver => {}
            Arrival::Drop => return self.lose(observers, message, Drop::CutInFlight),
            Arrival::Hold(fault) => return self.held.push((fault, message)),
        }
        match packet.to {
            Address::Client(client) if self.holds_client(client, Event::Deliver(message)) => {}
            Address::Client(client) => {
                let message = self.receive(observers, message);
                let input = Input::Message { from: packet.from, message };
                self.hand_to_client(observers, client, input);
            }
            Address::Node(node) => self.deliver_to_node(observers, node, message, packet),
        }
    }

    fn deliver_to_node(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        message: u32,
        packet: Packet,
    ) {
        let machine = &mut self.machines[node.index()];
        let parcel = || Parcel { packet, message: &self.messages.get(message).message };
        if let Some(Standstill { faults, waiting }) = &mut machine.paused {
            self.toll.message(faults[0], parcel());
            waiting.push(Event::Deliver(message));
            return match packet.from {
                Address::Node(from) if self.bears_on_suspicion(packet.kind) => {
                    self.tell_waiting(observers, node, Some(from));
                }
                Address::Node(_) | Address::Client(_) => {}
            };
        }
        if !machine.is_up() {
            if let Some(fault) = machine.stopped_by() {
                self.toll.message(fault, parcel());
            }
            return self.lose(observers, message, Drop::ReceiverDown);
        }
        if self.holds_node(node, Event::Deliver(message)) {
            return;
        }
        let message = self.receive(observers, message);
        self.hand_to_node(observers, node, Input::Message { from: packet.from, message });
    }

    /// Does a node by such a message that waits for it not believe its sender down?
    fn bears_on_suspicion(&self, kind: Kind) -> bool {
        match self.identity.config.failure_detection.by.is_requests() {
            true => kind.is_answer(),
            false => kind == Kind::Pong,
        }
    }

    /// A message is there: counts it and unpacks it.
    #[inline]
    fn receive(&mut self, observers: &mut Observers<'_>, message: u32) -> Message {
        let Delivery { number, packet, digest, message, .. } = self.messages.remove(message);
        let Packet { from, to, kind, .. } = packet;
        self.fold(link(from, to), digest);
        self.totals.kinds[kind as usize].delivered += 1;
        if observers.interest().messages {
            observers.see(self.now, &Record::Delivered { number, from, to, message: &message });
        }
        message
    }

    /// A message that was on its way will not arrive.
    pub(super) fn lose(&mut self, observers: &mut Observers<'_>, message: u32, cause: Drop) {
        let delivery = self.messages.remove(message);
        self.drop_message(observers, &delivery, cause);
    }

    fn drop_message(&mut self, observers: &mut Observers<'_>, delivery: &Delivery, cause: Drop) {
        let Packet { from, to, kind, .. } = delivery.packet;
        self.totals.kinds[kind as usize].dropped[cause as usize] += 1;
        if observers.interest().messages {
            let (number, message) = (delivery.number, &delivery.message);
            observers.see(self.now, &Record::Dropped { number, from, to, message, cause });
        }
    }
}
