//! The ring that follows from everybody's tokens: ranges, homes and preference lists.

use crate::dynamo::config::plant::Planted;
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::strategy::{Placement, equal_ends};
use crate::dynamo::ring::walk::{Lister, Walk};
use crate::id::{Key, NodeId};

/// A range of the ring, named by its place on it. Means the same to all nodes with the same
/// membership.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RangeId(pub u32);

/// Distinct nodes that are kept ready for each range; a walk that needs more goes round the ring.
const REACH: usize = 16;
/// All positions, 2^128, which a double holds exactly.
const RING_LENGTH: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

/// Who is responsible for what, as one membership has it. Never changes; shared by all nodes that
/// believe the same.
#[derive(Debug)]
pub struct Ring {
    /// Sorted by position.
    tokens: Vec<(Position, NodeId)>,
    /// Sorted. Range `i` is (end `i - 1`, end `i`], so a key that lies exactly on an end belongs to
    /// it.
    ends: Vec<Position>,
    /// For each range, the place of the token at which its walk begins.
    starts: Vec<u32>,
    members: usize,
    copies: usize,
    sites: Sites,
    pub(super) planted: Planted,
    /// `reach` distinct nodes for each range: the homes, then the others in clockwise order.
    lists: Vec<NodeId>,
    reach: usize,
    range_of_key: Vec<RangeId>,
    /// For each node, by index, the ranges of which it keeps a copy.
    hosted: Vec<Vec<RangeId>>,
    /// For each node, by index, the nodes with which it hosts some range in common.
    neighbours: Vec<Vec<NodeId>>,
}

/// Where the owners of tokens stand.
#[derive(Debug)]
struct Sites {
    /// By index of the node, of others than owners too: whoever was asked as a member may be none
    /// by now.
    of_node: Vec<u32>,
    /// One more than the highest name of an owner.
    names: usize,
    /// How many nodes stand at each site.
    nodes: Vec<u32>,
}

impl Sites {
    fn new(tokens: &[(Position, NodeId)], stated: &[u32]) -> Sites {
        let names = 1 + tokens.iter().map(|(_, node)| node.index()).max().unwrap_or(0);
        let of_node = |node| stated.get(node).copied().unwrap_or(0);
        let of_node: Vec<u32> = (0..names.max(stated.len())).map(of_node).collect();
        let mut nodes = vec![0; 1 + of_node.iter().max().map_or(0, |site| *site as usize)];
        let mut owners = vec![false; names];
        tokens.iter().for_each(|(_, node)| owners[node.index()] = true);
        for (node, _) in owners.into_iter().enumerate().filter(|(_, owns)| *owns) {
            nodes[of_node[node] as usize] += 1;
        }
        Sites { of_node, names, nodes }
    }
}

impl Ring {
    /// The ring of these members, each with its tokens. A token that two nodes chose belongs to the
    /// one with the lower name; a member without a token is responsible for nothing.
    pub fn new<'a>(
        members: impl Iterator<Item = (NodeId, &'a [Position])>,
        placement: &Placement,
    ) -> Ring {
        let mut ring = Ring::bare(members, placement, REACH);
        ring.fill_lists();
        let keys = &placement.keys;
        ring.range_of_key =
            (0..keys.count()).map(|key| ring.range_at(keys.position(Key(key)))).collect();
        ring.fill_hosted();
        ring
    }

    /// The same for a study of placements by the thousand: the homes and the first stand-in of each
    /// range are at hand, and what only nodes ask for is left out.
    pub fn of_ranges<'a>(
        members: impl Iterator<Item = (NodeId, &'a [Position])>,
        placement: &Placement,
    ) -> Ring {
        let mut ring = Ring::bare(members, placement, placement.copies as usize + 1);
        ring.fill_lists();
        ring
    }

