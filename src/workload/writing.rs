//! What an intent writes, and what that does to a cart.

use crate::dynamo::versioning::version::{Content, Value, VersionSet};
use crate::random::source::Source;
use crate::workload::cart::{CartPolicy, cart_value};
use crate::workload::intent::Intent;
use crate::workload::words::CartChange;

/// A value to write, and its change to a cart.
pub type Written = (Value, Option<CartChange>);

/// Is there anything for this intent to write, after it has read this?
pub fn has_something_to_write(
    intent: Intent,
    policy: CartPolicy,
    read: Option<&VersionSet>,
) -> bool {
    intent != Intent::Remove || !policy.seen(read).items.is_empty()
}

/// A value of so many bytes that nobody looks at.
pub fn plain(bytes: u32) -> Written {
    (Value { bytes, content: Content::Blob }, None)
}

/// The value of a delete.
pub fn tombstone() -> Written {
    (Value { bytes: 0, content: Content::Tombstone }, None)
}

/// The cart with one item more: the event's number is an item that was never in this cart before.
pub fn added(policy: CartPolicy, read: Option<&VersionSet>, event: u32) -> Written {
    let mut cart = policy.seen(read);
    cart.items.push(event);
    cart.items.sort_unstable();
    (cart_value(cart), Some(CartChange::Add(event)))
}

/// The cart with one item less, any of those that are seen in it.
pub fn removed(policy: CartPolicy, read: Option<&VersionSet>, source: &mut impl Source) -> Written {
    let mut cart = policy.seen(read);
    let place = source.below(cart.items.len() as u64) as usize;
    let item = policy.remove(&mut cart, place);
    (cart_value(cart), Some(CartChange::Remove(item)))
}
