//! Section 4.6: replicas kept for others, in a database of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::rc::Rc;

use crate::dynamo::config::Flush;
use crate::dynamo::config::rules::Rules;
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::time::Time;

/// A replica kept for a home that was absent, with the name of whom it is for.
#[derive(Clone, Debug)]
pub struct Hint {
    pub target: NodeId,
    pub key: Key,
    pub set: Rc<VersionSet>,
}

/// All hints that a node keeps, one for each key and target: a later write to the same key melts
/// into the earlier hint.
#[derive(Debug, Default)]
pub struct HintStore {
    by_key: BTreeMap<(Key, NodeId), Rc<VersionSet>>,
    by_target: BTreeMap<NodeId, BTreeSet<Key>>,
    /// When each was kept last, by the time that its node's clock has run.
    kept_at: BTreeMap<(Key, NodeId), Time>,
    bytes: u64,
    /// What was there before each change since the last flush, oldest first.
    unflushed: Vec<(Key, NodeId, Option<Rc<VersionSet>>)>,
    flush: Flush,
    /// Does the device acknowledge flushes that it does not make?
    lies: bool,
}

impl HintStore {
    /// No hints. What is written becomes safe like this.
    pub fn new(flush: Flush) -> HintStore {
        HintStore { flush, ..HintStore::default() }
    }

    /// The hint for this key and target.
    pub fn get(&self, key: Key, target: NodeId) -> Option<&Rc<VersionSet>> {
        self.by_key.get(&(key, target))
    }

    /// All that is held of a key for whomever, merged: what a stand-in answers to a read.
    pub fn of_key(&self, rules: Rules, key: Key) -> Option<Rc<VersionSet>> {
        let ends = (Bound::Included((key, NodeId(0))), Bound::Included((key, NodeId(u32::MAX))));
        let sets = self.by_key.range(ends).map(|(_, set)| Rc::clone(set));
        sets.reduce(|all, set| merge(rules, &all, &set))
    }

    /// Keeps a hint in place of any earlier one; returns the earlier one.
    pub fn put(&mut self, now: Time, hint: Hint) -> Option<Rc<VersionSet>> {
        self.keep_again(now, hint.key, hint.target);
        let before = self.set(hint.key, hint.target, Some(hint.set));
        if self.keeps_undo() {
            self.unflushed.push((hint.key, hint.target, before.clone()));
        }
        before
    }

    /// Somebody relies once more on a hint that is there.
    pub fn keep_again(&mut self, now: Time, key: Key, target: NodeId) {
        self.kept_at.insert((key, target), now);
    }

    /// Has nobody relied on it anew since this time? What its target confirmed earlier, it may have
    /// given back since.
    pub fn is_as_of(&self, time: Time, key: Key, target: NodeId) -> bool {
        self.kept_at.get(&(key, target)).is_none_or(|kept| *kept <= time)
    }

    /// Forgets a hint and returns it.
    pub fn remove(&mut self, key: Key, target: NodeId) -> Option<Rc<VersionSet>> {
        let before = self.set(key, target, None);
        if self.keeps_undo() {
            self.unflushed.push((key, target, before.clone()));
        }
        before
    }

    /// Those for whom there are hints.
    pub fn targets(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.by_target.keys().copied()
    }