    fn bare<'a>(
        members: impl Iterator<Item = (NodeId, &'a [Position])>,
        placement: &Placement,
        reach: usize,
    ) -> Ring {
        let owned = |(node, tokens): (NodeId, &'a [Position])| {
            tokens.iter().map(move |position| (*position, node))
        };
        let mut tokens: Vec<(Position, NodeId)> = members.flat_map(owned).collect();
        tokens.sort_unstable();
        tokens.dedup_by_key(|(position, _)| *position);
        assert!(!tokens.is_empty(), "a ring has at least one token");
        let ends = match placement.partitions {
            Some(partitions) => equal_ends(partitions),
            None => tokens.iter().map(|(position, _)| *position).collect(),
        };
        let starts = first_from_each(&ends, &tokens);
        let sites = Sites::new(&tokens, &placement.sites);
        let members = sites.nodes.iter().sum::<u32>() as usize;
        Ring {
            tokens,
            ends,
            starts,
            members,
            copies: members.min(placement.copies as usize),
            sites,
            planted: placement.planted,
            lists: Vec::new(),
            reach: members.min(reach.max(placement.copies as usize)),
            range_of_key: Vec::new(),
            hosted: Vec::new(),
            neighbours: Vec::new(),
        }
    }

    /// The range of a key.
    pub fn range_of(&self, key: Key) -> RangeId {
        self.range_of_key[key.index()]
    }

    /// The range of a position: up to the first end clockwise, itself included (section 4.2).
    pub fn range_at(&self, position: Position) -> RangeId {
        let place = self.ends.partition_point(|end| *end < position);
        RangeId((place % self.ends.len()) as u32)
    }

    /// The first N nodes of the preference list: those that keep the range's copies (section 4.3).
    pub fn homes(&self, range: RangeId) -> &[NodeId] {
        &self.list(range)[..self.copies]
    }

    /// Is this node one of the first N of the range?
    pub fn is_home(&self, node: NodeId, range: RangeId) -> bool {
        self.homes(range).contains(&node)
    }

