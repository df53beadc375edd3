//! Rules of `cluster`.

use crate::dynamo::config::handoff::HintedHandoff;
use crate::dynamo::config::local::{Admission, ObjectBuffer};
use crate::dynamo::config::modes::{ClockSkew, ClockTruncation, Tombstones, TruncatedWhen};
use crate::dynamo::config::{AntiEntropy, Cluster, Flush, RangeTransfer, Timeouts, Versioning};

use crate::scenario::check::detection::check_failure_detection;
use crate::scenario::check::{CLOCK_LIMIT, check_positive, gossip};
use crate::scenario::problem::Findings;

/// Most storage nodes.
pub const NODE_LIMIT: u32 = 10_000;
/// Most slices that a node grants in a second.
pub const SLICE_LIMIT: u32 = 1_000_000;
/// Largest object buffer of one node.
pub const BUFFER_LIMIT: u32 = 1_000_000;
/// Largest threshold of truncation.
pub const PAIR_LIMIT: u32 = 10_000;
/// Deepest Merkle tree.
pub const DEPTH_LIMIT: u8 = 20;

pub(super) fn check(cluster: &Cluster, findings: &mut Findings) {
    check_range_transfer(&cluster.range_transfer, findings);
    check_quorum(cluster, findings);
    check_timeouts(&cluster.timeouts, findings);
    if let Some(settings) = cluster.hinted_handoff.on() {
        check_hinted_handoff(settings, findings);
    }
    if let Some(settings) = cluster.anti_entropy.on() {
        check_anti_entropy(settings, findings);
    }
    gossip::check(&cluster.gossip, findings);
    check_failure_detection(&cluster.failure_detection, findings);
    match cluster.flush {
        Flush::Always => {}
        Flush::Every(interval) => check_positive(interval, "cluster.flush.every", findings),
        Flush::Buffered(settings) => check_object_buffer(&settings, findings),
    }
    if let Some(settings) = cluster.admission.on() {
        check_admission(settings, findings);
    }
    if let Some(skew) = cluster.clock_skew {
        check_clock_skew(skew, findings);
    }
    match cluster.tombstones {
        Tombstones::Keep => {}
        Tombstones::Timed(age) => check_positive(age, "cluster.tombstones.timed", findings),
        Tombstones::WhenAllHomes(delay) => {
            check_positive(delay, "cluster.tombstones.when_all_homes", findings);
        }
    }
    if let Some(truncation) = cluster.clock_truncation {
        check_clock_truncation(cluster.versioning, truncation, findings);
    }
}

fn check_quorum(cluster: &Cluster, findings: &mut Findings) {
    let Cluster { nodes, n, r, w, .. } = *cluster;
    findings.require(
        (1..=NODE_LIMIT).contains(&nodes),
        "cluster.nodes",
        format!("a cluster has 1 to {NODE_LIMIT} nodes, not {nodes}"),
    );
    findings.require(n >= 1, "cluster.n", "n is how many copies of each key are kept: at least 1");
    findings.require_with(
        n <= nodes,
        "cluster.n",
        ["cluster.nodes"],
        format!("n is how many nodes keep a copy of each key: at most nodes, which is {nodes}"),
    );
    for (name, value, meaning) in [
        ("r", r, "how many replies make a get succeed"),
        ("w", w, "how many stored copies make a put succeed"),
    ] {
        let path = format!("cluster.{name}");
        let message = format!("{name} is {meaning}: at least 1");
        findings.require(value >= 1, path.as_str(), message);
        let message = format!("{name} is {meaning}: at most n, which is {n}");
        findings.require_with(value <= n, path.as_str(), ["cluster.n"], message);
    }
}

fn check_timeouts(timeouts: &Timeouts, findings: &mut Findings) {
    let Timeouts { operation, replica, forward } = *timeouts;
    check_positive(operation, "cluster.timeouts.operation", findings);
    for (path, value, what) in [
        ("cluster.timeouts.replica", replica, "a replica is given up"),
        ("cluster.timeouts.forward", forward, "a forwarded request is given up"),
    ] {
        check_positive(value, path, findings);
        findings.require_with(
            value <= operation,
            path,
            ["cluster.timeouts.operation"],
            format!("{what} before its operation is: at most operation, which is {operation}"),
        );
    }
}

