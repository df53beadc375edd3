//! What a scenario says of its clients, under `workload`.

use serde::{Deserialize, Serialize};

use crate::id::Span;
use crate::quantity::{Bytes, Rate};
use crate::random::distribution::Distribution;
use crate::time::Duration;
use crate::workload::balancer::LoadBalancer;
use crate::workload::cart::CartPolicy;
use crate::workload::file::File;
use crate::workload::read_back::ReadBack;
use crate::workload::recording::Recording;
use crate::workload::size::Sizes;

/// How often a client downloads the membership in the paper (section 6.4).
const MEMBERSHIP_REFRESH: Duration = Duration::from_secs(10);

fn is_as_in_the_paper(refresh: &Duration) -> bool {
    *refresh == MEMBERSHIP_REFRESH
}

/// The clients of a scenario.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Workload"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Number of clients; each has arrivals and luck of its own.
    pub clients: u32,
    /// A file of recorded operations, a line each: `time,client,op,key,size`. Then `arrivals`,
    /// `keys` and `mix` say nothing, and `value` only where no size was recorded.
    pub trace: Option<File<Recording>>,
    /// When a client begins its next operation.
    pub arrivals: Arrivals,
    /// Which key it is about.
    pub keys: Keys,
    /// How many clients write each key, the same ones all the time; all of them unless it is given.
    /// Whoever draws a key that others write takes the next that is its own. A trace says itself
    /// who writes.
    pub writers_per_key: Option<u32>,
    /// What it does, by weight.
    pub mix: Mix,
    /// Size of each plain value written; carts have the size of what is in them.
    pub value: Sizes,
    /// A client that has no answer after this gives an attempt up.
    pub timeout: Duration,
    /// Further attempts after the first, each at another node where there is one.
    pub retries: u8,
    /// How a client tries again.
    pub retry: Retry,
    /// How a request finds its first node (section 4.5).
    pub routing: Routing,
    /// What the load balancer costs; without it nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    /// How often a client that coordinates downloads the membership; 10 s in the paper. Raising it
    /// saves traffic and misroutes more requests after a change.
    #[serde(skip_serializing_if = "is_as_in_the_paper")]
    pub membership_refresh: Duration,
    /// What shoppers make of a cart of several versions (section 4.4).
    pub cart_policy: CartPolicy,
    /// A get without an answer after this is sent to a second node as well; whoever answers first
    /// wins. Lowering it shortens the tail and adds requests.
    pub hedge_after: Option<Duration>,
    /// How clients carry contexts from one operation to the next.
    pub session: Session,
    /// How clients move between the sites of the network.
    pub moves: Option<Moves>,
    /// Reads by which a client looks whether what it has written can be seen; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_back: Option<ReadBack>,
}

/// What follows an attempt that has failed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// What a further attempt at a write is.
    pub policy: RetryPolicy,
    /// The pause before a further attempt; without one it follows at once. Late answers count
    /// until it ends.
    pub pause: Option<Distribution>,
    /// How many times as long each further pause of an operation is, from 1 to 10.
    pub factor: f64,
    /// No pause is longer.
    pub longest: Duration,
}

/// What a further attempt at a write is to the store, which may have done the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetryPolicy {
    /// There is none, neither of a read, whatever `retries` says.
    None,
    /// The same write, and nothing says so, as in the paper: done twice, it makes two versions.
    #[default]
    Unmarked,
    /// The same write with its identity: a node that remembers having done it, in this life and
    /// among its last 1024, answers without doing it again. Another node cannot know.
    SameId,
    /// Another write with the same value and context, for the ghost oracle as well; the first is
    /// given up.
    NewId,
}

/// What a client does with the contexts that it is given (section 4.4).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Does a write say what was read before it?
    pub context: Context,
    /// Does each write begin with a read?
    pub writes: Writes,
    /// Of how many keys a client that writes from memory remembers the last answer; the oldest is
    /// forgotten first. Raising it saves reads and makes contexts older.
    pub memory: u32,
}

