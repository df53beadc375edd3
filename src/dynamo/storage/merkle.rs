//! Section 4.7: one Merkle tree for each key range that a node hosts.
//!
//! Binary, of a fixed depth. A leaf covers the keys whose position ends in a certain pattern; its
//! hash is over the digests of their version sets. The digest of a key is brought up to date
//! before a comparison; hashes above it are forgotten then and made again when one asks for them,
//! so that a write costs the same however many keys there are.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::digest::{Digest, digest_of};
use crate::dynamo::ring::position::Position;
use crate::id::Key;

/// A node of a tree, numbered as in a heap: the root is 1, the children of `i` are `2i` and `2i +
/// 1`.
pub type TreeIndex = u32;

/// How trees are built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Levels below the root.
    pub depth: u8,
    /// How many bits of each hash are kept, 64 at most.
    pub bits: u8,
}

/// The tree of one range.
#[derive(Debug)]
pub struct MerkleTree {
    depth: u8,
    /// The bits that are kept of each hash.
    mask: u64,
    /// Digest of each key's version set, by leaf.
    entries: BTreeMap<(TreeIndex, Key), u64>,
    /// Hashes of tree nodes that are still true.
    known: RefCell<BTreeMap<TreeIndex, u64>>,
}

impl MerkleTree {
    /// The root of every tree.
    pub const ROOT: TreeIndex = 1;

    /// A tree of no keys with `2^depth` leaves.
    pub fn new(Shape { depth, bits }: Shape) -> MerkleTree {
        assert!(depth < 31, "a tree node is named by 32 bits");
        assert!((1..=64).contains(&bits), "a hash has some of 64 bits");
        let mask = u64::MAX >> (64 - bits);
        MerkleTree { depth, mask, entries: BTreeMap::new(), known: RefCell::default() }
    }

    /// Sets or, with none, removes what the tree knows of a key.
    pub fn set(&mut self, key: Key, position: Position, digest: Option<u64>) {
        let leaf = self.leaf_of(position);
        match digest {
            Some(digest) => self.entries.insert((leaf, key), digest),
            None => self.entries.remove(&(leaf, key)),
        };
        self.forget_path(leaf);
    }

    /// What the tree knows of a key.
    pub fn get(&self, key: Key, position: Position) -> Option<u64> {
        self.entries.get(&(self.leaf_of(position), key)).copied()
    }

    /// How many keys it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Does it know none?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Are all hashes from the leaf of this position up to the root those of what lies below?
    pub fn path_is_true(&self, position: Position) -> bool {
        let leaf = self.leaf_of(position);
        let path = std::iter::successors(Some(leaf), |index| {
            (*index > MerkleTree::ROOT).then_some(index / 2)
        });
        path.into_iter().all(|index| self.hash(index) == self.hash_anew(index))
    }

    fn hash_anew(&self, index: TreeIndex) -> u64 {
        if self.below(index).next().is_none() {
            return 0;
        }
        let whole = match self.is_leaf(index) {
            true => self.hash_of_leaf(index),
            false => digest_of([self.hash(2 * index), self.hash(2 * index + 1)]),
        };
        whole & self.mask
    }

    /// The hash of a tree node; 0 if no key lies below it.
    pub fn hash(&self, index: TreeIndex) -> u64 {
        if self.below(index).next().is_none() {
            return 0;
        }
        if let Some(&hash) = self.known.borrow().get(&index) {
            return hash;
        }
        let hash = self.hash_anew(index);
        self.known.borrow_mut().insert(index, hash);
        hash
    }

    /// Is this tree node a leaf?
    pub fn is_leaf(&self, index: TreeIndex) -> bool {
        level(index) >= self.depth
    }

    /// The keys under a tree node with the digests of their version sets, in a fixed order.
    pub fn entries(&self, index: TreeIndex) -> impl Iterator<Item = (Key, u64)> + '_ {
        self.below(index).map(|(&(_, key), &digest)| (key, digest))
    }

    fn below(&self, index: TreeIndex) -> impl Iterator<Item = (&(TreeIndex, Key), &u64)> {
        let shift = self.depth - level(index).min(self.depth);
        let (first, end) = (index << shift, (index + 1) << shift);
        self.entries.range((first, Key(0))..(end, Key(0)))
    }

    fn hash_of_leaf(&self, leaf: TreeIndex) -> u64 {
        let fold = |digest: Digest, (key, set): (Key, u64)| digest.with(u64::from(key.0)).with(set);
        self.entries(leaf).fold(Digest::EMPTY, fold).value()
    }

    fn leaf_of(&self, position: Position) -> TreeIndex {
        // The low bits: the high ones are alike throughout a range.
        let spread = position as u64;
        (1 << self.depth) | (spread & ((1 << self.depth) - 1)) as TreeIndex
    }

    fn forget_path(&mut self, leaf: TreeIndex) {
        let known = self.known.get_mut();
        let mut index = leaf;
        while index >= MerkleTree::ROOT && !known.is_empty() {
            known.remove(&index);
            index /= 2;
        }
    }
}

