//! Section 4.8.1: the history of explicit membership changes, and the tokens of each member.
//!
//! A history is shared by all nodes that know the same; two that differ are joined by taking, for
//! each node, the latest change. Only an administrator's command begins a change; a node that was
//! told to join or to leave ends it itself, once the ranges have moved.

mod groups;
mod moving;
mod partitions;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::digest::Digest;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::range::Move;
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;
use crate::time::{Duration, Time};

/// Bytes on the wire, by our count: of a token at any position, of a partition's number, and
/// of a node's record.
const TOKEN_BYTES: u64 = 24;
const PARTITION_BYTES: u64 = 4;
const RECORD_BYTES: u64 = 32;

/// How far apart two changes in a row can be, to one who takes silence for the beginning of time.
const MOST_AHEAD: Duration = Duration::from_secs(10);

/// Does a node belong?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// It was taken out as dead, or has never come in: nobody waits for what it holds.
    Removed,
    /// It has handed over all that it held.
    Left,
    /// It was told to come in, and takes its ranges over; it is on nobody's ring yet.
    Joining,
    /// It was told to go, and hands its ranges over; it is on the ring until it has.
    Leaving,
    /// It is on the ring.
    Member,
}

/// A change of the ring that takes its time: somebody's join or leave, as it was issued.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Transition {
    pub issued: Time,
    pub node: NodeId,
}

/// The latest change of one node's membership.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Counts the changes of this node; the higher one is later.
    pub counter: u32,
    /// When the administrator issued it; decides between equal counters.
    pub issued: Time,
    pub status: Status,
    /// The node's tokens, chosen once; none yet if it has just been told to join.
    pub tokens: Rc<[Position]>,
    /// The dead node whose place on the ring it takes.
    pub in_place_of: Option<NodeId>,
    /// When the tokens were taken.
    pub claimed: Time,
    /// Strategy 3: to whom it leaves its partitions as it goes, and has left them before.
    pub heirs: Rc<[Heir]>,
}

/// A partition that a node leaves to another (strategy 3 of section 6.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heir {
    pub token: Position,
    pub node: NodeId,
    /// When the leave was issued.
    pub since: Time,
}

/// What one node knows of who belongs and where.
#[derive(Debug, Default)]
pub struct History {
    changes: BTreeMap<NodeId, Change>,
    /// Who is on the ring, by name.
    members: Vec<NodeId>,
    /// Who takes part in gossip: the members, and those who are about to be.
    peers: Vec<NodeId>,
    /// Who was taken out as dead, by name.
    removed: Vec<NodeId>,
    /// Who took whose place.
    replacements: Vec<(NodeId, NodeId)>,
    /// The first join or leave that is under way.
    transition: Option<Transition>,
    /// Is everybody there who was there from the start, and nobody else?
    founding: bool,
    digest: u64,
    /// Fingerprint of the members, and of whom others left their partitions to: the ring follows
    /// from that. 0 of nobody.
    membership: u64,
    /// Tokens of all nodes.
    tokens: u64,
    /// What it came to with the other history that it was joined with last: nodes that know the
    /// same join the same again and again.
    joined: RefCell<Option<(u64, Joined)>>,
    /// Digests of its groups of nodes, by the size of the groups that was asked for first.
    groups: OnceCell<(u32, Rc<[u64]>)>,
    /// Are tokens told by the numbers of the partitions that they end (strategy 3 of section 6.2)?
    numbered: bool,
    /// Made when first asked for, once for all that share this history.
    ring: OnceCell<Rc<Ring>>,
    /// What its first transition moves, made likewise.
    moves: OnceCell<Rc<[Move]>>,
}

/// What two histories come to.
#[derive(Clone, Debug)]
enum Joined {
    Mine,
    Theirs,
    /// A history later than both.
    New(Rc<History>),
}

impl History {
    /// A history of these latest changes.
    pub fn new(changes: BTreeMap<NodeId, Change>) -> History {
        History::of(changes, false)
    }

