//! What a node takes for a sign that a peer is down, beside the paper's unanswered requests: probes
//! in the manner of SWIM (Das, Gupta, Motivala, DSN 2002) and phi accrual (Hayashibara, Defago,
//! Yared, Katayama, SRDS 2004).

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// What tells a node that a peer is down.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Requests that it leaves unanswered (section 4.8.3): without traffic nobody is suspected.
    #[default]
    Requests,
    /// Pings that it leaves unanswered, traffic or none.
    Probes(Probes),
    /// Heartbeats that stay away for improbably long, traffic or none.
    Accrual(Accrual),
}

/// Probing in the manner of SWIM. Unlike SWIM's, what a node finds is its own: it is told to
/// nobody, and takes nobody out of the membership.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// How often each node pings one other member. Raising it makes detection slower and cheaper.
    pub period: Duration,
    /// A ping that was not answered after this has failed. Raising it suspects fewer who are slow.
    pub timeout: Duration,
    /// Other members that are asked to ping a member whose ping has failed, and are given twice
    /// `timeout` for it. Raising it suspects fewer whom only this node cannot reach. With 0 a peer
    /// is believed down as soon as a ping has failed.
    pub indirect: u32,
    /// Whose turn it is.
    pub order: ProbeOrder,
}

/// Which member a node pings next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProbeOrder {
    /// Any other, each as likely, each time.
    #[default]
    Random,
    /// Each other once, in an order that is drawn anew for each pass: nobody waits for longer than
    /// two passes.
    RoundRobin,
}

/// Phi accrual: `phi` is how improbable it is, as a power of ten, that the next heartbeat is still
/// to come. Heartbeats go from each member to each other directly, and are counted as pongs; in
/// Cassandra they ride on gossip, and reach most nodes by way of others.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Accrual {
    /// How often each node sends each other member a heartbeat. Raising it makes detection slower
    /// and cheaper.
    pub heartbeat: Duration,
    /// A peer is believed down once its phi is this: by the model, once in ten to this power gaps
    /// that is wrong. Raising it makes detection slower, and errors rarer.
    pub phi: f64,
    /// How gaps between heartbeats are taken to be spread.
    pub model: GapModel,
    /// Latest gaps from which the spread is known. It begins with two that are assumed: a quarter
    /// less, and more, than `heartbeat`. The first heartbeat of a peer is waited for ten longer,
    /// since that peer may not know of this node yet.
    pub window: u32,
    /// Model `normal`: the deviation is never taken to be less than this, or a heartbeat that is
    /// hardly late would be too late where all had been punctual.
    pub least_deviation: Duration,
    /// Gaps longer than this are left out of the window (Cassandra: 2s). Without it, those after
    /// which the peer was due to be believed down are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_gap: Option<Duration>,
}

/// A model of the gaps between heartbeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GapModel {
    /// Of their mean alone (Cassandra): phi is the time since the last heartbeat in means, by the
    /// natural logarithm of 10.
    #[default]
    Exponential,
    /// Of their mean and deviation (Hayashibara et al.).
    Normal,
}

impl Evidence {
    /// Nothing but unanswered requests?
    pub fn is_requests(&self) -> bool {
        *self == Evidence::Requests
    }
}

impl Default for Probes {
    fn default() -> Self {
        Probes {
            period: Duration::from_secs(1),
            timeout: Duration::from_millis(300),
            indirect: 3,
            order: ProbeOrder::default(),
        }
    }
}

impl Default for Accrual {
    fn default() -> Self {
        Accrual {
            heartbeat: Duration::from_secs(1),
            phi: 8.0,
            model: GapModel::default(),
            window: 1_000,
            least_deviation: Duration::from_millis(100),
            longest_gap: None,
        }
    }
}
