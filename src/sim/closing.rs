//! The end of a run: has the world come to rest, and what is there when it has?

use std::rc::Rc;

use crate::dynamo::message::Kind;
use crate::dynamo::storage::hint_store::Hint;
use crate::id::{Key, NodeId};
use crate::sim::machine::Machine;
use crate::sim::simulation::Simulation;
use crate::trace::layout::Homes;
use crate::trace::record::{Account, NodeAccount};

impl Simulation {
    /// No operation open, no hint kept, all nodes up, all homes of each key equal.
    pub(super) fn is_at_rest(&mut self) -> bool {
        let idle = self.clients.iter().all(|client| client.open() == 0) && self.held.is_empty();
        let machines = (0_u32..).zip(&self.machines).map(|(node, it)| (NodeId(node), it));
        let settled = machines.into_iter().all(|(node, machine)| self.is_settled(node, machine));
        if !idle || !settled || self.truth.transition().is_some() {
            return false;
        }
        let keys = (0..self.identity.placement.keys.count()).map(Key);
        let unequal =
            std::iter::once(self.unequal_key).chain(keys).find(|key| !self.is_equal(*key));
        self.unequal_key = unequal.unwrap_or(Key(0));
        unequal.is_none()
    }

    /// A member runs and knows who else is one; whoever runs keeps nothing for others, and lacks
    /// nothing; who is no member any more has handed over what it held.
    fn is_settled(&self, node: NodeId, machine: &Machine) -> bool {
        let disk = machine.disk();
        let belongs = self.truth.is_member(node);
        let informed = disk.history.digest() == self.truth.digest();
        let works = machine.is_up() && informed && disk.lacking.is_empty();
        // Where all were taken out there is nobody to hand anything over to.
        let homeless = self.truth.ring_is_unknown();
        let hands_over = self.identity.config.hinted_handoff.on().is_some();
        let is_rid =
            homeless || disk.hints.is_empty() && (belongs || !hands_over || disk.store.is_empty());
        (works || !belongs) && (is_rid || !machine.is_up() && !belongs)
    }

    fn is_equal(&self, key: Key) -> bool {
        let ring = &self.ring;
        let held = |home: &NodeId| {
            let set = self.machines[home.index()].disk().store.get(key);
            set.map(|set| set.digest())
        };
        let mut homes = ring.homes(ring.range_of(key)).iter();
        let first = homes.next().and_then(held);
        homes.all(|home| held(home) == first)
    }

    pub(super) fn account(&mut self) -> Account {
        let stopped = match &mut self.pauses {
            Some(pauses) => pauses.account(&self.luck, self.now),
            None => [None; 3],
        };
        let mut in_flight = [0; Kind::ALL.len()];
        let on_links = self.messages.iter();
        on_links.for_each(|delivery| in_flight[delivery.packet.kind as usize] += 1);
        Account {
            now: self.now,
            digest: self.digest.value(),
            quiescent: self.ended == Some(true),
            totals: self.totals.clone(),
            touched: self.toll.touched().to_vec(),
            in_flight,
            nodes: (0_u32..)
                .zip(&self.machines)
                .map(|(node, machine)| self.node_account(NodeId(node), machine))
                .collect(),
            homes: Homes::of_ring(&self.ring, self.identity.placement.keys.count()),
            refused_orders: self.refused_orders,
            stopped,
        }
    }

    fn node_account(&self, node: NodeId, machine: &Machine) -> NodeAccount {
        let disk = machine.disk();
        let belongs = self.truth.is_member(node);
        // What is on the disk of a machine that is down and has been taken out is nobody's.
        let counts = belongs || machine.is_up();
        let held = |key| disk.store.get(key).map(|set| (key, Rc::clone(set)));
        let hint =
            |(key, target, set): (Key, NodeId, &Rc<_>)| Hint { target, key, set: Rc::clone(set) };
        NodeAccount {
            up: machine.is_up(),
            belongs,
            copies: (0..self.identity.placement.keys.count())
                .map(Key)
                .filter(|_| counts)
                .filter_map(held)
                .collect(),
            hints: disk.hints.iter().map(hint).collect(),
            membership: disk.history.digest(),
            is_informed: !disk.history.ring_is_unknown(),
        }
    }
}
