//! What an administrator does for a seed, in ugly orders: two join while a third does, whoever the
//! others rely on leaves, one that was removed comes back, a place is taken by two.
//!
//! Riak's tests of claims passed for years because they built rings more politely than operators
//! do.

use crate::hunt::swarm::dice::{between, moment};
use crate::id::NodeId;
use crate::random::source::Source;
use crate::scenario::hunt::Hunt;
use crate::scenario::spec::Scenario;
use crate::sim::administration::{Join, Order, Replacement, Start, Step};
use crate::time::Duration;

/// The orders of a seed, by time.
pub fn draw(scenario: &Scenario, hunt: &Hunt, source: &mut impl Source) -> Vec<Order> {
    let (count, none) = (between(source, hunt.administration), source.chance(0.5));
    if none {
        return Vec::new();
    }
    let Duration(length) = scenario.duration;
    let window = (Duration(length / 20), Duration(length / 5 * 4));
    let mut desk = Desk::new(scenario);
    while desk.orders.len() < count as usize {
        let at = moment(source, window.0, window.1);
        desk.next(at, source);
    }
    desk.orders.truncate(count as usize);
    desk.orders.sort_by_key(Order::at);
    desk.orders
}

/// Who there is by the orders so far.
struct Desk {
    founders: u32,
    /// More than these may not go, or keys would have too few homes.
    may_go: u32,
    next: u32,
    gone: Vec<NodeId>,
    joined: Vec<NodeId>,
    orders: Vec<Order>,
}

/// Time between two orders that come as one.
const AT_ONCE: Duration = Duration::from_millis(30);

fn joins(node: NodeId, at: Duration, via: NodeId) -> Order {
    Order::Join(Join { node, at, via, tokens: Vec::new() })
}

impl Desk {
    fn new(scenario: &Scenario) -> Desk {
        let (founders, n) = (scenario.cluster.nodes, scenario.cluster.n);
        Desk {
            founders,
            may_go: founders.saturating_sub(n.max(2)),
            next: founders,
            gone: Vec::new(),
            joined: Vec::new(),
            orders: Vec::new(),
        }
    }

    fn next(&mut self, at: Duration, source: &mut impl Source) {
        match source.below(8) {
            0 => self.join(at, source),
            // Two at once, told to different nodes.
            1 => {
                self.join(at, source);
                self.join(at + AT_ONCE, source);
            }
            2 => self.leave(at, source),
            // The one that everybody else knows from the start, told to itself.
            3 => self.leave_of(NodeId(0), NodeId(0), at),
            4 => self.remove(at, source),
            // One that was there comes back.
            5 => {
                self.remove(at, source);
                self.come_back(at + Duration(AT_ONCE.0 * 40), source);
            }
            6 => self.replace(at, source),
            _ => {
                let node = self.newcomer();
                self.orders.push(Order::Start(Start { node, at }));
            }
        }
    }

    fn newcomer(&mut self) -> NodeId {
        self.next += 1;
        NodeId(self.next - 1)
    }

    /// Anybody who was a member from the start, gone or not: administrators do not know better.
    fn anybody(&self, source: &mut impl Source) -> NodeId {
        NodeId(source.below(u64::from(self.founders)) as u32)
    }

    fn join(&mut self, at: Duration, source: &mut impl Source) {
        let (node, via) = (self.newcomer(), self.anybody(source));
        self.joined.push(node);
        self.orders.push(joins(node, at, via));
    }

    fn leave(&mut self, at: Duration, source: &mut impl Source) {
        let (node, via) = (self.anybody(source), self.anybody(source));
        // Now and then one that has only just joined.
        let node = match self.joined.last() {
            Some(joined) if source.chance(0.3) => *joined,
            Some(_) | None => node,
        };
        self.leave_of(node, via, at);
    }

    fn leave_of(&mut self, node: NodeId, via: NodeId, at: Duration) {
        if self.goes(node) {
            self.orders.push(Order::Leave(Step { node, at, via }));
        } else {
            let node = self.newcomer();
            self.orders.push(Order::Start(Start { node, at }));
        }
    }

    fn remove(&mut self, at: Duration, source: &mut impl Source) {
        let (node, via) = (self.anybody(source), self.anybody(source));
        if node != via && self.goes(node) {
            self.orders.push(Order::Remove(Step { node, at, via }));
        } else {
            self.join(at, source);
        }
    }

    fn come_back(&mut self, at: Duration, source: &mut impl Source) {
        let via = self.anybody(source);
        if let Some(node) = self.gone.pop() {
            self.orders.push(joins(node, at, via));
        }
    }

    fn replace(&mut self, at: Duration, source: &mut impl Source) {
        let (dead, via) = (self.anybody(source), self.anybody(source));
        let by = self.newcomer();
        if dead != via && !self.gone.contains(&dead) {
            self.orders.push(Order::Replace(Replacement { dead, by, at, via }));
        } else {
            self.orders.push(joins(by, at, via));
        }
    }

    /// May this one go? Then it is gone.
    fn goes(&mut self, node: NodeId) -> bool {
        let may = self.gone.len() < self.may_go as usize && !self.gone.contains(&node);
        if may {
            self.gone.push(node);
        }
        may
    }
}
