//! What parties say to each other, grouped by who receives it.
//!
//! Every message has a stated size on the wire, a kind of leg, and an address of luck: a number
//! that names it by what it is about and not by how many went before it, so that the same message
//! meets the same luck in two runs that differ elsewhere.

pub mod moving;

use std::rc::Rc;

use smallvec::SmallVec;

use crate::digest::digest_of;
use crate::dynamo::message::moving::{Moving, Passed};
use crate::dynamo::ring::history::History;
use crate::dynamo::ring::placement::RangeId;
use crate::dynamo::ring::position::Position;
use crate::dynamo::storage::merkle::TreeIndex;
use crate::dynamo::versioning::version::{Value, VersionSet};
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId, OperationId};
use crate::network::spec::Leg;
use crate::time::Time;

/// Anything that travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// To any node: do this for a client.
    Request(Request),
    /// To a client: what became of it.
    Reply(Reply),
    /// To a node that keeps a copy.
    Replica(ToReplica),
    /// To the node that coordinates a request.
    Coordinator(ToCoordinator),
    /// Delivery of hints.
    Handoff(Handoff),
    /// Comparison of replicas. Large and rare: it stays where it is when messages are moved.
    AntiEntropy(Box<AntiEntropy>),
    /// Gossip and probes.
    Membership(Membership),
    /// Ranges that move (section 4.9). Large and rare, too.
    Moving(Box<Moving>),
    /// Between homes: may a tombstone go?
    Reaping(Reaping),
}

/// A client's request (section 4.1), from the client or from a node that forwards it (section 4.5).
#[derive(Clone, Debug)]
pub struct Request {
    pub attempt: AttemptId,
    pub key: Key,
    pub action: Action,
    /// Who forwarded it, and so waits for a confirmation.
    pub forwarded_by: Option<NodeId>,
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub enum Action {
    /// get(key).
    Get,
    /// put(key, context, object); a delete is a put of a tombstone. All who pass it on share it.
    Put(Rc<Put>),
}

/// What a put brings.
#[derive(Clone, Debug)]
pub struct Put {
    /// What the client had read; none for a blind put.
    pub context: Option<Rc<VersionSet>>,
    /// The node that replied fastest to that read (section 5).
    pub fastest: Option<NodeId>,
    pub value: Value,
    /// By which a node that has done it already recognises a further attempt, where clients say.
    pub identity: Option<OperationId>,
    /// Does the client know the ring and ask the coordinator of its choice (section 6.4)?
    pub client_driven: bool,
    /// For the ghost oracle; the protocol only passes it on.
    pub ghost: Ghost,
}

/// The answer to a client.
#[derive(Clone, Debug)]
pub struct Reply {
    pub attempt: AttemptId,
    pub key: Key,
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The versions found, which are the context as well; none if the key is absent everywhere.
    Got { set: Option<Rc<VersionSet>>, replied: Replied },
    /// Enough copies are stored. What was stored is the context of a next put.
    Stored { set: Rc<VersionSet>, replied: Replied },
    /// Not even tried, and surely without effect: the node does not know its own place on the ring
    /// yet.
    Refused,
    /// Given up; a put may have taken effect or take it later.
    TimedOut,
}

/// The nodes whose answers were counted, the fastest first.
pub type Replied = SmallVec<[NodeId; 4]>;

/// Names a request under way at its coordinator; a stale one matches nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// The coordinator's life: answers to an earlier one may still be on their way.
    pub life: u32,
    pub slot: u32,
    pub serial: u32,
}