fn check_hinted_handoff(settings: &HintedHandoff, findings: &mut Findings) {
    check_positive(settings.scan_interval, "cluster.hinted_handoff.scan_interval", findings);
    check_positive(settings.timeout, "cluster.hinted_handoff.timeout", findings);
    let HintedHandoff { scan_interval, window, idle, .. } = *settings;
    if let Some(window) = window {
        findings.require_with(
            window > scan_interval,
            "cluster.hinted_handoff.window",
            ["cluster.hinted_handoff.scan_interval"],
            format!(
                "a hint is kept until one scan at least: longer than scan_interval, which is \
                 {scan_interval}, not {window}"
            ),
        );
    }
    if let Some(idle) = idle {
        check_positive(idle, "cluster.hinted_handoff.idle", findings);
    }
    findings.require(
        settings.batch >= 1,
        "cluster.hinted_handoff.batch",
        "at least 1 hint must be on its way at a time; to deliver none, switch hinted_handoff off",
    );
}

fn check_range_transfer(settings: &RangeTransfer, findings: &mut Findings) {
    check_positive(settings.retry, "cluster.range_transfer.retry", findings);
    findings.require(
        settings.batch >= 1,
        "cluster.range_transfer.batch",
        "at least 1 copy must go at a time, or no range would ever move",
    );
}

fn check_anti_entropy(settings: &AntiEntropy, findings: &mut Findings) {
    check_positive(settings.interval, "cluster.anti_entropy.interval", findings);
    let depth = settings.depth;
    findings.require(
        (1..=DEPTH_LIMIT).contains(&depth),
        "cluster.anti_entropy.depth",
        format!("a Merkle tree has 1 to {DEPTH_LIMIT} levels below its root, not {depth}"),
    );
    let bits = settings.hash_bits;
    findings.require(
        (1..=64).contains(&bits),
        "cluster.anti_entropy.hash_bits",
        format!("a hash has 1 to 64 bits, not {bits}"),
    );
}

fn check_object_buffer(settings: &ObjectBuffer, findings: &mut Findings) {
    check_positive(settings.interval, "cluster.flush.buffered.interval", findings);
    findings.require(
        (1..=BUFFER_LIMIT).contains(&settings.objects),
        "cluster.flush.buffered.objects",
        format!(
            "a buffer holds 1 to {BUFFER_LIMIT} objects, not {}; to buffer nothing, set \
             cluster.flush to \"always\"",
            settings.objects
        ),
    );
}

fn check_admission(settings: &Admission, findings: &mut Findings) {
    let Admission { slices, least, decrease, window, percentile, .. } = *settings;
    for (name, duration) in
        [("interval", settings.interval), ("window", window), ("threshold", settings.threshold)]
    {
        check_positive(duration, format!("cluster.admission.{name}").as_str(), findings);
    }
    findings.require(
        (1..=SLICE_LIMIT).contains(&slices),
        "cluster.admission.slices",
        format!("a node grants 1 to {SLICE_LIMIT} slices a second, not {slices}"),
    );
    findings.require_with(
        (1..=slices.max(1)).contains(&least),
        "cluster.admission.least",
        ["cluster.admission.slices"],
        format!(
            "least is how many slices are left when foreground reads are slow: from 1, so that \
             background work goes on, to slices, which is {slices}, not {least}"
        ),
    );
    findings.require(
        settings.increase >= 1,
        "cluster.admission.increase",
        "at least 1 slice is added at a time, or they never come back",
    );
    findings.require(
        settings.values >= 1,
        "cluster.admission.values",
        "a slice reads at least 1 value",
    );
    for (name, share, what) in [
        ("decrease", decrease, "slices are multiplied by a number between 0 and 1"),
        ("percentile", percentile, "a percentile is written as a share between 0 and 1"),
    ] {
        let path = format!("cluster.admission.{name}");
        findings.require(share > 0.0 && share < 1.0, path.as_str(), format!("{what}, not {share}"));
    }
}

fn check_clock_truncation(
    versioning: Versioning,
    ClockTruncation { threshold, when }: ClockTruncation,
    findings: &mut Findings,
) {
    let least = match when {
        TruncatedWhen::Reached => 2,
        TruncatedWhen::Exceeded => 1,
    };
    findings.require(
        (least..=PAIR_LIMIT).contains(&threshold),
        "cluster.clock_truncation.threshold",
        format!("a clock keeps one pair at least: {least} to {PAIR_LIMIT}, not {threshold}"),
    );
    findings.require_with(
        versioning != Versioning::LastWriteWins,
        "cluster.clock_truncation",
        ["cluster.versioning"],
        "where the last write wins there are no clocks to truncate",
    );
}

fn check_clock_skew(skew: ClockSkew, findings: &mut Findings) {
    let path = "cluster.clock_skew.deviation";
    check_positive(skew.deviation, path, findings);
    findings.require(
        skew.deviation <= CLOCK_LIMIT,
        path,
        format!("clocks deviate by at most a day (24h), not {}", skew.deviation),
    );
}
