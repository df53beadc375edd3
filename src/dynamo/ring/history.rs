//! Section 4.8.1: the history of explicit membership changes, and the tokens of each member.
//!
//! A history is shared by all nodes that know the same; two that differ are joined by taking, for
//! each node, the latest change. Only an administrator's command makes a change: joins and leaves
//! have their place here.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::digest::Digest;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;
use crate::time::Time;

/// Bytes on the wire, by our count: of a token at any position, of the number of a partition, and
/// of a node's record.
const TOKEN_BYTES: u64 = 24;
const PARTITION_BYTES: u64 = 4;
const RECORD_BYTES: u64 = 32;

/// Does a node belong?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    Removed,
    Member,
}

/// The latest change of one node's membership.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Counts the changes of this node; the higher one is later.
    pub counter: u32,
    /// When the administrator issued it; decides between equal counters.
    pub issued: Time,
    pub status: Status,
    /// The node's tokens, chosen once.
    pub tokens: Rc<[Position]>,
}

/// What one node knows of who belongs and where.
#[derive(Debug, Default)]
pub struct History {
    changes: BTreeMap<NodeId, Change>,
    /// Who belongs, by name.
    members: Vec<NodeId>,
    digest: u64,
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
        let fold = |digest: Digest, (node, change): (&NodeId, &Change)| {
            let named = digest.with(u64::from(node.0)).with(u64::from(change.counter));
            named.with(change.issued.0).with(u64::from(change.status == Status::Member))
        };
        let digest = changes.iter().fold(Digest::EMPTY, fold).value();
        let here = changes.iter().filter(|(_, change)| change.status == Status::Member);
        let members = here.map(|(node, _)| *node).collect();
        let tokens = changes.values().map(|change| change.tokens.len() as u64).sum();
        History { changes, members, digest, tokens, ..History::default() }
    }

    /// This history and one more change, which is later than what it has of that node.
    pub fn with(&self, node: NodeId, change: Change) -> Rc<History> {
        let mut changes = self.changes.clone();
        changes.insert(node, change);
        Rc::new(History { numbered: self.numbered, ..History::new(changes) })
    }

    /// The latest change of a node.
    pub fn change(&self, node: NodeId) -> Option<&Change> {
        self.changes.get(&node)
    }

    /// The same where every token ends a partition, and is told by its number (strategy 3).
    pub fn in_partitions(self) -> History {
        History { numbered: true, ..self }
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

    /// What it says of the nodes of some groups.
    pub fn part(&self, groups: &[u32], size: u32) -> History {
        let changes = groups.iter().flat_map(|group| self.group(*group, size)).collect();
        History { numbered: self.numbered, ..History::new(changes) }
    }

    /// What it says of the nodes of one group: `size` of them, by their names.
    fn group(&self, group: u32, size: u32) -> impl Iterator<Item = (NodeId, Change)> {
        let first = group.saturating_mul(size);
        let nodes = NodeId(first)..NodeId(first.saturating_add(size));
        self.changes.range(nodes).map(|(node, change)| (*node, change.clone()))
    }

    /// The digest of each group of `size` nodes.
    pub fn group_digests(&self, size: u32) -> Rc<[u64]> {
        let count = self.changes.last_key_value().map_or(0, |(last, _)| last.0 / size + 1);
        let digest = |group| History::new(self.group(group, size).collect()).digest;
        let make = || (0..count).map(digest).collect();
        match self.groups.get_or_init(|| (size, make())) {
            (known, digests) if *known == size => Rc::clone(digests),
            _other => make(),
        }
    }

    /// How many nodes it knows of.
    pub fn count(&self) -> usize {
        self.changes.len()
    }

    /// The members, by name.
    pub fn members(&self) -> &[NodeId] {
        &self.members
    }

    /// Does this node belong?
    pub fn is_member(&self, node: NodeId) -> bool {
        self.changes.get(&node).is_some_and(|change| change.status == Status::Member)
    }

    /// The ring of the members; needs at least one.
    pub fn ring(&self, placement: &Placement) -> Rc<Ring> {
        let members = || self.members.iter().map(|node| (*node, &*self.changes[node].tokens));
        Rc::clone(self.ring.get_or_init(|| Rc::new(Ring::new(members(), placement))))
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
        let joined = History { numbered, ..History::new(joined) };
        match joined.digest {
            digest if digest == self.digest => Joined::Mine,
            digest if digest == theirs.digest => Joined::Theirs,
            _ => Joined::New(Rc::new(joined)),
        }
    }
}

impl Change {
    fn rank(&self) -> (u32, Time, Status) {
        (self.counter, self.issued, self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(changes: &[(u32, u32, u64, Status)]) -> Rc<History> {
        let change = |&(node, counter, issued, status)| {
            let tokens: Rc<[Position]> = Rc::new([u128::from(node) * 100]);
            (NodeId(node), Change { counter, issued: Time(issued), status, tokens })
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
                let (counter, issued, status) = (1, Time(5), Status::Member);
                (NodeId(node), Change { counter, issued, status, tokens })
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
