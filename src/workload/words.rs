//! The vocabulary of a client.

use std::rc::Rc;

use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Message, Replied};
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId, OperationId};
use crate::process::{Ctx, Vocabulary};
use crate::time::{Duration, Time};

/// The words of a client.
#[derive(Debug)]
pub struct ClientWords;

impl Vocabulary for ClientWords {
    type Message = Message;
    type Timer = ClientTimer;
    type Job = NoJob;
    type Fact = ClientFact;
}

/// What a client works with.
pub type ClientCtx<'a> = Ctx<'a, ClientWords>;

/// Clients have no disk.
#[derive(Clone, Copy, Debug)]
pub enum NoJob {}

/// A reminder of a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientTimer {
    /// Time to begin the next operation.
    Arrival,
    /// Have all attempts been answered? (`workload.timeout`)
    Attempt,
    /// Should this get be sent to a second node? (`workload.hedge_after`)
    Hedge(AttemptId),
    /// Time to try again after this attempt. (`workload.retry.pause`)
    Retry(AttemptId),
    /// Time for this of the planned moves. (`workload.moves.planned`)
    Move(u32),
    /// Time to move on to another site. (`workload.moves.every`)
    Roam,
    /// Time to download the membership. (`workload.membership_refresh`)
    Refresh,
    /// Has this download of the membership been answered?
    Pull(u64),
    /// Time to read what was written. (`workload.read_back`)
    ReadBack(OperationId, Key),
    /// The same, where the client has moved for it.
    ReadNow(OperationId, Key),
    /// A reminder for the client's own library, which coordinates (section 6.4).
    Library(Timer),
}

impl ClientTimer {
    /// A number that tells timers apart, for the digest of the run.
    pub fn number(&self) -> u64 {
        match self {
            ClientTimer::Arrival => 1 << 60,
            ClientTimer::Attempt => 2 << 60,
            ClientTimer::Hedge(attempt) => 3 << 60 ^ attempt.number(),
            ClientTimer::Retry(attempt) => 4 << 60 ^ attempt.number(),
            ClientTimer::Move(number) => 5 << 60 ^ u64::from(*number),
            ClientTimer::Roam => 6 << 60,
            ClientTimer::Refresh => 7 << 60,
            ClientTimer::Pull(number) => 8 << 60 ^ number,
            ClientTimer::ReadBack(id, _) => 10 << 60 ^ u64::from(id.number),
            ClientTimer::ReadNow(id, _) => 11 << 60 ^ u64::from(id.number),
            ClientTimer::Library(timer) => 9 << 60 ^ timer.number(),
        }
    }

    /// Can its client be at another site after it?
    pub fn moves(&self) -> bool {
        matches!(self, ClientTimer::Move(_) | ClientTimer::Roam | ClientTimer::ReadBack(..))
    }
}

/// What an operation does. Jepsen's `f`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Function {
    Get,
    Put,
    /// A put of a tombstone.
    Delete,
}

/// What a put does to a shopping cart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CartChange {
    /// Puts in an item that was never in any cart before.
    Add(u32),
    /// Takes out an item that was seen in it.
    Remove(u32),
}

/// What clients tell judges and numbers.
#[derive(Clone, Debug)]
pub enum ClientFact {
    /// An operation began.
    Invoked(Invocation),
    /// An attempt was refused or not answered in time, or a get is sent twice to be quicker: the
    /// next one goes to this node.
    Retried { attempt: AttemptId, to: NodeId },
    /// A client has moved to this site.
    Moved { to: Rc<str> },
    /// It asks a node for the membership: at its interval, or at once since its own may be old.
    Refreshed { at_once: bool },
    /// A node that it took for a home in this attempt says that it is none.
    Misrouted { attempt: AttemptId },
    /// What a node would tell of a request that the client coordinates.
    Coordinated(Box<Fact>),
    /// An operation ended. Each that began ends once, at the latest when the run does.
    Ended(Ending),
}

/// The start of an operation.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub operation: OperationId,
    pub function: Function,
    pub key: Key,
    /// Name and true past of what a put or delete writes; none for a get.
    pub ghost: Option<Ghost>,
    /// Bytes of the value that a put brings.
    pub bytes: u32,
    pub cart: Option<CartChange>,
    /// The first node that is asked.
    pub to: NodeId,
    /// How old the membership is by which a client coordinates; none if it does not.
    pub view_age: Option<Duration>,
}

/// The end of an operation.
#[derive(Clone, Debug)]
pub struct Ending {
    pub operation: OperationId,
    pub function: Function,
    pub key: Key,
    pub began: Time,
    /// Attempts made, 1 or more.
    pub attempts: u8,
    pub result: OperationResult,
}

/// How an operation ended. Jepsen's `ok`, `fail`, `info`.
#[derive(Clone, Debug)]
pub enum OperationResult {
    /// It succeeded: what was read, or what was stored.
    Ok {
        set: Option<Rc<VersionSet>>,
        /// None if the client coordinated it.
        coordinator: Option<NodeId>,
        replied: Replied,
        /// Steps of the request from the client to its coordinator.
        hops: u8,
    },
    /// It surely had no effect.
    Failed,
    /// A put whose effect is unknown.
    Unknown,
}
