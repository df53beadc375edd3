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

/// The tree of one range.
#[derive(Debug)]
pub struct MerkleTree {
    depth: u8,
    /// Digest of each key's version set, by leaf.
    entries: BTreeMap<(TreeIndex, Key), u64>,
    /// Hashes of tree nodes that are still true.
    known: RefCell<BTreeMap<TreeIndex, u64>>,
}

impl MerkleTree {
    /// The root of every tree.
    pub const ROOT: TreeIndex = 1;

    /// A tree of no keys with `2^depth` leaves.
    pub fn new(depth: u8) -> MerkleTree {
        assert!(depth < 31, "a tree node is named by 32 bits");
        MerkleTree { depth, entries: BTreeMap::new(), known: RefCell::default() }
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
            0
        } else if self.is_leaf(index) {
            self.hash_of_leaf(index)
        } else {
            digest_of([self.hash(2 * index), self.hash(2 * index + 1)])
        }
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

    fn position(key: u32) -> Position {
        crate::dynamo::ring::position::KeySpace::new(key + 1).position(Key(key))
    }

    // Checklist item 40: roots are equal exactly if contents are, whatever the order of arrival.
    #[test]
    fn roots_are_equal_exactly_if_contents_are() {
        let digest = |key: u32, version: u64| digest_of([u64::from(key), version]);
        let build = |keys: &[(u32, u64)]| {
            let mut tree = MerkleTree::new(6);
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
        let mut tree = MerkleTree::new(4);
        tree.set(Key(3), position(3), Some(9));
        assert_ne!(tree.hash(MerkleTree::ROOT), 0);
        tree.set(Key(3), position(3), None);
        assert_eq!(tree.hash(MerkleTree::ROOT), 0);
    }

    // Checklist item 41: a comparison that descends only where hashes differ finds exactly the
    // keys that differ, and looks at few hashes.
    #[test]
    fn descending_differences_finds_the_differing_keys() {
        let (mut left, mut right) = (MerkleTree::new(10), MerkleTree::new(10));
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
}
