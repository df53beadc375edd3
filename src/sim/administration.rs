//! What an administrator does during a run (sections 4.8.1 and 4.9): explicit joins and leaves.
//!
//! An order goes to one node, which may be any; if that one does not run at the moment, or has lost
//! its disk and knows of no member yet, nothing comes of it, and the run counts it as refused.
//! Machines that are no members from the start stand by until an order starts them.

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::dynamo::message::{Command, Membership, Message, Settler};
use crate::dynamo::ring::history::History;
use crate::dynamo::ring::position::position_at;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Address, Key, NodeId};
use crate::process::Input;
use crate::sim::simulation::Simulation;
use crate::time::Duration;
use crate::trace::layout::Homes;
use crate::trace::observer::Observers;
use crate::trace::record::Record;

/// One thing that an administrator does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// A machine is started, and its node shall become a member: it takes its ranges over from
    /// those that hold them (section 4.9).
    Join(Join),
    /// A member shall go: it hands over what it holds first.
    Leave(Step),
    /// A member is dead: the others go on without it, and fill the ranges from what survives.
    Remove(Step),
    /// A member is dead, and a machine that is started takes its very place.
    Replace(Replacement),
    /// A machine is started by mistake. That alone changes nothing (section 4.8.1).
    Start(Start),
}

impl Order {
    /// As scenarios call it.
    pub fn name(&self) -> &'static str {
        match self {
            Order::Join(_) => "join",
            Order::Leave(_) => "leave",
            Order::Remove(_) => "remove",
            Order::Replace(_) => "replace",
            Order::Start(_) => "start",
        }
    }
}

/// A node that shall come in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Whom it is about; its number may be beyond those of the cluster.
    pub node: NodeId,
    /// When.
    pub at: Duration,
    /// The node that the administrator tells it to.
    pub via: NodeId,
    /// The places of its tokens, as shares of the ring from 0 up to 1, with strategies 1 and 2; if
    /// there are none it chooses them. Of two nodes at one place, the one with the lower number
    /// has it. A node that comes back has those that it had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<f64>,
}

/// A node that shall go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whom it is about.
    pub node: NodeId,
    /// When.
    pub at: Duration,
    /// The node that the administrator tells it to.
    pub via: NodeId,
}

/// A node that takes the place of a dead one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// Whose place it is.
    pub dead: NodeId,
    /// Who takes it.
    pub by: NodeId,
    /// When.
    pub at: Duration,
    /// The node that the administrator tells it to.
    pub via: NodeId,
}

/// A machine that is started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Which.
    pub node: NodeId,
    /// When.
    pub at: Duration,
}

impl Order {
    /// When it is given.
    pub fn at(&self) -> Duration {
        match self {
            Order::Join(join) => join.at,
            Order::Leave(step) | Order::Remove(step) => step.at,
            Order::Replace(replacement) => replacement.at,
            Order::Start(start) => start.at,
        }
    }

    /// All nodes that it names.
    pub fn nodes(&self) -> Vec<NodeId> {
        match self {
            Order::Join(join) => vec![join.node, join.via],
            Order::Leave(step) | Order::Remove(step) => vec![step.node, step.via],
            Order::Replace(Replacement { dead, by, via, .. }) => vec![*dead, *by, *via],
            Order::Start(start) => vec![start.node],
        }
    }

    /// The machine that it starts.
    pub fn starts(&self) -> Option<NodeId> {
        match self {
            Order::Join(join) => Some(join.node),
            Order::Replace(replacement) => Some(replacement.by),
            Order::Start(start) => Some(start.node),
            Order::Leave(_) | Order::Remove(_) => None,
        }
    }

    /// The member that is to be none any more.
    pub fn goes(&self) -> Option<NodeId> {
        match self {
            Order::Leave(step) | Order::Remove(step) => Some(step.node),
            Order::Replace(replacement) => Some(replacement.dead),
            Order::Join(_) | Order::Start(_) => None,
        }
    }

    /// What is told to whom.
    fn command(&self) -> Option<(NodeId, Command)> {
        match self {
            Order::Join(join) => Some((join.via, join.command())),
            Order::Leave(step) => Some((step.via, Command::Leave(step.node))),
            Order::Remove(step) => Some((step.via, Command::Remove(step.node))),
            Order::Replace(Replacement { dead, by, via, .. }) => {
                Some((*via, Command::Replace { dead: *dead, by: *by }))
            }
            Order::Start(_) => None,
        }
    }
}

