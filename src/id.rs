//! Names of the things in a run: nodes, clients, keys, operations and events.
//!
//! All are small integers, so that they can be hashed, sampled and compared without allocation;
//! `Display` gives the spelling that scenario files and reports use (`n3`, `c7`, `k42`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A storage node of the cluster, counted from 0 (`n0`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub u32);

/// A client process, counted from 0 (`c0`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub u32);

/// A key, counted from 0 (`k0`); its place on the ring is the MD5 of its spelling (section 4.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub u32);

/// Who sends or receives a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Address {
    Node(NodeId),
    Client(ClientId),
}

/// One operation of one client: the `number`-th that it began, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OperationId {
    pub client: ClientId,
    pub number: u32,
}

/// One try at an operation: the first is 0, a retry adds one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AttemptId {
    pub operation: OperationId,
    pub attempt: u8,
}

/// A put or delete as its client meant it: the `number`-th on that key in the whole run, from 1.
/// Every copy of what it wrote carries this name, whatever clock the protocol gives it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventId {
    pub key: Key,
    pub number: u32,
}

impl NodeId {
    /// The place of this node in a vector by node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ClientId {
    /// The place of this client in a vector by client.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Key {
    /// The place of this key in a vector by key.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Address {
    /// One number that tells all addresses apart: the name by which luck knows a party.
    pub fn number(self) -> u64 {
        match self {
            Address::Node(node) => u64::from(node.0),
            Address::Client(client) => (1 << 32) | u64::from(client.0),
        }
    }
}

impl AttemptId {
    /// One number that tells all attempts of a run apart: the name by which luck knows it.
    pub fn number(self) -> u64 {
        (u64::from(self.operation.client.0) << 40)
            ^ (u64::from(self.operation.number) << 8)
            ^ u64::from(self.attempt)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k{}", self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Node(node) => node.fmt(f),
            Address::Client(client) => client.fmt(f),
        }
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.client, self.number)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.operation, self.attempt)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.key, self.number)
    }
}
