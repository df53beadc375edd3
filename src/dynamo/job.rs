//! What a node asks of its disk. Only a finished job, or a write to the object buffer, may read or
//! change what is held.

use std::rc::Rc;

use crate::digest::digest_of;
use crate::dynamo::message::moving::{DealName, Pass};
use crate::dynamo::message::{Exchange, Put, Ticket, ToReplica};
use crate::dynamo::ring::range::KeyRange;
use crate::dynamo::storage::disk::Place;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Address, AttemptId, Key, NodeId, OperationId};
use crate::time::Time;

/// A piece of work for the disk.
#[derive(Clone, Debug)]
pub enum Job {
    /// Read a key for a coordinator, which has waited since then on the node's own clock.
    Fetch { to: Address, ticket: Ticket, attempt: AttemptId, key: Key, since: Time },
    /// Make a new version and write it.
    Write {
        to: Address,
        ticket: Ticket,
        attempt: AttemptId,
        key: Key,
        put: Rc<Put>,
        stand_in_for: Option<NodeId>,
    },
    /// Write what a coordinator sent.
    Store {
        to: Address,
        ticket: Ticket,
        attempt: AttemptId,
        key: Key,
        set: Rc<VersionSet>,
        stand_in_for: Option<NodeId>,
    },
    /// Write what read repair sent.
    Repair { key: Key, set: Rc<VersionSet> },
    /// Write what anti-entropy sent.
    Synchronise { key: Key, set: Rc<VersionSet> },
    /// Write what a stand-in delivered.
    Accept { from: NodeId, scan: u64, key: Key, set: Rc<VersionSet> },
    /// Read a hint to deliver it.
    ReadHint { target: NodeId, scan: u64, key: Key },
    /// Remove a hint with this digest, which was sent at this time, or later, and confirmed.
    DropHint { target: NodeId, key: Key, digest: u64, sent: Time },
    /// Remove a copy, if it is still this tombstone.
    Reap { key: Key, digest: u64 },
    /// Read keys for an exchange with a peer.
    /// Large and rare: it stays where it is when jobs are moved.
    ReadKeys(Box<ReadKeys>),
    /// Read copies for the new home of their range.
    ReadRange(Box<ReadRange>),
    /// Read copies for one that takes the place of a dead home.
    ReadAsked(Box<ReadAsked>),
    /// Write copies of a range that becomes one's own.
    Receive(Box<Receive>),
    /// Do what was asked of the home that gave its range to this node.
    Passed(Box<Pass>),
    /// Write what is in the object buffer.
    WriteBack { key: Key, target: Option<NodeId>, set: Rc<VersionSet> },
    /// Make safe what was written.
    Flush,
}

/// A read of copies for the new home of their range.
#[derive(Clone, Debug)]
pub struct ReadRange {
    pub to: NodeId,
    pub deal: DealName,
    pub batch: u32,
    pub keys: Vec<Key>,
}

/// A read of copies for one that takes the place of a dead home.
#[derive(Clone, Debug)]
pub struct ReadAsked {
    pub to: NodeId,
    pub range: KeyRange,
    pub keys: Vec<Key>,
    /// There is more after this key.
    pub more: Option<Key>,
    pub serial: u32,
}

/// Copies of a range that becomes one's own.
#[derive(Clone, Debug)]
pub struct Receive {
    pub from: NodeId,
    pub sets: Vec<(Key, Rc<VersionSet>)>,
    pub receipt: Receipt,
}

/// What has to be said once they are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Receipt {
    Transfer { deal: DealName, batch: u32 },
    Filled { range: KeyRange, more: Option<Key>, serial: u32 },
}

/// A read of keys for an exchange with a peer.
#[derive(Clone, Debug)]
pub struct ReadKeys {
    pub to: NodeId,
    pub exchange: Exchange,
    pub keys: Vec<Key>,
    /// The keys to ask it for.
    pub wanted: Vec<Key>,
}

/// What a job asks of the device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    Read,
    Write,
    Flush,
}

/// The background tasks of section 6.5, which share the slices of one controller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Task {
    /// Delivery of hints, at either end (section 4.6).
    HintDelivery,
    /// Replica synchronisation (section 4.7).
    Synchronisation,
    /// Ranges that change hands, at either end (section 4.9).
    RangeTransfer,
}

impl Job {
    /// The background task that it belongs to; none if somebody waits for it, if it repairs what a
    /// read has found, or if it is the engine's own.
    #[inline]
    pub fn task(&self) -> Option<Task> {
        match self {
            Job::Fetch { .. } | Job::Write { .. } | Job::Store { .. } | Job::Repair { .. } => None,
            Job::WriteBack { .. } | Job::Flush => None,
            Job::ReadHint { .. } | Job::DropHint { .. } | Job::Accept { .. } => {
                Some(Task::HintDelivery)
            }
            Job::Synchronise { .. } | Job::ReadKeys(_) | Job::Reap { .. } => {
                Some(Task::Synchronisation)
            }
            Job::ReadRange(_) | Job::ReadAsked(_) | Job::Receive(_) => Some(Task::RangeTransfer),
            Job::Passed(_) => None,
        }
    }

