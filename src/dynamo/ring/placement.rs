//! The ring that follows from everybody's tokens: ranges, homes and preference lists.

use crate::dynamo::ring::position::{KeySpace, Position};
use crate::dynamo::ring::walk::Walk;
use crate::id::{Key, NodeId};

/// A range of the ring, named by the place of the token that ends it. Means the same to all nodes
/// with the same membership.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RangeId(pub u32);

/// Distinct nodes that are kept ready for each range; a walk that needs more goes round the ring.
const REACH: usize = 16;

/// Who is responsible for what, as one membership has it. Never changes; shared by all nodes that
/// believe the same.
#[derive(Debug)]
pub struct Ring {
    /// Sorted by position. Range `i` is (token `i - 1`, token `i`], so a key that lies exactly on a
    /// token belongs to it.
    tokens: Vec<(Position, NodeId)>,
    members: usize,
    copies: usize,
    /// `reach` distinct nodes for each range, in clockwise order.
    lists: Vec<NodeId>,
    reach: usize,
    range_of_key: Vec<RangeId>,
    /// For each node, by index, the ranges of which it keeps a copy.
    hosted: Vec<Vec<RangeId>>,
    /// For each node, by index, the nodes with which it hosts some range in common.
    neighbours: Vec<Vec<NodeId>>,
}

impl Ring {
    /// The ring of these members, each with its tokens, for `copies` copies of each key. A token
    /// that two nodes chose belongs to the one with the lower name.
    pub fn new<'a>(
        members: impl Iterator<Item = (NodeId, &'a [Position])>,
        copies: u32,
        keys: &KeySpace,
    ) -> Ring {
        let mut tokens = Vec::new();
        let mut count = 0;
        for (node, positions) in members {
            count += 1;
            tokens.extend(positions.iter().map(|&position| (position, node)));
        }
        tokens.sort_unstable();
        tokens.dedup_by_key(|(position, _)| *position);
        assert!(!tokens.is_empty(), "a ring has at least one token");
        let mut ring = Ring {
            tokens,
            members: count,
            copies: count.min(copies as usize),
            lists: Vec::new(),
            reach: count.min(REACH.max(copies as usize)),
            range_of_key: Vec::new(),
            hosted: Vec::new(),
            neighbours: Vec::new(),
        };
        ring.fill_lists();
        ring.range_of_key =
            (0..keys.count()).map(|key| ring.range_at(keys.position(Key(key)))).collect();
        ring.fill_hosted();
        ring
    }

    /// The range of a key.
    pub fn range_of(&self, key: Key) -> RangeId {
        self.range_of_key[key.index()]
    }

    /// The range of a position: the first token clockwise, itself included (section 4.2).
    pub fn range_at(&self, position: Position) -> RangeId {
        let place = self.tokens.partition_point(|(token, _)| *token < position);
        RangeId((place % self.tokens.len()) as u32)
    }

    /// The first N nodes of the preference list: those that keep the range's copies (section 4.3).
    pub fn homes(&self, range: RangeId) -> &[NodeId] {
        &self.list(range)[..self.copies]
    }

    /// Is this node one of the first N of the range?
    pub fn is_home(&self, node: NodeId, range: RangeId) -> bool {
        self.homes(range).contains(&node)
    }

