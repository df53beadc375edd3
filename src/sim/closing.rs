//! The end of a run: has the world come to rest, and what is there when it has?

use std::rc::Rc;

use crate::dynamo::message::Kind;
use crate::dynamo::storage::hint_store::Hint;
use crate::id::{Key, NodeId};
use crate::sim::machine::Machine;
use crate::sim::simulation::Simulation;
use crate::trace::record::{Account, NodeAccount};

impl Simulation {
    /// No operation open, no hint kept, all nodes up, all homes of each key equal.
    pub(super) fn is_at_rest(&mut self) -> bool {
        let idle = self.clients.iter().all(|client| client.open() == 0) && self.held.is_empty();
        let handed_over = |m: &Machine| m.is_up() && m.disk().hints.is_empty();
        if !idle || !self.machines.iter().all(handed_over) {
            return false;
        }
        let keys = (0..self.identity.placement.keys.count()).map(Key);
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

    pub(super) fn account(&self) -> Account {
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
            nodes: self.machines.iter().map(|machine| self.node_account(machine)).collect(),
        }
    }

    fn node_account(&self, machine: &Machine) -> NodeAccount {
        let disk = machine.disk();
        let held = |key| disk.store.get(key).map(|set| (key, Rc::clone(set)));
        let hint =
            |(key, target, set): (Key, NodeId, &Rc<_>)| Hint { target, key, set: Rc::clone(set) };
        NodeAccount {
            up: machine.is_up(),
            copies: (0..self.identity.placement.keys.count()).map(Key).filter_map(held).collect(),
            hints: disk.hints.iter().map(hint).collect(),
            membership: disk.history.digest(),
        }
    }
}
