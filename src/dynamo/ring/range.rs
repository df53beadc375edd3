//! Section 4.9: stretches of the ring that change hands when a node joins or leaves.

use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::Position;
use crate::id::NodeId;

/// A stretch of the ring, (after, to]; the whole ring if both are the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KeyRange {
    pub after: Position,
    pub to: Position,
}

/// A stretch of the ring that one home gives up and another takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    pub range: KeyRange,
    /// Who holds what is to move. It remains a home only if there are fewer homes than copies.
    pub from: NodeId,
    pub to: NodeId,
}

/// Stretches that do not overlap, each with somebody that it has to do with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ranges {
    /// Sorted by `to`.
    all: Vec<(KeyRange, NodeId)>,
}

impl KeyRange {
    /// Does this position lie in it?
    pub fn contains(&self, position: Position) -> bool {
        let KeyRange { after, to } = *self;
        // Seen from `after`, clockwise; a stretch that ends where it began is the whole ring.
        let length = to.wrapping_sub(after).wrapping_sub(1);
        position.wrapping_sub(after).wrapping_sub(1) <= length
    }
}

impl Ranges {
    /// These stretches.
    pub fn new(all: impl Iterator<Item = (KeyRange, NodeId)>) -> Ranges {
        let mut all: Vec<_> = all.collect();
        all.sort_unstable_by_key(|(range, _)| range.to);
        Ranges { all }
    }

    /// With whom the stretch that holds this position has to do.
    pub fn partner(&self, position: Position) -> Option<NodeId> {
        let place = self.all.partition_point(|(range, _)| range.to < position);
        let (range, partner) = self.all.get(place).or(self.all.first())?;
        range.contains(position).then_some(*partner)
    }

    /// The stretches, each with whom it has to do with.
    pub fn iter(&self) -> impl Iterator<Item = (KeyRange, NodeId)> + '_ {
        self.all.iter().copied()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// What changes hands from one ring to another. Where homes change without anybody giving up (there
/// were fewer than copies), the first home is the one that gives.
pub fn moves(before: &Ring, after: &Ring) -> Vec<Move> {
    let mut moves = Vec::new();
    for range in common_stretches(before, after) {
        let old = before.homes(before.range_at(range.to));
        let new = after.homes(after.range_at(range.to));
        let mut losers = old.iter().filter(|home| !new.contains(home));
        for &to in new.iter().filter(|home| !old.contains(home)) {
            let from = *losers.next().unwrap_or(&old[0]);
            moves.push(Move { range, from, to });
        }
    }
    moves
}

/// The stretches within which neither ring has an end of a range, in ring order.
fn common_stretches(one: &Ring, other: &Ring) -> Vec<KeyRange> {
    let mut ends: Vec<Position> = one.ends().chain(other.ends()).collect();
    ends.sort_unstable();
    ends.dedup();
    let last = ends.last().copied().unwrap_or_default();
    let befores = std::iter::once(last).chain(ends.iter().copied());
    befores.zip(&ends).map(|(after, &to)| KeyRange { after, to }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::ring::position::KeySpace;
    use crate::dynamo::ring::strategy::Placement;

    fn ring(tokens: &[(u32, Position)]) -> Ring {
        let tokens: Vec<(NodeId, [Position; 1])> =
            tokens.iter().map(|(node, at)| (NodeId(*node), [*at])).collect();
        let members = tokens.iter().map(|(node, at)| (*node, &at[..]));
        let keys = KeySpace::at(Vec::new()).into();
        Ring::new(members, &Placement::by_tokens(3, keys))
    }

    #[test]
    fn a_stretch_may_close_the_ring() {
        let rows = [
            ((10, 20), 11, true),
            ((10, 20), 20, true),
            ((10, 20), 10, false),
            ((20, 10), u128::MAX, true),
            ((20, 10), 0, true),
            ((20, 10), 10, true),
            ((20, 10), 20, false),
            ((20, 10), 15, false),
            ((7, 7), 7, true),
            ((7, 7), 8, true),
            ((7, 7), 0, true),
        ];
        for ((after, to), position, inside) in rows {
            assert_eq!(KeyRange { after, to }.contains(position), inside, "({after},{to}]");
        }
        let all = [(90, 10, 1), (10, 20, 2), (40, 50, 3)];
        let range = |(after, to, node)| (KeyRange { after, to }, NodeId(node));
        let ranges = Ranges::new(all.into_iter().map(range));
        let rows = [(95, Some(1)), (5, Some(1)), (15, Some(2)), (30, None), (50, Some(3))];
        for (position, node) in rows {
            assert_eq!(ranges.partner(position), node.map(NodeId), "{position}");
        }
        assert_eq!(ranges.partner(60), None);
    }

    // The example of section 4.9: X between A and B on the ring of figure 2 takes (F,G], (G,A] and
    // (A,X], and B, C and D give them up.
    #[test]
    fn the_example_of_section_4_9_is_exact() {
        let names = ["A", "B", "C", "D", "E", "F", "G", "X"];
        let old: Vec<(u32, Position)> =
            (0..7).map(|node| (node, 10 + 10 * u128::from(node))).collect();
        let mut new = old.clone();
        new.push((7, 15));
        let spelt = |position: Position| match position {
            15 => "X",
            _ => names[position as usize / 10 - 1],
        };
        let tell = |it: Move| {
            let (from, to) = (names[it.from.index()], names[it.to.index()]);
            format!("({},{}] {from} -> {to}", spelt(it.range.after), spelt(it.range.to))
        };
        let joined: Vec<String> = moves(&ring(&old), &ring(&new)).into_iter().map(tell).collect();
        assert_eq!(joined, ["(G,A] C -> X", "(A,X] D -> X", "(F,G] B -> X"]);
        let left: Vec<String> = moves(&ring(&new), &ring(&old)).into_iter().map(tell).collect();
        assert_eq!(left, ["(G,A] X -> C", "(A,X] X -> D", "(F,G] X -> B"]);
    }

    #[test]
    fn where_there_are_fewer_homes_than_copies_nobody_gives_up() {
        let (two, three) = ([(0, 10), (1, 20)], [(0, 10), (1, 20), (2, 30)]);
        let grown = moves(&ring(&two), &ring(&three));
        assert!(grown.iter().all(|it| it.to == NodeId(2)) && grown.len() == 3);
        assert!(moves(&ring(&three), &ring(&two)).is_empty());
    }
}
