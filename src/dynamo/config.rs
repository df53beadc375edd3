//! The knobs of the protocol, as a scenario writes them under `cluster`.
//!
//! Defaults are the paper's where it states a number; where it leaves the number open, the field's
//! documentation says so.

pub mod conditions;
mod defaults;
pub mod detection;
pub mod handoff;
pub mod local;
pub mod modes;
pub mod plant;
pub mod rules;
pub mod rumours;

use serde::{Deserialize, Serialize};

use crate::dynamo::config::conditions::Conditions;
use crate::dynamo::config::detection::Evidence;
use crate::dynamo::config::handoff::HintedHandoff;
use crate::dynamo::config::local::{Admission, ObjectBuffer};
use crate::dynamo::config::modes::{ClockSkew, ClockTruncation, Profile, Tombstones};
use crate::dynamo::config::plant::Planted;
use crate::dynamo::config::rumours::Rumours;
use crate::id::Span;
use crate::switch::Switch;
use crate::time::Duration;

/// Settings of one Dynamo instance. Every node holds the same.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Cluster {
    /// The choices of a known system, wherever the scenario says nothing else. Each leaves
    /// something out.
    #[serde(skip_serializing)]
    pub profile: Option<Profile>,
    /// Number of storage nodes. They are members from the start.
    pub nodes: u32,
    /// Copies of each key (section 4.5). Raising it raises durability and the cost of a write.
    pub n: u32,
    /// Replies that make a get succeed. Raising it makes gets fresher, slower and easier to refuse.
    pub r: u32,
    /// Stored copies that make a put succeed. Raising it makes puts safer, slower and easier to
    /// refuse.
    pub w: u32,
    /// What is asked of those who answer beside their number; the paper asks for nothing.
    #[serde(skip_serializing_if = "Conditions::are_none")]
    pub conditions: Conditions,
    /// A put that would leave more versions beside each other than this is refused (Riak: 100).
    /// What replicas send each other never is, or they could not agree. Without it none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sibling_limit: Option<u32>,
    /// May healthy nodes further along the list stand in for absent homes (section 4.6)?
    pub quorum: Quorum,
    /// How two versions are compared (section 4.4).
    pub versioning: Versioning,
    /// Which node coordinates a put (sections 4.5 and 5).
    pub coordinator: Coordinator,
    /// Which node coordinates a get (sections 4.5 and 6.4).
    pub read_coordinator: ReadCoordinator,
    /// How keys are laid out over nodes (sections 4.2 and 6.2).
    pub partitioning: Partitioning,
    /// Time limits of request coordination; the paper names none.
    pub timeouts: Timeouts,
    /// Delivery of replicas that stand-ins keep for absent homes (section 4.6).
    pub hinted_handoff: Switch<HintedHandoff>,
    /// Background comparison of replicas with Merkle trees (section 4.7).
    pub anti_entropy: Switch<AntiEntropy>,
    /// Does a get send the newest versions to replicas that answered with older ones (section 5)?
    pub read_repair: bool,
    /// Spreading of the membership history (section 4.8.1).
    pub gossip: Gossip,
    /// Ranges that move when nodes join or leave (section 4.9).
    #[serde(skip_serializing_if = "RangeTransfer::is_default")]
    pub range_transfer: RangeTransfer,
    /// The failure detector, local to each node (section 4.8.3).
    pub failure_detection: FailureDetection,
    /// When what was written becomes safe from a crash.
    pub flush: Flush,
    /// Control of how much background work goes to the database (section 6.5). Without it, all of
    /// it goes there at once.
    #[serde(default = "off", skip_serializing_if = "is_off")]
    pub admission: Switch<Admission>,
    /// Is a copy checked as it is read? Then one that a disk has changed silently is as good as
    /// absent; without it, readers and other replicas get what the disk made of it.
    pub checksums: bool,
    /// How far the clocks of nodes are off, each all the time; without it they all are right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<ClockSkew>,
    /// When clocks lose their oldest pairs (section 4.4); without it they never do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_truncation: Option<ClockTruncation>,
    /// What becomes of tombstones, which stand for deletes.
    #[serde(skip_serializing_if = "Tombstones::are_kept")]
    pub tombstones: Tombstones,
    /// A bug in the code that runs, from the scenario's `plant`; no setting of a cluster.
    #[serde(skip)]
    pub planted: Planted,
}

