//! Strategy 3 of section 6.2: each node holds its share of the partitions, Q/S if all are alike,
//! at all times. A joining node steals from the others; the partitions of a leaving one are spread
//! over the rest. Neither moves more than it must.
//!
//! Who is next is decided as seats are in a parliament (Webster's method): the further a node is
//! below its share, the sooner it is given a partition; the further above, the sooner it gives one.

use std::collections::BTreeMap;

use crate::dynamo::ring::position::Position;
use crate::id::NodeId;
use crate::random::source::Source;

/// Factors of nodes that can carry more, or less, than the usual 1.
pub type Capacities = BTreeMap<NodeId, f64>;

/// The tokens of every node.
pub type Tokens = BTreeMap<NodeId, Vec<Position>>;

/// How much a node with this many partitions wants another one; every node wants its first.
fn want(capacities: &Capacities, node: NodeId, held: usize) -> f64 {
    if held == 0 {
        return f64::INFINITY;
    }
    capacities.get(&node).copied().unwrap_or(1.0) / (held as f64 + 0.5)
}

/// The share of each of the nodes `n0` to `n<nodes - 1>` in so many partitions. With as many nodes
/// as partitions or fewer, each has at least one.
pub fn fair_shares(partitions: u32, nodes: u32, capacities: &Capacities) -> Vec<(NodeId, u32)> {
    let capacity = |node| capacities.get(&NodeId(node)).copied().unwrap_or(1.0);
    let all: f64 = (0..nodes).map(capacity).sum();
    let part = |node| (f64::from(partitions) * (capacity(node) / all)).floor() as u32;
    let mut shares: Vec<(NodeId, u32)> = (0..nodes).map(|n| (NodeId(n), part(n).max(1))).collect();
    let mut given: u32 = shares.iter().map(|(_, share)| share).sum();
    let wants = |(node, share): &(NodeId, u32)| want(capacities, *node, *share as usize);
    let keeps = |(node, share): &(NodeId, u32)| want(capacities, *node, *share as usize - 1);
    while given < partitions {
        // The first of those who want it most.
        let next = shares.iter_mut().rev().max_by(|a, b| wants(a).total_cmp(&wants(b)));
        next.expect("a cluster has nodes").1 += 1;
        given += 1;
    }
    while given > partitions {
        let next = shares.iter_mut().min_by(|a, b| keeps(a).total_cmp(&keeps(b)));
        next.expect("a cluster has nodes").1 -= 1;
        given -= 1;
    }
    shares
}

/// A node joins: it steals random partitions, each from a node that has the most of them for its
/// capacity, until it would have more than they do.
pub fn join(tokens: &mut Tokens, joiner: NodeId, capacities: &Capacities, luck: &mut impl Source) {
    let mut stolen = tokens.remove(&joiner).unwrap_or_default();
    loop {
        let keeps = |(node, held): (&NodeId, &Vec<Position>)| match held.len() {
            0 => f64::INFINITY,
            count => want(capacities, *node, count - 1),
        };
        let Some((donor, least)) = extreme(tokens, |entry| -keeps(entry), luck) else { break };
        if want(capacities, joiner, stolen.len()) <= -least {
            break;
        }
        let held = tokens.get_mut(&donor).expect("a donor is a node");
        let place = luck.below(held.len() as u64) as usize;
        stolen.push(held.remove(place));
    }
    stolen.sort_unstable();
    tokens.insert(joiner, stolen);
}

/// A node leaves: each of its partitions goes to a random one of those that have the fewest for
/// their capacity. The last node takes its partitions with it.
pub fn leave(tokens: &mut Tokens, leaver: NodeId, capacities: &Capacities, luck: &mut impl Source) {
    let mut orphans = tokens.remove(&leaver).unwrap_or_default();
    luck.shuffle(&mut orphans);
    for orphan in orphans {
        let wants = |(node, held): (&NodeId, &Vec<Position>)| want(capacities, *node, held.len());
        let Some((heir, _)) = extreme(tokens, wants, luck) else { return };
        let held = tokens.get_mut(&heir).expect("an heir is a node");
        let place = held.partition_point(|token| *token < orphan);
        held.insert(place, orphan);
    }
}