/// From a coordinator.
#[derive(Clone, Debug)]
pub enum ToReplica {
    /// What do you hold? (section 4.5)
    Fetch { ticket: Ticket, attempt: AttemptId, key: Key },
    /// Make the new version and keep it (section 4.5, step 1): usually to itself.
    Write {
        ticket: Ticket,
        attempt: AttemptId,
        key: Key,
        put: Rc<Put>,
        stand_in_for: Option<NodeId>,
    },
    /// Keep this, for yourself or with a hint for another (sections 4.5 and 4.6).
    Store {
        ticket: Ticket,
        attempt: AttemptId,
        key: Key,
        set: Rc<VersionSet>,
        stand_in_for: Option<NodeId>,
        /// On the disk before you answer, whatever you buffer (section 6.1).
        durable: bool,
    },
    /// You answered a read with less than this: read repair (section 5). Not confirmed.
    Repair { attempt: AttemptId, key: Key, set: Rc<VersionSet> },
}

/// From a replica, or from a node that took a request over.
#[derive(Clone, Debug)]
pub enum ToCoordinator {
    /// This is what I hold.
    Fetched { ticket: Ticket, attempt: AttemptId, set: Option<Rc<VersionSet>> },
    /// The new version is made and kept; this is what to send to the others.
    Written { ticket: Ticket, attempt: AttemptId, set: Rc<VersionSet> },
    /// It is kept.
    Stored { ticket: Ticket, attempt: AttemptId },
    /// I coordinate the request that you forwarded.
    Confirmed { attempt: AttemptId },
    /// I am a home, but do not hold the range yet: ask another.
    Declined { ticket: Ticket, attempt: AttemptId },
    /// What a home would say that has given its range to the sender. Rare: it stays where it is.
    For(Box<Passed>),
}

/// Hinted handoff (section 4.6).
#[derive(Clone, Debug)]
pub enum Handoff {
    /// From a stand-in to the home that it kept this for.
    Deliver { scan: u64, key: Key, set: Rc<VersionSet> },
    /// From the home: the set with this digest is kept, the hint may go.
    Delivered { scan: u64, key: Key, digest: u64 },
}

/// Anti-entropy between two homes (section 4.7). Neither keeps a state for it: each message holds
/// all that its answer needs. Both trees are cut by the ring named in the first.
#[derive(Clone, Debug)]
pub enum AntiEntropy {
    /// Hashes of my tree nodes. The answer has the hashes of the children of those that differ, or
    /// the keys of those that are leaves; an empty one says that all are equal.
    Hashes { exchange: Exchange, hashes: Vec<TreeHash> },
    /// The keys that I hold under leaves that differ, with the digests of their sets.
    Keys { exchange: Exchange, leaves: Vec<(RangeId, TreeIndex)>, entries: Vec<(Key, u64)> },
    /// Sets that you lack or hold otherwise, and keys of which I want yours.
    Sets { exchange: Exchange, sets: Vec<(Key, Rc<VersionSet>)>, wanted: Vec<Key> },
}

/// Names one comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// Who began it.
    pub by: NodeId,
    /// Its how-manieth interval this was.
    pub round: u64,
    /// How many messages of this exchange went before.
    pub step: u32,
    /// Digest of the membership by which the ranges are meant.
    pub membership: u64,
}

/// The hash of one node of one tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeHash {
    pub range: RangeId,
    pub index: TreeIndex,
    pub hash: u64,
}

/// Gossip and failure detection (sections 4.8.1 and 4.8.3).
#[derive(Clone, Debug)]
pub enum Membership {
    /// This is the digest of my history.
    Digest { round: u64, digest: u64 },
    /// So is mine.
    Same { round: u64 },
    /// Mine differs: here it is. `answer` asks for yours in return.
    History { round: u64, history: Rc<History>, answer: bool },
    /// An administrator's command (section 4.8.1), to any node.
    Command(Command),
    /// Histories that are compared in groups of nodes. Rare and large.
    Grouped(Box<Grouped>),
    /// What nodes tell that lose interest. Rare.
    Rumour(Box<Rumour>),
    /// Are you there? From one that believes you down.
    Ping { probe: u64 },
    /// I am.
    Pong { probe: u64 },
    /// So am I, unasked: what a phi accrual detector listens to.
    Heartbeat { number: u64 },
    /// A ping by way of another, in the manner of SWIM.
    Relay(Relay),
    /// From a client that coordinates: what is the membership? (section 6.4)
    Pull { number: u64 },
    /// This is what I know of it.
    Pulled { number: u64, history: Rc<History> },
    /// To a client that coordinates: I am not among the homes of this key.
    NotHome { attempt: AttemptId, key: Key },
}