    /// Which kind of work, and on how many values.
    pub fn work(&self) -> (Work, u32) {
        match self {
            Job::Fetch { .. } | Job::ReadHint { .. } => (Work::Read, 1),
            Job::ReadKeys(read) => (Work::Read, read.keys.len() as u32),
            Job::ReadRange(read) => (Work::Read, read.keys.len() as u32),
            Job::ReadAsked(read) => (Work::Read, read.keys.len() as u32),
            Job::Receive(received) => (Work::Write, received.sets.len() as u32),
            Job::Passed(pass) => match (&pass.request, &pass.held) {
                (ToReplica::Fetch { .. }, None) => (Work::Read, 1),
                _ => (Work::Write, 1),
            },
            Job::Write { .. }
            | Job::Store { .. }
            | Job::Repair { .. }
            | Job::Synchronise { .. }
            | Job::Accept { .. }
            | Job::Reap { .. }
            | Job::DropHint { .. }
            | Job::WriteBack { .. } => (Work::Write, 1),
            Job::Flush => (Work::Flush, 1),
        }
    }

    /// Which copy, or hint for whom, it writes; none if it adds nothing to what is stored.
    pub fn writes(&self) -> Option<Place> {
        match self {
            Job::Write { key, stand_in_for, .. } | Job::Store { key, stand_in_for, .. } => {
                Some((*key, *stand_in_for))
            }
            Job::Repair { key, .. } | Job::Synchronise { key, .. } | Job::Accept { key, .. } => {
                Some((*key, None))
            }
            Job::Passed(pass) => match (&pass.request, &pass.held) {
                (ToReplica::Fetch { .. }, None) => None,
                (request, _) => Some((request.key(), None)),
            },
            Job::WriteBack { key, target, .. } => Some((*key, *target)),
            Job::Fetch { .. } | Job::ReadHint { .. } | Job::ReadKeys(_) => None,
            Job::ReadRange(_) | Job::ReadAsked(_) | Job::Receive(_) => None,
            Job::DropHint { .. } | Job::Reap { .. } | Job::Flush => None,
        }
    }

    /// The client operation that it works for, if it was given for one of its attempts.
    pub fn operation(&self) -> Option<OperationId> {
        match self {
            Job::Fetch { attempt, .. }
            | Job::Write { attempt, .. }
            | Job::Store { attempt, .. } => Some(attempt.operation),
            Job::Passed(pass) => pass.request.attempt().map(|attempt| attempt.operation),
            Job::Repair { .. } | Job::Synchronise { .. } | Job::Accept { .. } => None,
            Job::ReadRange(_) | Job::ReadAsked(_) | Job::Receive(_) => None,
            Job::WriteBack { .. } => None,
            Job::ReadHint { .. } | Job::DropHint { .. } | Job::ReadKeys(_) | Job::Flush => None,
            Job::Reap { .. } => None,
        }
    }

    /// Does it make a version, stamped by the clock of its node?
    pub fn stamps(&self) -> bool {
        match self {
            Job::Write { .. } => true,
            Job::Passed(pass) => matches!(pass.request, ToReplica::Write { .. }),
            _other => false,
        }
    }

    /// What luck knows it by at its node, beside the kind of work.
    pub fn luck(&self) -> u64 {
        match self {
            Job::Fetch { attempt, .. }
            | Job::Write { attempt, .. }
            | Job::Store { attempt, .. } => attempt.number(),
            Job::Repair { key, set } => digest_of([1, u64::from(key.0), set.digest()]),
            Job::Synchronise { key, set } => digest_of([2, u64::from(key.0), set.digest()]),
            Job::Accept { from, scan, key, .. } => {
                digest_of([3, u64::from(from.0), *scan, u64::from(key.0)])
            }
            Job::ReadHint { target, scan, key } => {
                digest_of([4, u64::from(target.0), *scan, u64::from(key.0)])
            }
            Job::DropHint { target, key, digest, .. } => {
                digest_of([5, u64::from(target.0), u64::from(key.0), *digest])
            }
            Job::ReadKeys(read) => {
                let Exchange { by, round, step, .. } = read.exchange;
                digest_of([6, u64::from(by.0), round, u64::from(step)])
            }
            Job::ReadRange(read) => {
                digest_of([8, u64::from(read.to.0), read.deal.number(), u64::from(read.batch)])
            }
            Job::ReadAsked(read) => {
                digest_of([9, u64::from(read.to.0), read.range.to as u64, u64::from(read.serial)])
            }
            Job::Receive(received) => digest_of([10, received.number()]),
            Job::Passed(pass) => {
                let attempt = pass.request.attempt().map_or(0, |attempt| attempt.number());
                digest_of([11, u64::from(pass.home.0), u64::from(pass.request.key().0), attempt])
            }
            Job::Flush => 7,
            Job::WriteBack { key, target, set } => {
                let target = target.map_or(u64::MAX, |target| u64::from(target.0));
                digest_of([20, u64::from(key.0), target, set.digest()])
            }
            Job::Reap { key, digest } => digest_of([21, u64::from(key.0), *digest]),
        }
    }
}

impl Receive {
    fn number(&self) -> u64 {
        let from = u64::from(self.from.0);
        match self.receipt {
            Receipt::Transfer { deal, batch } => digest_of([from, deal.number(), batch.into()]),
            Receipt::Filled { range, more, serial } => {
                let more = more.map_or(0, |key| 1 + u64::from(key.0));
                digest_of([from, range.to as u64, more, serial.into()])
            }
        }
    }
}
