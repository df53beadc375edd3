//! What a scenario says of trouble, under `faults`.

use serde::{Deserialize, Serialize};

use crate::faults::clock::Clock;
use crate::faults::composed::{Named, Repeat};
use crate::faults::cuts::{Bridge, Clog, Flap, Isolate, MajoritiesRing, RollingIsolation, Swizzle};
use crate::faults::disk::Disk;
use crate::faults::nodes::{CrashLoop, GroupCrash, RollingRestart};
use crate::faults::target::Target;
use crate::faults::traffic::Bandwidth;
use crate::id::Span;
use crate::random::distribution::Distribution;
use crate::time::Duration;

/// One fault of a scenario. Times count from the start of the run; those at or after the end of
/// `duration` are refused, and whatever still lasts then ends with it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Spec {
    /// Sides that cannot speak to each other.
    Partition(Partition),
    /// Links that carry nothing in one direction.
    Cut(Cut),
    /// Links with added delay and loss.
    Degrade(Degrade),
    /// A node stops at once.
    Crash(Crash),
    /// A node starts again; one that still runs is stopped first and keeps its disk.
    Restart(Restart),
    /// A node stands still and goes on later as if nothing had been.
    Pause(Pause),
    /// A node whose disk and sending are slower than they should be.
    Slow(Slow),
    /// A node whose clock is wrong.
    Clock(Clock),
    /// A node whose disk is in trouble.
    Disk(Disk),
    /// A node that crashes again and again.
    CrashLoop(CrashLoop),
    /// Nodes restarted one after another.
    RollingRestart(RollingRestart),
    /// Nodes that crash at the same instant.
    GroupCrash(GroupCrash),
    /// A group that other nodes cannot reach.
    Isolate(Isolate),
    /// Two sides, and one node that sees both.
    Bridge(Bridge),
    /// Majorities that overlap, no two of them the same.
    MajoritiesRing(MajoritiesRing),
    /// Links that hold everything back, and then let it go.
    Clog(Clog),
    /// A cut that comes and goes.
    Flap(Flap),
    /// One node after another that others cannot reach.
    RollingIsolation(RollingIsolation),
    /// Nodes whose links go down one by one and come back in another order.
    Swizzle(Swizzle),
    /// Links that carry so many bytes in a second.
    Bandwidth(Bandwidth),
    /// A fault with a name.
    Named(Named),
    /// A fault again and again.
    Repeat(Repeat),
}

/// What becomes of messages that are on their way when a link is cut. Those sent while it is cut
/// are always lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InFlight {
    /// They are lost.
    #[default]
    Drop,
    /// They wait and arrive when the cut ends.
    Hold,
    /// They arrive as if nothing had been.
    Pass,
}

/// Any number of sides; parties on different sides cannot reach each other. Whoever is on no side,
/// clients by default, reaches all.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// The sides, each a list of parties. Nobody stands on two of them.
    pub sides: Vec<Vec<Span>>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// Nothing passes from any sender to any receiver; the other direction is untouched.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Whose messages.
    pub senders: Vec<Span>,
    /// To whom.
    pub receivers: Vec<Span>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// Messages from any sender to any receiver take longer or get lost.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Degrade {
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
    /// Delay added to each message.
    #[serde(default)]
    pub latency: Option<Distribution>,
    /// Share of messages lost on top of the network's own loss, from 0 to 1.
    #[serde(default)]
    pub loss: f64,
    /// Kinds of message that it is about, by their names in reports; all where none is named.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Only this one of those messages, counted from 1 over all its links; all without it.
    #[serde(default)]
    pub nth: Option<u64>,
    /// Share of messages that arrive twice, from 0 to 1.
    #[serde(default)]
    pub duplicate: f64,
    /// Share of messages that arrive damaged, from 0 to 1: the receiver notices and drops them.
    #[serde(default)]
    pub corrupt: f64,
    /// Each message takes longer by anything from nothing to this.
    #[serde(default)]
    pub jitter: Duration,
}

/// What a crash leaves on the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DiskAfterCrash {
    /// Everything that was written.
    #[default]
    Kept,
    /// Everything that was flushed.
    UnflushedLost,
    /// Everything that was flushed, but for the last write of it, of which the copy is torn.
    Torn,
    /// What was there this long before, as from a backup.
    Restored(Duration),
    /// Nothing.
    Wiped,
}

/// A node stops at once and loses all that it held in memory.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// Which node.
    pub node: Target,
    /// When.
    pub at: Duration,
    /// It starts again after this; without it, when the faults end.
    #[serde(default)]
    pub restart_after: Option<Duration>,
    /// What it leaves on the disk.
    #[serde(default)]
    pub disk: DiskAfterCrash,
}

/// A node starts again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Which node.
    pub node: Target,
    /// When.
    pub at: Duration,
}

/// A node handles nothing for a while; what arrives meanwhile waits.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Which node.
    pub node: Target,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
}

/// Gray failure: a node that answers, but late.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// Which node.
    pub node: Target,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// Its disk takes this many times as long, 1 or more.
    #[serde(default = "one")]
    pub disk: f64,
    /// Added before each message that it sends.
    #[serde(default)]
    pub delay: Option<Distribution>,
}

fn one() -> f64 {
    1.0
}

impl Spec {
    /// The fault's name in a scenario file.
    pub fn kind(&self) -> &'static str {
        match self {
            Spec::Partition(_) => "partition",
            Spec::Cut(_) => "cut",
            Spec::Degrade(_) => "degrade",
            Spec::Crash(_) => "crash",
            Spec::Restart(_) => "restart",
            Spec::Pause(_) => "pause",
            Spec::Slow(_) => "slow",
            Spec::Clock(_) => "clock",
            Spec::Disk(_) => "disk",
            Spec::CrashLoop(_) => "crash_loop",
            Spec::RollingRestart(_) => "rolling_restart",
            Spec::GroupCrash(_) => "group_crash",
            Spec::Isolate(_) => "isolate",
            Spec::Bridge(_) => "bridge",
            Spec::MajoritiesRing(_) => "majorities_ring",
            Spec::Clog(_) => "clog",
            Spec::Flap(_) => "flap",
            Spec::RollingIsolation(_) => "rolling_isolation",
            Spec::Swizzle(_) => "swizzle",
            Spec::Bandwidth(_) => "bandwidth",
            Spec::Named(_) => "named",
            Spec::Repeat(_) => "repeat",
        }
    }
}
