//! Nodes that stop, and stop again, and stop together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::faults::schedule::{Action, Deed};
use crate::faults::spec::{Crash, DiskAfterCrash};
use crate::faults::target::Target;
use crate::id::{Address, NodeId, Span};
use crate::time::Duration;

/// Most crashes of one loop; more are refused, and not counted out before that.
pub const MOST_CRASHES: u32 = 10_000;
/// More nodes than this in a row are refused, and not counted out before that.
const MOST_NODES: usize = 10_000;

/// A node crashes again and again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CrashLoop {
    /// Who crashes.
    pub node: Target,
    /// The first crash.
    pub at: Duration,
    /// From one crash to the next.
    pub every: Duration,
    /// How many crashes.
    pub times: u32,
    /// It starts again this long after each; shorter than `every`.
    pub down: Duration,
    /// What each crash leaves on the disk.
    #[serde(default)]
    pub disk: DiskAfterCrash,
}

/// Nodes are restarted one after another, each in good order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollingRestart {
    /// Who, in this order.
    pub nodes: Vec<Span>,
    /// The first stops.
    pub at: Duration,
    /// How long each is down.
    pub down: Duration,
    /// From the start of one to the stop of the next.
    pub pause: Duration,
}

/// Nodes crash at the same instant, as when a site loses power.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupCrash {
    /// Who crashes.
    pub nodes: Vec<Span>,
    /// When.
    pub at: Duration,
    /// They start again after this; without it, when the faults end.
    #[serde(default)]
    pub restart_after: Option<Duration>,
    /// What the crash leaves on each disk.
    #[serde(default)]
    pub disk: DiskAfterCrash,
}

/// One outage of one node: from when to when, if it ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outage {
    pub node: Target,
    pub at: Duration,
    pub until: Option<Duration>,
    pub disk: DiskAfterCrash,
}

impl Crash {
    /// Its only outage.
    pub fn outage(&self) -> Outage {
        let until = self.restart_after.map(|after| self.at + after);
        Outage { node: self.node, at: self.at, until, disk: self.disk }
    }
}

impl CrashLoop {
    /// Each crash, in order.
    pub fn outages(&self) -> Vec<Outage> {
        let begin = |round: u32| self.at + Duration(self.every.0.saturating_mul(round.into()));
        let outage =
            |at| Outage { node: self.node, at, until: Some(at + self.down), disk: self.disk };
        (0..self.times.min(MOST_CRASHES)).map(begin).map(outage).collect()
    }
}

impl RollingRestart {
    /// Each restart, in order.
    pub fn outages(&self) -> Vec<Outage> {
        let step = (self.down + self.pause).0;
        let outage = |(place, node): (usize, NodeId)| {
            let at = self.at + Duration(step.saturating_mul(place as u64));
            let node = node.into();
            Outage { node, at, until: Some(at + self.down), disk: DiskAfterCrash::Kept }
        };
        each(&self.nodes).into_iter().enumerate().map(outage).collect()
    }
}

impl GroupCrash {
    /// The crash of each node.
    pub fn outages(&self) -> Vec<Outage> {
        let until = self.restart_after.map(|after| self.at + after);
        let outage =
            |node: NodeId| Outage { node: node.into(), at: self.at, until, disk: self.disk };
        each(&self.nodes).into_iter().map(outage).collect()
    }
}

impl Outage {
    /// What it does, and when; one without an end of its own ends at `end`.
    pub fn actions(self, end: Duration) -> Vec<(Duration, Action)> {
        let Outage { node: whom, at, until, disk } = self;
        let to = |deed| Action::To { whom, deed };
        let snapshot = match disk {
            DiskAfterCrash::Restored(ago) => Some((at - ago, to(Deed::Snapshot))),
            DiskAfterCrash::Kept
            | DiskAfterCrash::UnflushedLost
            | DiskAfterCrash::Torn
            | DiskAfterCrash::Wiped => None,
        };
        let crash = (at, to(Deed::Crash { disk }));
        let start = (until.unwrap_or(end), to(Deed::Start));
        snapshot.into_iter().chain([crash, start]).collect()
    }
}

/// All nodes of these spans, each once, in the order in which they are first named.
fn each(spans: &[Span]) -> Vec<NodeId> {
    let (mut nodes, mut seen) = (Vec::new(), BTreeSet::new());
    for span in spans {
        if let (Address::Node(first), Address::Node(last)) = (span.first, span.last) {
            let some = (first.0..=last.0).map(NodeId).take(MOST_NODES);
            nodes.extend(some.filter(|node| seen.insert(*node)));
        }
    }
    nodes
}
