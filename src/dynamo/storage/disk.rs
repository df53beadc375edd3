//! All that survives a crash.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::config::Flush;
use crate::dynamo::ring::history::{History, Transition};
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::ring::range::{KeyRange, Ranges};
use crate::dynamo::storage::hint_store::{Hint, HintStore};
use crate::dynamo::storage::store::{Change, Store};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::time::Time;

/// Where something is kept: a key's own copy, or a hint of it for somebody.
pub type Place = (Key, Option<NodeId>);

/// A node's disk: the copies it keeps, the hints it keeps for others, and the membership history
/// that section 4.8.1 wants persisted.
#[derive(Debug)]
pub struct Disk {
    pub store: Store,
    pub hints: HintStore,
    pub history: Rc<History>,
    /// Ranges that it has given to others, for as long as it may still be asked for them.
    pub given: Vec<Given>,
    /// What it has said that it expects of others: it keeps that until their coming or going is
    /// over, though another may come first by now, since who gives may not have heard of that.
    pub confirmed: Vec<Confirmed>,
    /// What it has said that it is prepared to give: no other coming or going is its business until
    /// that one is over, or it is sent back.
    pub promised: Option<Promise>,
    /// Its own coming or going, from the moment when those who give were told to.
    pub committed: Option<Committed>,
    /// Those who were told to leave through it while they came in, and have not begun to go; each
    /// with the time at which its join was issued.
    pub leavers: BTreeMap<NodeId, Time>,
    /// What it takes over from the dead and does not hold yet.
    pub lacking: Vec<Lack>,
    /// Does the device acknowledge flushes that it does not make?
    lies: bool,
}

/// Ranges that were given to others in one transition.
#[derive(Clone, Debug)]
pub struct Given {
    pub transition: Transition,
    pub ranges: Ranges,
}

/// Ranges that are to be given in one transition, in the deal of this membership.
#[derive(Clone, Debug)]
pub struct Promise {
    pub ranges: Given,
    pub membership: u64,
}

/// Ranges that are to be taken from another in one transition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    pub transition: Transition,
    pub ranges: Vec<KeyRange>,
}

/// A coming or going that can no longer step back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committed {
    pub transition: Transition,
    /// Those who give ranges for it.
    pub givers: Vec<NodeId>,
}

/// A range that is to be filled from a home that survived another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lack {
    pub range: KeyRange,
    pub survivor: NodeId,
    /// The last key that it has sent.
    pub after: Option<Key>,
    /// How often it was asked, and which time was the first for the page that is open.
    pub serial: u32,
    pub first: u32,
}

impl Lack {
    /// Nothing was asked yet.
    pub fn new(range: KeyRange, survivor: NodeId) -> Lack {
        Lack { range, survivor, after: None, serial: 0, first: 1 }
    }
}

/// What a crash or a failing device took from a disk.
#[derive(Debug, Default)]
pub struct Loss {
    pub copies: Vec<Change>,
    /// Hints before and after, for each change undone.
    pub hints: Vec<(Option<Hint>, Option<Hint>)>,
}

/// What was on a disk at some moment.
#[derive(Debug)]
pub struct Snapshot {
    copies: BTreeMap<Key, Rc<VersionSet>>,
    hints: Vec<Hint>,
    history: Rc<History>,
}

impl Snapshot {
    /// A place was not like that on the disk, but like this.
    pub fn correct(&mut self, (key, target): Place, set: Option<&Rc<VersionSet>>) {
        let Some(target) = target else {
            match set {
                Some(set) => self.copies.insert(key, Rc::clone(set)),
                None => self.copies.remove(&key),
            };
            return;
        };
        let place = self.hints.binary_search_by_key(&(key, target), |hint| (hint.key, hint.target));
        let hint = set.map(|set| Hint { target, key, set: Rc::clone(set) });
        match (place, hint) {
            (Ok(place), Some(hint)) => self.hints[place] = hint,
            (Ok(place), None) => {
                self.hints.remove(place);
            }
            (Err(place), Some(hint)) => self.hints.insert(place, hint),
            (Err(_), None) => {}
        }
    }
}

