//! Section 6.2: how keys are laid out over nodes, in three strategies.
//!
//! | strategy | ranges | tokens | where a range's walk begins |
//! |---|---|---|---|
//! | 1 | end at tokens | T random ones for each node | at its own token |
//! | 2 | Q equal ones | T random ones for each node | at the first token from its end on |
//! | 3 | Q equal ones | Q/S ends of ranges for each node | at its own end, which is a token |
//!
//! So strategy 3 is strategy 2 with tokens that are chosen otherwise, and the tokens of the members
//! are all that placement follows from.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::config::Partitioning;
use crate::dynamo::config::plant::Planted;
use crate::dynamo::ring::position::{KeySpace, Position, choose_tokens};
use crate::dynamo::ring::shares::{Capacities, fair_shares};
use crate::id::{Address, NodeId};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// What all nodes of a run hold in common of where keys belong; only the members change.
#[derive(Debug)]
pub struct Placement {
    pub keys: Rc<KeySpace>,
    /// How many homes a key has.
    pub copies: u32,
    /// So many ranges of equal length (strategies 2 and 3); none where a range ends at each token.
    pub partitions: Option<u32>,
    /// The site of each node, by index; a node beyond the end is at site 0. Lists span them.
    pub sites: Vec<u32>,
    /// A bug in the code that runs.
    pub planted: Planted,
}

impl Placement {
    /// Strategy 1, all nodes at one site.
    pub fn by_tokens(copies: u32, keys: Rc<KeySpace>) -> Placement {
        Placement { keys, copies, partitions: None, sites: Vec::new(), planted: Planted::NONE }
    }
}

/// The last position of each of so many equal ranges.
pub fn equal_ends(partitions: u32) -> Vec<Position> {
    let count = u128::from(partitions);
    // 2^128 = whole * count + rest; products wrap round to the very end of the ring.
    let (mut whole, mut rest) = (u128::MAX / count, u128::MAX % count + 1);
    if rest == count {
        (whole, rest) = (whole.wrapping_add(1), 0);
    }
    let after = |ranges: u128| whole.wrapping_mul(ranges).wrapping_add(rest * ranges / count);
    (1..=count).map(|ranges| after(ranges).wrapping_sub(1)).collect()
}

/// The tokens with which the nodes `n0` to `n<nodes - 1>` begin.
pub fn first_tokens(
    settings: &Partitioning,
    nodes: u32,
    luck: &Luck,
) -> BTreeMap<NodeId, Vec<Position>> {
    let capacities = capacities(settings, nodes);
    if settings.strategy == 3 {
        let mut luck = luck.stream(Purpose::Placement, u64::MAX);
        return deal(settings.partitions.unwrap_or(PARTITIONS), nodes, &capacities, &mut luck);
    }
    let tokens = |node| choose_tokens(luck, node, token_count(settings.tokens, &capacities, node));
    (0..nodes).map(|node| (NodeId(node), tokens(NodeId(node)))).collect()
}

/// Q where a scenario names none: a power of two, and more than a ring of tens of nodes needs.
const PARTITIONS: u32 = 1_024;

/// Q, where ranges are equal.
pub fn partitions(settings: &Partitioning) -> Option<u32> {
    (settings.strategy != 1).then(|| settings.partitions.unwrap_or(PARTITIONS))
}

/// The capacities that differ from the usual 1 (section 4.2).
pub fn capacities(settings: &Partitioning, nodes: u32) -> Capacities {
    let stated = |node: NodeId| {
        let here = |entry: &&crate::dynamo::config::Capacity| {
            entry.nodes.iter().any(|span| span.contains(Address::Node(node)))
        };
        settings.capacities.iter().find(here).map(|entry| (node, entry.factor))
    };
    (0..nodes).filter_map(|node| stated(NodeId(node))).collect()
}

/// T of this node: the usual count in proportion to its capacity, and at least one.
pub fn token_count(usual: u32, capacities: &Capacities, node: NodeId) -> u32 {
    let factor = capacities.get(&node).copied().unwrap_or(1.0);
    ((f64::from(usual) * factor).round() as u32).max(1)
}

/// Gives every partition to a random node, to each its fair share of them.
pub fn deal(
    partitions: u32,
    nodes: u32,
    capacities: &Capacities,
    luck: &mut impl Source,
) -> BTreeMap<NodeId, Vec<Position>> {
    let mut ends = equal_ends(partitions);
    luck.shuffle(&mut ends);
    let mut left = ends.into_iter();
    let hand = |(node, share): (NodeId, u32)| {
        let mut tokens: Vec<Position> = left.by_ref().take(share as usize).collect();
        tokens.sort_unstable();
        (node, tokens)
    };
    fair_shares(partitions, nodes, capacities).into_iter().map(hand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ranges_fill_the_ring() {
        assert_eq!(equal_ends(1), [u128::MAX]);
        assert_eq!(equal_ends(2), [u128::MAX >> 1, u128::MAX]);
        for count in [3u32, 7, 1_000, 1_024, 30_720] {
            let ends = equal_ends(count);
            assert_eq!((ends.len(), ends[count as usize - 1]), (count as usize, u128::MAX));
            let mut lengths: Vec<u128> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
            lengths.push(ends[0] + 1);
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            assert!(most - least <= 1, "{count}");
        }
    }

    #[test]
    fn tokens_follow_capacity_and_nobody_has_none() {
        let capacities = Capacities::from([(NodeId(1), 2.5), (NodeId(2), 0.01)]);
        let counts = [0, 1, 2].map(|node| token_count(10, &capacities, NodeId(node)));
        assert_eq!(counts, [10, 25, 1]);
        let dealt = deal(70, 3, &capacities, &mut Luck::new(1).stream(Purpose::Placement, 0));
        let counts: Vec<usize> = dealt.values().map(Vec::len).collect();
        assert_eq!(counts, [20, 49, 1]);
    }
}
