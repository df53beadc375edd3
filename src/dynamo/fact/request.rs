//! What a coordinator tells of a request.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::message::Ticket;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId};
use crate::time::Duration;

/// A request as it stands at its coordinator.
#[derive(Clone, Debug)]
pub struct Unanswered {
    pub attempt: AttemptId,
    pub key: Key,
    /// The coordinator's own name for it; gets and puts are counted apart.
    pub ticket: Ticket,
    /// What a put writes; none for a get.
    pub ghost: Option<Ghost>,
    /// Everybody who was to take part, in the order in which they came in.
    pub asked: SmallVec<[Asked; 4]>,
    /// The ring as the coordinator believed it to be when the request began.
    pub began_in: Rc<Ring>,
    /// The ring as the coordinator believes it to be now.
    pub ring: Rc<Ring>,
    /// Since it began, by the coordinator's clock.
    pub took: Duration,
}

/// A request that has enough answers.
#[derive(Clone, Debug)]
pub struct Counted {
    pub request: Unanswered,
    /// How many answers the coordinator has counted.
    pub count: u32,
    /// What they were, of a get, in order of arrival.
    pub answers: Vec<Option<Rc<VersionSet>>>,
    /// What the client is told.
    pub reply: Option<Rc<VersionSet>>,
}

/// Somebody who was to take part in a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    pub node: NodeId,
    /// The home that it is, or in whose place it stands.
    pub home: NodeId,
    pub heard: Heard,
}

/// What was heard of somebody who was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Its answer.
    Answer,
    /// Nothing, and it is not waited for any more.
    Silence,
    /// Nothing yet.
    Nothing,
}

/// What came of comparing the answers to a get (read repair).
#[derive(Clone, Debug)]
pub struct Mended {
    pub key: Key,
    pub ring: Rc<Ring>,
    /// Who held what.
    pub answers: Vec<(NodeId, Option<Rc<VersionSet>>)>,
    /// What the coordinator takes for the newest.
    pub newest: Rc<VersionSet>,
    /// What was sent, and to whom.
    pub sent: Rc<VersionSet>,
    pub to: Vec<NodeId>,
}
