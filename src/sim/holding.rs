//! What reaches a process in one of its own pauses waits until that is over.

use crate::id::{Address, ClientId, NodeId};
use crate::sim::event::Event;
use crate::sim::links::Packet;
use crate::sim::simulation::Simulation;
use crate::time::Duration;
use crate::workload::words::ClientTimer;

impl Simulation {
    /// Keeps what comes to a node that is in a pause for later.
    #[inline]
    pub(super) fn holds_node(&mut self, node: NodeId, event: Event) -> bool {
        let Some(pauses) = &mut self.pauses else { return false };
        let Some(over) = pauses.hold_node(&self.luck, self.now, node) else { return false };
        self.queue.push(over, event);
        true
    }

    /// The same of a client. It can begin what it wishes: what it sends for that leaves later.
    #[inline]
    pub(super) fn holds_client(&mut self, client: ClientId, event: Event) -> bool {
        let Some(pauses) = &mut self.pauses else { return false };
        let wishes = matches!(event, Event::Client { timer: ClientTimer::Arrival, .. });
        if wishes && !pauses.delays_beginnings() {
            return false;
        }
        let Some(over) = pauses.hold_client(&self.luck, self.now, client) else { return false };
        self.queue.push(over, event);
        true
    }

    /// How long a client that begins an operation in a pause cannot send.
    pub(super) fn rest_of_pause(&mut self, client: ClientId) -> Duration {
        let Some(pauses) = &mut self.pauses else { return Duration::ZERO };
        let over = pauses.hold_client(&self.luck, self.now, client);
        over.map_or(Duration::ZERO, |over| over.since(self.now))
    }

    /// How long a message that reaches the load balancer of a client after `before` waits there.
    pub(super) fn wait_at_balancer(&mut self, packet: Packet, before: Duration) -> Duration {
        let Some(pauses) = &mut self.pauses else { return Duration::ZERO };
        let client = match (packet.from, packet.to) {
            (Address::Client(client), _) | (_, Address::Client(client)) => client,
            (Address::Node(_), Address::Node(_)) => return Duration::ZERO,
        };
        pauses.at_balancer(&self.luck, (self.now, self.now + before), client)
    }
}
