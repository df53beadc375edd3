//! A preference list, node by node.

use crate::dynamo::config::plant::Plant;
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
            Lister::new(self.ring).list(self.range, self.ring.members(), &mut self.rest);
        }
        self.rest.get(place).copied()
    }
}

/// Makes preference lists, one after another.
///
/// Where nodes stand at several sites, the homes are taken from the sites in turn: of those whose
/// turn it still is, the next clockwise; when all sites with nodes left have had theirs, the round
/// begins anew (section 4.6 wants lists that span data centres and does not say how). All others
/// follow in clockwise order.
pub(super) struct Lister<'a> {
    ring: &'a Ring,
    /// Of each node, by index, the last list in which it was met.
    met_in: Vec<u32>,
    lists: u32,
    /// The token that comes next, and how many there still are.
    next: usize,
    left: usize,
    /// Nodes that were met when it was not their site's turn, in clockwise order.
    skipped: Vec<NodeId>,
    /// By site: has it had its turn in this round? How many of its nodes are not on the list?
    had_turn: Vec<bool>,
    waiting: Vec<u32>,
}

impl<'a> Lister<'a> {
    pub(super) fn new(ring: &'a Ring) -> Lister<'a> {
        Lister {
            ring,
            met_in: vec![0; ring.names()],
            lists: 0,
            next: 0,
            left: 0,
            skipped: Vec::new(),
            had_turn: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Appends the first so many nodes of a range's preference list.
    pub(super) fn list(&mut self, range: RangeId, length: usize, list: &mut Vec<NodeId>) {
        let end = list.len() + length;
        self.lists += 1;
        (self.next, self.left) = (self.ring.start(range), self.ring.tokens());
        if self.ring.spans_sites() {
            self.list_homes(list);
        }
        while list.len() < end {
            let Some(node) = self.meet() else { break };
            list.push(node);
        }
        list.truncate(end);
    }

    fn list_homes(&mut self, list: &mut Vec<NodeId>) {
        self.skipped.clear();
        self.waiting.clear();
        self.waiting.extend(self.ring.nodes_by_site());
        self.had_turn.clear();
        self.had_turn.resize(self.waiting.len(), false);
        for _ in 0..self.ring.copies() {
            let home = self.next_home();
            let site = self.ring.site(home);
            self.waiting[site] -= 1;
            self.had_turn[site] = true;
            list.push(home);
        }
        list.append(&mut self.skipped);
    }

    fn next_home(&mut self) -> NodeId {
        let mut sites = self.had_turn.iter().zip(&self.waiting);
        if !sites.any(|(had_turn, waiting)| !had_turn && *waiting > 0) {
            self.had_turn.fill(false);
        }
        let due = |node: &NodeId| !self.had_turn[self.ring.site(*node)];
        if let Some(place) = self.skipped.iter().position(due) {
            return self.skipped.remove(place);
        }
        loop {
            let node = self.meet().expect("a site with nodes left has them on the ring");
            if !self.had_turn[self.ring.site(node)] {
                return node;
            }
            self.skipped.push(node);
        }
    }

    /// The next node clockwise that was not met before.
    fn meet(&mut self) -> Option<NodeId> {
        while self.left > 0 {
            let owner = self.ring.owner(self.next);
            self.next = self.after(self.next);
            self.left -= 1;
            let again =
                std::mem::replace(&mut self.met_in[owner.index()], self.lists) == self.lists;
            if !again || self.ring.planted.is(Plant::PreflistSameNodeTwice) {
                return Some(owner);
            }
        }
        None
    }

    /// The place of the token that follows, round the ring.
    fn after(&self, place: usize) -> usize {
        let first = usize::from(self.ring.planted.is(Plant::PreflistTailWrap));
        if place + 1 == self.ring.tokens() { first } else { place + 1 }
    }
}
