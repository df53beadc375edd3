//! A preference list, node by node.

use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::id::NodeId;

/// Goes clockwise round the ring from a range and names each node once: first the N homes, then
/// those that may stand in for them (section 4.6).
pub struct Walk<'a> {
    ring: &'a Ring,
    range: RangeId,
    next: usize,
    /// The whole list, made only if somebody needs more of it than is kept ready.
    rest: Vec<NodeId>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(ring: &'a Ring, range: RangeId) -> Walk<'a> {
        Walk { ring, range, next: 0, rest: Vec::new() }
    }

    fn whole_list(&self) -> Vec<NodeId> {
        let mut seen = Vec::with_capacity(self.ring.members());
        let mut known = vec![false; self.ring.members()];
        for steps in 0..self.ring.ranges() as usize {
            let owner = self.ring.owner(self.range, steps);
            if owner.index() >= known.len() {
                known.resize(owner.index() + 1, false);
            }
            if !std::mem::replace(&mut known[owner.index()], true) {
                seen.push(owner);
            }
        }
        seen
    }
}

impl Iterator for Walk<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let ready = self.ring.list(self.range);
        let place = self.next;
        self.next += 1;
        if place < ready.len() {
            return Some(ready[place]);
        }
        if self.rest.is_empty() && ready.len() < self.ring.members() {
            self.rest = self.whole_list();
        }
        self.rest.get(place).copied()
    }
}