    fn of(changes: BTreeMap<NodeId, Change>, numbered: bool) -> History {
        let fold = |digest: Digest, (node, change): (&NodeId, &Change)| {
            let named = digest.with(u64::from(node.0)).with(u64::from(change.counter));
            named.with(change.issued.0).with(change.status.code())
        };
        let digest = changes.iter().fold(Digest::EMPTY, fold).value();
        let on_ring = |(_, change): &(&NodeId, &Change)| change.status.is_on_ring();
        let membership =
            changes.iter().filter(on_ring).fold(Digest::EMPTY, |digest, (node, it)| {
                // Tokens are drawn at random and chosen once, so that the first stands for all.
                let first = it.tokens.first().map_or(0, |token| (token >> 64) as u64);
                digest.with(u64::from(node.0)).with(first).with(it.tokens.len() as u64)
            });
        // Where partitions go by who left them to whom, the ring follows from that, too.
        let gone = changes.iter().filter(|(_, it)| it.status != Status::Leaving);
        let left = gone.filter_map(|(node, it)| Some((node, it.heirs.last()?, it)));
        let membership = left.fold(membership, |digest, (node, last, it)| {
            digest.with(u64::from(node.0)).with(last.since.0).with(it.heirs.len() as u64)
        });
        let members: Vec<NodeId> = changes.iter().filter(on_ring).map(|(node, _)| *node).collect();
        let takes_part = |it: &Change| it.status.is_on_ring() || it.status == Status::Joining;
        let peers = changes.iter().filter(|(_, change)| takes_part(change));
        let is_removed = |it: &(&NodeId, &Change)| it.1.status == Status::Removed;
        let removed = changes.iter().filter(is_removed).map(|(node, _)| *node).collect();
        let replaced = |(by, change): (&NodeId, &Change)| Some((*by, change.in_place_of?));
        let replacements = changes.iter().filter_map(replaced).collect();
        let moving = changes
            .iter()
            .filter(|(node, change)| change.is_moving(numbered) && !is_last(&members, **node));
        let begun = |(node, it): (&NodeId, &Change)| Transition { issued: it.issued, node: *node };
        let transition = moving.map(begun).min();
        let tokens = changes.values().map(|change| change.tokens.len() as u64).sum();
        History {
            transition,
            founding: changes.values().all(Change::is_founding),
            removed,
            replacements,
            peers: peers.map(|(node, _)| *node).collect(),
            digest,
            membership: if members.is_empty() { 0 } else { membership.value() },
            members,
            changes,
            numbered,
            tokens,
            ..History::default()
        }
    }

    /// The same where every token ends a partition, and is told by its number (strategy 3).
    pub fn in_partitions(self) -> History {
        History::of(self.changes, true)
    }

    /// A history in which nobody is known yet, of the same kind.
    pub fn of_nobody(&self) -> History {
        History::of(BTreeMap::new(), self.numbered)
    }

    /// Are tokens the partitions that they end, of which each node has its share?
    pub fn is_in_partitions(&self) -> bool {
        self.numbered
    }

    /// This history and one more change, which is later than what it has of that node.
    pub fn with(&self, node: NodeId, change: Change) -> Rc<History> {
        let mut changes = self.changes.clone();
        changes.insert(node, change);
        Rc::new(History::of(changes, self.numbered))
    }

    /// The latest change of a node.
    pub fn change(&self, node: NodeId) -> Option<&Change> {
        self.changes.get(&node)
    }

    /// All nodes that are known, each with its latest change.
    pub fn changes(&self) -> impl Iterator<Item = (NodeId, &Change)> {
        self.changes.iter().map(|(node, change)| (*node, change))
    }

    /// The same without those who were taken out as dead.
    pub fn without_removed(&self) -> Rc<History> {
        let stays = |(_, change): &(&NodeId, &Change)| change.status != Status::Removed;
        let stay = self.changes.iter().filter(stays);
        let changes = stay.map(|(node, change)| (*node, change.clone())).collect();
        Rc::new(History::of(changes, self.numbered))
    }

    /// Was its last change issued implausibly long after the last of the other?
    pub fn is_far_ahead_of(&self, other: &History) -> bool {
        let last = |history: &History| history.changes.values().map(|change| change.issued).max();
        last(self) > last(other).map(|last| last + MOST_AHEAD)
    }