fn level(index: TreeIndex) -> u8 {
    (31 - index.leading_zeros()) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(depth: u8) -> MerkleTree {
        MerkleTree::new(Shape { depth, bits: 64 })
    }

    fn position(key: u32) -> Position {
        crate::dynamo::ring::position::KeySpace::new(key + 1).position(Key(key))
    }

    // Checklist item 40: roots are equal exactly if contents are, whatever the order of arrival.
    #[test]
    fn roots_are_equal_exactly_if_contents_are() {
        let digest = |key: u32, version: u64| digest_of([u64::from(key), version]);
        let build = |keys: &[(u32, u64)]| {
            let mut tree = tree(6);
            for &(key, version) in keys {
                tree.set(Key(key), position(key), Some(digest(key, version)));
                tree.hash(MerkleTree::ROOT);
            }
            tree.hash(MerkleTree::ROOT)
        };
        let all: Vec<(u32, u64)> = (0..100).map(|key| (key, 1)).collect();
        let mut reversed = all.clone();
        reversed.reverse();
        assert_eq!(build(&all), build(&reversed));
        assert_ne!(build(&all), build(&all[1..]));
        let mut updated = all.clone();
        updated.push((7, 2));
        assert_ne!(build(&all), build(&updated));
        updated.push((7, 1));
        assert_eq!(build(&all), build(&updated));
    }

    #[test]
    fn an_emptied_tree_is_an_empty_tree() {
        let mut tree = tree(4);
        tree.set(Key(3), position(3), Some(9));
        assert_ne!(tree.hash(MerkleTree::ROOT), 0);
        tree.set(Key(3), position(3), None);
        assert_eq!(tree.hash(MerkleTree::ROOT), 0);
    }

    // Checklist item 41: a comparison that descends only where hashes differ finds exactly the
    // keys that differ, and looks at few hashes.
    #[test]
    fn descending_differences_finds_the_differing_keys() {
        let (mut left, mut right) = (tree(10), tree(10));
        for key in 0..400 {
            left.set(Key(key), position(key), Some(1));
            right.set(Key(key), position(key), Some(if key % 97 == 0 { 2 } else { 1 }));
        }
        let (mut compared, mut found, mut open) = (0, Vec::new(), vec![MerkleTree::ROOT]);
        while let Some(index) = open.pop() {
            compared += 1;
            if left.hash(index) == right.hash(index) {
                continue;
            }
            if left.is_leaf(index) {
                let theirs: Vec<_> = right.entries(index).collect();
                found.extend(left.entries(index).filter(|entry| !theirs.contains(entry)));
            } else {
                open.extend([2 * index, 2 * index + 1]);
            }
        }
        let mut keys: Vec<u32> = found.iter().map(|(key, _)| key.0).collect();
        keys.sort_unstable();
        assert_eq!(keys, [0, 97, 194, 291, 388]);
        assert!(compared <= 1 + 2 * 10 * 5, "{compared}");
    }

    // Invariant A1 with a short hash: equal contents always have equal roots, and others have them
    // as often as chance says.
    #[test]
    fn short_hashes_collide_as_often_as_chance_says_and_never_part_what_is_equal() {
        let build = |trial: u64, version: u64, backwards: bool| {
            let mut tree = MerkleTree::new(Shape { depth: 3, bits: 8 });
            for key in (0..20).map(|key| if backwards { 19 - key } else { key }) {
                let own = if key == 7 { version } else { 0 };
                tree.set(Key(key), position(key), Some(digest_of([trial, u64::from(key), own])));
            }
            tree
        };
        let root = |tree: &MerkleTree| tree.hash(MerkleTree::ROOT);
        let (trials, mut equal) = (20_000, 0);
        for trial in 0..trials {
            let [one, other] = [1, 2].map(|version| build(trial, version, false));
            equal += u32::from(root(&one) == root(&other));
            let again = build(trial, 1, true);
            assert!(root(&again) == root(&one) && again.path_is_true(position(7)));
        }
        // The leaf or any of the three nodes above it: 1 - (255/256)^4.
        let expected = (1.0 - (255.0_f64 / 256.0).powi(4)) * trials as f64;
        let deviation = libm::sqrt(expected);
        assert!((f64::from(equal) - expected).abs() < 4.5 * deviation, "{equal}, not {expected}");
    }
}