/// Whether writes carry a context.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// A write carries the context of what its client has read.
    #[default]
    Kept,
    /// The client reads, and forgets the context: no write supersedes anything.
    Lost,
}

/// How a write that needs a context begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// With a read of its key.
    #[default]
    ReadFirst,
    /// At once, with what the last answer to this client said of the key; if it remembers none,
    /// with a read. The answer to a write counts as well, and brings all versions, as that to a
    /// read.
    FromMemory,
}

/// Moves of clients between sites (`network.sites`). At first a client is where it is named; its
/// messages travel from where it is when they are sent, and so do those to it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Moves {
    /// How long each client stays at a site before it moves to another that has nodes; a
    /// millisecond at least.
    pub every: Option<Distribution>,
    /// Moves at exact times.
    pub planned: Vec<Move>,
    /// What a client knows after a move.
    pub session: MovedSession,
}

/// Some clients move at one time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Who moves.
    pub clients: Vec<Span>,
    /// When.
    pub at: Duration,
    /// Name of the site that they move to.
    pub to: String,
}

/// What is left of a session after a move.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MovedSession {
    /// All of it: the client carries its contexts along.
    #[default]
    Kept,
    /// Nothing: what it remembered for writes from memory is gone, and it reads first.
    Lost,
}

/// When operations begin.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// Open loop: at random moments, this often for each client, whether or not earlier operations
    /// have ended.
    Poisson(Rate),
    /// Open loop: evenly spaced, this often for each client, each client with a phase of its own.
    Constant(Rate),
    /// Open loop: at random moments, with a rate for each client that follows the hours of a day.
    Diurnal(Diurnal),
    /// Open loop: at random moments, at one rate for each client, and at another in bursts that
    /// come to all clients at once.
    Bursts {
        /// How often each client begins an operation outside bursts.
        base: Rate,
        /// How often in a burst.
        burst: Rate,
        /// From the end of one burst to the start of the next; a millisecond at least.
        pause: Distribution,
        /// How long a burst lasts; a millisecond at least.
        length: Distribution,
    },
    /// Closed loop: one operation at a time, with a pause between two.
    Closed {
        /// The pause between the end of one operation and the start of the next.
        think: Distribution,
    },
}

/// A rate that changes with the hour.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Diurnal {
    /// How long a day of 24 hours takes in simulated time.
    pub period: Duration,
    /// Hours of the day, from 0 to less than 24, with each client's rate; in between, and over
    /// midnight, it changes evenly.
    pub table: Vec<(f64, Rate)>,
}

/// Which keys are asked for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Keys {
    /// All alike.
    Uniform {
        /// How many keys there are.
        count: u32,
    },
    /// The i-th most popular key is asked for in proportion to 1 / i^exponent.
    Zipf {
        /// How many keys there are.
        count: u32,
        /// How uneven it is: 0 is uniform, 0.99 a usual web load.
        exponent: f64,
    },
    /// A few hot keys get a fixed share of all requests; both groups are uniform inside.
    HotSet {
        /// How many keys there are.
        count: u32,
        /// How many of them are hot.
        hot: u32,
        /// Share of the requests that goes to the hot ones, from 0 to 1.
        share: f64,
    },
    /// A hot set that moves on: it begins at key 0, and each time where it ended before.
    MovingHotSet {
        /// How many keys there are.
        count: u32,
        /// How many of them are hot at a time.
        hot: u32,
        /// Share of the requests that goes to the hot ones, from 0 to 1.
        share: f64,
        /// How long it stays.
        every: Duration,
    },
    /// Whoever writes takes the key after the one written last, in a circle; whoever only reads
    /// takes the i-th latest of them in proportion to 1 / i^exponent (YCSB's latest).
    Latest {
        /// How many keys there are.
        count: u32,
        /// How much the latest are preferred.
        exponent: f64,
    },
    /// These keys and no others.
    Listed {
        /// Numbers of keys, with their relative weights.
        weights: Vec<(u32, f64)>,
    },
    /// A file of keys, one on each line, alone or with its relative weight after a comma; without
    /// one it weighs 1. The first is numbered 0.
    File(File<Vec<f64>>),
}