    /// Equal histories have equal digests.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// Size on the wire: with strategies 1 and 2 it grows with S T, with strategy 3 with Q.
    pub fn bytes(&self) -> u64 {
        let token = if self.numbered { PARTITION_BYTES } else { TOKEN_BYTES };
        RECORD_BYTES * self.changes.len() as u64 + token * self.tokens
    }

    /// How many nodes it knows of.
    pub fn count(&self) -> usize {
        self.changes.len()
    }

    /// Those on the ring, by name.
    pub fn members(&self) -> &[NodeId] {
        &self.members
    }

    /// Those that were taken out as dead, by name.
    pub fn removed(&self) -> &[NodeId] {
        &self.removed
    }

    /// Those that gossip is for, by name: the members and who is about to be one.
    pub fn peers(&self) -> &[NodeId] {
        &self.peers
    }

    /// Fingerprint of who is on the ring and where.
    pub fn membership(&self) -> u64 {
        self.membership
    }

    /// Is this node on the ring?
    pub fn is_member(&self, node: NodeId) -> bool {
        self.changes.get(&node).is_some_and(|change| change.status.is_on_ring())
    }

    /// The join or leave that is under way: of several, the one that was issued first. The others
    /// wait for it, so that no range is promised twice.
    pub fn transition(&self) -> Option<Transition> {
        self.transition
    }

    /// Is nobody known to be on a ring?
    pub fn ring_is_unknown(&self) -> bool {
        self.members.is_empty()
    }

    /// Has nobody come or gone since the start?
    pub fn is_founding(&self) -> bool {
        self.founding
    }

    /// Is this join or leave still to be ended?
    pub fn is_under_way(&self, transition: Transition) -> bool {
        let change = self.changes.get(&transition.node);
        let is_same = |it: &Change| it.is_moving(self.numbered) && it.issued == transition.issued;
        change.is_some_and(is_same) && !is_last(&self.members, transition.node)
    }

    /// The ring of the members; needs at least one.
    pub fn ring(&self, placement: &Placement) -> Rc<Ring> {
        Rc::clone(self.ring.get_or_init(|| Rc::new(self.ring_of(&self.members, placement))))
    }

    /// The ring that these nodes would make.
    pub fn ring_of(&self, nodes: &[NodeId], placement: &Placement) -> Ring {
        if self.numbered {
            let tokens = self.tokens_among(nodes);
            return Ring::new(tokens.iter().map(|(node, own)| (*node, &own[..])), placement);
        }
        Ring::new(nodes.iter().map(|node| (*node, &*self.changes[node].tokens)), placement)
    }

    /// The join of two histories; shares the one that already has it all.
    pub fn join(mine: &Rc<History>, theirs: &Rc<History>) -> Rc<History> {
        if Rc::ptr_eq(mine, theirs) || mine.digest == theirs.digest {
            return Rc::clone(mine);
        }
        let known = mine.joined.borrow().clone().filter(|(other, _)| *other == theirs.digest);
        let joined = known.map_or_else(|| mine.joined_anew(theirs), |(_, joined)| joined);
        *mine.joined.borrow_mut() = Some((theirs.digest, joined.clone()));
        match joined {
            Joined::Mine => Rc::clone(mine),
            Joined::Theirs => Rc::clone(theirs),
            Joined::New(history) => history,
        }
    }

    fn joined_anew(&self, theirs: &History) -> Joined {
        let mut joined = self.changes.clone();
        for (node, change) in &theirs.changes {
            let known = joined.entry(*node).or_insert_with(|| change.clone());
            if change.rank() > known.rank() {
                *known = change.clone();
            }
        }
        let numbered = self.numbered || theirs.numbered;
        let joined = History::of(joined, numbered);
        match joined.digest {
            digest if digest == self.digest => Joined::Mine,
            digest if digest == theirs.digest => Joined::Theirs,
            _ => Joined::New(Rc::new(joined)),
        }
    }
}

impl Status {
    /// Is such a node on the ring?
    pub fn is_on_ring(self) -> bool {
        matches!(self, Status::Member | Status::Leaving)
    }