/// One leg of a ping by way of a third node, which keeps nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Relay {
    /// Who wants to know, and which of its rounds this is.
    pub asker: NodeId,
    pub round: u64,
    /// Of whom.
    pub target: NodeId,
    pub leg: RelayLeg,
}

/// Where such a ping is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RelayLeg {
    /// From who wants to know, to any other: ping the target for me.
    Wanted,
    /// From there to the target: are you there?
    Ping,
    /// Back again: I am.
    Pong,
    /// To who wants to know: it is.
    Reached,
}

/// Between the homes of a key of which a tombstone with this digest is held. Who asks again does so
/// in another turn, so that the question does not meet the fate of the one before it.
#[derive(Clone, Copy, Debug)]
pub enum Reaping {
    /// From the first of them: do you hold the same?
    Ask { key: Key, digest: u64, turn: u32 },
    /// I do. Who does not is silent.
    Held { key: Key, digest: u64, turn: u32 },
    /// All do: drop it.
    Reap { key: Key, digest: u64, turn: u32 },
}

/// What an administrator wants of the membership, as told to any node (sections 4.8.1 and 4.9).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// This node shall come in.
    Join(NodeId),
    /// This node shall come in, at these places. Rare and large.
    Settle(Box<Settler>),
    /// This node shall hand over what it holds, and go.
    Leave(NodeId),
    /// The receiver, which comes in by the join that was issued then, shall go. From whoever was
    /// told so, who says it again at each `turn`.
    LeaveAgain { node: NodeId, issued: Time, turn: u64 },
    /// This node is dead: go on without it.
    Remove(NodeId),
    /// This node is dead, and that one takes its place on the ring.
    Replace { dead: NodeId, by: NodeId },
}

/// A node that comes in where it is told to, instead of choosing its tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settler {
    pub node: NodeId,
    pub tokens: Vec<Position>,
}

/// Gossip between two levels: groups of nodes, and the nodes in them.
#[derive(Clone, Debug)]
pub enum Grouped {
    /// Mine differs: these are the digests of all my groups of so many nodes.
    Digests { round: u64, size: u32, digests: Rc<[u64]> },
    /// This is all that I know of the groups that differ. `answer` asks for yours in return.
    Part { round: u64, size: u32, groups: Vec<u32>, history: Rc<History>, answer: bool },
}

/// Gossip of what interests its teller (Demers et al., 1987). Counted as a digest, a history, and
/// the answer that it is the same.
#[derive(Clone, Debug)]
pub enum Rumour {
    /// What is new?
    Asked { round: u64 },
    /// This is, with all that I know.
    Told { round: u64, history: Rc<History> },
    /// I knew all of what has this digest.
    Known { round: u64, digest: u64 },
}

/// The kinds of message, for counting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Kind {
    Request,
    Reply,
    Fetch,
    Write,
    Store,
    Repair,
    Fetched,
    Written,
    Stored,
    Confirmed,
    Deliver,
    Delivered,
    Hashes,
    Keys,
    Sets,
    GossipDigest,
    GossipSame,
    GossipHistory,
    Ping,
    Pong,
    Declined,
    Offer,
    Confirm,
    Transfer,
    Transferred,
    Prepared,
    TakeOver,
    Withdraw,
    Given,
    Pass,
    Ask,
    Filled,
    Command,
    MembershipPull,
    Membership,
    NotHome,
    ReapAsk,
    ReapHeld,
    Reap,
}

