//! What a planted bug makes of the files of a store: nothing here happens without it.

use std::rc::Rc;

use crate::dynamo::storage::store::{Change, Store};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::Key;

impl Store {
    /// A file that holds a tombstone is merged: the tombstone goes, though an older file still
    /// holds what it deleted.
    pub(super) fn compact(
        &mut self,
        key: Key,
        after: &VersionSet,
        before: Option<&Rc<VersionSet>>,
    ) {
        let shows = |set: &VersionSet| set.visible().next().is_some();
        match before.filter(|before| shows(before)) {
            _shown if shows(after) => self.merged_away.remove(&key),
            Some(before) => self.merged_away.insert(key, Rc::clone(before)),
            None => None,
        };
    }

    /// The files are read again after a restart: what they held comes to light where its tombstone
    /// was merged away.
    pub fn scan(&mut self) -> Vec<Change> {
        let back = std::mem::take(&mut self.merged_away).into_iter();
        back.map(|(key, set)| self.restore(key, Some(set))).collect()
    }
}