/// Whether stand-ins take part in a quorum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quorum {
    /// The first N healthy nodes of the preference list answer (section 4.6).
    #[default]
    Sloppy,
    /// Only the first N nodes of the preference list answer, healthy or not.
    Strict,
}

/// How versions are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Versioning {
    /// Vector clocks in which each version also has a dot of its own: exact.
    #[default]
    Dotted,
    /// Version vectors by node for all that is held of a key, without dots (Riak before 2.0): a put
    /// whose context does not cover the vector is kept beside everything, also what it overwrites.
    /// Nothing is lost, and two clients who write in turn leave as many versions as they write.
    Vectors,
    /// The paper's literal vector clocks by node: two puts with one stale context through one
    /// coordinator lose the first.
    Literal,
    /// No clocks: the version with the largest physical time stamp wins (section 6).
    LastWriteWins,
}

/// Who coordinates a put among the top N of a key's preference list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Coordinator {
    /// The first of the top N that is believed healthy (section 4.5).
    First,
    /// The node that replied fastest to the read that the put follows (section 5); without a read,
    /// the receiver if it is among the top N, else the first.
    #[default]
    Fastest,
    /// A random one of the top N (section 5 allows any).
    Random,
}

/// Who coordinates a get that reaches a node outside the top N.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReadCoordinator {
    /// It is forwarded to the first of the top N that is believed healthy (section 4.5).
    #[default]
    Forward,
    /// The node that received it (section 6.4).
    Receiver,
}

/// Placement of keys on nodes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Partitioning {
    /// 1: each node has `tokens` random tokens, and a range ends at each token. 2: the same tokens,
    /// but `partitions` equal ranges, each for the nodes that own the next tokens after its end. 3:
    /// equal ranges, of which each node owns the same number, drawn at random.
    pub strategy: u32,
    /// Tokens of each node; strategy 3 does without. Raising it evens the load and lengthens the
    /// tables.
    pub tokens: u32,
    /// Equal ranges of strategies 2 and 3; without it 1024. Raising it evens the load and lengthens
    /// the tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// Nodes that can carry more than others, or less: their tokens are so many times the usual
    /// number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capacities: Vec<Capacity>,
    /// Are the first N nodes of a preference list taken from the sites of the network in turn, so
    /// that no lost site takes all copies of a key (section 4.6)? Otherwise lists ignore sites.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub span_sites: bool,
}

/// What some nodes can carry (section 4.2).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// These nodes.
    pub nodes: Vec<Span>,
    /// How many times the usual load they can carry. Raising it gives them more tokens.
    pub factor: f64,
}

/// Time limits of a coordinator. The paper says only that there is a bound (section 5).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// A request with too few answers fails after this; the typical objective of section 6.1 by
    /// default. Also how long a get collects late answers for read repair.
    pub operation: Duration,
    /// A replica that has not answered after this is believed down, and a stand-in is asked.
    pub replica: Duration,
    /// A node that was forwarded a request and has not confirmed it after this is believed down.
    pub forward: Duration,
}

/// Background replica synchronisation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AntiEntropy {
    /// How often each node compares, with one random peer, the ranges that both host.
    pub interval: Duration,
    /// Levels below the root of each Merkle tree: a tree has two to this power leaves.
    pub depth: u8,
    /// How many bits of each hash in a tree are kept: with few of them, trees of different contents
    /// may look alike, and what differs is not found. Messages weigh the same.
    #[serde(skip_serializing_if = "is_whole")]
    pub hash_bits: u8,
}

