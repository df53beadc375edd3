//! Rules of `administration`: who is named exists or is about to, and orders come in their time.

use std::collections::BTreeMap;

use crate::id::{Address, NodeId};
use crate::scenario::check::parties::check_exists;
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;
use crate::sim::administration::{Order, Replacement};

/// Highest number of a node, whether a member from the start or not.
const MACHINE_LIMIT: u32 = 10_000;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let mut started: BTreeMap<NodeId, Path> = BTreeMap::new();
    for (place, order) in scenario.administration.iter().enumerate() {
        let path = Path::from("administration").index(place).name(kind(order));
        let (at, duration) = (order.at(), scenario.duration);
        let late = format!("the order is given at {at}, and the run lasts {duration}");
        findings.require_with(at < duration, path.name("at"), ["duration"], late);
        check_names(order, &path, scenario, findings);
        if let Some(node) = order.starts().filter(|node| node.0 >= scenario.cluster.nodes) {
            started.entry(node).or_insert(path);
        }
    }
    for (place, order) in scenario.administration.iter().enumerate() {
        let path = Path::from("administration").index(place).name(kind(order));
        check_comes(order, &started, (&path, scenario), findings);
    }
}

fn kind(order: &Order) -> &'static str {
    match order {
        Order::Join(_) => "join",
        Order::Leave(_) => "leave",
        Order::Remove(_) => "remove",
        Order::Replace(_) => "replace",
        Order::Start(_) => "start",
    }
}

/// Names that can stand for anybody at all.
fn check_names(order: &Order, path: &Path, scenario: &Scenario, findings: &mut Findings) {
    for node in order.nodes() {
        let message = format!("{node} is too far: at most {MACHINE_LIMIT} machines are simulated");
        findings.require(node.0 < MACHINE_LIMIT, path.clone(), message);
    }
    let member = |node: NodeId| node.0 < scenario.cluster.nodes;
    match order {
        Order::Start(start) => {
            let message = format!(
                "{} is a member from the start, and runs already: name one beyond the cluster",
                start.node
            );
            let because = ["cluster.nodes"];
            findings.require_with(!member(start.node), path.name("node"), because, message);
        }
        Order::Replace(Replacement { dead, by, .. }) => {
            let message = format!("{dead} cannot take its own place; restart it instead");
            findings.require_with(dead != by, path.name("by"), [path.name("dead")], message);
        }
        Order::Join(_) | Order::Leave(_) | Order::Remove(_) => {}
    }
}

/// Who is told, and who goes, must be there at all.
fn check_comes(
    order: &Order,
    started: &BTreeMap<NodeId, Path>,
    (path, scenario): (&Path, &Scenario),
    findings: &mut Findings,
) {
    let mut exists = |node: NodeId, field: &str| {
        if !started.contains_key(&node) {
            check_exists(Address::Node(node), &path.name(field), scenario, findings);
        }
    };
    match order {
        Order::Join(step) => exists(step.via, "via"),
        Order::Leave(step) | Order::Remove(step) => {
            exists(step.node, "node");
            exists(step.via, "via");
        }
        Order::Replace(replacement) => {
            exists(replacement.dead, "dead");
            exists(replacement.via, "via");
        }
        Order::Start(_) => {}
    }
}
