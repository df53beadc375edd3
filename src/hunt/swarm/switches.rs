//! Every other switch of a cluster for a seed, where a hunt asks for them (`hunt.every_switch`).
//!
//! What descendants of Dynamo added and what studies vary: sites, conditions on a quorum, other
//! detectors, gossip that goes one way or ends, clocks that are cut, slices of background work.
//! Each is left alone in most worlds, so that what breaks can be told apart.

use crate::dynamo::config::detection::{Accrual, Evidence, GapModel, ProbeOrder, Probes};
use crate::dynamo::config::local::{Admission, DurableWrite, ObjectBuffer};
use crate::dynamo::config::modes::{ClockTruncation, TruncatedWhen};
use crate::dynamo::config::rumours::{LostBy, Rumours};
use crate::dynamo::config::{Capacity, Cluster, Exchange, Flush, Gossip, Spread, Versioning};
use crate::hunt::swarm::dice::{between, weighted};
use crate::id::{Address, ClientId, NodeId, Span};
use crate::network::spec::{Between, Legs};
use crate::random::distribution::Distribution;
use crate::random::source::Source;
use crate::scenario::spec::Scenario;
use crate::switch::Switch;
use crate::time::Duration;
use crate::workload::spec::Routing;

/// Draws them; what is drawn or stated already stays where it would contradict.
pub fn draw(drawn: &mut Scenario, source: &mut impl Source) {
    if source.chance(0.3) && drawn.cluster.nodes >= 4 && drawn.network.sites.is_empty() {
        stand_apart(drawn, source);
    }
    let cluster = &mut drawn.cluster;
    versions(cluster, source);
    conditions(cluster, source);
    gossip(&mut cluster.gossip, source);
    detection(cluster, source);
    storage(cluster, source);
    background(cluster, source);
}

/// Two sites, with half of the nodes and of the clients each, and lists that span them or do not.
fn stand_apart(drawn: &mut Scenario, source: &mut impl Source) {
    let (nodes, clients) = (drawn.cluster.nodes, drawn.workload.clients);
    let of_nodes = |from: u32, to: u32| Span {
        first: Address::Node(NodeId(from)),
        last: Address::Node(NodeId(to - 1)),
    };
    let of_clients = |from: u32, to: u32| Span {
        first: Address::Client(ClientId(from)),
        last: Address::Client(ClientId(to - 1)),
    };
    let (half, few) = (nodes / 2, clients / 2);
    let mut east = vec![of_nodes(0, half)];
    if few > 0 {
        east.push(of_clients(0, few));
    }
    let west = vec![of_nodes(half, nodes), of_clients(few, clients)];
    let names = ["east", "west"].map(String::from);
    drawn.network.sites = names.clone().into_iter().zip([east, west]).collect();
    let delay = Duration::from_millis(weighted(source, &[(1, 5), (2, 20), (1, 40)]));
    let latency = Some(Distribution::Constant(delay));
    drawn.network.between =
        vec![Between { sites: names, latency, legs: Legs::default(), loss: None }];
    // A site with no client of its own is nobody's.
    if source.chance(0.3) && few > 0 && drawn.workload.routing == Routing::LoadBalancer {
        drawn.workload.routing = Routing::OwnSite;
    }
    let spans = source.chance(0.7);
    drawn.cluster.partitioning.span_sites = spans;
    let asked = |source: &mut _, most: u32| Source::chance(source, 0.25) && spans && most > 1;
    let (r, w) = (drawn.cluster.r, drawn.cluster.w);
    drawn.cluster.conditions.read_sites = if asked(source, r) { 2 } else { 0 };
    drawn.cluster.conditions.write_sites = if asked(source, w) { 2 } else { 0 };
}

fn versions(cluster: &mut Cluster, source: &mut impl Source) {
    if source.chance(0.15) && cluster.versioning == Versioning::Dotted {
        cluster.versioning = Versioning::Vectors;
    }
    let (cut, threshold) = (source.chance(0.2), weighted(source, &[(1, 2), (1, 3), (1, 5)]));
    let when = weighted(source, &[(1, TruncatedWhen::Reached), (1, TruncatedWhen::Exceeded)]);
    // Where the last write wins there are no clocks to cut.
    if cut && cluster.versioning != Versioning::LastWriteWins {
        cluster.clock_truncation = Some(ClockTruncation { threshold, when });
    }
    if source.chance(0.1) {
        cluster.sibling_limit = Some(weighted(source, &[(1, 1), (1, 2), (1, 8)]));
    }
}

