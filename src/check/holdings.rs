//! What all disks hold at every moment, gathered from what nodes tell. Kept once for all judges.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::fact::Fact;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::trace::layout::{Homes, Layout};
use crate::trace::record::Record;

/// What all nodes hold, whether they are up or not, as of the record just seen.
#[derive(Debug)]
pub struct Holdings {
    /// By key, the copies that nodes keep as homes.
    copies: Vec<BTreeMap<NodeId, Rc<VersionSet>>>,
    /// By key, the hints: the holder, for whom, and what.
    hints: Vec<BTreeMap<(NodeId, NodeId), Rc<VersionSet>>>,
    homes: Homes,
    /// The homes before the membership changed last.
    former: Homes,
    up: Vec<bool>,
    settling: bool,
}

impl Holdings {
    /// Before anything was written.
    pub fn new(layout: &Layout) -> Holdings {
        Holdings {
            copies: vec![BTreeMap::new(); layout.keys as usize],
            hints: vec![BTreeMap::new(); layout.keys as usize],
            homes: layout.homes.clone(),
            former: layout.homes.clone(),
            up: vec![true; layout.machines as usize],
            settling: false,
        }
    }

    /// The copies of a key, by the node that keeps each as a home.
    pub fn copies(&self, key: Key) -> &BTreeMap<NodeId, Rc<VersionSet>> {
        &self.copies[key.index()]
    }

    /// The hints of a key, by who keeps each and for whom.
    pub fn hints(&self, key: Key) -> &BTreeMap<(NodeId, NodeId), Rc<VersionSet>> {
        &self.hints[key.index()]
    }

    /// The homes of a key, by the membership as the administrator has it.
    pub fn homes(&self, key: Key) -> &[NodeId] {
        self.homes.of(key)
    }

    /// The homes of a key before the membership changed last.
    pub fn former_homes(&self, key: Key) -> &[NodeId] {
        self.former.of(key)
    }

    /// What a node knows of a key by the copy that it keeps as a home.
    pub fn knows(&self, node: NodeId, key: Key) -> Past {
        self.copies(key).get(&node).map(|set| set.history()).unwrap_or_default()
    }

    /// How many keys there are.
    pub fn keys(&self) -> u32 {
        self.copies.len() as u32
    }

    /// Is this node up?
    pub fn is_up(&self, node: NodeId) -> bool {
        self.up[node.index()]
    }

    /// Is the scenario's `duration` over?
    pub fn is_settling(&self) -> bool {
        self.settling
    }

    /// Nodes that hold or cover an event of a client, as homes or by a hint; one that does both is
    /// there twice.
    pub fn holders(&self, event: EventId) -> impl Iterator<Item = NodeId> {
        let covers = move |set: &VersionSet| set.history().contains(event.number);
        let copies = self.copies(event.key).iter().map(|(node, set)| (*node, set));
        let hints = self.hints(event.key).iter().map(|((node, _), set)| (*node, set));
        copies.chain(hints).filter(move |(_, set)| covers(set)).map(|(node, _)| node)
    }

    /// Something happened.
    pub fn see(&mut self, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_fact(*node, fact),
            Record::Down { node, .. } => self.up[node.index()] = false,
            Record::Up { node } => self.up[node.index()] = true,
            Record::Rehomed { homes, .. } => {
                self.former = std::mem::replace(&mut self.homes, (*homes).clone());
            }
            Record::Settling => self.settling = true,
            Record::Sent { .. } | Record::Copied { .. } | Record::Delivered { .. } => {}
            Record::Dropped { .. } | Record::Client { .. } => {}
            Record::FaultBegan { .. } | Record::FaultEnded { .. } => {}
        }
    }

    fn on_fact(&mut self, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Kept { change, .. } | Fact::Lost { change } => self.set(node, change),
            Fact::Reaped { change } | Fact::Damaged { change } => self.set(node, change),
            Fact::Released { change } => self.set(node, change),
            Fact::HintCreated { hint } | Fact::HintRevived { hint } => {
                let place = (node, hint.target);
                self.hints[hint.key.index()].insert(place, Rc::clone(&hint.set));
            }
            Fact::HintDelivered { hint } | Fact::HintLost { hint } => self.drop_hint(node, hint),
            // The later hint is told of next, and stands in its place.
            Fact::HintSuperseded { hint } => self.drop_hint(node, hint),
            _other => {}
        }
    }

    fn set(&mut self, node: NodeId, change: &Change) {
        let copies = &mut self.copies[change.key.index()];
        match &change.after {
            Some(set) => copies.insert(node, Rc::clone(set)),
            None => copies.remove(&node),
        };
    }

    fn drop_hint(&mut self, node: NodeId, hint: &Hint) {
        self.hints[hint.key.index()].remove(&(node, hint.target));
    }
}
