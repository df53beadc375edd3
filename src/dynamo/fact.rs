//! What nodes tell judges and numbers. A fact exists because somebody reads it; the protocol never
//! does.

pub mod exchange;
pub mod members;
pub mod request;
pub mod stand_in;

use std::rc::Rc;

use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::fact::request::{Counted, Mended, Unanswered};
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::ring::history::History;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::clock::Actor;
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId};
use crate::time::Duration;

/// Something that happened inside a node.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A home's copy was written, whether or not that changed it.
    Kept { change: Change, cause: Cause },
    /// A crash took a home's copy back to what it was before, or altogether.
    Lost { change: Change },
    /// A home dropped a tombstone, and with it all that it knew of the key.
    Reaped { change: Change },
    /// A disk changed a home's copy silently, and nothing checks it.
    Damaged { change: Change },
    /// A new version was made of this attempt at a put.
    Made { attempt: AttemptId, making: Box<Making> },
    /// Two sets of one key were made into one that is not simply the one that came.
    Merged(Box<Merge>),
    /// Of this attempt at a put a version had been made before, and no other was.
    Recognised { attempt: AttemptId },
    /// A put reached W stored copies: the moment of its commit.
    Committed { key: Key, ghost: Ghost, set: Rc<VersionSet> },
    /// A hint came to be.
    HintCreated { hint: Hint },
    /// A hint melted into a later one for the same key and target.
    HintSuperseded { hint: Hint },
    /// A hint was delivered, confirmed and removed.
    HintDelivered { hint: Hint },
    /// A crash took a hint.
    HintLost { hint: Hint },
    /// A crash brought back a hint whose removal was not flushed.
    HintRevived { hint: Hint },
    /// A hint was not delivered within the time that hints are kept for, and was dropped.
    HintDropped { hint: Hint },
    /// Something about stand-ins. Large and rare.
    StandIn(Box<StandInFact>),
    /// Something about the object buffer.
    Buffer(BufferFact),
    /// Something about flushes of a disk.
    Flush(FlushFact),
    /// Something about the control of background work.
    Admission(AdmissionFact),
    /// A peer is believed down from now on.
    Suspected { peer: NodeId },
    /// A peer that was believed down has answered.
    Cleared { peer: NodeId },
    /// An anti-entropy message, the `step`-th of an exchange, was compared with one's own tree:
    /// hashes looked at, those that differed.
    Compared { peer: NodeId, by: NodeId, round: u64, step: u32, hashes: u32, differing: u32 },
    /// Something about a comparison of replicas. Large.
    Exchange(Box<ExchangeFact>),
    /// The membership as this node has just changed it, be it by an administrator's command.
    Announced { history: Rc<History> },
    /// Who this node believes to be on the ring, once it has started and whenever that changes.
    Believes { history: Rc<History> },
    /// A copy went, since the range is another's now.
    Released { change: Change },
    /// A request was passed on to the home that the range was given to.
    Passed,
    /// A read was declined, since the range is not filled yet.
    Declined,
    /// Trees were cut anew for these ranges, and these keys were put into them.
    Replanted { ranges: u32, keys: u32 },
    /// Something about who belongs, who answers, or ranges that move.
    Member(MemberFact),
    /// A get found replicas that were behind and sent them the newest versions.
    ReadRepaired { key: Key, replicas: u32 },
    /// Enough have answered a get or a put, by this coordinator's count: it tells the client.
    Counted(Box<Counted>),
    /// A coordinator tells a client that too few have answered in time.
    GivenUp(Box<Unanswered>),
    /// A request was handed to another node to coordinate; not for the first time?
    Forwarded { attempt: AttemptId, again: bool },
    /// A get is over in which not all held the same, or somebody was sent something.
    Mended(Box<Mended>),
}

/// How a new version was made.
#[derive(Clone, Debug)]
pub struct Making {
    pub key: Key,
    pub ghost: Ghost,
    /// The name under which it was made.
    pub actor: Actor,
    /// For whom the copy is that it went into, if not for the maker itself.
    pub target: Option<NodeId>,
    /// What was held there.
    pub held: Option<Rc<VersionSet>>,
    /// What the client sent as what it had seen.
    pub context: Option<Rc<VersionSet>>,
    /// What is held now.
    pub set: Rc<VersionSet>,
}

/// Two sets that were made into one.
#[derive(Clone, Debug)]
pub struct Merge {
    pub key: Key,
    /// What was there, and what came.
    pub parts: [Rc<VersionSet>; 2],
    pub merged: Rc<VersionSet>,
    /// By whom.
    pub at: Merger,
}

/// Who merges versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merger {
    /// A home, in its own copy.
    Home,
    /// A node that keeps copies for others.
    StandIn,
    /// The coordinator of a get, in its answer.
    Coordinator,
}

impl Merge {
    /// The fact that these two became that.
    pub fn told(
        key: Key,
        parts: [&Rc<VersionSet>; 2],
        merged: &Rc<VersionSet>,
        at: Merger,
    ) -> Fact {
        let (parts, merged) = (parts.map(Rc::clone), Rc::clone(merged));
        Fact::Merged(Box::new(Merge { key, parts, merged, at }))
    }
}

impl Making {
    /// The version that was made; none where an earlier one wins at once.
    pub fn version(&self) -> Option<&Version> {
        let own = |version: &&Version| version.dot.actor == self.actor;
        self.set.written_by(&self.ghost).filter(own).max_by_key(|version| version.dot.counter)
    }
}

/// What happened in the object buffer of a node (section 6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BufferFact {
    /// A write went to memory, where so many objects are now.
    Kept { objects: u32 },
    /// A write found no room and went to the disk.
    Full,
    /// A write went to the disk because it was told to be durable.
    Durable,
    /// A read was answered from memory.
    Read,
    /// The writer has written an object; so many are in memory only.
    WrittenBack { objects: u32 },
    /// A crash took so many that were in memory only.
    Lost { objects: u32 },
}

/// What a device makes of flushes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlushFact {
    /// Everything written so far is safe, as far as the node is told.
    Done,
    /// From now on flushes are acknowledged and not made.
    Feigned,
    /// From now on they are made again.
    Honest,
}

/// What happened at the gate before background work (section 6.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdmissionFact {
    /// A background job went to the disk, at once or after it has waited.
    Admitted,
    /// A background job waits for a slice.
    Deferred,
    /// Too many waited: a job was dropped, and comes again in a later round.
    Dropped,
    /// There are so many slices a second from now on, since foreground reads took so long.
    Adjusted { slices: u32, read: Option<Duration> },
}

/// Why a copy was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// By the put itself.
    Put,
    /// Read repair (section 5).
    ReadRepair,
    /// Delivery of a hint (section 4.6).
    Handoff,
    /// Comparison of replicas (section 4.7).
    AntiEntropy,
    /// Ranges that changed hands (section 4.9).
    Transfer,
}
