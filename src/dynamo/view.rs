//! One node's belief: who belongs, who is responsible for a key, and who answers (section 4.8.3).
//!
//! Only membership changes it; all other parts read it.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::ring::history::History;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;

/// What a node believes.
#[derive(Debug)]
pub struct View {
    pub me: NodeId,
    history: Rc<History>,
    /// None until this node knows that it is a member itself: then it may neither coordinate nor
    /// keep copies, since it does not know of what.
    ring: Option<Rc<Ring>>,
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
        let mut view = View { me, history: Rc::default(), ring: None, placement, suspects };
        view.learn(history);
        view
    }

    /// The ring, once this node knows its own place on it.
    pub fn ring(&self) -> Option<&Rc<Ring>> {
        self.ring.as_ref()
    }

    /// The membership history.
    pub fn history(&self) -> &Rc<History> {
        &self.history
    }

    /// Takes a newer history for true.
    pub fn learn(&mut self, history: Rc<History>) {
        self.ring = history.is_member(self.me).then(|| history.ring(&self.placement));
        self.history = history;
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
