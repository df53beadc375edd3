//! Judges of hints (H1 to H7).

pub mod conservation;
pub mod delivery;
pub mod drain;
pub mod drops;
pub mod holders;
pub mod home_copies;
pub mod targets;

#[cfg(test)]
mod tests;

use crate::check::hints::conservation::Conservation;
use crate::check::hints::delivery::Delivery;
use crate::check::hints::drain::Drain;
use crate::check::hints::drops::Drops;
use crate::check::hints::holders::Holders;
use crate::check::hints::home_copies::HomeCopies;
use crate::check::hints::targets::Targets;
use crate::check::judges::Call;
use crate::dynamo::config::Versioning;
use crate::dynamo::versioning::version::VersionSet;
use crate::time::Duration;
use crate::trace::layout::Layout;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 7] = [
    |layout| Box::new(Conservation::new(layout)),
    |layout| Box::new(Holders::new(layout)),
    |layout| Box::new(Targets::new(layout)),
    |_| Box::new(Delivery::default()),
    |layout| Box::new(HomeCopies::new(layout)),
    |layout| Box::new(Drain::new(layout)),
    |_| Box::new(Drops::default()),
];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 7] = [
    ("H1", "hint_conservation"),
    ("H2", "hint_holders"),
    ("H3", "hint_targets"),
    ("H4", "hint_delivery"),
    ("H5", "hint_home_copies"),
    ("H6", "hint_drain"),
    ("H7", "hint_drops"),
];

/// Do version sets keep what they know when they are merged? Where the last write wins, where
/// literal clocks take one write for another, and where clocks are truncated, they do not.
pub fn merges_keep_all(layout: &Layout) -> bool {
    let exact = match layout.cluster.versioning {
        Versioning::Dotted | Versioning::Vectors => true,
        Versioning::Literal | Versioning::LastWriteWins => false,
    };
    exact && layout.cluster.clock_truncation.is_none()
}

/// How long after all trouble a hint may still wait for its delivery: until its target is believed
/// up again, some scans, and a while for each hint.
pub fn patience(layout: &Layout, hints: u64) -> Duration {
    let cluster = &layout.cluster;
    let Some(settings) = cluster.hinted_handoff.on() else { return Duration::ZERO };
    let idle = settings.idle.unwrap_or_default().0;
    let round = cluster.gossip.reconciles_every().unwrap_or(1);
    let gossip = cluster.gossip.interval.0.saturating_mul(round).saturating_mul(30);
    let scans = 3 * settings.scan_interval.0 + settings.timeout.0;
    let each = Duration::from_millis(50).0 * hints;
    Duration(gossip.saturating_add(cluster.failure_detection.retry_limit.0 + idle + scans + each))
}

/// Does this set know all that the other does?
pub fn covers(set: Option<&VersionSet>, other: &VersionSet) -> bool {
    match set {
        Some(set) => other.history().count_missing_from(&set.history()) == 0,
        None => other.history().is_empty(),
    }
}