/// Relative weights of what clients do; they need not add up to one. A scenario can also name one
/// of the core mixes of YCSB.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, remote = "Self")]
pub struct Mix {
    /// Read a key.
    pub get: f64,
    /// Read a key and write it with the context of that read (section 4.4).
    pub put: f64,
    /// Write a key with no context at all.
    pub blind: f64,
    /// Read a key and write a tombstone with the context of that read.
    pub delete: f64,
    /// Shopping cart: read, merge, add one new item, write.
    pub add: f64,
    /// Shopping cart: read, merge, remove one item if there is one, write.
    pub remove: f64,
}

/// How a request finds a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// A load balancer picks a node at random (section 4.5, first strategy).
    #[default]
    LoadBalancer,
    /// The client knows the ring and asks the key's coordinator (section 4.5, second strategy).
    PartitionAware,
    /// A load balancer at the client's own site picks a node of that site (`network.sites`), and
    /// another only if none of them is left to be tried.
    OwnSite,
    /// Each client keeps to one node, clients evenly over nodes, and goes to a random other one
    /// only for further attempts: it reads where it wrote. The load balancer reads elsewhere.
    Sticky,
    /// The client coordinates (section 6.4): its library downloads the membership from a random
    /// node, reads from the homes itself, writes through a node of the preference list or, where
    /// the last write wins, itself.
    ClientDriven,
}

impl Default for Spec {
    fn default() -> Self {
        Spec {
            clients: 50,
            trace: None,
            arrivals: Arrivals::Poisson(Rate { count: 20.0, per: Duration::from_secs(1) }),
            keys: Keys::Zipf { count: 10_000, exponent: 0.99 },
            writers_per_key: None,
            mix: Mix { get: 0.8, put: 0.2, ..Mix::default() },
            value: Sizes::Constant(Bytes(1024)),
            timeout: Duration::from_secs(1),
            retries: 1,
            retry: Retry::default(),
            routing: Routing::default(),
            load_balancer: None,
            membership_refresh: MEMBERSHIP_REFRESH,
            cart_policy: CartPolicy::default(),
            hedge_after: None,
            session: Session::default(),
            moves: None,
            read_back: None,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        let longest = Duration::from_secs(30);
        Retry { policy: RetryPolicy::default(), pause: None, factor: 1.0, longest }
    }
}

impl Default for Session {
    fn default() -> Self {
        Session { context: Context::default(), writes: Writes::default(), memory: 64 }
    }
}

impl Default for Mix {
    /// Nothing: a mix that is written out has only what it names.
    fn default() -> Self {
        Mix { get: 0.0, put: 0.0, blind: 0.0, delete: 0.0, add: 0.0, remove: 0.0 }
    }
}

impl Diurnal {
    /// Hours of a day.
    pub const HOURS: f64 = 24.0;
}

impl Spec {
    /// How many keys there are.
    pub fn key_count(&self) -> u32 {
        self.trace.as_ref().map_or_else(|| self.keys.count(), |trace| trace.content.keys)
    }
}

impl Keys {
    /// How many keys there are.
    pub fn count(&self) -> u32 {
        match *self {
            Keys::Uniform { count }
            | Keys::Zipf { count, .. }
            | Keys::HotSet { count, .. }
            | Keys::MovingHotSet { count, .. }
            | Keys::Latest { count, .. } => count,
            Keys::Listed { ref weights } => {
                weights.iter().map(|(key, _)| key.saturating_add(1)).max().unwrap_or(0)
            }
            Keys::File(ref file) => file.content.len() as u32,
        }
    }
}
