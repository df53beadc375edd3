//! A map by key that is fast and cannot be walked: its order is nobody's business.

// The one place where a hash map is allowed: this wrapper hides its order.
#![allow(clippy::disallowed_types)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::id::Key;

/// Multiplies; keys are small dense integers that nobody chooses with bad intent.
#[derive(Clone, Copy, Default, Debug)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys hash as one 32-bit number");
    }
    fn write_u32(&mut self, number: u32) {
        let product = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
}

/// Values by key. There is no way to iterate.
#[derive(Clone, Debug)]
pub struct KeyMap<V> {
    map: HashMap<Key, V, BuildHasherDefault<KeyHasher>>,
}

impl<V> Default for KeyMap<V> {
    fn default() -> Self {
        KeyMap { map: HashMap::default() }
    }
}

impl<V> KeyMap<V> {
    /// The value of a key.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&V> {
        self.map.get(&key)
    }

    /// The value of a key, to change it.
    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.map.get_mut(&key)
    }

    /// Sets the value of a key and returns the former one.
    #[inline]
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        self.map.insert(key, value)
    }

    /// Forgets a key and returns its value.
    pub fn remove(&mut self, key: Key) -> Option<V> {
        self.map.remove(&key)
    }

    /// Has no key a value?
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// How many keys have a value.
    pub fn len(&self) -> usize {
        self.map.len()
    }
}