/// Bytes that every message has beside what it says: addresses, kind, names.
const HEADER_BYTES: u64 = 48;
/// Bytes of a key's name.
const KEY_BYTES: u64 = 16;
const DIGEST_BYTES: u64 = 8;
const TREE_HASH_BYTES: u64 = 16;
/// Bytes of a node's name.
const NODE_BYTES: u64 = 4;

impl Kind {
    /// All kinds, in order of their numbers.
    pub const ALL: [Kind; 39] = [
        Kind::Request,
        Kind::Reply,
        Kind::Fetch,
        Kind::Write,
        Kind::Store,
        Kind::Repair,
        Kind::Fetched,
        Kind::Written,
        Kind::Stored,
        Kind::Confirmed,
        Kind::Deliver,
        Kind::Delivered,
        Kind::Hashes,
        Kind::Keys,
        Kind::Sets,
        Kind::GossipDigest,
        Kind::GossipSame,
        Kind::GossipHistory,
        Kind::Ping,
        Kind::Pong,
        Kind::Declined,
        Kind::Offer,
        Kind::Confirm,
        Kind::Transfer,
        Kind::Transferred,
        Kind::Prepared,
        Kind::TakeOver,
        Kind::Withdraw,
        Kind::Given,
        Kind::Pass,
        Kind::Ask,
        Kind::Filled,
        Kind::Command,
        Kind::MembershipPull,
        Kind::Membership,
        Kind::NotHome,
        Kind::ReapAsk,
        Kind::ReapHeld,
        Kind::Reap,
    ];

    /// The kind's name in reports and traces.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Request => "request",
            Kind::Reply => "reply",
            Kind::Fetch => "fetch",
            Kind::Write => "write",
            Kind::Store => "store",
            Kind::Repair => "repair",
            Kind::Fetched => "fetched",
            Kind::Written => "written",
            Kind::Stored => "stored",
            Kind::Confirmed => "confirmed",
            Kind::Deliver => "deliver",
            Kind::Delivered => "delivered",
            Kind::Hashes => "hashes",
            Kind::Keys => "keys",
            Kind::Sets => "sets",
            Kind::GossipDigest => "gossip_digest",
            Kind::GossipSame => "gossip_same",
            Kind::GossipHistory => "gossip_history",
            Kind::Ping => "ping",
            Kind::Pong => "pong",
            Kind::Declined => "declined",
            Kind::Offer => "offer",
            Kind::Confirm => "confirm",
            Kind::Transfer => "transfer",
            Kind::Transferred => "transferred",
            Kind::Prepared => "prepared",
            Kind::TakeOver => "take_over",
            Kind::Withdraw => "withdraw",
            Kind::Given => "given",
            Kind::Pass => "pass",
            Kind::Ask => "ask",
            Kind::Filled => "filled",
            Kind::Command => "command",
            Kind::MembershipPull => "membership_pull",
            Kind::Membership => "membership",
            Kind::NotHome => "not_home",
            Kind::ReapAsk => "reap_ask",
            Kind::ReapHeld => "reap_held",
            Kind::Reap => "reap",
        }
    }

    /// The kind of leg on which it travels.
    pub fn leg(self) -> Leg {
        match self {
            Kind::Store | Kind::Write => Leg::Write,
            Kind::Stored | Kind::Written => Leg::Ack,
            Kind::Fetch => Leg::Read,
            Kind::Fetched | Kind::Declined => Leg::Response,
            Kind::Request
            | Kind::Reply
            | Kind::Repair
            | Kind::Confirmed
            | Kind::Deliver
            | Kind::Delivered
            | Kind::Hashes
            | Kind::Keys
            | Kind::Sets
            | Kind::GossipDigest
            | Kind::GossipSame
            | Kind::GossipHistory
            | Kind::Ping
            | Kind::Pong
            | Kind::Offer
            | Kind::Confirm
            | Kind::Transfer
            | Kind::Transferred
            | Kind::Prepared
            | Kind::TakeOver
            | Kind::Withdraw
            | Kind::Given
            | Kind::Pass
            | Kind::Ask
            | Kind::Filled
            | Kind::Command
            | Kind::MembershipPull
            | Kind::Membership
            | Kind::NotHome
            | Kind::ReapAsk
            | Kind::ReapHeld
            | Kind::Reap => Leg::Other,
        }
    }

    /// Does it prove that its sender answers requests (section 4.8.3)?
    pub fn is_answer(self) -> bool {
        match self {
            Kind::Fetched
            | Kind::Written
            | Kind::Stored
            | Kind::Confirmed
            | Kind::Delivered
            | Kind::GossipSame
            | Kind::Pong
            | Kind::Declined
            | Kind::Confirm
            | Kind::Transferred
            | Kind::Filled
            | Kind::Membership
            | Kind::NotHome
            | Kind::ReapHeld => true,
            Kind::Request
            | Kind::Reply
            | Kind::Fetch
            | Kind::Write
            | Kind::Store
            | Kind::Repair
            | Kind::Deliver
            | Kind::Hashes
            | Kind::Keys
            | Kind::Sets
            | Kind::GossipDigest
            | Kind::GossipHistory
            | Kind::Ping
            | Kind::Offer
            | Kind::Transfer
            | Kind::Prepared
            | Kind::TakeOver
            | Kind::Withdraw
            | Kind::Given
            | Kind::Pass
            | Kind::Ask
            | Kind::Command
            | Kind::MembershipPull
            | Kind::ReapAsk
            | Kind::Reap => false,
        }
    }
}

