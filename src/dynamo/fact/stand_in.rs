//! What coordinators tell of stand-ins (section 4.6).

use crate::ghost::Ghost;
use crate::id::{Key, NodeId};

/// Something about who stands in for whom in a put.
#[derive(Clone, Debug)]
pub enum StandInFact {
    /// The coordinator has given up one that was asked to keep a copy. `asked` are all that take
    /// part from now on, each with the home that it is or stands in for, the latest last.
    GivenUp { key: Key, ghost: Ghost, silent: NodeId, asked: Vec<(NodeId, NodeId)> },
    /// Time was up for a put before anybody had confirmed that it keeps the write for this home.
    OutOfTime { key: Key, ghost: Ghost, home: NodeId },
    /// A stand-in has confirmed to the coordinator that it keeps this write for a home.
    Confirmed { key: Key, ghost: Ghost, holder: NodeId, home: NodeId },
}
