//! Shopping carts (section 4.4): an add is never lost, a removed item can reappear.
//!
//! The client merges divergent carts by union, the paper's own policy.

use std::rc::Rc;

use crate::dynamo::versioning::version::{Cart, Content, Value, VersionSet};

/// Bytes of an item, and of a cart without items, by our count.
const ITEM_BYTES: u32 = 16;
const CART_BYTES: u32 = 64;

/// The items of all versions that were read, each once, in order.
pub fn merged_items(set: Option<&VersionSet>) -> Vec<u32> {
    let versions = set.into_iter().flat_map(VersionSet::versions);
    let items_of = |content: &Content| match content {
        Content::Cart(cart) => cart.items.clone(),
        Content::Blob | Content::Tombstone => Vec::new(),
    };
    let mut items: Vec<u32> = versions.flat_map(|v| items_of(&v.value.content)).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// A cart of these items as a value to write.
pub fn cart_value(items: Vec<u32>) -> Value {
    let bytes = CART_BYTES + ITEM_BYTES * items.len() as u32;
    Value { bytes, content: Content::Cart(Rc::new(Cart { items })) }
}
