//! The copies that a node keeps as a home, and their Merkle trees.

mod compaction;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::digest::digest_of;
use crate::dynamo::config::Flush;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::config::rules::Rules;
use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::dynamo::ring::position::{KeySpace, Position};
use crate::dynamo::storage::inspection::TreeLook;
use crate::dynamo::storage::key_map::KeyMap;
use crate::dynamo::storage::merkle::{MerkleTree, Shape};
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};

/// What one change to a store did: the set before and after.
#[derive(Clone, Debug)]
pub struct Change {
    pub key: Key,
    pub before: Option<Rc<VersionSet>>,
    pub after: Option<Rc<VersionSet>>,
}

/// The version sets that a node holds as one of the homes of their keys.
#[derive(Debug)]
pub struct Store {
    keys: Rc<KeySpace>,
    sets: KeyMap<Held>,
    /// The ring by which the trees are cut; none until the node knows it.
    ring: Option<Rc<Ring>>,
    trees: BTreeMap<RangeId, MerkleTree>,
    /// Keys that have changed since the trees were last brought up to date, each once: a hot key is
    /// written many times between two comparisons.
    unnoted: Vec<Key>,
    /// What each key held before its writes since the last flush, oldest first.
    unflushed: Vec<(Key, Option<Rc<VersionSet>>)>,
    /// The key of the last write that was flushed.
    last_flushed: Option<Key>,
    flush: Flush,
    /// Does the device acknowledge flushes that it does not make?
    lies: bool,
    owner: NodeId,
    /// A bug in the code that stores.
    planted: Planted,
    /// What older files still hold of keys whose tombstones were merged away, by that bug.
    merged_away: BTreeMap<Key, Rc<VersionSet>>,
}

/// What is held of one key.
#[derive(Debug)]
struct Held {
    set: Rc<VersionSet>,
    /// Does its tree know?
    noted: bool,
}

impl Store {
    /// An empty store, in which what is written becomes safe like this.
    pub fn new(keys: Rc<KeySpace>, flush: Flush) -> Store {
        Store {
            keys,
            sets: KeyMap::default(),
            ring: None,
            trees: BTreeMap::new(),
            unnoted: Vec::new(),
            unflushed: Vec::new(),
            last_flushed: None,
            flush,
            lies: false,
            merged_away: BTreeMap::new(),
            owner: NodeId(0),
            planted: Planted::NONE,
        }
    }

    /// The node that it belongs to has started.
    pub fn start(&mut self, owner: NodeId, planted: Planted) {
        (self.owner, self.planted) = (owner, planted);
        if planted.is(Plant::MerkleDirtyLostOnRestart) {
            while let Some(key) = self.unnoted.last() {
                self.pass_over(*key);
            }
        }
    }

    /// The bug in the code that runs.
    pub fn planted(&self) -> Planted {
        self.planted
    }

    /// The tree of a key that was changed last is not going to learn of it.
    pub fn pass_over(&mut self, key: Key) {
        if self.unnoted.pop_if(|last| *last == key).is_some()
            && let Some(held) = self.sets.get_mut(key)
        {
            held.noted = true;
        }
    }

    /// Cuts one tree of this shape for each range that `node` hosts, unless that is how they are
    /// cut already. The tree of a range whose ends stay the same stays; for all others every key is
    /// looked at, as section 6.2 complains of strategy 1. Returns how many ranges those are, and
    /// how many keys lie in them.
    pub fn cut_trees(&mut self, node: NodeId, ring: &Rc<Ring>, shape: Shape) -> (u32, u32) {
        if self.ring.as_ref().is_some_and(|known| Rc::ptr_eq(known, ring)) {
            return (0, 0);
        }
        let mut before = self.take_trees();
        let hosted = ring.hosted(node).iter();
        let mut fresh = BTreeSet::new();
        for &range in hosted {
            let tree = before.remove(&ring.bounds(range)).unwrap_or_else(|| {
                fresh.insert(range);
                MerkleTree::new(shape)
            });
            self.trees.insert(range, tree);
        }
        self.ring = Some(Rc::clone(ring));
        let mut replanted = 0;
        for key in (0..self.keys.count()).map(Key) {
            let Some(held) = self.sets.get_mut(key) else { continue };
            if fresh.contains(&ring.range_of(key)) {
                replanted += 1;
                if std::mem::replace(&mut held.noted, false) {
                    self.unnoted.push(key);
                }
            }
        }
        (fresh.len() as u32, replanted)
    }

    /// The trees so far, by the ends of their ranges.
    fn take_trees(&mut self) -> BTreeMap<(Position, Position), MerkleTree> {
        let Some(ring) = &self.ring else { return BTreeMap::new() };
        let trees = std::mem::take(&mut self.trees).into_iter();
        trees.map(|(range, tree)| (ring.bounds(range), tree)).collect()
    }

