//! Runs played by hand, for tests of those who watch.

use std::collections::BTreeMap;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::Cluster;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::message::Kind;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
use crate::dynamo::versioning::version::{Content, Value, Version, VersionSet};
use crate::ghost::{Ghost, Numbering};
use crate::id::{ClientId, EventId, Key, NodeId, OperationId};
use crate::time::{Duration, Time};
use crate::trace::layout::{FaultWindow, Homes, Layout, Placed};
use crate::trace::observer::Observer;
use crate::trace::record::{Account, NodeAccount, Record, Totals};
use crate::workload::cart::CartPolicy;
use crate::workload::words::{
    CartChange, ClientFact, Ending, Function, Invocation, OperationResult,
};

/// A run in the making: whoever watches it sees what a test makes happen.
pub struct Stage<O> {
    pub observer: O,
    now: Time,
    numbering: Numbering,
    next: u32,
    open: BTreeMap<OperationId, (Function, Key, Time)>,
    held: BTreeMap<(NodeId, Key), Rc<VersionSet>>,
}

/// Four nodes, two clients, three keys that all live on the first three nodes, ten seconds.
pub fn layout(faults: Vec<FaultWindow>) -> Layout {
    Layout {
        cluster: Cluster { nodes: 4, ..Cluster::default() },
        clients: 2,
        keys: 3,
        cart_policy: CartPolicy::default(),
        contexts_told: true,
        writes_named: false,
        duration: Duration::from_secs(10),
        sampling: Duration::from_secs(1),
        machines: 4,
        administered: false,
        homes: Homes::new([NodeId(0), NodeId(1), NodeId(2)].repeat(3), 3),
        faults,
        cuts: Vec::new(),
        placement: Placed {
            strategy: 1,
            ranges: 4,
            tokens: 4,
            table_bytes: 224,
            efficiency: 0.75,
            carried: vec![1.0, 1.0, 1.0, 0.0],
        },
    }
}

/// A partition from second to second.
pub fn partition(from: u64, to: u64) -> FaultWindow {
    let label = "{n0} | {n1, n2}".to_string();
    let (from, to) = (at(1000 * from), at(1000 * to));
    FaultWindow { kind: "partition", label, from, to, optional: false }
}

/// So many milliseconds after the start.
pub fn at(milliseconds: u64) -> Time {
    Time::ZERO + Duration::from_millis(milliseconds)
}

/// A version of 100 bytes, named and stamped by its event.
pub fn version(ghost: &Ghost, content: Content) -> Version {
    let number = u64::from(ghost.event().number);
    Version {
        dot: Dot { actor: Actor::of_node(NodeId(0)), counter: number },
        stamp: at(number),
        clock: None,
        value: Value { bytes: 100, content },
        ghost: ghost.clone(),
    }
}

/// A set of such versions.
pub fn set_of(versions: Vec<Version>) -> Rc<VersionSet> {
    let clock: Clock = versions.iter().map(|version| version.dot).collect();
    Rc::new(VersionSet::new(clock, SmallVec::from_vec(versions)))
}

/// A set of the blobs that these wrote.
pub fn set(ghosts: &[&Ghost]) -> Rc<VersionSet> {
    set_of(ghosts.iter().map(|ghost| version(ghost, Content::Blob)).collect())
}

/// An account of four nodes that hold nothing.
pub fn account(now: Time) -> Account {
    let (copies, hints) = (Vec::new(), Vec::new());
    let empty =
        NodeAccount { up: true, belongs: true, copies, hints, membership: 7, is_informed: true };
    Account {
        now,
        digest: 0xabc,
        quiescent: true,
        totals: Totals::default(),
        touched: Vec::new(),
        in_flight: [0; Kind::ALL.len()],
        nodes: vec![empty; 4],
        homes: layout(Vec::new()).homes,
        refused_orders: 0,
        stopped: [None; 3],
    }
}

