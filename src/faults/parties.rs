//! Whom a fault concerns, for those who draw it.

use crate::faults::spec::Spec;
use crate::faults::target::Target;
use crate::id::{Address, NodeId, Span};

/// The nodes that a fault is done to, out of `count`, in order.
pub fn nodes(spec: &Spec, count: u32) -> Vec<NodeId> {
    let spans = spans(spec);
    let concerned = |node: &NodeId| spans.iter().any(|span| span.contains(Address::Node(*node)));
    (0..count).map(NodeId).filter(concerned).collect()
}

fn spans(spec: &Spec) -> Vec<Span> {
    let one = |node: NodeId| vec![Span { first: Address::Node(node), last: Address::Node(node) }];
    // Nobody is concerned before it is known who that is.
    let target = |target: Target| target.known().map_or(Vec::new(), one);
    match spec {
        Spec::Partition(partition) => partition.sides.concat(),
        Spec::Cut(cut) => [&cut.senders[..], &cut.receivers[..]].concat(),
        Spec::Degrade(degrade) => [&degrade.senders[..], &degrade.receivers[..]].concat(),
        Spec::Crash(crash) => target(crash.node),
        Spec::Restart(restart) => target(restart.node),
        Spec::Pause(pause) => target(pause.node),
        Spec::Slow(slow) => target(slow.node),
        Spec::Clock(clock) => target(clock.node),
        Spec::Disk(disk) => target(disk.node),
        Spec::CrashLoop(crash_loop) => target(crash_loop.node),
        Spec::RollingRestart(rolling) => rolling.nodes.clone(),
        Spec::GroupCrash(group) => group.nodes.clone(),
        Spec::Isolate(isolate) => isolate.group.clone(),
        Spec::Bridge(bridge) => [bridge.sides.concat(), one(bridge.node)].concat(),
        Spec::MajoritiesRing(ring) => ring.nodes.clone(),
        Spec::Clog(clog) => [&clog.senders[..], &clog.receivers[..]].concat(),
        Spec::Flap(flap) => spans(&flap.fault.to_spec()),
        Spec::RollingIsolation(rolling) => rolling.nodes.clone(),
        Spec::Swizzle(swizzle) => swizzle.nodes.clone(),
        Spec::Named(_) | Spec::Repeat(_) => spans(spec.plain()),
        Spec::Bandwidth(bandwidth) => [&bandwidth.senders[..], &bandwidth.receivers[..]].concat(),
    }
}
