//! Rules of `cluster`.

use crate::dynamo::config::{
    AntiEntropy, ClockSkew, Cluster, FailureDetection, Flush, HintedHandoff, Timeouts,
};

use crate::scenario::check::{CLOCK_LIMIT, check_positive};
use crate::scenario::problem::Findings;

/// Most storage nodes.
pub const NODE_LIMIT: u32 = 10_000;
/// Deepest Merkle tree.
pub const DEPTH_LIMIT: u8 = 20;

pub(super) fn check(cluster: &Cluster, findings: &mut Findings) {
    check_quorum(cluster, findings);
    check_timeouts(&cluster.timeouts, findings);
    if let Some(settings) = cluster.hinted_handoff.on() {
        check_hinted_handoff(settings, findings);
    }
    if let Some(settings) = cluster.anti_entropy.on() {
        check_anti_entropy(settings, findings);
    }
    check_positive(cluster.gossip.interval, "cluster.gossip.interval", findings);
    check_failure_detection(&cluster.failure_detection, findings);
    match cluster.flush {
        Flush::Always => {}
        Flush::Every(interval) => check_positive(interval, "cluster.flush.every", findings),
    }
    if let Some(skew) = cluster.clock_skew {
        check_clock_skew(skew, findings);
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
    findings.require(
        settings.batch >= 1,
        "cluster.hinted_handoff.batch",
        "at least 1 hint must be on its way at a time; to deliver none, switch hinted_handoff off",
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
}

fn check_failure_detection(settings: &FailureDetection, findings: &mut Findings) {
    let FailureDetection { after, retry, retry_limit } = *settings;
    findings.require(
        after >= 1,
        "cluster.failure_detection.after",
        "a peer is believed down after at least 1 unanswered request",
    );
    check_positive(retry, "cluster.failure_detection.retry", findings);
    findings.require_with(
        retry_limit >= retry,
        "cluster.failure_detection.retry_limit",
        ["cluster.failure_detection.retry"],
        format!(
            "the pause between two tries grows from retry, which is {retry}, to retry_limit: \
                 at least as long, not {retry_limit}"
        ),
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