/// All that the world has to know of a message to carry it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outline {
    pub kind: Kind,
    /// Its size on the wire, header included.
    pub bytes: u64,
    /// What luck knows it by, beside its two ends and its kind.
    pub luck: u64,
    /// A fingerprint of what it says, for the digest of the run.
    pub digest: u64,
}

/// An outline in the making: bytes without the header, a fingerprint of the content alone.
struct Gist {
    kind: Kind,
    bytes: u64,
    luck: u64,
    content: u64,
}

impl Message {
    /// All that the world has to know of it, found in one look: this is asked of every message.
    pub fn outline(&self) -> Outline {
        let Gist { kind, bytes, luck, content } = match self {
            Message::Request(request) => request.gist(),
            Message::Reply(reply) => reply.gist(),
            Message::Replica(message) => message.gist(),
            Message::Coordinator(message) => message.gist(),
            Message::Handoff(message) => message.gist(),
            Message::AntiEntropy(message) => message.gist(),
            Message::Membership(message) => message.gist(),
            Message::Moving(message) => message.gist(),
            Message::Reaping(message) => message.gist(),
        };
        let bytes = HEADER_BYTES + bytes;
        let digest = digest_of([luck ^ (kind as u64) << 58, content ^ bytes.rotate_left(40)]);
        Outline { kind, bytes, luck, digest }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.outline().kind
    }

    /// The client operation that it works for, if it was sent for one of its attempts: what is done
    /// for the store itself, read repair too, works for none.
    pub fn operation(&self) -> Option<OperationId> {
        let attempt = match self {
            Message::Request(request) => request.attempt,
            Message::Reply(reply) => reply.attempt,
            Message::Replica(message) => message.attempt()?,
            Message::Coordinator(message) => message.attempt(),
            Message::Moving(message) => return message.operation(),
            Message::Handoff(_) | Message::AntiEntropy(_) | Message::Membership(_) => return None,
            Message::Reaping(_) => return None,
        };
        Some(attempt.operation)
    }

    /// Its size on the wire in bytes, header included.
    pub fn bytes(&self) -> u64 {
        self.outline().bytes
    }
}

impl Request {
    fn gist(&self) -> Gist {
        let (bytes, content) = match &self.action {
            Action::Get => (0, 0),
            Action::Put(put) => (put.bytes(), put.context.as_ref().map_or(1, |set| set.digest())),
        };
        let luck = self.attempt.number();
        Gist { kind: Kind::Request, bytes: KEY_BYTES + bytes, luck, content }
    }
}

