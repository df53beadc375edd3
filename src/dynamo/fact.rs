//! What nodes tell judges and numbers. A fact exists because somebody reads it; the protocol never
//! does.

use std::rc::Rc;

use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId};

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
    Made { attempt: AttemptId },
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
    /// A peer is believed down from now on.
    Suspected { peer: NodeId },
    /// A peer that was believed down has answered.
    Cleared { peer: NodeId },
    /// An anti-entropy message was compared with one's own tree: hashes looked at, those that
    /// differed.
    Compared { peer: NodeId, hashes: u32, differing: u32 },
    /// A get found replicas that were behind and sent them the newest versions.
    ReadRepaired { key: Key, replicas: u32 },
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
}
