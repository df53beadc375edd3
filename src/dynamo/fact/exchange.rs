//! What nodes tell of a comparison of replicas (section 4.7).

use crate::dynamo::storage::inspection::Inspection;
use crate::id::{Key, NodeId};

/// Something that happened in an exchange, which has the name of who began it and its round.
#[derive(Clone, Debug)]
pub enum ExchangeFact {
    /// This node began it, with this peer; what its trees said then.
    Began { peer: NodeId, round: u64, inspection: Inspection },
    /// This node was told the roots; what its own trees said then.
    Answered { by: NodeId, round: u64, inspection: Inspection },
    /// Leaves that differ were compared key by key: `mine` are those of which the peer is to get
    /// this node's copies, `theirs` those of which it is asked for its own.
    Found { by: NodeId, round: u64, peer: NodeId, mine: Vec<Key>, theirs: Vec<Key> },
}