impl Loss {
    /// This and more.
    pub fn and(mut self, more: Loss) -> Loss {
        self.copies.extend(more.copies);
        self.hints.extend(more.hints);
        self
    }

    /// How many copies and hints it is about.
    pub fn count(&self) -> u64 {
        (self.copies.len() + self.hints.len()) as u64
    }
}

impl Disk {
    /// A disk with nothing on it but a membership history.
    pub fn new(keys: Rc<KeySpace>, flush: Flush, history: Rc<History>) -> Disk {
        Disk {
            store: Store::new(keys, flush),
            hints: HintStore::new(flush),
            history,
            given: Vec::new(),
            promised: None,
            committed: None,
            confirmed: Vec::new(),
            leavers: BTreeMap::new(),
            lacking: Vec::new(),
            lies: false,
        }
    }

    /// Everything written so far is safe from now on, if the device tells the truth.
    pub fn flush(&mut self) {
        if !self.lies {
            self.store.flush();
            self.hints.flush();
        }
    }

    /// What is held at a place.
    pub fn held(&self, (key, target): Place) -> Option<&Rc<VersionSet>> {
        match target {
            None => self.store.get(key),
            Some(target) => self.hints.get(key, target),
        }
    }

    /// Where nodes buffer: what is held at a place is on the disk now, which held this before.
    pub fn wrote(&mut self, (key, target): Place, before: Option<Rc<VersionSet>>) {
        match target {
            None => self.store.wrote(key, before),
            Some(target) => self.hints.wrote(key, target, before),
        }
    }

    /// The device begins, or ceases, to acknowledge flushes without making them.
    pub fn lie(&mut self, lies: bool) {
        self.lies = lies;
        self.store.lie(lies);
        self.hints.lie(lies);
    }

    /// A copy, or a hint for somebody, cannot be read any more.
    pub fn lose(&mut self, key: Key, target: Option<NodeId>) -> Loss {
        match target {
            None => Loss { copies: self.store.lose(key).into_iter().collect(), ..Loss::default() },
            Some(target) => {
                let hints = self.hints.lose(key, target).map(|hint| (Some(hint), None));
                Loss { hints: hints.into_iter().collect(), ..Loss::default() }
            }
        }
    }

    /// What was not flushed is gone.
    pub fn lose_unflushed(&mut self) -> Loss {
        Loss { copies: self.store.lose_unflushed(), hints: self.hints.lose_unflushed() }
    }

    /// What was not flushed is gone, and the last write that was is torn.
    pub fn tear(&mut self) -> Loss {
        let mut loss = self.lose_unflushed();
        loss.copies.extend(self.store.tear());
        loss
    }

    /// What is on it now. Shares all values.
    pub fn snapshot(&self) -> Snapshot {
        let hint = |(key, target, set): (Key, NodeId, &Rc<VersionSet>)| Hint {
            target,
            key,
            set: Rc::clone(set),
        };
        Snapshot {
            copies: self.store.held().map(|(key, set)| (key, Rc::clone(set))).collect(),
            hints: self.hints.iter().map(hint).collect(),
            history: Rc::clone(&self.history),
        }
    }

    /// It is as it was once.
    pub fn go_back(&mut self, to: Snapshot) -> Loss {
        self.history = to.history;
        let copies = self.store.go_back(&to.copies);
        Loss { copies, hints: self.hints.go_back(&to.hints) }
    }

    /// Everything is gone; the node will learn the membership anew from its seeds.
    pub fn wipe(&mut self) -> Loss {
        self.history = Rc::new(self.history.of_nobody());
        self.given.clear();
        self.confirmed.clear();
        self.promised = None;
        self.lacking.clear();
        self.committed = None;
        self.leavers.clear();
        let hints = self.hints.wipe().into_iter().map(|hint| (Some(hint), None)).collect();
        Loss { copies: self.store.wipe(), hints }
    }
}
