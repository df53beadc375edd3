//! Nodes and clients as faults name them.

use crate::id::{Address, ClientId, NodeId, Span};
use crate::random::source::Source;

/// One node.
pub fn one(node: NodeId) -> Span {
    Span { first: Address::Node(node), last: Address::Node(node) }
}

/// These nodes, each by itself, in order.
pub fn each(nodes: &[NodeId]) -> Vec<Span> {
    let mut nodes = nodes.to_vec();
    nodes.sort_unstable();
    nodes.into_iter().map(one).collect()
}

/// All nodes from n0 on.
pub fn all(count: u32) -> Vec<NodeId> {
    (0..count).map(NodeId).collect()
}

/// All clients from c0 on.
pub fn clients(count: u32) -> Span {
    Span { first: Address::Client(ClientId(0)), last: Address::Client(ClientId(count - 1)) }
}

/// The nodes cut into so many sides, each with somebody on it.
pub fn sides(nodes: &[NodeId], count: usize, source: &mut impl Source) -> Vec<Vec<NodeId>> {
    let mut nodes = nodes.to_vec();
    source.shuffle(&mut nodes);
    let mut sides: Vec<Vec<NodeId>> = vec![Vec::new(); count.min(nodes.len())];
    for (place, node) in nodes.into_iter().enumerate() {
        let side =
            if place < sides.len() { place } else { source.below(sides.len() as u64) as usize };
        sides[side].push(node);
    }
    sides
}
