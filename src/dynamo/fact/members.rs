//! What nodes tell about who belongs, who answers, and ranges that change hands. All of it rare.

use std::rc::Rc;

use crate::dynamo::message::Command;
use crate::dynamo::ring::history::{History, Transition};
use crate::dynamo::ring::placement::Ring;
use crate::id::{AttemptId, Key, NodeId};

/// Something that happened to a node's belief, or to a range that is on the move.
#[derive(Clone, Debug)]
pub enum MemberFact {
    /// An administrator told this node to change the membership.
    Commanded(Command),
    /// What this node takes for true from now on: told at every start and every change. The ring is
    /// the one that it goes by, if it knows its place.
    Believes { history: Rc<History>, ring: Option<Rc<Ring>> },
    /// A request to a peer was given up without an answer.
    Unanswered { peer: NodeId },
    /// A peer has answered that had left requests unanswered, too few to be believed down.
    Answered { peer: NodeId },
    /// Told by the world: this node stands still, and an answer of a peer has come, or with none a
    /// timer by which requests are given up.
    Waits { from: Option<NodeId> },
    /// Told by the world: this node stands still no longer, and what waited comes now.
    GoesOn,
    /// This node lets all who give ranges for its own coming or going give them away, and steps
    /// back for no other change from now on.
    Bound { transition: Transition },
    /// This node has given all its ranges for a transition, and says that all in them has arrived.
    Given { transition: Transition },
    /// A request, first sent to that home, was passed on to whom the range was given to; with this
    /// time, so often.
    PassedOn { attempt: Option<AttemptId>, home: NodeId, to: NodeId, times: u32 },
    /// This node does itself what was asked of it as a home of a key, though its copy is not whole.
    Unfit { key: Key, why: Unfit, read: bool },
}

/// Why a home's copy of a range is not whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It has given the range away.
    GivenAway,
    /// These, who survived a dead home, have not yet sent all that they hold.
    Unfilled { survivors: Vec<NodeId> },
}