fn conditions(cluster: &mut Cluster, source: &mut impl Source) {
    if source.chance(0.2) {
        cluster.conditions.pr = between(source, [1, cluster.r]);
    }
    if source.chance(0.2) {
        cluster.conditions.pw = between(source, [1, cluster.w]);
    }
    if source.chance(0.2) {
        let node = Address::Node(NodeId(0));
        let factor = weighted(source, &[(1, 0.5), (1, 2.0), (1, 3.0)]);
        let nodes = vec![Span { first: node, last: node }];
        cluster.partitioning.capacities = vec![Capacity { nodes, factor }];
    }
}

fn gossip(gossip: &mut Gossip, source: &mut impl Source) {
    gossip.in_step = source.chance(0.1);
    gossip.spread =
        weighted(source, &[(4, Spread::PushPull), (1, Spread::Push), (1, Spread::Pull)]);
    if gossip.spread == Spread::PushPull {
        return;
    }
    gossip.exchange = Exchange::Digest;
    if source.chance(0.4) {
        // Whoever pulls has asked, and says whether it knew.
        let feedback = source.chance(0.5) || gossip.spread == Spread::Pull;
        gossip.rumours = Some(Rumours {
            k: between(source, [1, 3]),
            lost_by: weighted(source, &[(1, LostBy::Counter), (1, LostBy::Coin)]),
            feedback,
            reconcile_every: weighted(source, &[(1, None), (1, Some(3)), (1, Some(10))]),
        });
    }
}

fn detection(cluster: &mut Cluster, source: &mut impl Source) {
    let by = match weighted(source, &[(4, 0), (1, 1), (1, 2)]) {
        0 => return,
        1 => Evidence::Probes(Probes {
            indirect: weighted(source, &[(1, 0), (2, 3)]),
            order: weighted(source, &[(1, ProbeOrder::Random), (1, ProbeOrder::RoundRobin)]),
            ..Probes::default()
        }),
        _ => Evidence::Accrual(Accrual {
            heartbeat: Duration::from_millis(weighted(source, &[(1, 200), (1, 1_000)])),
            phi: weighted(source, &[(1, 3.0), (2, 8.0)]),
            model: weighted(source, &[(1, GapModel::Exponential), (1, GapModel::Normal)]),
            ..Accrual::default()
        }),
    };
    // It counts requests, and nobody goes by those now.
    (cluster.failure_detection.by, cluster.failure_detection.after) = (by, 1);
}

fn storage(cluster: &mut Cluster, source: &mut impl Source) {
    cluster.checksums = source.chance(0.9);
    let unsafe_writes = source.chance(0.3);
    if let Flush::Buffered(buffer) = cluster.flush
        && unsafe_writes
    {
        cluster.flush =
            Flush::Buffered(ObjectBuffer { durable_write: DurableWrite::None, ..buffer });
    }
}

fn background(cluster: &mut Cluster, source: &mut impl Source) {
    let (drops, waits) = (source.chance(0.15), source.chance(0.2));
    let idle = Duration::from_millis(weighted(source, &[(1, 500), (1, 3_000)]));
    if let Switch::On(hints) = &mut cluster.hinted_handoff {
        hints.window = drops.then_some(Duration::from_secs(8));
        hints.idle = waits.then_some(idle);
    }
    let (short, bits) = (source.chance(0.12), weighted(source, &[(1, 2), (1, 6), (1, 16)]));
    if let Switch::On(trees) = &mut cluster.anti_entropy
        && short
    {
        trees.hash_bits = bits;
    }
    if source.chance(0.15) {
        let slices = weighted(source, &[(1, 20), (1, 200)]);
        let window = Duration::from_secs(5);
        cluster.admission = Switch::On(Admission { slices, window, ..Admission::default() });
    }
}