    /// The whole preference list: every member once (sections 4.3 and 4.6).
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
        self.ends.len() as u32
    }

    /// How many homes each range has: N, or all members if they are fewer.
    pub fn copies(&self) -> usize {
        self.copies
    }

    /// How many members own a token.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Where ranges end.
    pub fn ends(&self) -> impl Iterator<Item = Position> + '_ {
        self.ends.iter().copied()
    }

    /// The two ends of a range, (after, up to and with].
    pub fn bounds(&self, range: RangeId) -> (Position, Position) {
        let place = range.0 as usize;
        let before = (place + self.ends.len() - 1) % self.ends.len();
        (self.ends[before], self.ends[place])
    }

    /// How much of the ring a range takes, from 0 to 1.
    pub fn length(&self, range: RangeId) -> f64 {
        let (after, to) = self.bounds(range);
        // One range is the whole ring, and its two ends are the same.
        (to.wrapping_sub(after).wrapping_sub(1) as f64 + 1.0) / RING_LENGTH
    }

    /// By index of the node, how much of the ring it keeps copies of: N in all.
    pub fn carried(&self) -> Vec<f64> {
        let mut carried = vec![0.0; self.names()];
        for range in (0..self.ranges()).map(RangeId) {
            let length = self.length(range);
            self.homes(range).iter().for_each(|home| carried[home.index()] += length);
        }
        carried
    }

    /// The part of the preference list that is kept ready.
    pub(super) fn list(&self, range: RangeId) -> &[NodeId] {
        let start = range.0 as usize * self.reach;
        &self.lists[start..start + self.reach]
    }

    /// How many tokens there are.
    pub fn tokens(&self) -> usize {
        self.tokens.len()
    }

    /// The token at this place, and who owns it.
    pub fn token(&self, place: usize) -> (Position, NodeId) {
        self.tokens[place]
    }

    /// Who owns the token at this place.
    pub(super) fn owner(&self, place: usize) -> NodeId {
        self.tokens[place].1
    }

    /// The place of the token at which a range's walk begins.
    pub(super) fn start(&self, range: RangeId) -> usize {
        self.starts[range.0 as usize] as usize
    }

    /// One more than the highest name of an owner.
    pub(super) fn names(&self) -> usize {
        self.sites.names
    }

    /// Do members stand at more than one site?
    pub(super) fn spans_sites(&self) -> bool {
        self.sites.nodes.iter().filter(|nodes| **nodes > 0).count() > 1
    }

    /// Where a node stands, be it a member or not.
    pub fn site(&self, node: NodeId) -> usize {
        self.sites.of_node.get(node.index()).map_or(0, |site| *site as usize)
    }

    /// How many members stand at each site.
    pub fn nodes_by_site(&self) -> &[u32] {
        &self.sites.nodes
    }

    fn fill_lists(&mut self) {
        let mut lists = Vec::with_capacity(self.ends.len() * self.reach);
        let mut lister = Lister::new(self);
        (0..self.ranges()).for_each(|range| lister.list(RangeId(range), self.reach, &mut lists));
        self.lists = lists;
    }

    fn fill_hosted(&mut self) {
        let mut hosted = vec![Vec::new(); self.names()];
        let mut neighbours = vec![Vec::new(); self.names()];
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

/// For each of these ends, the place of the first token from it on; both are sorted.
fn first_from_each(ends: &[Position], tokens: &[(Position, NodeId)]) -> Vec<u32> {
    let mut place = 0;
    let first = |end: &Position| {
        while tokens.get(place).is_some_and(|(position, _)| position < end) {
            place += 1;
        }
        (place % tokens.len()) as u32
    };
    ends.iter().map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::config::Partitioning;
    use crate::dynamo::ring::position::KeySpace;
    use crate::dynamo::ring::strategy::{first_tokens, partitions};
    use crate::random::luck::Luck;
    use std::rc::Rc;

    /// Strategy 1 without keys.
    fn plain(copies: u32) -> Placement {
        Placement::by_tokens(copies, Rc::new(KeySpace::new(0)))
    }

    const NAMES: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];

    /// The ring of figure 2: A to G at 10, 20, ... 70, one token each.
    fn figure_2() -> Ring {
        let tokens: Vec<[Position; 1]> = (1..=7).map(|place| [place * 10]).collect();
        let members = tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        Ring::new(members, &plain(3))
    }

    /// A ring of these settings, with nodes at sites in turn.
    fn ring_of(settings: &Partitioning, nodes: u32, sites: u32) -> Ring {
        let placement = Placement {
            partitions: partitions(settings),
            sites: (0..nodes).map(|node| node % sites).collect(),
            ..plain(3)
        };
        let tokens = first_tokens(settings, nodes, &Luck::new(5));
        Ring::new(tokens.iter().map(|(node, tokens)| (*node, &tokens[..])), &placement)
    }

    fn settings(strategy: u32, tokens: u32, partitions: Option<u32>) -> Partitioning {
        Partitioning { strategy, tokens, partitions, ..Partitioning::default() }
    }

    fn random_ring(nodes: u32, tokens: u32) -> Ring {
        let luck = Luck::new(5);
        let chosen: Vec<_> = (0..nodes)
            .map(|node| crate::dynamo::ring::position::choose_tokens(&luck, NodeId(node), tokens))
            .collect();
        let members = chosen.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        Ring::new(members, &plain(3))
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
        let ring = Ring::new(members, &plain(1));
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
            for strategy in 1..=3 {
                let ring = ring_of(&settings(strategy, tokens, None), nodes, 1);
                assert_eq!(ring.ranges(), if strategy == 1 { nodes * tokens } else { 1_024 });
                for range in (0..ring.ranges()).map(RangeId) {
                    let list = whole_list(&ring, range);
                    assert_eq!(list.len(), nodes as usize, "everybody once");
                    let first_seen = clockwise(&ring, range);
                    assert!(list.is_sorted_by_key(|node| first_seen(*node)), "clockwise");
                }
            }
        }
    }

    /// The preference list to its end, in which nobody is twice.
    fn whole_list(ring: &Ring, range: RangeId) -> Vec<NodeId> {
        let list: Vec<NodeId> = ring.walk(range).collect();
        let mut sorted = list.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), list.len(), "nobody twice");
        assert_eq!(&list[..ring.homes(range).len()], ring.homes(range));
        list
    }

    /// How many tokens after the start of a range's walk a node comes first.
    fn clockwise(ring: &Ring, range: RangeId) -> impl Fn(NodeId) -> Option<usize> {
        let owner = move |steps| ring.owner((ring.start(range) + steps) % ring.tokens());
        move |node| (0..).find(|&steps| owner(steps) == node)
    }

    // Checklist item 6: the first N span min(N, sites) sites, and the loss of any one of several
    // sites leaves some of them.
    #[test]
    fn lists_span_sites() {
        for (nodes, sites) in [(2, 2), (9, 2), (12, 3), (20, 5), (40, 20), (7, 1)] {
            for strategy in 1..=3 {
                let ring = ring_of(&settings(strategy, 16, None), nodes, sites);
                for range in (0..ring.ranges()).map(RangeId) {
                    let list = whole_list(&ring, range);
                    let mut spanned: Vec<u32> =
                        ring.homes(range).iter().map(|home| home.0 % sites).collect();
                    spanned.sort_unstable();
                    spanned.dedup();
                    assert_eq!(spanned.len() as u32, sites.min(3).min(nodes));
                    let (first_seen, homes) = (clockwise(&ring, range), ring.homes(range).len());
                    assert_eq!(first_seen(list[0]), Some(0));
                    let rest = &list[homes..];
                    assert!(rest.is_sorted_by_key(|node| first_seen(*node)), "clockwise");
                }
            }
        }
    }

    #[test]
    fn sites_have_their_turns_and_small_ones_run_out() {
        // In ring order, n0, n1, n3 and n4 stand at site 0, n2 and n5 at site 1, n6 at site 2.
        let tokens: Vec<[Position; 1]> = (1..=7).map(|place| [place * 10]).collect();
        let members = || tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        let list = |copies, from| {
            let placement = Placement { sites: vec![0, 0, 1, 0, 0, 1, 2], ..plain(copies) };
            let ring = Ring::new(members(), &placement);
            ring.walk(ring.range_at(from)).map(|node| node.0).collect::<Vec<_>>()
        };
        assert_eq!(list(1, 5), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(list(3, 5), [0, 2, 6, 1, 3, 4, 5]);
        assert_eq!(list(4, 5), [0, 2, 6, 1, 3, 4, 5]);
        assert_eq!(list(5, 5), [0, 2, 6, 1, 5, 3, 4]);
        assert_eq!(list(6, 5), [0, 2, 6, 1, 5, 3, 4]);
        assert_eq!(list(3, 35), [3, 5, 6, 4, 0, 1, 2]);
    }

    // Checklist item 8: strategy 2 walks from the partition's end, and strategy 3 too, where the
    // end is a token.
    #[test]
    fn equal_partitions_walk_from_their_end() {
        let quarter = 1u128 << 126;
        let four = |copies| Placement { partitions: Some(4), ..plain(copies) };
        let homes = |tokens: &[Vec<Position>], position| {
            let members = tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
            let ring = Ring::new(members, &four(2));
            ring.homes(ring.range_at(position)).iter().map(|node| node.0).collect::<Vec<_>>()
        };
        // The token of n0 lies within the first quarter, which does not see it.
        let tokens = [vec![quarter / 2], vec![quarter + 5], vec![3 * quarter + 5]];
        assert_eq!(homes(&tokens, quarter / 4), [1, 2]);
        assert_eq!(homes(&tokens, quarter), [2, 0]);
        assert_eq!(homes(&tokens, u128::MAX), [0, 1]);
        let ends = equal_ends(4);
        let tokens = [vec![ends[0], ends[1]], vec![ends[2]], vec![ends[3]]];
        assert_eq!(homes(&tokens, 0), [0, 1]);
        assert_eq!(homes(&tokens, quarter), [0, 1]);
        assert_eq!(homes(&tokens, 2 * quarter), [1, 2]);
        assert_eq!(homes(&tokens, u128::MAX), [2, 0]);
    }

    #[test]
    fn all_carry_n_rings_together() {
        for strategy in 1..=3 {
            let carried = ring_of(&settings(strategy, 8, Some(64)), 6, 1).carried();
            assert!((carried.iter().sum::<f64>() - 3.0).abs() < 1e-9, "{carried:?}");
        }
        assert_eq!(ring_of(&settings(2, 1, Some(1)), 1, 1).carried(), [1.0]);
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
