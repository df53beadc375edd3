//! Payloads by slot; a slot that was emptied is used again, the last one first.

/// How many bits of a key name a slot; the first of them tells slots from names.
pub(in crate::sim) const SLOT_BITS: u32 = 24;
/// No slot: the end of the list of free ones.
const END: u32 = u32::MAX;

/// A place for one payload.
#[derive(Clone, Debug)]
enum Slot<E> {
    Taken(E),
    /// Free, with the next free one behind it.
    Free(u32),
}

/// Payloads under small numbers that stay the same while they are in.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Slab<E> {
    slots: Vec<Slot<E>>,
    free: u32,
    taken: usize,
}

impl<E> Slab<E> {
    pub(in crate::sim) fn new() -> Slab<E> {
        Slab { slots: Vec::new(), free: END, taken: 0 }
    }

    /// Puts a payload in and returns its slot.
    #[inline]
    pub(in crate::sim) fn insert(&mut self, payload: E) -> u32 {
        self.taken += 1;
        let slot = self.free;
        if slot == END {
            return self.append(payload);
        }
        let place = &mut self.slots[slot as usize];
        match place {
            Slot::Free(next) => self.free = *next,
            Slot::Taken(_) => panic!("a slot on the list of free ones was taken"),
        }
        *place = Slot::Taken(payload);
        slot
    }

    /// Takes a payload out.
    #[inline]
    pub(in crate::sim) fn remove(&mut self, slot: u32) -> E {
        match std::mem::replace(&mut self.slots[slot as usize], Slot::Free(self.free)) {
            Slot::Taken(payload) => {
                self.free = slot;
                self.taken -= 1;
                payload
            }
            Slot::Free(_) => panic!("the payload of a pending key was gone"),
        }
    }

    /// The payload in a slot.
    #[inline]
    pub(in crate::sim) fn get(&self, slot: u32) -> &E {
        match &self.slots[slot as usize] {
            Slot::Taken(payload) => payload,
            Slot::Free(_) => panic!("a payload that is asked for was gone"),
        }
    }

    /// How many payloads are in.
    pub(in crate::sim) fn len(&self) -> usize {
        self.taken
    }

    /// How many payloads fit without taking memory.
    #[cfg(test)]
    pub(in crate::sim) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// All payloads by slot.
    pub(in crate::sim) fn iter(&self) -> impl Iterator<Item = &E> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Taken(payload) => Some(payload),
            Slot::Free(_) => None,
        })
    }

    #[cold]
    fn append(&mut self, payload: E) -> u32 {
        let slot = number(self.slots.len());
        self.slots.push(Slot::Taken(payload));
        slot
    }
}

/// The number of the slot at a place, which must fit into a key.
fn number(place: usize) -> u32 {
    assert!(place < 1 << (SLOT_BITS - 1), "too many events are pending at once: 2^23");
    place as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_that_was_emptied_last_is_used_first() {
        let mut slab = Slab::new();
        assert_eq!([slab.insert('a'), slab.insert('b'), slab.insert('c')], [0, 1, 2]);
        assert_eq!((slab.remove(0), slab.remove(1)), ('a', 'b'));
        assert_eq!([slab.insert('d'), slab.insert('e'), slab.insert('f')], [1, 0, 3]);
        assert_eq!(slab.iter().collect::<String>(), "edcf");
        assert_eq!(slab.len(), 4);
    }

    #[test]
    #[should_panic(expected = "too many events are pending at once: 2^23")]
    fn a_slot_beyond_the_key_is_refused() {
        assert_eq!(number((1 << (SLOT_BITS - 1)) - 1), 0x7f_ffff);
        number(1 << (SLOT_BITS - 1));
    }
}
