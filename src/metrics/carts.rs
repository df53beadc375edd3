//! Shopping carts (section 4.4): items that were added and got lost, or were removed and came back.
//!
//! The paper accepts the second and refuses the first. Memory grows with the items, of which each
//! is put into a cart once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, OperationId};
use crate::metrics::read::Read;
use crate::time::Time;
use crate::trace::record::Account;
use crate::workload::cart::{CartPolicy, joined};
use crate::workload::words::{CartChange, Ending, Invocation, OperationResult};

/// Follows the items of all carts.
#[derive(Debug)]
pub struct Carts {
    policy: CartPolicy,
    items: BTreeMap<(Key, u32), Item>,
    open: BTreeMap<OperationId, CartChange>,
    adds: u64,
    removes: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Item {
    added: bool,
    remove_began: bool,
    removed: Option<Time>,
    resurrected: bool,
}

/// Section `carts` of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct CartsFigures {
    pub acknowledged_adds: u64,
    pub acknowledged_removes: u64,
    pub lost_adds: u64,
    pub resurrected: u64,
    pub resurrected_at_end: u64,
}

impl Carts {
    /// No cart has been changed, and applications read carts so.
    pub fn new(policy: CartPolicy) -> Carts {
        let (items, open) = (BTreeMap::new(), BTreeMap::new());
        Carts { policy, items, open, adds: 0, removes: 0 }
    }

    /// An operation began.
    pub fn invoked(&mut self, invocation: &Invocation) {
        let Some(change) = invocation.cart else { return };
        self.open.insert(invocation.operation, change);
        let item = match change {
            CartChange::Add(item) | CartChange::Remove(item) => item,
        };
        let item = self.items.entry((invocation.key, item)).or_default();
        item.remove_began |= matches!(change, CartChange::Remove(_));
    }

    /// An operation ended.
    pub fn ended(&mut self, now: Time, ending: &Ending) {
        let Some(change) = self.open.remove(&ending.operation) else { return };
        if !matches!(ending.result, OperationResult::Ok { .. }) {
            return;
        }
        match change {
            CartChange::Add(item) => {
                self.adds += 1;
                self.items.entry((ending.key, item)).or_default().added = true;
            }
            CartChange::Remove(item) => {
                self.removes += 1;
                let item = self.items.entry((ending.key, item)).or_default();
                item.removed.get_or_insert(now);
            }
        }
    }

    /// A read succeeded.
    pub fn read(&mut self, read: &Read<'_>) {
        if self.removes == 0 {
            return;
        }
        if let Some(set) = read.set {
            self.look_at(read.key, set, read.began);
        }
    }

    /// What it comes to; none if no cart was ever changed.
    pub fn figures(mut self, account: &Account) -> Option<CartsFigures> {
        if self.items.is_empty() {
            return None;
        }
        let (mut held, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for (node, holder) in account.nodes.iter().enumerate() {
            for (key, set) in &holder.copies {
                if account.homes.of(*key).iter().any(|home| home.index() == node) {
                    self.look_at(*key, set, Time::NEVER);
                    let cart = self.policy.seen(Some(set));
                    seen.extend(cart.items.into_iter().map(|item| (*key, item)));
                    held.extend(joined(set).items.into_iter().map(|item| (*key, item)));
                }
            }
        }
        let lost = |(name, item): &(&(Key, u32), &Item)| {
            item.added && !item.remove_began && !held.contains(name)
        };
        let back =
            |(name, item): &(&(Key, u32), &Item)| item.removed.is_some() && seen.contains(name);
        Some(CartsFigures {
            acknowledged_adds: self.adds,
            acknowledged_removes: self.removes,
            lost_adds: self.items.iter().filter(lost).count() as u64,
            resurrected: self.items.values().filter(|item| item.resurrected).count() as u64,
            resurrected_at_end: self.items.iter().filter(back).count() as u64,
        })
    }

    fn look_at(&mut self, key: Key, set: &VersionSet, began: Time) {
        for number in self.policy.seen(Some(set)).items {
            if let Some(item) = self.items.get_mut(&(key, number)) {
                item.resurrected |= item.removed.is_some_and(|removed| removed <= began);
            }
        }
    }
}