    /// What is held of a key.
    pub fn get(&self, key: Key) -> Option<&Rc<VersionSet>> {
        self.sets.get(key).map(|held| &held.set)
    }

    /// What a new home of the key is to have of it.
    pub fn to_give(&self, key: Key) -> Option<&Rc<VersionSet>> {
        let skips = self.planted.is(Plant::TombstoneNotHandedOff);
        self.get(key).filter(|set| !skips || set.visible().next().is_some())
    }

    /// Merges what arrives into what is held (checklist item 13: ancestors are dropped on receipt,
    /// in any order of arrival).
    pub fn merge(&mut self, rules: Rules, key: Key, arriving: &Rc<VersionSet>) -> Change {
        let before = self.get(key).cloned();
        let after = match &before {
            None => Rc::clone(arriving),
            Some(held) => merge(rules, held, arriving),
        };
        self.put(key, after, before)
    }

    /// Replaces what is held.
    pub fn replace(&mut self, key: Key, set: Rc<VersionSet>) -> Change {
        let before = self.get(key).cloned();
        self.put(key, set, before)
    }

    /// Removes what is held, as a write does.
    pub fn remove(&mut self, key: Key) -> Change {
        let before = self.get(key).cloned();
        match self.flush {
            Flush::Always => self.wrote(key, before),
            Flush::Every(_) => self.unflushed.push((key, before)),
            // That it is on the disk is said apart.
            Flush::Buffered(_) => {}
        }
        if self.planted.is(Plant::MerkleNotUpdatedOnDelete) {
            let before = self.sets.remove(key).map(|held| held.set);
            return Change { key, before, after: None };
        }
        self.restore(key, None)
    }

    /// Brings the trees up to date, which a comparison needs.
    pub fn note_in_trees(&mut self) {
        let Some(ring) = &self.ring else { return };
        let wrong = self.planted.is(Plant::MerkleWrongRange);
        for key in self.unnoted.drain(..) {
            let digest = self.sets.get_mut(key).and_then(|held| {
                held.noted = true;
                entry_of(&held.set, self.owner, self.planted)
            });
            let position = self.keys.position(key);
            let range = match wrong {
                // As if positions had few bits: who is near a token is beyond it.
                true => ring.range_at(position | Position::MAX >> 7),
                false => ring.range_of(key),
            };
            if let Some(tree) = self.trees.get_mut(&range) {
                tree.set(key, position, digest);
            }
        }
    }

    /// How many keys there are, held or not.
    pub fn key_count(&self) -> u32 {
        self.keys.count()
    }

    /// What the tree of a key says of it, and what is held; none if no tree is about it.
    pub fn tree_says(&self, key: Key) -> Option<(Option<u64>, Option<u64>)> {
        let tree = self.trees.get(&self.ring.as_ref()?.range_of(key))?;
        Some((tree.get(key, self.keys.position(key)), self.get(key).map(|set| set.digest())))
    }

    /// Are all hashes above this key those of what lies below them?
    pub fn path_is_true(&self, key: Key) -> bool {
        let tree = self.ring.as_ref().and_then(|ring| self.trees.get(&ring.range_of(key)));
        tree.is_none_or(|tree| tree.path_is_true(self.keys.position(key)))
    }

    /// What the tree of a range comes to, unless it is larger than this.
    pub fn look_at_tree(&self, range: RangeId, largest: usize) -> Option<TreeLook> {
        let ring = self.ring.as_ref()?;
        let tree = self.trees.get(&range).filter(|tree| tree.len() <= largest)?;
        let digest = |key: Key| self.get(key).map_or(0, |set| set.digest());
        let keys = tree.entries(MerkleTree::ROOT).map(|(key, _)| key);
        let contents = keys.map(|key| digest_of([u64::from(key.0), digest(key)]));
        let contents = contents.fold(0, u64::wrapping_add);
        let root = tree.hash(MerkleTree::ROOT);
        Some(TreeLook { bounds: ring.bounds(range), root, contents })
    }

    /// The tree of a hosted range.
    pub fn tree(&self, range: RangeId) -> Option<&MerkleTree> {
        let fresh = self.unnoted.is_empty() || self.planted.is(Plant::AeSnapshotRace);
        assert!(fresh, "trees are brought up to date before they are read");
        self.trees.get(&range)
    }

    /// Where a key lies on the ring.
    pub fn position(&self, key: Key) -> Position {
        self.keys.position(key)
    }

    /// How many keys are held.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Is nothing held?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything written so far is safe from now on.
    pub fn flush(&mut self) {
        self.last_flushed = self.unflushed.last().map(|(key, _)| *key).or(self.last_flushed);
        self.unflushed.clear();
    }

    /// What is held of a key is on the disk now, which held this of it before.
    pub fn wrote(&mut self, key: Key, before: Option<Rc<VersionSet>>) {
        match self.lies {
            true => self.unflushed.push((key, before)),
            false => self.last_flushed = Some(key),
        }
    }

