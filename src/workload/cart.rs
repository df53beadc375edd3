//! Shopping carts (section 4.4): an add is never lost, a removed item can reappear.
//!
//! That is what the paper's application makes of divergent versions: their union. Other
//! applications make less of them, or more; the store is the same for all.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::dynamo::versioning::version::{Cart, Content, Value, Version, VersionSet};

/// Bytes of an item, and of a cart without items, by our count.
const ITEM_BYTES: u32 = 16;
const CART_BYTES: u32 = 64;

/// How an application reads and writes a cart of which there can be several versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CartPolicy {
    /// Takes the first version that a read returns, in order of dots, and overlooks the others:
    /// the next write drops what only they held.
    FirstReturned,
    /// Takes the version with the newest stamp. Where the last write wins at the store, there is
    /// only that one.
    LastWriteWins,
    /// Takes the union of all versions, as the paper's shopping cart: no add is lost, but what was
    /// taken out of one version comes back from another.
    #[default]
    Union,
    /// An observed-remove set: the value also carries what was taken out, so that a merge can tell
    /// an item that was removed from one that was never there. Carts grow with each removal.
    ObservedRemove,
    /// Reads the union, and writes without saying what it has read: nothing is ever superseded.
    Blind,
}

impl CartPolicy {
    /// The cart that the application makes of what a read returned.
    pub fn seen(self, set: Option<&VersionSet>) -> Cart {
        let Some(set) = set else { return Cart::default() };
        let taken = match self {
            CartPolicy::FirstReturned => set.visible().next(),
            CartPolicy::LastWriteWins => set.versions().iter().max_by_key(|v| (v.stamp, v.dot)),
            CartPolicy::Union | CartPolicy::ObservedRemove | CartPolicy::Blind => {
                return joined(set);
            }
        };
        taken.and_then(cart_of).cloned().unwrap_or_default()
    }

    /// Does a write say what was read before it?
    pub fn carries_context(self) -> bool {
        match self {
            CartPolicy::FirstReturned
            | CartPolicy::LastWriteWins
            | CartPolicy::Union
            | CartPolicy::ObservedRemove => true,
            CartPolicy::Blind => false,
        }
    }

    /// Takes an item out of a cart.
    pub fn remove(self, cart: &mut Cart, place: usize) -> u32 {
        let item = cart.items.remove(place);
        if self == CartPolicy::ObservedRemove {
            cart.removed.push(item);
            cart.removed.sort_unstable();
        }
        item
    }
}

/// All versions in one cart: what any of them holds and none has taken out.
pub fn joined(set: &VersionSet) -> Cart {
    let carts = || set.versions().iter().filter_map(cart_of);
    let removed = united(carts().map(|cart| &cart.removed));
    let mut items = united(carts().map(|cart| &cart.items));
    items.retain(|item| removed.binary_search(item).is_err());
    Cart { items, removed }
}

/// A cart as a value to write.
pub fn cart_value(cart: Cart) -> Value {
    let entries = cart.items.len() + cart.removed.len();
    let bytes = CART_BYTES + ITEM_BYTES * entries as u32;
    Value { bytes, content: Content::Cart(Rc::new(cart)) }
}

fn cart_of(version: &Version) -> Option<&Cart> {
    match &version.value.content {
        Content::Cart(cart) => Some(cart),
        // Damaged bytes are no cart that a shop can read.
        Content::Blob | Content::Tombstone | Content::Damaged(_) => None,
    }
}

/// Each number of the lists once, in order.
fn united<'a>(lists: impl Iterator<Item = &'a Vec<u32>>) -> Vec<u32> {
    let mut all: Vec<u32> = lists.flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
    use crate::ghost::Ghost;
    use crate::id::{EventId, Key, NodeId};
    use crate::time::Time;

    /// Two concurrent carts, of which the second is the newer.
    fn siblings() -> VersionSet {
        let version = |node: u32, stamp, items: &[u32], removed: &[u32]| Version {
            dot: Dot { actor: Actor::of_node(NodeId(node)), counter: 1 },
            stamp: Time(stamp),
            clock: None,
            value: cart_value(Cart { items: items.to_vec(), removed: removed.to_vec() }),
            ghost: Ghost::new(EventId { key: Key(0), number: node + 1 }, []),
        };
        let versions = [version(0, 5, &[1, 2, 4], &[]), version(1, 6, &[2, 3], &[1])];
        VersionSet::new(Clock::default(), versions.into_iter().collect())
    }

    #[test]
    fn each_policy_makes_its_own_cart_of_two() {
        let set = siblings();
        let rows = [
            (CartPolicy::FirstReturned, vec![1, 2, 4]),
            (CartPolicy::LastWriteWins, vec![2, 3]),
            // A union of carts that keep notes heeds them; under that policy nobody writes any.
            (CartPolicy::Union, vec![2, 3, 4]),
            (CartPolicy::ObservedRemove, vec![2, 3, 4]),
            (CartPolicy::Blind, vec![2, 3, 4]),
        ];
        for (policy, items) in rows {
            assert_eq!(policy.seen(Some(&set)).items, items, "{policy:?}");
            assert_eq!(policy.seen(None), Cart::default());
        }
    }

    #[test]
    fn only_an_observed_remove_leaves_a_note() {
        for policy in [CartPolicy::Union, CartPolicy::ObservedRemove] {
            let mut cart = Cart { items: vec![4, 7], removed: vec![5] };
            assert_eq!(policy.remove(&mut cart, 0), 4);
            let notes = if policy == CartPolicy::Union { vec![5] } else { vec![4, 5] };
            assert_eq!((cart.items, cart.removed), (vec![7], notes), "{policy:?}");
        }
    }
}
