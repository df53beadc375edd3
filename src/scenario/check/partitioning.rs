//! Rules of `cluster.partitioning`.

use crate::dynamo::config::Partitioning;
use crate::dynamo::ring::strategy::{capacities, partitions, token_count};
use crate::id::{Address, NodeId};

use crate::scenario::check::cluster::NODE_LIMIT;
use crate::scenario::check::entries;
use crate::scenario::check::parties::{Member, check_exist, in_two_groups, shared};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;
use crate::sim::administration::Order;

/// Most tokens of one node.
pub const TOKEN_LIMIT: u32 = 4_096;
/// Most tokens of all nodes, and most equal ranges.
pub const RING_LIMIT: u32 = 2_000_000;
/// Most that a node can carry, in times of the usual.
pub const FACTOR_LIMIT: f64 = 1_000.0;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let settings = &scenario.cluster.partitioning;
    check_strategy(settings, findings);
    let capacities_hold = check_capacities(scenario, findings);
    match settings.strategy {
        3 => check_assignment(machines(scenario), settings, findings),
        _ if capacities_hold => check_tokens(scenario.cluster.nodes, settings, findings),
        _ => {}
    }
}

fn check_strategy(settings: &Partitioning, findings: &mut Findings) {
    let Partitioning { strategy, partitions, .. } = *settings;
    findings.require(
        (1..=3).contains(&strategy),
        "cluster.partitioning.strategy",
        format!("there is no strategy {strategy}; section 6.2 of the paper has 1, 2 and 3"),
    );
    let Some(partitions) = partitions else { return };
    let path = "cluster.partitioning.partitions";
    findings.require_with(
        strategy != 1,
        path,
        ["cluster.partitioning.strategy"],
        "with strategy 1 a range ends at each token, and their number is not chosen; equal \
         partitions need strategy 2 or 3",
    );
    findings.require(
        (1..=RING_LIMIT).contains(&partitions),
        path,
        format!("a ring is cut into 1 to {RING_LIMIT} partitions, not {partitions}"),
    );
}

/// All who may ever be members: those who join need a partition as well.
fn machines(scenario: &Scenario) -> u32 {
    let joins = scenario.administration.iter().filter_map(|order| match order {
        Order::Join(step) => Some(step.node.0 + 1),
        Order::Replace(_) | Order::Leave(_) | Order::Remove(_) | Order::Start(_) => None,
    });
    joins.fold(scenario.cluster.nodes, u32::max)
}

/// Strategy 3: a node without a partition would be responsible for nothing.
fn check_assignment(nodes: u32, settings: &Partitioning, findings: &mut Findings) {
    let partitions = partitions(settings).unwrap_or_default();
    findings.require_with(
        partitions >= nodes || nodes > NODE_LIMIT,
        "cluster.partitioning.partitions",
        ["cluster.nodes"],
        format!(
            "with strategy 3 each node owns at least 1 partition: {nodes} nodes need as many, not \
             {partitions}"
        ),
    );
}

/// Strategies 1 and 2: each node has its tokens.
fn check_tokens(nodes: u32, settings: &Partitioning, findings: &mut Findings) {
    let tokens = settings.tokens;
    let path = "cluster.partitioning.tokens";
    let stated = (1..=TOKEN_LIMIT).contains(&tokens);
    findings.require(stated, path, format!("a node has 1 to {TOKEN_LIMIT} tokens, not {tokens}"));
    if !stated || nodes > NODE_LIMIT {
        return;
    }
    let capacities = capacities(settings, nodes);
    let of = |node| (token_count(tokens, &capacities, NodeId(node)), NodeId(node));
    let Some((most, node)) = (0..nodes).map(of).max() else { return };
    findings.require_with(
        most <= TOKEN_LIMIT,
        path,
        ["cluster.partitioning.capacities"],
        format!("{node} would have {most} tokens for its capacity; at most {TOKEN_LIMIT}"),
    );
    let ring: u64 = (0..nodes).map(|node| u64::from(of(node).0)).sum();
    let each = if capacities.is_empty() { " each" } else { ", by their capacities," };
    findings.require_with(
        ring <= u64::from(RING_LIMIT),
        path,
        ["cluster.nodes"],
        format!(
            "{nodes} nodes with {tokens} tokens{each} make a ring of {ring} tokens; at most \
             {RING_LIMIT}"
        ),
    );
}

/// Factors that can be, of nodes that there are, each named once.
fn check_capacities(scenario: &Scenario, findings: &mut Findings) -> bool {
    let list = Path::from("cluster.partitioning.capacities");
    let mut members = Vec::new();
    let mut hold = true;
    for (group, capacity) in scenario.cluster.partitioning.capacities.iter().enumerate() {
        let path = list.index(group);
        let factor = capacity.factor;
        let possible = factor > 0.0 && factor <= FACTOR_LIMIT;
        hold &= possible;
        let message = format!(
            "a node carries more than 0 and at most {FACTOR_LIMIT} times the usual, not {factor}"
        );
        findings.require(possible, path.name("factor"), message);
        let nodes = path.name("nodes");
        findings.require(!capacity.nodes.is_empty(), nodes.clone(), "no node is named");
        let entries = entries(&capacity.nodes, &nodes);
        check_exist(&entries, scenario, findings);
        for (span, path) in &entries {
            let nodes = matches!(span.first, Address::Node(_));
            findings.require(nodes, path.clone(), "clients carry nothing; name nodes");
        }
        members.extend(entries.into_iter().map(|(span, path)| Member { span, group, path }));
    }
    for (member, other) in in_two_groups(members) {
        let who = shared(member.span, other.span);
        let message = format!("{who} would have two capacities: another at {}", other.path);
        findings.require_with(false, member.path, [other.path], message);
    }
    hold
}