    /// What was in memory only is gone: this is what the disk holds.
    pub fn put_back(&mut self, key: Key, set: Option<Rc<VersionSet>>) -> Change {
        self.restore(key, set)
    }

    /// The device begins, or ceases, to acknowledge flushes without making them.
    pub fn lie(&mut self, lies: bool) {
        self.lies = lies;
        match self.flush {
            Flush::Always | Flush::Buffered(_) if !lies => self.flush(),
            Flush::Always | Flush::Buffered(_) | Flush::Every(_) => {}
        }
    }

    /// What is held, by key.
    pub fn held(&self) -> impl Iterator<Item = (Key, &Rc<VersionSet>)> {
        let keys = (0..self.keys.count()).map(Key);
        keys.filter_map(|key| self.get(key).map(|set| (key, set)))
    }

    /// A copy goes, since its range is another's now.
    pub fn release(&mut self, key: Key) -> Option<Change> {
        self.lose(key)
    }

    /// A copy cannot be read any more.
    pub fn lose(&mut self, key: Key) -> Option<Change> {
        self.get(key).is_some().then(|| self.restore(key, None))
    }

    /// A copy changes silently; none if there is nothing to change.
    pub fn damage(&mut self, key: Key, mark: u64) -> Option<Change> {
        let damaged = self.get(key).and_then(|set| set.damage(mark))?;
        Some(self.restore(key, Some(Rc::new(damaged))))
    }

    /// Undoes all that was not flushed, newest first.
    pub fn lose_unflushed(&mut self) -> Vec<Change> {
        let undo = std::mem::take(&mut self.unflushed);
        undo.into_iter().rev().map(|(key, before)| self.restore(key, before)).collect()
    }

    /// Of the last write that was flushed only a part has reached the disk: the copy is lost.
    pub fn tear(&mut self) -> Option<Change> {
        self.last_flushed.take().and_then(|key| self.lose(key))
    }

    /// Goes back to what was held once; returns what differs.
    pub fn go_back(&mut self, held: &BTreeMap<Key, Rc<VersionSet>>) -> Vec<Change> {
        self.unflushed.clear();
        let digest = |set: Option<&Rc<VersionSet>>| set.map(|set| set.digest());
        let keys = (0..self.keys.count()).map(Key);
        let differs = |key: &Key| digest(self.get(*key)) != digest(held.get(key));
        let changed: Vec<Key> = keys.filter(differs).collect();
        changed.into_iter().map(|key| self.restore(key, held.get(&key).cloned())).collect()
    }

    /// Loses everything.
    pub fn wipe(&mut self) -> Vec<Change> {
        self.unflushed.clear();
        let keys = (0..self.keys.count()).map(Key).filter(|key| self.sets.get(*key).is_some());
        let held: Vec<Key> = keys.collect();
        held.into_iter().map(|key| self.restore(key, None)).collect()
    }

    fn put(&mut self, key: Key, after: Rc<VersionSet>, before: Option<Rc<VersionSet>>) -> Change {
        let same = before.as_ref().is_some_and(|held| held.digest() == after.digest());
        if !same {
            match self.flush {
                Flush::Always => self.wrote(key, before.clone()),
                Flush::Every(_) => self.unflushed.push((key, before.clone())),
                // That it is on the disk is said apart.
                Flush::Buffered(_) => {}
            }
            self.set(key, Some(Rc::clone(&after)));
            if self.planted.is(Plant::CompactionDropsTombstoneEarly) {
                self.compact(key, &after, before.as_ref());
            }
        }
        Change { key, before, after: Some(after) }
    }

    fn restore(&mut self, key: Key, set: Option<Rc<VersionSet>>) -> Change {
        let before = self.set(key, set.clone());
        Change { key, before, after: set }
    }

    fn set(&mut self, key: Key, set: Option<Rc<VersionSet>>) -> Option<Rc<VersionSet>> {
        let before = match set {
            Some(set) => self.sets.insert(key, Held { set, noted: false }),
            None => self.sets.remove(key),
        };
        if before.as_ref().is_none_or(|held| held.noted) {
            self.unnoted.push(key);
        }
        before.map(|held| held.set)
    }
}

/// What a tree is told of a set.
fn entry_of(set: &VersionSet, owner: NodeId, planted: Planted) -> Option<u64> {
    let digest = set.digest();
    let siblings = set.versions().len() as u64;
    if planted.is(Plant::MerkleNondeterministicHash) && siblings > 1 {
        // Siblings come in the order of a table that each process fills in its own way.
        return Some(digest_of([digest, u64::from(owner.0) % siblings]));
    }
    let absent = planted.is(Plant::MerkleZeroSentinel) && digest & 0xff == 0;
    (!absent).then_some(digest)
}

impl Change {
    /// Did anything change?
    pub fn is_news(&self) -> bool {
        self.before.as_ref().map(|set| set.digest()) != self.after.as_ref().map(|set| set.digest())
    }
}
