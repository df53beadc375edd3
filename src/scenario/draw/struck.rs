//! Whom a fault puts in trouble, for those who keep that within bounds.

use std::collections::BTreeSet;

use crate::faults::cuts::nodes_of;
use crate::faults::fault::Fault;
use crate::faults::parties;
use crate::faults::spec::Spec;
use crate::id::{NodeId, Span};
use crate::scenario::draw::part::Part;

/// The nodes that are in trouble while a fault holds, out of `count`.
pub(super) fn struck(part: &Part, count: u32) -> BTreeSet<NodeId> {
    let fault: Option<Fault> = serde_json::from_value(part.json.clone()).ok();
    fault.map_or_else(BTreeSet::new, |fault| by(&fault.what, count))
}

fn by(spec: &Spec, count: u32) -> BTreeSet<NodeId> {
    match spec {
        Spec::Partition(partition) => but_the_largest(&partition.sides),
        Spec::Bridge(bridge) => but_the_largest(&bridge.sides),
        Spec::Cut(cut) => smaller(&cut.senders, &cut.receivers),
        Spec::Degrade(degrade) => smaller(&degrade.senders, &degrade.receivers),
        Spec::Clog(clog) => smaller(&clog.senders, &clog.receivers),
        Spec::Bandwidth(narrow) => smaller(&narrow.senders, &narrow.receivers),
        Spec::Flap(flap) => by(&flap.fault.to_spec(), count),
        Spec::Crash(_) | Spec::Restart(_) | Spec::Pause(_) | Spec::Slow(_) => all(spec, count),
        Spec::Clock(_) | Spec::Disk(_) | Spec::CrashLoop(_) => all(spec, count),
        Spec::RollingRestart(_) | Spec::GroupCrash(_) | Spec::Isolate(_) => all(spec, count),
        Spec::MajoritiesRing(_) | Spec::RollingIsolation(_) => all(spec, count),
        Spec::Swizzle(_) => all(spec, count),
        Spec::Named(_) | Spec::Repeat(_) => by(spec.plain(), count),
    }
}

fn all(spec: &Spec, count: u32) -> BTreeSet<NodeId> {
    parties::nodes(spec, count).into_iter().collect()
}

fn but_the_largest(sides: &[Vec<Span>]) -> BTreeSet<NodeId> {
    let mut sides: Vec<Vec<NodeId>> = sides.iter().map(|side| nodes_of(side)).collect();
    sides.sort_by_key(Vec::len);
    sides.pop();
    sides.into_iter().flatten().collect()
}

fn smaller(senders: &[Span], receivers: &[Span]) -> BTreeSet<NodeId> {
    let ends = [nodes_of(senders), nodes_of(receivers)].map(BTreeSet::from_iter);
    let [one, other]: [BTreeSet<NodeId>; 2] = ends;
    // Between clients and nodes it is the nodes that are in trouble.
    match !other.is_empty() && (one.is_empty() || other.len() < one.len()) {
        true => other,
        false => one,
    }
}
