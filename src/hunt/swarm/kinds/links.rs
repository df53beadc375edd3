//! Faults of links.

use crate::dynamo::message::Kind;
use crate::faults::cuts::{
    Bridge, Clog, CutLike, Flap, Isolate, MajoritiesRing, RollingIsolation, Swizzle,
};
use crate::faults::spec::{Cut, Degrade, Partition, Spec};
use crate::faults::traffic::Bandwidth;
use crate::hunt::swarm::dice::{of_any_size, some, weighted};
use crate::hunt::swarm::faults::Chance;
use crate::hunt::swarm::nodes::{clients, each, sides};
use crate::id::Span;
use crate::quantity::Bytes;
use crate::random::distribution::Distribution;
use crate::random::source::Source;
use crate::time::Duration;

/// A fault of this kind, if it is one of links.
pub fn fault(chance: &Chance, kind: &str, source: &mut impl Source) -> Option<Spec> {
    let Chance { from, to, in_flight, .. } = *chance;
    let nodes = || each(&chance.some);
    let with_clients = source.chance(0.3);
    Some(match kind {
        "partition" => Spec::Partition(partition(chance, source)),
        "cut" => Spec::Cut(cut(chance, source)),
        "isolate" => Spec::Isolate(isolate(chance, with_clients)),
        "bridge" => Spec::Bridge(bridge(chance, source)?),
        "majorities_ring" => {
            let nodes = each(&chance.nodes);
            Spec::MajoritiesRing(MajoritiesRing { nodes, from, to, in_flight })
        }
        "clog" => Spec::Clog(clog(chance, source)),
        "flap" => Spec::Flap(flap(chance, with_clients, source)),
        "rolling_isolation" => {
            let each = Duration((chance.length().0 / chance.some.len() as u64).max(1_000_000));
            let (nodes, pause, clients) = (nodes(), Duration(each.0 / 4), with_clients);
            Spec::RollingIsolation(RollingIsolation {
                nodes,
                from,
                each,
                pause,
                clients,
                in_flight,
            })
        }
        "swizzle" => {
            Spec::Swizzle(Swizzle { nodes: nodes(), from, to, clients: with_clients, in_flight })
        }
        "degrade" => Spec::Degrade(degrade(chance, source)),
        "bandwidth" => Spec::Bandwidth(bandwidth(chance, source)),
        _ => return None,
    })
}

/// Some nodes, or clients, on one end, and some nodes on the other.
fn ends(chance: &Chance, source: &mut impl Source) -> (Vec<Span>, Vec<Span>) {
    let one = match source.chance(0.15) {
        true => vec![clients(chance.clients)],
        false => each(&chance.some),
    };
    let other = each(&some(source, &chance.nodes, chance.nodes.len()));
    if source.chance(0.5) { (one, other) } else { (other, one) }
}

fn partition(chance: &Chance, source: &mut impl Source) -> Partition {
    let Chance { from, to, in_flight, .. } = *chance;
    let count = weighted(source, &[(4, 2), (1, 3)]);
    let mut sides: Vec<Vec<Span>> =
        sides(&chance.nodes, count, source).iter().map(|side| each(side)).collect();
    // Clients that can reach one side only.
    if source.chance(0.2) {
        sides[0].push(clients(chance.clients));
    }
    Partition { sides, from, to, in_flight }
}

fn cut(chance: &Chance, source: &mut impl Source) -> Cut {
    let Chance { from, to, in_flight, .. } = *chance;
    let (senders, receivers) = ends(chance, source);
    Cut { senders, receivers, from, to, in_flight }
}

fn isolate(chance: &Chance, clients: bool) -> Isolate {
    let Chance { from, to, in_flight, .. } = *chance;
    let most = (chance.nodes.len() / 2).max(1);
    let group = each(&chance.some[..chance.some.len().min(most)]);
    Isolate { group, from, to, clients, in_flight }
}

fn bridge(chance: &Chance, source: &mut impl Source) -> Option<Bridge> {
    let Chance { from, to, in_flight, .. } = *chance;
    let node = chance.node();
    let others: Vec<_> = chance.nodes.iter().copied().filter(|other| *other != node).collect();
    let sides = sides(&others, 2, source).iter().map(|side| each(side)).collect();
    Some(Bridge { node, sides, from, to, in_flight })
}

fn clog(chance: &Chance, source: &mut impl Source) -> Clog {
    let Chance { from, to, in_flight, .. } = *chance;
    let (senders, receivers) = ends(chance, source);
    let (both_ways, spread) = (source.chance(0.5), of_any_size(source, Duration::from_secs(1)));
    let spread = if source.chance(0.5) { spread } else { Duration::ZERO };
    Clog { senders, receivers, both_ways, from, to, spread, in_flight }
}

fn flap(chance: &Chance, clients: bool, source: &mut impl Source) -> Flap {
    let period = of_any_size(source, Duration::from_secs(4)).max(Duration::from_millis(20));
    let share_cut = weighted(source, &[(1, 0.1), (2, 0.5), (1, 0.9)]);
    let fault = match source.below(3) {
        0 => CutLike::Partition(partition(chance, source)),
        1 => CutLike::Cut(cut(chance, source)),
        _ => CutLike::Isolate(isolate(chance, clients)),
    };
    Flap { period, share_cut, fault }
}

/// Worse for everything, or only for some kinds of message.
fn degrade(chance: &Chance, source: &mut impl Source) -> Degrade {
    let (senders, receivers) = ends(chance, source);
    let kinds = some(source, &Kind::ALL, 4);
    let kinds = if source.chance(0.5) { kinds } else { Vec::new() };
    let added = of_any_size(source, Duration::from_millis(400));
    let shares = [(2, 0.0), (1, 0.05), (1, 0.5)];
    let (loss, duplicate) = (weighted(source, &shares), weighted(source, &shares));
    let corrupt = weighted(source, &shares);
    Degrade {
        senders,
        receivers,
        both_ways: source.chance(0.5),
        from: chance.from,
        to: chance.to,
        latency: Some(Distribution::Exponential { mean: added }),
        loss,
        kinds: kinds.iter().map(|kind| kind.name().to_string()).collect(),
        nth: None,
        duplicate,
        corrupt,
        jitter: of_any_size(source, Duration::from_millis(100)),
    }
}

fn bandwidth(chance: &Chance, source: &mut impl Source) -> Bandwidth {
    let (senders, receivers) = ends(chance, source);
    let per_second = Bytes(1 << (12 + source.below(6)));
    let queue_limit = source.chance(0.5).then_some(Bytes(1 << 14));
    let both_ways = source.chance(0.5);
    let Chance { from, to, .. } = *chance;
    Bandwidth { senders, receivers, both_ways, from, to, per_second, queue_limit }
}
