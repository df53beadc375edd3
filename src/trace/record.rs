//! The stream of records, and the account at its end.

use std::rc::Rc;

use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Kind, Message};
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::versioning::version::VersionSet;
use crate::faults::spec::DiskAfterCrash;
use crate::id::{Address, ClientId, Key, NodeId};
use crate::time::{Duration, Time};
use crate::trace::layout::Homes;
use crate::workload::words::ClientFact;

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub enum Record<'a> {
    /// A message left its sender; it arrives at `due` unless something comes between. Messages of a
    /// node to itself are not sent: they never touch the network.
    Sent { number: u64, from: Address, to: Address, message: &'a Message, due: Time },
    /// The network made a second copy of the message just sent.
    Copied { number: u64, due: Time },
    /// A message reached its receiver.
    Delivered { number: u64, from: Address, to: Address, message: &'a Message },
    /// A message will not arrive.
    Dropped { number: u64, from: Address, to: Address, message: &'a Message, cause: Drop },
    /// A node tells a fact.
    Node { node: NodeId, fact: &'a Fact },
    /// A client tells a fact.
    Client { client: ClientId, fact: &'a ClientFact },
    /// A node stopped.
    Down { node: NodeId, disk: DiskAfterCrash },
    /// A node started.
    Up { node: NodeId },
    /// The `fault`-th fault of the scenario began. One that takes no time begins and ends at once.
    FaultBegan { fault: usize },
    /// It ended.
    FaultEnded { fault: usize },
    /// The membership has changed, and with it the homes of keys; what each home holds, in order
    /// of the homes.
    Rehomed { homes: &'a Homes, held: &'a [Option<Rc<VersionSet>>] },
    /// The scenario's `duration` is over: clients begin nothing more, all faults have ended.
    Settling,
}

impl<'a> Record<'a> {
    /// What the store tells: a node, or a client that coordinates.
    pub fn of_store(&self) -> Option<&'a Fact> {
        match self {
            Record::Node { fact, .. } => Some(fact),
            Record::Client { fact: ClientFact::Coordinated(fact), .. } => Some(fact),
            _other => None,
        }
    }
}

/// Why a message did not arrive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Drop {
    /// The network lost it.
    Loss,
    /// It was sent over a link that was cut.
    Cut,
    /// It was on its way when the link was cut.
    CutInFlight,
    /// A fault made the link lose it.
    Degraded,
    /// Its receiver was down.
    ReceiverDown,
    /// It arrived damaged, and its receiver noticed.
    Corrupt,
    /// The line before a link with too little bandwidth was full.
    QueueFull,
}

impl Drop {
    /// All causes, in order of their numbers.
    pub const ALL: [Drop; 7] = [
        Drop::Loss,
        Drop::Cut,
        Drop::CutInFlight,
        Drop::Degraded,
        Drop::ReceiverDown,
        Drop::Corrupt,
        Drop::QueueFull,
    ];

    /// The cause's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Drop::Loss => "loss",
            Drop::Cut => "cut",
            Drop::CutInFlight => "cut_in_flight",
            Drop::Degraded => "degraded",
            Drop::ReceiverDown => "receiver_down",
            Drop::Corrupt => "corrupt",
            Drop::QueueFull => "queue_full",
        }
    }
}

/// Running totals since the start of the run, kept by the world whoever watches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Totals {
    /// By kind of message, at the place of its number.
    pub kinds: [KindTotals; Kind::ALL.len()],
    /// Messages of nodes to themselves, which cost nothing.
    pub local: u64,
    /// Inputs handled by nodes and clients.
    pub events: u64,
    /// Timers and finished jobs of an earlier life of a node that were handed to a later one.
    pub astray: u64,
}

impl Default for Totals {
    fn default() -> Totals {
        Totals { kinds: [KindTotals::default(); Kind::ALL.len()], local: 0, events: 0, astray: 0 }
    }
}

/// Totals of one kind of message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KindTotals {
    pub sent: u64,
    /// Bytes of those sent.
    pub bytes: u64,
    /// Second copies made by the network.
    pub copies: u64,
    pub delivered: u64,
    /// By cause, at the place of its number.
    pub dropped: [u64; Drop::ALL.len()],
}

/// What one fault touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Touched {
    /// Messages lost, held, delayed, damaged or copied by it.
    pub messages: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// Client operations, each once, that it touched in what was sent or written for them, or in
    /// the node that worked on them.
    pub operations: u64,
    /// Nodes stopped, started, paused or slowed by it.
    pub nodes: u64,
    /// Disk jobs lost, kept waiting or slowed by it.
    pub jobs: u64,
    /// Stored copies and hints destroyed by it.
    pub copies: u64,
}

/// What the pauses of all processes of one kind came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stopped {
    /// How many processes there were.
    pub processes: u64,
    /// Pauses that began.
    pub pauses: u64,
    /// How long they took, all together.
    pub took: Duration,
    /// Messages, timers and finished jobs that waited for one to end.
    pub held: u64,
    /// How long those waited, all together.
    pub waited: Duration,
}

/// Everything there is when a run has ended.
#[derive(Clone, Debug)]
pub struct Account {
    pub now: Time,
    /// Fingerprint of what happened, when and to whom.
    pub digest: u64,
    /// Did the run come to rest before its limit: nothing pending, all homes equal, no hint left?
    pub quiescent: bool,
    pub totals: Totals,
    /// By fault of the scenario.
    pub touched: Vec<Touched>,
    /// Messages still on their way, by kind, counted by looking at them.
    pub in_flight: [u64; Kind::ALL.len()],
    /// What each node holds, by node.
    pub nodes: Vec<NodeAccount>,
    /// The homes of each key, by the membership in the end.
    pub homes: Homes,
    /// Administrator's orders that the node they were for could not take.
    pub refused_orders: u64,
    /// What pauses came to, of nodes, clients and load balancers, where there were any.
    pub stopped: [Option<Stopped>; 3],
}

/// What one node holds when a run has ended.
#[derive(Clone, Debug)]
pub struct NodeAccount {
    pub up: bool,
    /// Is it a member in the end?
    pub belongs: bool,
    /// Copies it keeps as a home, by key.
    pub copies: Vec<(Key, Rc<VersionSet>)>,
    /// Copies it keeps for others.
    pub hints: Vec<Hint>,
    /// Digest of the membership it believes in.
    pub membership: u64,
    /// Does it know any member?
    pub is_informed: bool,
}
