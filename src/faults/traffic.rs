//! Faults of links that still carry something, but worse: what a scenario says of each.

use serde::{Deserialize, Serialize};

use crate::faults::rules::{BandwidthRule, DegradeRule, Links};
use crate::faults::spec::Degrade;
use crate::id::Span;
use crate::quantity::Bytes;
use crate::random::sampler::Sampler;
use crate::time::Duration;

/// Each link carries so many bytes in a second, in each direction; the rest waits in line before
/// it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bandwidth {
    /// Whose messages.
    pub senders: Vec<Span>,
    /// To whom.
    pub receivers: Vec<Span>,
    /// Does it hold in the other direction as well?
    #[serde(default)]
    pub both_ways: bool,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// What a link carries in a second.
    pub per_second: Bytes,
    /// What may wait before one link, the message on it included; what does not fit is lost.
    /// Without it the line has no end.
    #[serde(default)]
    pub queue_limit: Option<Bytes>,
}

impl Bandwidth {
    /// What its links have to obey.
    pub fn rule(&self) -> BandwidthRule {
        BandwidthRule {
            links: directed(&self.senders, &self.receivers, self.both_ways),
            bytes_per_second: self.per_second.0,
            queue_limit: self.queue_limit.map(|limit| limit.0),
        }
    }
}

impl Degrade {
    /// What its links have to obey.
    pub fn rule(&self) -> DegradeRule {
        DegradeRule {
            links: directed(&self.senders, &self.receivers, self.both_ways),
            delay: self.latency.as_ref().map(Sampler::new),
            loss: self.loss,
            kinds: self.kinds.clone(),
            nth: self.nth,
            duplicate: self.duplicate,
            corrupt: self.corrupt,
            jitter: self.jitter,
        }
    }
}

fn directed(senders: &[Span], receivers: &[Span], both_ways: bool) -> Links {
    Links::Directed { senders: senders.to_vec(), receivers: receivers.to_vec(), both_ways }
}
