//! What a node asks to be reminded of. Each carries the name of what it guards.

use crate::dynamo::message::Ticket;
use crate::id::{Key, NodeId};

/// A reminder of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// Have all replicas of some get answered? (`timeouts.replica`)
    GetReplicas,
    /// This get has taken `timeouts.operation`.
    GetEnd(Ticket),
    /// Have all replicas of some put answered? (`timeouts.replica`)
    PutReplicas,
    /// Has some put taken `timeouts.operation`?
    PutEnd,
    /// Have all nodes that requests were forwarded to confirmed? (`timeouts.forward`)
    Forward,
    /// Time to look through the hints.
    HandoffScan,
    /// Has this delivery been confirmed? (`hinted_handoff.timeout`)
    Delivery { target: NodeId, key: Key, scan: u64 },
    /// Time to compare with a peer.
    AntiEntropy,
    /// Time to gossip.
    Gossip,
    /// Time to try a peer that is believed down, for the `count`-th time.
    Probe { peer: NodeId, serial: u32, count: u32 },
    /// Something about peers that are watched, whatever the traffic.
    Watch(Watch),
    /// Time to flush, or to write what is buffered.
    Flush,
    /// Has what was offered or sent to new homes arrived? (`range_transfer.retry`)
    Giving,
    /// Have those who give ranges been heard? (`range_transfer.retry`)
    Carrying,
    /// Has what is lacking come? (`range_transfer.retry`)
    Refill,
    /// Time to adjust how much background work goes to the disk.
    Admission,
    /// A background job may go to the disk.
    Slice,
    /// Is this tombstone to go? (`tombstones`)
    Reap { key: Key, digest: u64 },
}

/// A reminder of a node that watches its peers (`failure_detection.by`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// Time to ping a peer, or to send heartbeats to all.
    Beat,
    /// Has this peer answered the ping of this round?
    Pinged { peer: NodeId, round: u64 },
    /// Has somebody else reached it?
    Relayed { peer: NodeId, round: u64 },
    /// Has this peer's heartbeat stayed away for improbably long?
    Overdue { peer: NodeId, serial: u32 },
}

impl Watch {
    fn number(self) -> u64 {
        match self {
            Watch::Beat => 16 << 56,
            Watch::Pinged { peer, round } => 17 << 56 ^ u64::from(peer.0) << 32 ^ round,
            Watch::Relayed { peer, round } => 18 << 56 ^ u64::from(peer.0) << 32 ^ round,
            Watch::Overdue { peer, serial } => {
                19 << 56 ^ u64::from(peer.0) << 32 ^ u64::from(serial)
            }
        }
    }
}

impl Timer {
    /// A number that tells timers apart, for the digest of the run.
    pub fn number(&self) -> u64 {
        match self {
            Timer::GetReplicas => 1 << 56,
            Timer::GetEnd(of) => 2 << 56 ^ u64::from(of.slot) << 32 ^ u64::from(of.serial),
            Timer::PutReplicas => 3 << 56,
            Timer::PutEnd => 4 << 56,
            Timer::Forward => 5 << 56,
            Timer::HandoffScan => 6 << 56,
            Timer::Delivery { target, key, scan } => {
                7 << 56 ^ u64::from(target.0) << 36 ^ u64::from(key.0) << 12 ^ scan
            }
            Timer::AntiEntropy => 8 << 56,
            Timer::Gossip => 9 << 56,
            Timer::Probe { peer, serial, count } => {
                10 << 56 ^ u64::from(peer.0) << 32 ^ u64::from(*serial) << 8 ^ u64::from(*count)
            }
            Timer::Watch(watch) => watch.number(),
            Timer::Flush => 11 << 56,
            Timer::Giving => 12 << 56,
            Timer::Carrying => 13 << 56,
            Timer::Refill => 14 << 56,
            Timer::Admission => 20 << 56,
            Timer::Slice => 21 << 56,
            Timer::Reap { key, digest } => 15 << 56 ^ u64::from(key.0) << 24 ^ digest >> 8,
        }
    }
}
