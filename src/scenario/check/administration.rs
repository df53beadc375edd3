//! Rules of `administration`: who is named exists or is about to, and orders come in their time.

use std::collections::BTreeMap;

use crate::id::{Address, NodeId};
use crate::scenario::check::parties::{MACHINE_LIMIT, check_exists};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;
use crate::sim::administration::{Join, Order, Replacement};

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let mut started: BTreeMap<NodeId, Path> = BTreeMap::new();
    for (place, order) in scenario.administration.iter().enumerate() {
        let path = Path::from("administration").index(place).name(order.name());
        let (at, duration) = (order.at(), scenario.duration);
        let late = format!("the order is given at {at}, and the run lasts {duration}");
        findings.require_with(at < duration, path.name("at"), ["duration"], late);
        check_names(order, &path, scenario, findings);
        if let Some(node) = order.starts().filter(|node| node.0 >= scenario.cluster.nodes) {
            started.entry(node).or_insert(path);
        }
    }
    for (place, order) in scenario.administration.iter().enumerate() {
        let path = Path::from("administration").index(place).name(order.name());
        check_comes(order, &started, (&path, scenario), findings);
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
        Order::Join(join) => check_tokens(join, path, scenario, findings),
        Order::Leave(_) | Order::Remove(_) => {}
    }
}

/// Tokens that are stated lie on the ring, apart from each other, and are not partitions.
fn check_tokens(join: &Join, path: &Path, scenario: &Scenario, findings: &mut Findings) {
    let tokens = path.name("tokens");
    for (place, share) in join.tokens.iter().enumerate() {
        let message = format!("{share} is no place on the ring: it goes from 0 up to, not with, 1");
        findings.require((0.0..1.0).contains(share), tokens.index(place), message);
        let before = join.tokens[..place].iter().position(|other| other == share);
        let message = || format!("{} is at {share} twice", join.node);
        if before.is_some() {
            findings.require(false, tokens.index(place), message());
        }
    }
    let partitions = scenario.cluster.partitioning.strategy == 3 && !join.tokens.is_empty();
    let message = "with strategy 3 a node takes whole partitions, and has no places of its own";
    let because = ["cluster.partitioning.strategy"];
    findings.require_with(!partitions, tokens, because, message.to_string());
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
        Order::Join(join) => exists(join.via, "via"),
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
