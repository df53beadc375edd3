//! All that survives a crash.

use std::rc::Rc;

use crate::dynamo::ring::history::History;
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::storage::hint_store::{Hint, HintStore};
use crate::dynamo::storage::store::{Change, Store};

/// A node's disk: the copies it keeps, the hints it keeps for others, and the membership history
/// that section 4.8.1 wants persisted.
#[derive(Debug)]
pub struct Disk {
    pub store: Store,
    pub hints: HintStore,
    pub history: Rc<History>,
}

/// What a crash took from a disk.
#[derive(Debug, Default)]
pub struct Loss {
    pub copies: Vec<Change>,
    /// Hints before and after, for each change undone.
    pub hints: Vec<(Option<Hint>, Option<Hint>)>,
}

impl Disk {
    /// A disk with nothing on it but a membership history.
    pub fn new(keys: Rc<KeySpace>, flushes_always: bool, history: Rc<History>) -> Disk {
        Disk {
            store: Store::new(keys, flushes_always),
            hints: HintStore::new(flushes_always),
            history,
        }
    }

    /// What was not flushed is gone.
    pub fn lose_unflushed(&mut self) -> Loss {
        Loss { copies: self.store.lose_unflushed(), hints: self.hints.lose_unflushed() }
    }

    /// Everything is gone; the node will learn the membership anew from its seeds.
    pub fn wipe(&mut self) -> Loss {
        self.history = Rc::new(History::default());
        let hints = self.hints.wipe().into_iter().map(|hint| (Some(hint), None)).collect();
        Loss { copies: self.store.wipe(), hints }
    }
}