impl<O: Observer> Stage<O> {
    /// The curtain rises.
    pub fn new(observer: O) -> Stage<O> {
        Stage {
            observer,
            now: Time::ZERO,
            numbering: Numbering::new(3),
            next: 0,
            open: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    /// Goes on at so many milliseconds.
    pub fn at(&mut self, milliseconds: u64) -> &mut Stage<O> {
        self.now = at(milliseconds);
        self
    }

    /// Something happens.
    pub fn see(&mut self, record: Record<'_>) {
        self.observer.see(self.now, &record);
    }

    /// A node tells something.
    pub fn fact(&mut self, node: u32, fact: Fact) {
        self.see(Record::Node { node: NodeId(node), fact: &fact });
    }

    /// A client tells something.
    pub fn client(&mut self, client: ClientId, fact: ClientFact) {
        self.see(Record::Client { client, fact: &fact });
    }

    /// A write by somebody who had seen these.
    pub fn ghost(&mut self, key: u32, seen: &[&Ghost]) -> Ghost {
        let event: EventId = self.numbering.next(Key(key));
        Ghost::new(event, seen.iter().copied())
    }

    /// A client begins a get.
    pub fn get(&mut self, client: u32, key: u32) -> OperationId {
        self.begin(client, Function::Get, Key(key), None, None)
    }

    /// A client begins a put.
    pub fn put(&mut self, client: u32, ghost: &Ghost) -> OperationId {
        self.begin(client, Function::Put, ghost.event().key, Some(ghost), None)
    }

    /// A client begins to change a cart.
    pub fn change(&mut self, client: u32, ghost: &Ghost, cart: CartChange) -> OperationId {
        self.begin(client, Function::Put, ghost.event().key, Some(ghost), Some(cart))
    }

    /// An operation ends well.
    pub fn ok(&mut self, operation: OperationId, set: Option<Rc<VersionSet>>) {
        let replied = [NodeId(1), NodeId(2)].into_iter().collect();
        let coordinator = Some(NodeId(1));
        self.end(operation, OperationResult::Ok { set, coordinator, replied, hops: 1 });
    }

    /// An operation ends otherwise.
    pub fn end(&mut self, operation: OperationId, result: OperationResult) {
        let (function, key, began) = self.open[&operation];
        let ending = Ending { operation, function, key, began, attempts: 1, result };
        self.client(operation.client, ClientFact::Ended(ending));
    }

    /// A node keeps a copy.
    pub fn keep(&mut self, node: u32, set: &Rc<VersionSet>, cause: Cause) {
        let key = set.versions()[0].ghost.event().key;
        let before = self.held.insert((NodeId(node), key), Rc::clone(set));
        let change = Change { key, before, after: Some(Rc::clone(set)) };
        self.fact(node, Fact::Kept { change, cause });
    }

    /// All three homes keep a copy.
    pub fn keep_all(&mut self, set: &Rc<VersionSet>) {
        (0..3).for_each(|node| self.keep(node, set, Cause::Put));
    }

    /// A put reaches W copies.
    pub fn commit(&mut self, ghost: &Ghost, set: &Rc<VersionSet>) {
        let (key, ghost, set) = (ghost.event().key, ghost.clone(), Rc::clone(set));
        self.fact(0, Fact::Committed { key, ghost, set });
    }

    /// A put from its start to its commit on all homes, acknowledged to the client.
    pub fn write(&mut self, client: u32, key: u32, seen: &[&Ghost]) -> (Ghost, Rc<VersionSet>) {
        let ghost = self.ghost(key, seen);
        let operation = self.put(client, &ghost);
        let stored = set(&[&ghost]);
        self.keep_all(&stored);
        self.commit(&ghost, &stored);
        self.ok(operation, Some(Rc::clone(&stored)));
        (ghost, stored)
    }

    fn begin(
        &mut self,
        client: u32,
        function: Function,
        key: Key,
        ghost: Option<&Ghost>,
        cart: Option<CartChange>,
    ) -> OperationId {
        let operation = OperationId { client: ClientId(client), number: self.next };
        self.next += 1;
        self.open.insert(operation, (function, key, self.now));
        let ghost = ghost.cloned();
        let to = NodeId(1);
        let (bytes, view_age) = (100, Some(Duration::from_secs(1)));
        let invocation = Invocation { operation, function, key, ghost, bytes, cart, to, view_age };
        self.client(operation.client, ClientFact::Invoked(invocation));
        operation
    }
}

/// A hint that n3 keeps for a home.
pub fn hint(target: u32, set: &Rc<VersionSet>) -> Hint {
    let key = set.versions()[0].ghost.event().key;
    Hint { target: NodeId(target), key, set: Rc::clone(set) }
}