impl Put {
    /// Value and context on the wire.
    fn bytes(&self) -> u64 {
        u64::from(self.value.bytes) + self.context.as_ref().map_or(0, |set| context_bytes(set))
    }
}

fn context_bytes(set: &VersionSet) -> u64 {
    u64::from(set.clock().bytes())
}

/// Bytes and fingerprint of a set that may be absent.
fn of_set(set: Option<&Rc<VersionSet>>) -> (u64, u64) {
    set.map_or((0, 0), |set| (u64::from(set.bytes()), set.digest()))
}

impl Reply {
    fn gist(&self) -> Gist {
        let (bytes, content) = match &self.outcome {
            Outcome::Got { set, .. } => of_set(set.as_ref()),
            Outcome::Stored { set, .. } => (context_bytes(set), set.digest()),
            Outcome::Refused => (0, 1),
            Outcome::TimedOut => (0, 2),
        };
        let luck = self.attempt.number();
        Gist { kind: Kind::Reply, bytes: KEY_BYTES + bytes, luck, content }
    }
}

impl ToReplica {
    /// The client's attempt that it works for; read repair works for none.
    pub fn attempt(&self) -> Option<AttemptId> {
        match self {
            ToReplica::Fetch { attempt, .. }
            | ToReplica::Write { attempt, .. }
            | ToReplica::Store { attempt, .. } => Some(*attempt),
            ToReplica::Repair { .. } => None,
        }
    }

    /// Which copy it is about.
    pub fn key(&self) -> Key {
        match self {
            ToReplica::Fetch { key, .. }
            | ToReplica::Write { key, .. }
            | ToReplica::Store { key, .. }
            | ToReplica::Repair { key, .. } => *key,
        }
    }

    /// The home for which it is to be kept, if that is another.
    pub fn stand_in_for(&self) -> Option<NodeId> {
        match self {
            ToReplica::Write { stand_in_for, .. } | ToReplica::Store { stand_in_for, .. } => {
                *stand_in_for
            }
            ToReplica::Fetch { .. } | ToReplica::Repair { .. } => None,
        }
    }

    /// The attempt for which it is, its key, and whether it is meant for a home as such.
    pub fn subject(&self) -> (AttemptId, Key, bool) {
        match self {
            ToReplica::Fetch { attempt, key, .. } => (*attempt, *key, false),
            ToReplica::Write { attempt, key, stand_in_for, .. }
            | ToReplica::Store { attempt, key, stand_in_for, .. } => {
                (*attempt, *key, stand_in_for.is_none())
            }
            ToReplica::Repair { attempt, key, .. } => (*attempt, *key, true),
        }
    }

    fn gist(&self) -> Gist {
        let (kind, attempt, (bytes, content)) = match self {
            ToReplica::Fetch { attempt, .. } => (Kind::Fetch, attempt, (0, 0)),
            ToReplica::Write { attempt, put, .. } => (Kind::Write, attempt, (put.bytes(), 0)),
            ToReplica::Store { attempt, set, durable, .. } => {
                let (bytes, digest) = of_set(Some(set));
                (Kind::Store, attempt, (bytes, digest ^ u64::from(*durable)))
            }
            ToReplica::Repair { attempt, set, .. } => (Kind::Repair, attempt, of_set(Some(set))),
        };
        Gist { kind, bytes: KEY_BYTES + bytes, luck: attempt.number(), content }
    }
}

impl ToCoordinator {
    /// The client's attempt that it works for.
    pub fn attempt(&self) -> AttemptId {
        match self {
            ToCoordinator::Fetched { attempt, .. }
            | ToCoordinator::Written { attempt, .. }
            | ToCoordinator::Stored { attempt, .. }
            | ToCoordinator::Confirmed { attempt }
            | ToCoordinator::Declined { attempt, .. } => *attempt,
            ToCoordinator::For(passed) => passed.attempt,
        }
    }

