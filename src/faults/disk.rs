//! Disks that are worse than they should be.

use serde::{Deserialize, Serialize};

use crate::faults::target::Target;
use crate::time::Duration;

/// The disk of one node is in trouble for a while. Several troubles of one disk work together.
///
/// A job that fails is told to its node, which answers nobody: the coordinator's time-out and a
/// stand-in do the rest, as with a node that is down.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "DiskFault"))]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// Whose disk it is.
    pub node: Target,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// In which way the disk is in trouble.
    pub is: DiskTrouble,
}

/// In which way a disk is in trouble.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DiskTrouble {
    /// Every job takes this many times as long.
    Slow(f64),
    /// Nothing finishes until the end.
    Stalled,
    /// Writes fail. Reads work, and hints may be removed.
    Full,
    /// This share of reads fails.
    ReadErrors(f64),
    /// This share of writes and flushes fails; what they were to write is not there.
    WriteErrors(f64),
    /// Flushes are acknowledged, and nothing becomes safe before the end: a crash that loses what
    /// was not flushed loses all that was written meanwhile.
    LyingFlush,
    /// This share of what is stored at the beginning, and of what is written until the end, changes
    /// silently. Replicas find out by checksum, and hold as good as nothing.
    Corrupt(f64),
}
