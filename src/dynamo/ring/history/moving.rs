//! What the transition under way moves.

use std::rc::Rc;

use crate::dynamo::ring::history::History;
use crate::dynamo::ring::range::{Move, moves};
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;

impl History {
    /// What has to move for the transition under way, in ring order; nothing without one, or if
    /// there is no ring before or after it.
    pub fn moves(&self, placement: &Placement) -> Rc<[Move]> {
        let make = || match self.after_transition() {
            Some(after) if !self.members.is_empty() && !after.is_empty() => {
                let before = self.ring(placement);
                moves(&before, &self.ring_of(&after, placement)).into()
            }
            _ => [].into(),
        };
        Rc::clone(self.moves.get_or_init(make))
    }

    /// Who is on the ring once the transition under way has ended.
    fn after_transition(&self) -> Option<Vec<NodeId>> {
        let node = self.transition()?.node;
        let mut after: Vec<NodeId> =
            self.members.iter().copied().filter(|member| *member != node).collect();
        if !self.is_member(node) {
            after.push(node);
            after.sort_unstable();
        }
        Some(after)
    }
}