    fn gist(&self) -> Gist {
        let (kind, attempt, (bytes, content)) = match self {
            ToCoordinator::Fetched { attempt, set, .. } => {
                (Kind::Fetched, attempt, of_set(set.as_ref()))
            }
            ToCoordinator::Written { attempt, set, .. } => {
                (Kind::Written, attempt, of_set(Some(set)))
            }
            ToCoordinator::Stored { attempt, .. } => (Kind::Stored, attempt, (0, 0)),
            ToCoordinator::Confirmed { attempt } => (Kind::Confirmed, attempt, (0, 0)),
            ToCoordinator::Declined { attempt, .. } => (Kind::Declined, attempt, (0, 0)),
            ToCoordinator::For(passed) => return passed.answer.gist(),
        };
        Gist { kind, bytes, luck: attempt.number(), content }
    }
}

impl Handoff {
    fn gist(&self) -> Gist {
        let (kind, scan, key, (bytes, content)) = match self {
            Handoff::Deliver { scan, key, set } => (Kind::Deliver, scan, key, of_set(Some(set))),
            Handoff::Delivered { scan, key, digest } => {
                (Kind::Delivered, scan, key, (DIGEST_BYTES, *digest))
            }
        };
        let luck = digest_of([*scan, u64::from(key.0)]);
        Gist { kind, bytes: KEY_BYTES + bytes, luck, content }
    }
}

impl Reaping {
    fn gist(&self) -> Gist {
        let (kind, key, content, turn) = match self {
            Reaping::Ask { key, digest, turn } => (Kind::ReapAsk, key, *digest, turn),
            Reaping::Held { key, digest, turn } => (Kind::ReapHeld, key, *digest, turn),
            Reaping::Reap { key, digest, turn } => (Kind::Reap, key, *digest, turn),
        };
        let luck = digest_of([u64::from(key.0), content]).wrapping_add(u64::from(*turn));
        Gist { kind, bytes: KEY_BYTES + DIGEST_BYTES, luck, content }
    }
}

impl Exchange {
    /// The exchange after one more message.
    pub fn next(self) -> Exchange {
        Exchange { step: self.step + 1, ..self }
    }

    fn luck(self) -> u64 {
        digest_of([u64::from(self.by.0), self.round, u64::from(self.step)])
    }
}

impl AntiEntropy {
    fn gist(&self) -> Gist {
        match self {
            AntiEntropy::Hashes { exchange, hashes } => Gist {
                kind: Kind::Hashes,
                bytes: TREE_HASH_BYTES * hashes.len() as u64,
                luck: exchange.luck(),
                content: fold(hashes.iter().map(|hash| hash.hash)),
            },
            AntiEntropy::Keys { exchange, leaves, entries } => Gist {
                kind: Kind::Keys,
                bytes: DIGEST_BYTES * leaves.len() as u64
                    + (KEY_BYTES + DIGEST_BYTES) * entries.len() as u64,
                luck: exchange.luck(),
                content: fold(entries.iter().map(|(_, digest)| *digest)),
            },
            AntiEntropy::Sets { exchange, sets, wanted } => {
                let data: u64 =
                    sets.iter().map(|(_, set)| KEY_BYTES + u64::from(set.bytes())).sum();
                Gist {
                    kind: Kind::Sets,
                    bytes: data + KEY_BYTES * wanted.len() as u64,
                    luck: exchange.luck(),
                    content: fold(sets.iter().map(|(_, set)| set.digest())),
                }
            }
        }
    }
}

fn fold(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, |digest, number| digest_of([digest, number]))
}

impl Command {
    /// What tells the times apart at which one that may be lost is said again.
    fn turn(&self) -> u64 {
        match self {
            Command::LeaveAgain { turn, .. } => *turn,
            _once => 0,
        }
    }