    /// The keys of the hints for one target, from the first after `after`.
    pub fn keys_for(&self, target: NodeId, after: Option<Key>) -> impl Iterator<Item = Key> + '_ {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let keys = self.by_target.get(&target);
        keys.into_iter().flat_map(move |keys| keys.range((from, Bound::Unbounded)).copied())
    }

    /// How many hints are kept.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Is no hint kept?
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The size of all hints.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All hints, by key and target.
    pub fn iter(&self) -> impl Iterator<Item = (Key, NodeId, &Rc<VersionSet>)> {
        self.by_key.iter().map(|(&(key, target), set)| (key, target, set))
    }

    /// Everything written so far is safe from now on.
    pub fn flush(&mut self) {
        self.unflushed.clear();
    }

    /// The device begins, or ceases, to acknowledge flushes without making them.
    pub fn lie(&mut self, lies: bool) {
        self.lies = lies;
        match self.flush {
            Flush::Always | Flush::Buffered(_) if !lies => self.flush(),
            Flush::Always | Flush::Buffered(_) | Flush::Every(_) => {}
        }
    }

    /// A hint cannot be read any more; returns it.
    pub fn lose(&mut self, key: Key, target: NodeId) -> Option<Hint> {
        self.set(key, target, None).map(|set| Hint { target, key, set })
    }

    /// A hint changes silently; true if there was something to change.
    pub fn damage(&mut self, key: Key, target: NodeId, mark: u64) -> bool {
        let damaged = self.get(key, target).and_then(|set| set.damage(mark));
        damaged.is_some_and(|set| self.set(key, target, Some(Rc::new(set))).is_some())
    }

    /// Goes back to what was kept once: each hint that differs, before and after.
    pub fn go_back(&mut self, kept: &[Hint]) -> Vec<(Option<Hint>, Option<Hint>)> {
        let was = self.wipe();
        for Hint { target, key, set } in kept {
            self.set(*key, *target, Some(Rc::clone(set)));
        }
        // Both are in order of key and target.
        let same = |list: &[Hint], hint: &Hint| {
            let found = list.binary_search_by_key(&(hint.key, hint.target), |h| (h.key, h.target));
            found.is_ok_and(|place| list[place].set.digest() == hint.set.digest())
        };
        let gone = was.iter().filter(|hint| !same(kept, hint));
        let back = kept.iter().filter(|hint| !same(&was, hint));
        let gone = gone.map(|hint| (Some(hint.clone()), None));
        gone.chain(back.map(|hint| (None, Some(hint.clone())))).collect()
    }

    fn keeps_undo(&self) -> bool {
        match self.flush {
            Flush::Always => self.lies,
            Flush::Every(_) => true,
            // What is on the disk is said apart.
            Flush::Buffered(_) => false,
        }
    }

    /// Where nodes buffer: what is held at this place is on the disk now, which held this before.
    pub fn wrote(&mut self, key: Key, target: NodeId, before: Option<Rc<VersionSet>>) {
        if self.lies {
            self.unflushed.push((key, target, before));
        }
    }

    /// What was in memory only is gone: this is what the disk holds. Returns the hint as it was and
    /// as it is.
    pub fn put_back(
        &mut self,
        key: Key,
        target: NodeId,
        set: Option<Rc<VersionSet>>,
    ) -> (Option<Hint>, Option<Hint>) {
        let hint = |set: Option<Rc<VersionSet>>| set.map(|set| Hint { target, key, set });
        let now = hint(set.clone());
        (hint(self.set(key, target, set)), now)
    }

    /// Undoes all that was not flushed: returns for each change undone the hint as it was and as it
    /// is now. A removal that is undone brings a delivered hint back.
    pub fn lose_unflushed(&mut self) -> Vec<(Option<Hint>, Option<Hint>)> {
        let undo = std::mem::take(&mut self.unflushed);
        let mut undone = Vec::new();
        for (key, target, before) in undo.into_iter().rev() {
            undone.push(self.put_back(key, target, before));
        }
        undone
    }

    /// Loses everything and returns it.
    pub fn wipe(&mut self) -> Vec<Hint> {
        self.unflushed.clear();
        self.by_target.clear();
        self.kept_at.clear();
        self.bytes = 0;
        let all = std::mem::take(&mut self.by_key).into_iter();
        all.map(|((key, target), set)| Hint { target, key, set }).collect()
    }

    fn set(
        &mut self,
        key: Key,
        target: NodeId,
        set: Option<Rc<VersionSet>>,
    ) -> Option<Rc<VersionSet>> {
        let size =
            |set: &Option<Rc<VersionSet>>| set.as_ref().map_or(0, |set| u64::from(set.bytes()));
        let added = size(&set);
        let before = match set {
            Some(set) => {
                self.by_target.entry(target).or_default().insert(key);
                self.by_key.insert((key, target), set)
            }
            None => {
                self.forget_target(key, target);
                self.kept_at.remove(&(key, target));
                self.by_key.remove(&(key, target))
            }
        };
        self.bytes = self.bytes + added - size(&before);
        before
    }

    fn forget_target(&mut self, key: Key, target: NodeId) {
        if let Some(keys) = self.by_target.get_mut(&target) {
            keys.remove(&key);
            if keys.is_empty() {
                self.by_target.remove(&target);
            }
        }
    }
}
