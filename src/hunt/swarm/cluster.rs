//! A cluster for a seed: sizes, quorums, and every mechanism with or without the others.
//!
//! Comparison of replicas is mostly on, so that most worlds must converge in the end. Intervals
//! are short, so that much of everything happens while the faults last.

use crate::dynamo::config::handoff::HintedHandoff;
use crate::dynamo::config::local::ObjectBuffer;
use crate::dynamo::config::modes::{ClockSkew, Tombstones};
use crate::dynamo::config::{
    AntiEntropy, Cluster, Coordinator, Exchange, FailureDetection, Flush, Partitioning, Quorum,
    RangeTransfer, ReadCoordinator, Versioning,
};
use crate::hunt::swarm::dice::{between, weighted};
use crate::random::source::Source;
use crate::scenario::hunt::Hunt;
use crate::switch::Switch;
use crate::time::Duration;

/// Draws all that a hunt changes of a cluster; the rest stays.
pub fn draw(cluster: &mut Cluster, hunt: &Hunt, source: &mut impl Source) {
    cluster.nodes = between(source, hunt.nodes);
    cluster.n = weighted(source, &[(1, 1), (2, 2), (12, 3), (2, 4), (1, 5)]).min(cluster.nodes);
    (cluster.r, cluster.w) = quorums(cluster.n, source);
    cluster.quorum = weighted(source, &[(3, Quorum::Sloppy), (1, Quorum::Strict)]);
    cluster.versioning = weighted(
        source,
        &[(12, Versioning::Dotted), (1, Versioning::Literal), (1, Versioning::LastWriteWins)],
    );
    cluster.coordinator = weighted(
        source,
        &[(1, Coordinator::First), (1, Coordinator::Fastest), (1, Coordinator::Random)],
    );
    cluster.read_coordinator =
        weighted(source, &[(2, ReadCoordinator::Forward), (1, ReadCoordinator::Receiver)]);
    cluster.partitioning = partitioning(cluster.nodes, source);
    repairs(cluster, source);
    membership(cluster, source);
    disks(cluster, source);
}

/// Mostly quorums that overlap, sometimes any.
fn quorums(n: u32, source: &mut impl Source) -> (u32, u32) {
    let r = between(source, [1, n]);
    let overlapping = (n + 1).saturating_sub(r).max(1);
    let (apart, w) = (source.chance(0.2), between(source, [1, n]));
    (r, if apart { w } else { w.max(overlapping) })
}

fn partitioning(nodes: u32, source: &mut impl Source) -> Partitioning {
    let strategy = weighted(source, &[(2, 1), (1, 2), (1, 3)]);
    let tokens = weighted(source, &[(1, 1), (2, 4), (2, 16)]);
    // Whoever joins needs one as well.
    let partitions = 20 + nodes * weighted(source, &[(1, 0), (2, 4), (1, 13)]);
    Partitioning {
        strategy,
        tokens,
        partitions: (strategy > 1).then_some(partitions),
        ..Partitioning::default()
    }
}

fn repairs(cluster: &mut Cluster, source: &mut impl Source) {
    let (hints, trees) = (source.chance(0.85), source.chance(0.9));
    let scan_interval =
        Duration::from_millis(weighted(source, &[(1, 200), (2, 1_000), (1, 5_000)]));
    let batch = weighted(source, &[(1, 1), (1, 4), (2, 32)]);
    cluster.hinted_handoff =
        switch(hints, HintedHandoff { scan_interval, batch, ..HintedHandoff::default() });
    let interval = Duration::from_millis(weighted(source, &[(1, 500), (2, 2_000), (1, 6_000)]));
    let depth = weighted(source, &[(1, 1), (1, 3), (2, 6)]);
    cluster.anti_entropy = switch(trees, AntiEntropy { interval, depth, ..AntiEntropy::default() });
    cluster.read_repair = source.chance(0.75);
    cluster.tombstones = weighted(
        source,
        &[
            (6, Tombstones::Keep),
            (1, Tombstones::WhenAllHomes(Duration::from_secs(2))),
            (1, Tombstones::Timed(Duration::from_secs(8))),
        ],
    );
}

fn switch<T>(on: bool, settings: T) -> Switch<T> {
    if on { Switch::On(settings) } else { Switch::Off }
}

fn membership(cluster: &mut Cluster, source: &mut impl Source) {
    cluster.gossip.interval = Duration::from_millis(weighted(source, &[(1, 200), (3, 1_000)]));
    cluster.gossip.seeds = between(source, [1, cluster.nodes.min(3)]);
    cluster.gossip.exchange =
        weighted(source, &[(3, Exchange::Digest), (1, Exchange::Full), (1, Exchange::TwoLevel)]);
    let batch = weighted(source, &[(1, 1), (1, 5), (1, 32)]);
    cluster.range_transfer = RangeTransfer { batch, ..RangeTransfer::default() };
    cluster.failure_detection = FailureDetection {
        after: weighted(source, &[(3, 1), (1, 3)]),
        retry: Duration::from_millis(weighted(source, &[(1, 100), (2, 1_000)])),
        ..FailureDetection::default()
    };
    let deviation = Duration::from_millis(weighted(source, &[(1, 5), (1, 500)]));
    cluster.clock_skew = source.chance(0.25).then_some(ClockSkew { deviation });
}

fn disks(cluster: &mut Cluster, source: &mut impl Source) {
    let buffer = ObjectBuffer { objects: 20, ..ObjectBuffer::default() };
    cluster.flush = weighted(
        source,
        &[
            (8, Flush::Always),
            (1, Flush::Every(Duration::from_millis(300))),
            (1, Flush::Buffered(buffer)),
        ],
    );
}
