//! What a node asks of its disk. Only a finished job may read or change what is stored.

use std::rc::Rc;

use crate::dynamo::message::{Exchange, Put, Ticket};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Address, AttemptId, Key, NodeId, OperationId};

/// A piece of work for the disk.
#[derive(Clone, Debug)]
pub enum Job {
    /// Read a key for a coordinator.
    Fetch { to: Address, ticket: Ticket, attempt: AttemptId, key: Key },
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
    /// Remove a hint that was delivered with this digest.
    DropHint { target: NodeId, key: Key, digest: u64 },
    /// Remove a copy, if it is still this tombstone.
    Reap { key: Key, digest: u64 },
    /// Read keys for an exchange with a peer.
    /// Large and rare: it stays where it is when jobs are moved.
    ReadKeys(Box<ReadKeys>),
    /// Make safe what was written.
    Flush,
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

impl Job {
    /// Which kind of work, and on how many values.
    pub fn work(&self) -> (Work, u32) {
        match self {
            Job::Fetch { .. } | Job::ReadHint { .. } => (Work::Read, 1),
            Job::ReadKeys(read) => (Work::Read, read.keys.len() as u32),
            Job::Write { .. }
            | Job::Store { .. }
            | Job::Repair { .. }
            | Job::Synchronise { .. }
            | Job::Accept { .. }
            | Job::Reap { .. }
            | Job::DropHint { .. } => (Work::Write, 1),
            Job::Flush => (Work::Flush, 1),
        }
    }

    /// Which copy, or hint for whom, it writes; none if it adds nothing to what is stored.
    pub fn writes(&self) -> Option<(Key, Option<NodeId>)> {
        match self {
            Job::Write { key, stand_in_for, .. } | Job::Store { key, stand_in_for, .. } => {
                Some((*key, *stand_in_for))
            }
            Job::Repair { key, .. } | Job::Synchronise { key, .. } | Job::Accept { key, .. } => {
                Some((*key, None))
            }
            Job::Fetch { .. } | Job::ReadHint { .. } | Job::ReadKeys(_) => None,
            Job::DropHint { .. } | Job::Reap { .. } | Job::Flush => None,
        }
    }

    /// The client operation that it works for, if it was given for one of its attempts.
    pub fn operation(&self) -> Option<OperationId> {
        match self {
            Job::Fetch { attempt, .. }
            | Job::Write { attempt, .. }
            | Job::Store { attempt, .. } => Some(attempt.operation),
            Job::Repair { .. } | Job::Synchronise { .. } | Job::Accept { .. } => None,
            Job::ReadHint { .. } | Job::DropHint { .. } | Job::ReadKeys(_) | Job::Flush => None,
            Job::Reap { .. } => None,
        }
    }

    /// Does it make a version, stamped by the clock of its node?
    pub fn stamps(&self) -> bool {
        matches!(self, Job::Write { .. })
    }

    /// What luck knows it by at its node, beside the kind of work.
    pub fn luck(&self) -> u64 {
        match self {
            Job::Fetch { attempt, .. }
            | Job::Write { attempt, .. }
            | Job::Store { attempt, .. } => attempt.number(),
            Job::Repair { key, set } => {
                crate::digest::digest_of([1, u64::from(key.0), set.digest()])
            }
            Job::Synchronise { key, set } => {
                crate::digest::digest_of([2, u64::from(key.0), set.digest()])
            }
            Job::Accept { from, scan, key, .. } => {
                crate::digest::digest_of([3, u64::from(from.0), *scan, u64::from(key.0)])
            }
            Job::ReadHint { target, scan, key } => {
                crate::digest::digest_of([4, u64::from(target.0), *scan, u64::from(key.0)])
            }
            Job::DropHint { target, key, digest } => {
                crate::digest::digest_of([5, u64::from(target.0), u64::from(key.0), *digest])
            }
            Job::ReadKeys(read) => {
                let Exchange { by, round, step, .. } = read.exchange;
                crate::digest::digest_of([6, u64::from(by.0), round, u64::from(step)])
            }
            Job::Flush => 7,
            Job::Reap { key, digest } => crate::digest::digest_of([8, u64::from(key.0), *digest]),
        }
    }
}