    fn code(self) -> u64 {
        match self {
            Status::Removed => 0,
            Status::Member => 1,
            Status::Left => 2,
            Status::Joining => 3,
            Status::Leaving => 4,
        }
    }
}

impl Change {
    /// A member from the start of time.
    pub fn founder(tokens: Rc<[Position]>) -> Change {
        let (issued, status) = (Time::ZERO, Status::Member);
        Change {
            counter: 1,
            issued,
            status,
            tokens,
            in_place_of: None,
            claimed: Time::ZERO,
            heirs: [].into(),
        }
    }

    /// Does it wait for ranges to move? A node that has no tokens yet has no ranges, and one that
    /// has not chosen its heirs cannot leave its partitions to them.
    fn is_moving(&self, numbered: bool) -> bool {
        match self.status {
            Status::Leaving => !numbered || self.has_heirs(),
            Status::Joining => !self.tokens.is_empty(),
            Status::Removed | Status::Left | Status::Member => false,
        }
    }

    /// Has it chosen to whom it leaves its partitions as it goes?
    pub fn has_heirs(&self) -> bool {
        self.heirs.iter().any(|heir| heir.since == self.issued)
    }

    fn is_founding(&self) -> bool {
        self.counter == 1 && self.status == Status::Member && self.issued == Time::ZERO
    }

    fn rank(&self) -> (u32, Time, Status) {
        (self.counter, self.issued, self.status)
    }
}

/// Is this the only node on the ring? It cannot leave before another has come.
fn is_last(members: &[NodeId], node: NodeId) -> bool {
    *members == [node]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(changes: &[(u32, u32, u64, Status)]) -> Rc<History> {
        let change = |&(node, counter, issued, status)| {
            let tokens: Rc<[Position]> = Rc::new([u128::from(node) * 100]);
            (
                NodeId(node),
                Change { counter, issued: Time(issued), status, ..Change::founder(tokens) },
            )
        };
        Rc::new(History::new(changes.iter().map(change).collect()))
    }

    // Checklist item 48: remove, add, remove in conflicting orders converges to one view.
    #[test]
    fn the_join_is_commutative_associative_and_idempotent() {
        use Status::{Member, Removed};
        let all = [
            history(&[(0, 1, 5, Member), (1, 1, 5, Member)]),
            history(&[(0, 2, 9, Removed), (2, 1, 7, Member)]),
            history(&[(0, 2, 11, Member), (1, 3, 2, Removed)]),
            history(&[]),
        ];
        let join = History::join;
        for a in &all {
            assert_eq!(join(a, a).digest(), a.digest());
            for b in &all {
                assert_eq!(join(a, b).digest(), join(b, a).digest());
                for c in &all {
                    assert_eq!(join(&join(a, b), c).digest(), join(a, &join(b, c)).digest());
                }
            }
        }
        let end = all.iter().fold(Rc::clone(&all[3]), |known, next| join(&known, next));
        assert_eq!(end.members(), [NodeId(0), NodeId(2)]);
    }

    #[test]
    fn a_table_is_as_large_as_what_it_assigns() {
        let nodes = |names: std::ops::Range<u32>| {
            let change = |node| {
                let tokens: Rc<[Position]> = (0..10).map(|token| token * 40 + 1).collect();
                (NodeId(node), Change { issued: Time(5), ..Change::founder(tokens) })
            };
            History::new(names.map(change).collect())
        };
        assert_eq!(nodes(0..3).bytes(), 3 * 32 + 30 * 24);
        let partitions = Rc::new(nodes(0..3).in_partitions());
        assert_eq!(partitions.bytes(), 3 * 32 + 30 * 4);
        let joined = History::join(&Rc::new(nodes(3..4)), &partitions);
        assert_eq!(joined.bytes(), 4 * 32 + 40 * 4);
    }

    #[test]
    fn equal_knowledge_is_shared() {
        let small = history(&[(0, 1, 5, Status::Member)]);
        let large = history(&[(0, 1, 5, Status::Member), (1, 1, 5, Status::Member)]);
        assert!(Rc::ptr_eq(&History::join(&small, &large), &large));
        assert!(Rc::ptr_eq(&History::join(&large, &small), &large));
    }
}