/// Exchange of membership histories.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Gossip {
    /// How often each node contacts one random peer; a second in the paper.
    pub interval: Duration,
    /// How many nodes, counted from n0, are seeds that every node knows from its configuration; at
    /// most all of them are.
    pub seeds: u32,
    /// What two nodes tell each other of what they know; the paper says that they reconcile
    /// efficiently, and not how.
    #[serde(skip_serializing_if = "Exchange::is_default")]
    pub exchange: Exchange,
    /// Which way what is new travels as two nodes meet; in the paper they reconcile, both ways.
    #[serde(skip_serializing_if = "Spread::is_default")]
    pub spread: Spread,
    /// Do all nodes contact somebody at the same moments, as theory has them? Otherwise each has a
    /// phase of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_step: bool,
    /// Do nodes lose interest in what they tell? One-way gossip only. Without it they reconcile for
    /// ever, as in the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rumours: Option<Rumours>,
}

/// Who learns from whom as a node contacts a peer (Demers et al., 1987).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Both from each other.
    #[default]
    PushPull,
    /// The peer from whoever contacts it, which sends its whole history unasked.
    Push,
    /// Whoever contacts from the peer, by digests first.
    Pull,
}

/// How two membership histories are compared and joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Exchange {
    /// One digest each; whole histories travel only where the digests differ.
    #[default]
    Digest,
    /// Both whole histories in each exchange.
    Full,
    /// One digest each; where they differ, one for each group of about as many nodes as there are
    /// groups; then only groups that differ travel.
    TwoLevel,
}

/// Transfer of ranges between homes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RangeTransfer {
    /// Copies in one message; the next goes when they are kept. Raising it moves ranges faster and
    /// makes requests wait longer behind them.
    pub batch: u32,
    /// What was not answered after this is said again.
    pub retry: Duration,
}

/// The local failure detector.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FailureDetection {
    /// Unanswered requests in a row after which a peer is believed down.
    pub after: u32,
    /// First pause before a peer believed down is tried again; doubles with each failure.
    pub retry: Duration,
    /// The pause doubles up to this.
    pub retry_limit: Duration,
    /// What tells that a peer is down. With other evidence than requests, one left unanswered is
    /// held against nobody, though a stand-in is asked all the same. Whatever the evidence, a peer
    /// believed down is tried again, and any answer clears it. Clients that coordinate (section
    /// 6.4) go by requests.
    #[serde(skip_serializing_if = "Evidence::is_requests")]
    pub by: Evidence,
}

/// When written data is safe from a crash that loses what was not flushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flush {
    /// Each write is flushed before it is acknowledged (section 4.1).
    #[default]
    Always,
    /// Writes are acknowledged as the engine has them and flushed this often: a crash that keeps
    /// only what was flushed takes the rest.
    Every(Duration),
    /// Writes are acknowledged as they are in the memory of the node, and a writer brings them to
    /// the disk later (section 6.1): any crash takes the rest.
    Buffered(ObjectBuffer),
}

impl Default for Cluster {
    fn default() -> Self {
        Cluster {
            profile: None,
            nodes: 12,
            n: 3,
            r: 2,
            w: 2,
            conditions: Conditions::default(),
            sibling_limit: None,
            quorum: Quorum::default(),
            versioning: Versioning::default(),
            coordinator: Coordinator::default(),
            read_coordinator: ReadCoordinator::default(),
            partitioning: Partitioning::default(),
            timeouts: Timeouts::default(),
            hinted_handoff: Switch::default(),
            anti_entropy: Switch::default(),
            read_repair: true,
            gossip: Gossip::default(),
            range_transfer: RangeTransfer::default(),
            failure_detection: FailureDetection::default(),
            flush: Flush::default(),
            admission: Switch::Off,
            checksums: true,
            clock_skew: None,
            clock_truncation: None,
            tombstones: Tombstones::default(),
            planted: Planted::NONE,
        }
    }
}

fn off() -> Switch<Admission> {
    Switch::Off
}

fn is_whole(hash_bits: &u8) -> bool {
    u32::from(*hash_bits) == u64::BITS
}

fn is_off(admission: &Switch<Admission>) -> bool {
    admission.on().is_none()
}