/// A random one of the nodes for which this is largest.
fn extreme(
    tokens: &Tokens,
    measure: impl Fn((&NodeId, &Vec<Position>)) -> f64,
    luck: &mut impl Source,
) -> Option<(NodeId, f64)> {
    let largest = tokens.iter().map(&measure).max_by(f64::total_cmp)?;
    let equals = tokens.iter().filter(|entry| measure(*entry) == largest);
    let equals: Vec<NodeId> = equals.map(|(node, _)| *node).collect();
    Some((*luck.pick(&equals), largest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::ring::strategy::deal;
    use crate::random::luck::{Luck, Stream};
    use crate::random::purpose::Purpose;

    fn stream(seed: u64) -> Stream {
        Luck::new(seed).stream(Purpose::Placement, 1)
    }

    fn all(tokens: &Tokens) -> Vec<Position> {
        let mut all: Vec<Position> = tokens.values().flatten().copied().collect();
        all.sort_unstable();
        all
    }

    /// How many tokens lie elsewhere than before.
    fn moved(before: &Tokens, after: &Tokens) -> usize {
        let kept = |(node, held): (&NodeId, &Vec<Position>)| {
            let had = before.get(node).map_or(&[][..], Vec::as_slice);
            held.iter().filter(|token| !had.contains(token)).count()
        };
        after.iter().map(kept).sum()
    }

    // Checklist item 8: strategy 3 holds Q/S (+-1 if not integral) tokens per node after any
    // sequence of joins and leaves.
    #[test]
    fn every_node_holds_its_share_after_any_joins_and_leaves() {
        let none = Capacities::new();
        for (seed, partitions, nodes) in [(1, 64, 8), (2, 1_000, 7), (3, 37, 5), (4, 256, 1)] {
            let mut luck = stream(seed);
            let mut tokens = deal(partitions, nodes, &none, &mut luck);
            let ends = all(&tokens);
            let mut next = nodes;
            for _ in 0..200 {
                let before = tokens.clone();
                let grows = tokens.len() < 2 || luck.chance(0.5) && tokens.len() < 24;
                let least = if grows {
                    join(&mut tokens, NodeId(next), &none, &mut luck);
                    next += 1;
                    partitions as usize / tokens.len()
                } else {
                    let nodes: Vec<NodeId> = tokens.keys().copied().collect();
                    let leaver = *luck.pick(&nodes);
                    leave(&mut tokens, leaver, &none, &mut luck);
                    before[&leaver].len()
                };
                assert_eq!(moved(&before, &tokens), least, "no more move than must");
                assert_eq!(all(&tokens), ends, "each partition has one owner");
                let share = partitions as usize / tokens.len();
                let most = (partitions as usize).div_ceil(tokens.len());
                let fair = |held: &Vec<Position>| (share..=most).contains(&held.len());
                assert!(tokens.values().all(fair), "{tokens:?}");
            }
        }
    }

    #[test]
    fn shares_follow_capacity_through_joins_and_leaves() {
        let capacities = Capacities::from([(NodeId(0), 3.0), (NodeId(5), 0.5), (NodeId(6), 2.0)]);
        let mut luck = stream(9);
        let mut tokens = deal(600, 5, &capacities, &mut luck);
        let counts = |tokens: &Tokens| tokens.values().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(counts(&tokens), [257, 86, 86, 86, 85]);
        join(&mut tokens, NodeId(5), &capacities, &mut luck);
        join(&mut tokens, NodeId(6), &capacities, &mut luck);
        leave(&mut tokens, NodeId(1), &capacities, &mut luck);
        let capacity = |node: &NodeId| capacities.get(node).copied().unwrap_or(1.0);
        let sum: f64 = tokens.keys().map(capacity).sum();
        for (node, held) in &tokens {
            let share = 600.0 * capacity(node) / sum;
            assert!((held.len() as f64 - share).abs() <= 1.0, "{node}: {} {share}", held.len());
        }
    }

    #[test]
    fn more_nodes_than_partitions_leave_some_with_none() {
        let none = Capacities::new();
        let mut luck = stream(3);
        let mut tokens = deal(2, 2, &none, &mut luck);
        join(&mut tokens, NodeId(2), &none, &mut luck);
        assert_eq!(tokens.values().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0]);
        for node in 0..3 {
            leave(&mut tokens, NodeId(node), &none, &mut luck);
        }
        assert!(tokens.is_empty());
    }
}
