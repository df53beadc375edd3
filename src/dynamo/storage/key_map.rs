//! A map by key that is fast and cannot be walked: its order is nobody's business.
//!
//! Open addressing in one list, each entry beside its key: a look that finds what it wants touches
//! one line of memory. The general map of the standard library touches two, and replicas look up a
//! key for most of what they do.

use crate::id::Key;

/// The fewest places of a map that has any.
const FEWEST: usize = 8;

/// Values by key. There is no way to iterate.
#[derive(Clone, Debug)]
pub struct KeyMap<V> {
    /// As many as a power of two, at most three quarters of them taken. An entry lies at the first
    /// free place from that on which its key names.
    places: Vec<Option<(Key, V)>>,
    taken: usize,
}

impl<V> Default for KeyMap<V> {
    fn default() -> Self {
        KeyMap { places: Vec::new(), taken: 0 }
    }
}

impl<V> KeyMap<V> {
    /// The value of a key.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&V> {
        let place = self.find(key)?;
        self.places[place].as_ref().map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        let place = self.find(key)?;
        self.places[place].as_mut().map(|(_, value)| value)
    }

    /// Sets the value of a key and returns the former one.
    #[inline]
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(key) {
            return Some(std::mem::replace(known, value));
        }
        if self.taken * 4 >= self.places.len() * 3 {
            self.grow();
        }
        self.add(key, value);
        None
    }

    /// Forgets a key and returns its value.
    pub fn remove(&mut self, key: Key) -> Option<V> {
        let mut hole = self.find(key)?;
        let (_, value) = self.places[hole].take()?;
        self.taken -= 1;
        // Whoever was pushed on beyond the hole moves up, or it would not be found any more.
        let mut place = self.after(hole);
        while let Some((other, _)) = &self.places[place] {
            let mask = self.places.len() - 1;
            let from_home = |at: usize| at.wrapping_sub(self.home(*other)) & mask;
            if from_home(hole) < from_home(place) {
                self.places.swap(hole, place);
                hole = place;
            }
            place = self.after(place);
        }
        Some(value)
    }

    /// Has no key a value?
    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// How many keys have a value.
    pub fn len(&self) -> usize {
        self.taken
    }

    #[inline]
    fn find(&self, key: Key) -> Option<usize> {
        if self.places.is_empty() {
            return None;
        }
        let mut place = self.home(key);
        while let Some((other, _)) = &self.places[place] {
            if *other == key {
                return Some(place);
            }
            place = self.after(place);
        }
        None
    }

    /// The place that a key names. Keys are small dense integers that nobody chooses with bad
    /// intent: a multiplication spreads them, and its upper half is the better one.
    #[inline]
    fn home(&self, key: Key) -> usize {
        let product = u64::from(key.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (product >> 32) as usize & (self.places.len() - 1)
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }

    /// Puts in a key that is not there, for which there is room.
    fn add(&mut self, key: Key, value: V) {
        let mut place = self.home(key);
        while self.places[place].is_some() {
            place = self.after(place);
        }
        self.places[place] = Some((key, value));
        self.taken += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(FEWEST);
        let old = std::mem::take(&mut self.places);
        self.places.resize_with(length, || None);
        self.taken = 0;
        old.into_iter().flatten().for_each(|(key, value)| self.add(key, value));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u32),
        Remove(u32),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![(0u32..60).prop_map(Step::Insert), (0u32..60).prop_map(Step::Remove)]
    }

    proptest! {
        #[test]
        fn it_holds_what_a_sorted_map_holds(
            steps in proptest::collection::vec(any_step(), 1..400),
            stride in prop_oneof![Just(1u32), Just(1 << 20), 1u32..10_000],
        ) {
            let (mut map, mut reference) = (KeyMap::default(), BTreeMap::new());
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Insert(key) => prop_assert_eq!(
                        map.insert(Key(key * stride), number),
                        reference.insert(key, number)
                    ),
                    Step::Remove(key) => {
                        prop_assert_eq!(map.remove(Key(key * stride)), reference.remove(&key));
                    }
                }
                prop_assert_eq!(map.len(), reference.len());
                prop_assert_eq!(map.is_empty(), reference.is_empty());
                for key in 0..60 {
                    prop_assert_eq!(map.get(Key(key * stride)), reference.get(&key));
                }
            }
        }
    }
}
