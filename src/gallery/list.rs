//! All figures of the gallery.

use crate::gallery::figure::{Figure, Make};
use crate::gallery::{
    ablation, detection, frontier, lag, partitions, repair, siblings, spread, visibility, wars,
};
use crate::reproduce::{figure_5, figure_6, figure_8};

const PBS: &str = "Bailis et al., Probabilistically Bounded Staleness, VLDB 2012";

/// In their order.
pub const LIST: &[Figure] = &[
    Figure {
        number: 1,
        name: "t-visibility",
        shows: "the chance of a fresh read by the time since the commit, per latency fit and (R,W)",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::fits, draw: visibility::fits },
    },
    Figure {
        number: 2,
        name: "replicas",
        shows: "the same for 2, 3, 5 and 10 replicas",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::replicas, draw: visibility::replicas },
    },
    Figure {
        number: 3,
        name: "write-rates",
        shows: "the same for writes that are faster or slower than the other legs",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::rates, draw: visibility::rates },
    },
    Figure {
        number: 4,
        name: "latency",
        shows: "distributions of read and write latency by R and W",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::latencies, draw: visibility::latencies },
    },
    Figure {
        number: 5,
        name: "latency-frontier",
        shows: "99.9th percentile of latency against t-visibility, a point for each (R,W)",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::promises, draw: visibility::promises },
    },
    Figure {
        number: 6,
        name: "k-staleness",
        shows: "the share of reads within k versions of the latest, against k",
        source: PBS,
        scenarios: &["versions-behind"],
        make: Make::Measured { trials: lag::behind_trials, draw: lag::behind },
    },
    Figure {
        number: 7,
        name: "prediction",
        shows: "predicted against measured chance of a fresh read, with its RMSE",
        source: PBS,
        scenarios: &[],
        make: Make::Measured { trials: wars::validated, draw: visibility::validated },
    },
    Figure {
        number: 8,
        name: "step",
        shows: "the chance of a fresh read against the time since the write: a step",
        source: "Wada et al., Data Consistency Properties and the Trade-offs in Commercial Cloud \
                 Storage, CIDR 2011",
        scenarios: &["late-copies"],
        make: Make::Measured { trials: lag::step_trials, draw: lag::step },
    },
    Figure {
        number: 9,
        name: "imbalance",
        shows: "nodes out of balance against load",
        source: "DeCandia et al., Dynamo, SOSP 2007, figure 6",
        scenarios: &[],
        make: Make::Again { make: figure_6::make, stems: &["load"] },
    },
    Figure {
        number: 10,
        name: "placement",
        shows: "mean over maximal load against the size of the membership table, three strategies",
        source: "DeCandia et al., Dynamo, SOSP 2007, figure 8",
        scenarios: &[],
        make: Make::Again { make: figure_8::make, stems: &["efficiency-log"] },
    },
    Figure {
        number: 11,
        name: "write-buffer",
        shows: "99.9th percentile of latency with and without a write buffer, over a day",
        source: "DeCandia et al., Dynamo, SOSP 2007, figure 5",
        scenarios: &[],
        make: Make::Again { make: figure_5::make, stems: &["day"] },
    },
    Figure {
        number: 12,
        name: "siblings",
        shows: "versions side by side over time, by the kind of clock",
        source: "Preguiça et al., Brief Announcement: Efficient Causality Tracking in Distributed \
                 Storage Systems With Dotted Version Vectors, PODC 2012",
        scenarios: &["two-writers"],
        make: Make::Measured { trials: siblings::trials, draw: siblings::draw },
    },
    Figure {
        number: 13,
        name: "partition-length",
        shows: "diverged keys, siblings and time to converge against the length of a partition",
        source: "none; what a partition leaves, sections 4.4 to 4.7 of Dynamo",
        scenarios: &["partition-length"],
        make: Make::Measured { trials: partitions::length_trials, draw: partitions::length },
    },
    Figure {
        number: 14,
        name: "hint-backlog",
        shows: "hints that wait for a node that is down, and how they drain",
        source: "none; hinted handoff is section 4.6 of Dynamo",
        scenarios: &["hint-backlog"],
        make: Make::Measured { trials: partitions::hint_trials, draw: partitions::hints },
    },
    Figure {
        number: 15,
        name: "anti-entropy-bytes",
        shows: "bytes of anti-entropy against diverged keys, by the shape of the Merkle tree",
        source: "none; Merkle trees are section 4.7 of Dynamo",
        scenarios: &["tree-shapes"],
        make: Make::Measured { trials: repair::trials, draw: repair::draw },
    },
    Figure {
        number: 16,
        name: "gossip",
        shows: "rounds of gossip against the number of nodes, and who does not know after k rounds",
        source: "Demers et al., Epidemic Algorithms for Replicated Database Maintenance, PODC \
                 1987; Karp et al., Randomized Rumor Spreading, FOCS 2000",
        scenarios: &["gossip-spread"],
        make: Make::Measured { trials: spread::trials, draw: spread::draw },
    },
    Figure {
        number: 17,
        name: "phi",
        shows: "time to detect a crash against false alarms, by the threshold phi",
        source: "Hayashibara et al., The phi Accrual Failure Detector, SRDS 2004",
        scenarios: &["heartbeats"],
        make: Make::Measured { trials: detection::trials, draw: detection::draw },
    },
    Figure {
        number: 18,
        name: "latency-scatter",
        shows: "each operation's latency over time, with windows of faults shaded",
        source: "the plots of Jepsen",
        scenarios: &["bad-minute"],
        make: Make::Measured { trials: partitions::scatter_trials, draw: partitions::scatter },
    },
    Figure {
        number: 19,
        name: "plane",
        shows: "stale share against yield during a partition, a point for each (N,R,W) and quorum",
        source: "Fox and Brewer, Harvest, Yield and Scalable Tolerant Systems, HotOS 1999",
        scenarios: &["quorums-parted"],
        make: Make::Measured { trials: frontier::trials, draw: frontier::draw },
    },
    Figure {
        number: 20,
        name: "ablation",
        shows: "staleness with and without read repair, hints and anti-entropy",
        source: "none; sections 4.5 to 4.7 of Dynamo",
        scenarios: &["repair-ablation"],
        make: Make::Measured { trials: ablation::trials, draw: ablation::draw },
    },
];

/// The figure of this name.
pub fn find(name: &str) -> Option<&'static Figure> {
    LIST.iter().find(|figure| figure.name == name)
}