    /// A number that tells commands apart.
    fn number(&self) -> u64 {
        let (what, whom) = match self {
            Command::Join(node) => (1, node),
            Command::Leave(node) | Command::LeaveAgain { node, .. } => (2, node),
            Command::Remove(node) => (3, node),
            Command::Replace { dead, by } => (4 + u64::from(by.0), dead),
            Command::Settle(settler) => {
                let places = settler.tokens.iter().map(|token| (token >> 64) as u64);
                return digest_of([u64::from(settler.node.0), fold(places)]);
            }
        };
        what << 32 | u64::from(whom.0)
    }
}

impl Membership {
    fn gist(&self) -> Gist {
        let (kind, luck, bytes, content) = match self {
            Membership::Digest { round, digest } => {
                (Kind::GossipDigest, *round, DIGEST_BYTES, *digest)
            }
            Membership::Same { round } => (Kind::GossipSame, *round, 0, 0),
            Membership::History { round, history, .. } => {
                (Kind::GossipHistory, *round, history.bytes(), history.digest())
            }
            Membership::Command(command) => {
                (Kind::Command, command.turn(), KEY_BYTES, command.number())
            }
            Membership::Grouped(grouped) => return grouped.gist(),
            Membership::Rumour(rumour) => return rumour.gist(),
            Membership::Ping { probe } => (Kind::Ping, *probe, 0, 0),
            Membership::Pong { probe } => (Kind::Pong, *probe, 0, 0),
            Membership::Heartbeat { number } => (Kind::Pong, *number, 0, 0),
            Membership::Relay(relay) => return relay.gist(),
            Membership::Pull { number } => (Kind::MembershipPull, *number, 0, 0),
            Membership::Pulled { number, history } => {
                (Kind::Membership, *number, history.bytes(), history.digest())
            }
            Membership::NotHome { attempt, key } => {
                (Kind::NotHome, attempt.number(), KEY_BYTES, u64::from(key.0))
            }
        };
        Gist { kind, bytes, luck, content }
    }
}

impl Relay {
    /// The next leg.
    pub fn then(self, leg: RelayLeg) -> Relay {
        Relay { leg, ..self }
    }

    fn gist(self) -> Gist {
        let (kind, leg) = match self.leg {
            RelayLeg::Wanted => (Kind::Ping, 0),
            RelayLeg::Ping => (Kind::Ping, 1),
            RelayLeg::Pong => (Kind::Pong, 2),
            RelayLeg::Reached => (Kind::Pong, 3),
        };
        let ends = u64::from(self.asker.0) << 32 | u64::from(self.target.0);
        let luck = digest_of([self.round, ends, leg]);
        Gist { kind, bytes: 2 * NODE_BYTES, luck, content: 0 }
    }
}

impl Rumour {
    fn gist(&self) -> Gist {
        let (kind, luck, bytes, content) = match self {
            Rumour::Asked { round } => (Kind::GossipDigest, *round, 0, 0),
            Rumour::Told { round, history } => {
                (Kind::GossipHistory, *round, history.bytes(), history.digest())
            }
            Rumour::Known { round, digest } => (Kind::GossipSame, *round, DIGEST_BYTES, *digest),
        };
        Gist { kind, bytes, luck, content }
    }
}

impl Grouped {
    fn gist(&self) -> Gist {
        let (kind, luck, bytes, content) = match self {
            Grouped::Digests { round, digests, .. } => {
                let bytes = DIGEST_BYTES * digests.len() as u64;
                (Kind::GossipDigest, *round, bytes, fold(digests.iter().copied()))
            }
            Grouped::Part { round, groups, history, .. } => {
                let bytes = history.bytes() + DIGEST_BYTES * groups.len() as u64;
                (Kind::GossipHistory, *round, bytes, history.digest())
            }
        };
        Gist { kind, bytes, luck, content }
    }
}
