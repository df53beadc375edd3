//! What the transition under way moves.

use std::rc::Rc;

use crate::dynamo::ring::history::{History, Transition};
use crate::dynamo::ring::range::{Move, moves};
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;

impl History {
    /// What has to move for the transition under way, in ring order; nothing without one, or if
    /// there is no ring before or after it.
    pub fn moves(&self, placement: &Placement) -> Rc<[Move]> {
        let of = |transition| self.moves_of(transition, placement).into();
        let make = || self.transition().map_or_else(|| [].into(), of);
        Rc::clone(self.moves.get_or_init(make))
    }

    /// What would have to move for this transition if it were the one under way.
    pub fn moves_of(&self, transition: Transition, placement: &Placement) -> Vec<Move> {
        let after = self.after(transition);
        match self.members.is_empty() || after.is_empty() {
            true => Vec::new(),
            false => moves(&self.ring(placement), &self.ring_of(&after, placement)),
        }
    }

    /// Who is on the ring once this transition has ended.
    fn after(&self, transition: Transition) -> Vec<NodeId> {
        let node = transition.node;
        let mut after: Vec<NodeId> =
            self.members.iter().copied().filter(|member| *member != node).collect();
        if !self.is_member(node) {
            after.push(node);
            after.sort_unstable();
        }
        after
    }
}