    /// The whole preference list: every member once, in clockwise order (sections 4.3 and 4.6).
    pub fn walk(&self, range: RangeId) -> Walk<'_> {
        Walk::new(self, range)
    }

    /// The ranges that this node keeps a copy of, in ring order.
    pub fn hosted(&self, node: NodeId) -> &[RangeId] {
        self.hosted.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// The nodes that host a range in common with this one, in order of their names.
    pub fn neighbours(&self, node: NodeId) -> &[NodeId] {
        self.neighbours.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// How many ranges there are.
    pub fn ranges(&self) -> u32 {
        self.tokens.len() as u32
    }

    /// How many homes each range has.
    pub fn copies(&self) -> usize {
        self.copies
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Where ranges end.
    pub fn ends(&self) -> impl Iterator<Item = Position> + '_ {
        self.tokens.iter().map(|(position, _)| *position)
    }

    /// The two ends of a range, (after, up to and with].
    pub fn bounds(&self, range: RangeId) -> (Position, Position) {
        let place = range.0 as usize;
        let before = (place + self.tokens.len() - 1) % self.tokens.len();
        (self.tokens[before].0, self.tokens[place].0)
    }

    /// The part of the preference list that is kept ready.
    pub(super) fn list(&self, range: RangeId) -> &[NodeId] {
        let start = range.0 as usize * self.reach;
        &self.lists[start..start + self.reach]
    }

    /// The owner of the token that lies `steps` after the one that ends the range.
    pub(super) fn owner(&self, range: RangeId, steps: usize) -> NodeId {
        self.tokens[(range.0 as usize + steps) % self.tokens.len()].1
    }

    fn fill_lists(&mut self) {
        let mut lists = Vec::with_capacity(self.tokens.len() * self.reach);
        for range in 0..self.ranges() {
            let start = lists.len();
            let mut steps = 0;
            // A member whose every token collided away has no place to be found at.
            while lists.len() - start < self.reach && steps < self.tokens.len() {
                let owner = self.owner(RangeId(range), steps);
                if !lists[start..].contains(&owner) {
                    lists.push(owner);
                }
                steps += 1;
            }
            assert_eq!(lists.len() - start, self.reach, "each member owns at least one token");
        }
        self.lists = lists;
    }

    fn fill_hosted(&mut self) {
        let nodes = 1 + self.tokens.iter().map(|(_, node)| node.index()).max().unwrap_or(0);
        let mut hosted = vec![Vec::new(); nodes];
        let mut neighbours = vec![Vec::new(); nodes];
        for range in (0..self.ranges()).map(RangeId) {
            for &home in self.homes(range) {
                hosted[home.index()].push(range);
                let others = self.homes(range).iter().filter(|other| **other != home);
                neighbours[home.index()].extend(others);
            }
        }
        neighbours.iter_mut().for_each(|nodes| {
            nodes.sort_unstable();
            nodes.dedup();
        });
        self.hosted = hosted;
        self.neighbours = neighbours;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;

    const NAMES: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];

    /// The ring of figure 2: A to G at 10, 20, ... 70, one token each.
    fn figure_2() -> Ring {
        let tokens: Vec<[Position; 1]> = (1..=7).map(|place| [place * 10]).collect();
        let members = tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        Ring::new(members, 3, &KeySpace::at(Vec::new()))
    }

    fn random_ring(nodes: u32, tokens: u32) -> Ring {
        let luck = Luck::new(5);
        let chosen: Vec<_> = (0..nodes)
            .map(|node| crate::dynamo::ring::position::choose_tokens(&luck, NodeId(node), tokens))
            .collect();
        let members = chosen.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        Ring::new(members, 3, &KeySpace::new(0))
    }

    // Checklist item 7: node D stores exactly (A,B], (B,C], (C,D] at N=3.
    #[test]
    fn figure_2_places_every_range() {
        let ring = figure_2();
        let named = |range: &RangeId| {
            let (after, to) = ring.bounds(*range);
            format!("({},{}]", NAMES[after as usize / 10 - 1], NAMES[to as usize / 10 - 1])
        };
        let stored: Vec<String> = ring.hosted(NodeId(3)).iter().map(named).collect();
        assert_eq!(stored, ["(A,B]", "(B,C]", "(C,D]"]);
        let key_between_a_and_b = ring.range_at(15);
        let homes: Vec<&str> =
            ring.homes(key_between_a_and_b).iter().map(|node| NAMES[node.index()]).collect();
        assert_eq!(homes, ["B", "C", "D"]);
    }

    // Checklist items 1 and 2: wrap-around at both ends; a key on a token belongs to it.
    #[test]
    fn a_range_includes_its_token_and_the_ring_closes() {
        let ring = figure_2();
        let owner = |position| NAMES[ring.homes(ring.range_at(position))[0].index()];
        let rows =
            [(10, "A"), (11, "B"), (20, "B"), (70, "G"), (71, "A"), (u128::MAX, "A"), (0, "A")];
        for (position, name) in rows {
            assert_eq!(owner(position), name, "{position}");
        }
    }

    // Checklist item 3: load in proportion to the number of tokens, within sampling error.
    #[test]
    fn more_tokens_carry_more_of_the_ring() {
        let luck = Luck::new(11);
        let tokens: Vec<_> = (0..20)
            .map(|node| {
                crate::dynamo::ring::position::choose_tokens(
                    &luck,
                    NodeId(node),
                    if node < 10 { 100 } else { 300 },
                )
            })
            .collect();
        let members = tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        let ring = Ring::new(members, 1, &KeySpace::new(0));
        let mut share = [0.0; 2];
        for range in (0..ring.ranges()).map(RangeId) {
            let (after, to) = ring.bounds(range);
            let length = to.wrapping_sub(after) as f64 / u128::MAX as f64;
            share[usize::from(ring.homes(range)[0].0 >= 10)] += length;
        }
        assert!((share[0] + share[1] - 1.0).abs() < 1e-9);
        assert!((share[1] / share[0] - 3.0).abs() < 0.4, "{share:?}");
    }

    // Checklist items 4 and 5: distinct nodes in clockwise order, longer than N.
    #[test]
    fn a_preference_list_names_every_node_once() {
        for (nodes, tokens) in [(1, 1), (2, 5), (7, 1), (12, 32), (40, 8)] {
            let ring = random_ring(nodes, tokens);
            for range in (0..ring.ranges()).map(RangeId) {
                let list: Vec<NodeId> = ring.walk(range).collect();
                let mut sorted = list.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), list.len(), "nobody twice");
                assert_eq!(list.len(), nodes as usize, "everybody once");
                assert_eq!(&list[..ring.homes(range).len()], ring.homes(range));
                let first_seen = |node: NodeId| (0..).find(|&s| ring.owner(range, s) == node);
                assert!(list.is_sorted_by_key(|node| first_seen(*node)), "clockwise");
            }
        }
    }

    // Checklist item 10: a failed node's load spreads over the others; at one token it does not.
    #[test]
    fn many_tokens_spread_the_load_of_a_failed_node() {
        let largest_heir = |tokens| {
            let ring = random_ring(30, tokens);
            let mut inherited = [0.0; 30];
            for &range in ring.hosted(NodeId(0)) {
                let (after, to) = ring.bounds(range);
                let heir = ring.walk(range).nth(3).expect("30 nodes");
                inherited[heir.index()] += to.wrapping_sub(after) as f64;
            }
            inherited.iter().copied().fold(0.0, f64::max) / inherited.iter().sum::<f64>()
        };
        assert!(largest_heir(1) > 0.3, "{}", largest_heir(1));
        assert!(largest_heir(128) < 0.1, "{}", largest_heir(128));
    }
}
