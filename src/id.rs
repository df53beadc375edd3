//! Names of the things in a run: nodes, clients, keys, operations and events.
//!
//! All are small integers, so that they can be hashed, sampled and compared without allocation;
//! `Display` gives the spelling that scenario files and reports use (`n3`, `c7`, `k42`).

use std::fmt;

use crate::quantity::written_as_text;

/// A storage node of the cluster, counted from 0 (`n0`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

/// A client process, counted from 0 (`c0`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(pub u32);

/// A key, counted from 0 (`k0`); its place on the ring is the MD5 of its spelling (section 4.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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

impl OperationId {
    /// Where a number keeps how often the operation was begun anew.
    const ANEW_SHIFT: u32 = 28;

    /// The same operation as its client begins it anew, as another one; none after 15 times.
    pub fn anew(self) -> Option<OperationId> {
        let number = self.number.checked_add(1 << OperationId::ANEW_SHIFT);
        number.map(|number| OperationId { number, ..self })
    }

    /// How often it was begun anew.
    pub fn times_anew(self) -> u8 {
        (self.number >> OperationId::ANEW_SHIFT) as u8
    }

    /// The operation as its client first began it.
    pub fn first(self) -> OperationId {
        OperationId { number: self.number & ((1 << OperationId::ANEW_SHIFT) - 1), ..self }
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

/// A run of nodes or of clients, both ends included, as scenario files name them: `"n3"`,
/// `"n0..n5"`, `"c0..c9"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    pub first: Address,
    pub last: Address,
}

impl Address {
    /// Reads `"n3"` or `"c7"`.
    pub fn parse(text: &str) -> Option<Address> {
        let digits = text.get(1..)?;
        let canonical = digits == "0" || !digits.starts_with(['0', '+']);
        let number = digits.parse::<u32>().ok().filter(|_| canonical)?;
        match text.as_bytes()[0] {
            b'n' => Some(Address::Node(NodeId(number))),
            b'c' => Some(Address::Client(ClientId(number))),
            _ => None,
        }
    }
}

impl Span {
    /// Reads `"n3"` or `"n0..n5"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Span, String> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let ends = Address::parse(first).zip(Address::parse(last));
        let same_kind = |(first, last): &(Address, Address)| {
            matches!(
                (first, last),
                (Address::Node(_), Address::Node(_)) | (Address::Client(_), Address::Client(_))
            ) && first <= last
        };
        let (first, last) = ends.filter(same_kind).ok_or_else(|| {
            format!(
                "`{text}` names nobody; write a node \"n3\", a client \"c7\", or a range from \
                 low to high \"n0..n5\""
            )
        })?;
        Ok(Span { first, last })
    }

    /// Is this party one of the run?
    pub fn contains(&self, address: Address) -> bool {
        self.first <= address && address <= self.last
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return self.first.fmt(f);
        }
        write!(f, "{}..{}", self.first, self.last)
    }
}

impl NodeId {
    /// Reads `"n3"`; the error says what would do.
    pub fn parse(text: &str) -> Result<NodeId, String> {
        match Address::parse(text) {
            Some(Address::Node(node)) => Ok(node),
            _ => Err(format!("`{text}` is no node; write one as \"n3\"")),
        }
    }
}

written_as_text!(NodeId, "a node, as in \"n3\"");
written_as_text!(Span, "a node \"n3\", a client \"c7\" or a range \"n0..n5\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_write() {
        for text in ["n0", "n0..n5", "c3", "c0..c9"] {
            assert_eq!(Span::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "n", "x3", "n5..n0", "n0..c3", "n01", "n+1", "n0..", "n-1", "nodes", "é3"]
        {
            assert!(Span::parse(text).is_err(), "{text}");
        }
        let span = Span::parse("n2..n4").unwrap();
        assert!(span.contains(Address::Node(NodeId(4))));
        assert!(!span.contains(Address::Node(NodeId(5))));
        assert!(!span.contains(Address::Client(ClientId(3))));
    }
}