impl Join {
    fn command(&self) -> Command {
        let Join { node, ref tokens, .. } = *self;
        match tokens.is_empty() {
            true => Command::Join(node),
            false => {
                let tokens = tokens.iter().map(|share| position_at(*share)).collect();
                Command::Settle(Box::new(Settler { node, tokens }))
            }
        }
    }
}

impl From<Step> for Join {
    fn from(Step { node, at, via }: Step) -> Join {
        Join { node, at, via, tokens: Vec::new() }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Order::Join(Join { node, via, tokens, .. }) => {
                let places: Vec<String> = tokens.iter().map(f64::to_string).collect();
                let at = if places.is_empty() { "" } else { " at " };
                write!(f, "{node} is told to join{at}{}, via {via}", places.join(", "))
            }
            Order::Leave(Step { node, via, .. }) => write!(f, "{node} is told to leave, via {via}"),
            Order::Remove(Step { node, via, .. }) => {
                write!(f, "{node} is removed as dead, via {via}")
            }
            Order::Replace(Replacement { dead, by, via, .. }) => {
                write!(f, "{by} takes the place of {dead}, which is dead, via {via}")
            }
            Order::Start(Start { node, .. }) => write!(f, "{node} is started by mistake"),
        }
    }
}

impl Simulation {
    /// The administrator's next order.
    pub(super) fn take_order(&mut self, observers: &mut Observers<'_>) {
        let order = self.orders.next().expect("an order was due");
        self.fold(u64::MAX - 1, order.at().0);
        if let Some(node) = order.starts().filter(|node| !self.machines[node.index()].is_up()) {
            self.boot(observers, node);
        }
        let Some((via, command)) = order.command() else { return };
        let told = &self.machines[via.index()];
        // Who has lost all that it knew of the members, and was told of none yet, would begin a
        // ring of its own with whoever it is told of.
        let is_lost = told.disk().history.ring_is_unknown() && order.starts() != Some(via);
        if !told.is_up() || is_lost {
            self.refused_orders += 1;
            return;
        }
        let message = Message::Membership(Membership::Command(command));
        let input = Input::Message { from: Address::Node(via), message };
        self.hand_to_node(observers, via, input);
    }

    /// A node has changed the membership. From now on clients know of it, and judges count by it.
    pub(super) fn rehome(&mut self, observers: &mut Observers<'_>, news: &Rc<History>) {
        let truth = History::join(&self.truth, news);
        self.go_by(observers, truth);
    }

    /// Once all members agree, a change of which no disk knows any more, since those that did have
    /// lost what they had, has never been.
    pub(super) fn forget_what_is_lost(&mut self, observers: &mut Observers<'_>) {
        let mut histories = self.machines.iter().map(|machine| &machine.disk().history);
        let Some(first) = histories.next().filter(|_| self.has_lost_disk) else { return };
        let known = histories.fold(Rc::clone(first), |known, other| History::join(&known, other));
        let knows = |member: &NodeId| {
            self.machines[member.index()].disk().history.digest() == known.digest()
        };
        let is_news = known.digest() != self.truth.digest() && !known.ring_is_unknown();
        if is_news && known.members().iter().all(knows) {
            self.go_by(observers, known);
        }
    }

    fn go_by(&mut self, observers: &mut Observers<'_>, truth: Rc<History>) {
        let before = self.truth.membership();
        self.truth = truth;
        if self.truth.membership() == before || self.truth.ring_is_unknown() {
            return;
        }
        let placement = &self.identity.placement;
        self.ring = self.truth.ring(placement);
        let keys = &placement.keys;
        self.habits.router.update(self.truth.members(), &self.ring);
        if observers.interest().facts {
            let homes = Homes::of_ring(&self.ring, keys.count());
            let held = (0..keys.count()).map(Key).flat_map(|key| self.held_by_homes(&homes, key));
            let held: Vec<_> = held.collect();
            observers.see(self.now, &Record::Rehomed { homes: &homes, held: &held });
        }
    }

    fn held_by_homes(&self, homes: &Homes, key: Key) -> Vec<Option<Rc<VersionSet>>> {
        let held = |home: &NodeId| self.machines[home.index()].disk().store.get(key).cloned();
        homes.of(key).iter().map(held).collect()
    }
}
