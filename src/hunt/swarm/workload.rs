//! Clients and a network for a seed.

use crate::hunt::swarm::dice::{between, weighted};
use crate::network;
use crate::quantity::{Bytes, Rate};
use crate::random::distribution::Distribution;
use crate::random::source::Source;
use crate::scenario::hunt::Hunt;
use crate::time::Duration;
use crate::workload::cart::CartPolicy;
use crate::workload::size::Sizes;
use crate::workload::spec::{Arrivals, Context, Keys, Mix, Retry, RetryPolicy, Routing, Writes};
use crate::workload::spec::{Session, Spec};

/// Draws clients for a cluster of so many nodes; the rest of the workload stays.
pub fn draw(
    workload: &mut Spec,
    hunt: &Hunt,
    (duration, _nodes): (Duration, u32),
    source: &mut impl Source,
) {
    let clients = between(source, hunt.clients);
    let operations = between(source, hunt.operations);
    workload.clients = clients;
    workload.arrivals = arrivals((clients, operations), duration, source);
    workload.keys = keys(between(source, hunt.keys), source);
    workload.mix = mix(source);
    workload.value = Sizes::Constant(Bytes(weighted(source, &[(3, 100), (1, 4_096)])));
    workload.timeout = Duration::from_millis(weighted(source, &[(1, 200), (3, 1_000)]));
    workload.retries = weighted(source, &[(1, 0), (2, 1), (1, 3)]);
    let policy = weighted(
        source,
        &[(3, RetryPolicy::Unmarked), (1, RetryPolicy::SameId), (1, RetryPolicy::NewId)],
    );
    workload.retry = Retry { policy, ..Retry::default() };
    workload.routing = weighted(
        source,
        &[
            (3, Routing::LoadBalancer),
            (2, Routing::PartitionAware),
            (1, Routing::Sticky),
            (1, Routing::ClientDriven),
        ],
    );
    workload.cart_policy =
        weighted(source, &[(1, CartPolicy::Union), (1, CartPolicy::ObservedRemove)]);
    let hedged = source.chance(0.1);
    workload.hedge_after = hedged.then_some(Duration::from_millis(10));
    workload.session = session(source);
}

/// So many operations of all clients in this time, at random moments or one after another.
fn arrivals(
    (clients, operations): (u32, u32),
    duration: Duration,
    source: &mut impl Source,
) -> Arrivals {
    let each = f64::from(operations) / f64::from(clients) / duration.seconds();
    // Rates are for reading.
    let count = ((each * 100.0) as u64).max(1) as f64 / 100.0;
    let rate = Rate { count, per: Duration::from_secs(1) };
    let think = Duration::from_millis(((1_000.0 / count) as u64).clamp(1, 5_000));
    match weighted(source, &[(4, 0), (1, 1), (2, 2)]) {
        0 => Arrivals::Poisson(rate),
        1 => Arrivals::Constant(rate),
        _ => Arrivals::Closed { think: Distribution::Exponential { mean: think } },
    }
}

fn keys(count: u32, source: &mut impl Source) -> Keys {
    match weighted(source, &[(2, 0), (1, 1)]) {
        0 => Keys::Uniform { count },
        _ => Keys::Zipf { count, exponent: 0.99 },
    }
}

/// Weights from a wide range, and some of what clients can do not at all. One world in six is of
/// shopping carts.
fn mix(source: &mut impl Source) -> Mix {
    let carts = source.chance(0.17);
    let mut weight = |often: f64| {
        let (there, weight) = (source.chance(often), 1u64 << source.below(5));
        if there { weight as f64 } else { 0.0 }
    };
    let (get, delete, often, sometimes) = (weight(0.9), weight(0.4), weight(0.8), weight(0.3));
    let always = if often + sometimes + delete == 0.0 { 1.0 } else { often };
    let none = Mix { get, delete, put: 0.0, ..Mix::default() };
    match carts {
        true => Mix { add: always.max(1.0), remove: sometimes, ..none },
        false => Mix { put: always, blind: sometimes, ..none },
    }
}

fn session(source: &mut impl Source) -> Session {
    let context = weighted(source, &[(9, Context::Kept), (1, Context::Lost)]);
    let writes = weighted(source, &[(3, Writes::ReadFirst), (1, Writes::FromMemory)]);
    // What is remembered for a write is its context.
    let writes = if context == Context::Lost { Writes::ReadFirst } else { writes };
    let memory = weighted(source, &[(1, 2), (1, 16)]);
    Session { context, writes, memory }
}

/// Draws how fast and how bad the network is.
pub fn draw_network(network: &mut network::spec::Spec, source: &mut impl Source) {
    let mean = Duration::from_millis(weighted(source, &[(3, 1), (1, 5), (1, 20)]));
    let slow = Duration(mean.0 / 2);
    network.latency = match weighted(source, &[(2, 0), (1, 1), (1, 2)]) {
        0 => Distribution::Exponential { mean },
        1 => Distribution::Constant(mean),
        _ => Distribution::LogNormal { median: slow.max(Duration(1_000_000)), sigma: 1.0 },
    };
    network.loss = weighted(source, &[(4, 0.0), (1, 0.01), (1, 0.1)]);
    network.duplication = weighted(source, &[(4, 0.0), (1, 0.02), (1, 0.2)]);
}
