//! One node's belief: who belongs, who is responsible for a key, and who answers (section 4.8.3).
//!
//! Only membership changes it; all other parts read it.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::ring::history::{History, Status, Transition};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::range::Move;
use crate::dynamo::ring::strategy::Placement;
use crate::id::{Key, NodeId};

/// Stands for a party that is no node: a client that coordinates for itself (section 6.4).
const NOBODY: NodeId = NodeId(u32::MAX);

/// What a node believes.
#[derive(Debug)]
pub struct View {
    pub me: NodeId,
    history: Rc<History>,
    /// None until this node knows its own place: then it may neither coordinate nor keep copies,
    /// since it does not know of what.
    ring: Option<Rc<Ring>>,
    /// The one that it went by last.
    last_ring: Option<Rc<Ring>>,
    placement: Rc<Placement>,
    /// Peers that have left requests unanswered. Who is not here is believed up.
    suspects: BTreeMap<NodeId, Suspicion>,
}

/// What is held against a peer.
#[derive(Clone, Copy, Debug)]
pub struct Suspicion {
    /// Requests in a row without an answer.
    pub unanswered: u32,
    /// Is it believed down?
    pub down: bool,
    /// Which suspicion of this node this is: what a probe timer guards.
    pub serial: u32,
}

impl View {
    /// The belief that follows from a membership history, everybody believed up.
    pub fn new(me: NodeId, history: Rc<History>, placement: Rc<Placement>) -> View {
        let suspects = BTreeMap::new();
        let (ring, last_ring) = (None, None);
        let mut view = View { me, history: Rc::default(), ring, last_ring, placement, suspects };
        view.learn(history);
        view
    }

    /// The belief of a client.
    pub fn of_client(history: Rc<History>, placement: Rc<Placement>) -> View {
        View::new(NOBODY, history, placement)
    }

    /// The ring, once this node knows its own place on it.
    pub fn ring(&self) -> Option<&Rc<Ring>> {
        self.ring.as_ref()
    }

    /// The ring by which requests under way were begun, be it that this node comes back now and
    /// knows its place no longer: they are to end in time all the same.
    pub fn last_ring(&self) -> Option<&Rc<Ring>> {
        self.ring.as_ref().or(self.last_ring.as_ref())
    }

    /// The membership history.
    pub fn history(&self) -> &Rc<History> {
        &self.history
    }

    /// Takes a newer history for true.
    pub fn learn(&mut self, history: Rc<History>) {
        let knows_its_place = self.me == NOBODY || self.knows_place(&history);
        let ring = knows_its_place.then(|| history.ring(&self.placement));
        self.last_ring = std::mem::replace(&mut self.ring, ring).or(self.last_ring.take());
        self.history = history;
    }

    /// A node that is on the ring knows it, and so does one that was on it and is no more: that one
    /// keeps nothing, but can still tell others where to turn.
    fn knows_place(&self, history: &History) -> bool {
        let status = history.change(self.me).map(|change| change.status);
        match status {
            Some(Status::Member | Status::Leaving) => true,
            Some(Status::Left | Status::Removed) => !history.members().is_empty(),
            Some(Status::Joining) | None => false,
        }
    }

    /// What moves in the transition under way.
    pub fn moves(&self) -> Rc<[Move]> {
        self.history.moves(&self.placement)
    }

    /// What would have to move if this transition were the one under way.
    pub fn moves_of(&self, transition: Transition) -> Vec<Move> {
        self.history.moves_of(transition, &self.placement)
    }

    /// The ring of these nodes, as the history knows them.
    pub fn ring_of(&self, nodes: &[NodeId]) -> Ring {
        self.history.ring_of(nodes, &self.placement)
    }

    /// Is this node one of the homes of a key?
    pub fn is_home(&self, key: Key) -> bool {
        self.ring.as_ref().is_some_and(|ring| ring.is_home(self.me, ring.range_of(key)))
    }

    /// Is this peer believed to answer? Everybody is, until they fail to.
    #[inline]
    pub fn believes_up(&self, node: NodeId) -> bool {
        self.suspects.is_empty() || !self.suspects.get(&node).is_some_and(|held| held.down)
    }

    /// What is held against a peer, if anything.
    pub fn suspicion(&self, node: NodeId) -> Option<Suspicion> {
        self.suspects.get(&node).copied()
    }

    /// Sets or, with none, forgets what is held against a peer.
    pub fn set_suspicion(&mut self, node: NodeId, suspicion: Option<Suspicion>) {
        match suspicion {
            Some(suspicion) => self.suspects.insert(node, suspicion),
            None => self.suspects.remove(&node),
        };
    }

    /// Is anything held against anybody?
    #[inline]
    pub fn suspects_anybody(&self) -> bool {
        !self.suspects.is_empty()
    }
}
