//! Numbers for things in the order in which they first came: a table with open addressing and
//! linear probing (Knuth, volume 3, 6.4) that keeps places only; the things stay with their owner.
//!
//! Places depend on the order of the questions alone, never on the hash.

/// Where things stand in their owner's list.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Part of the hash, and the place plus one; 0 is free. As many as a power of two.
    slots: Vec<(u32, u32)>,
    used: usize,
}

/// Odd, with its bits evenly spread: the golden ratio's.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number stirred so that each of its bits has a say in the upper half.
pub fn stirred(number: u64) -> u64 {
    let once = (number ^ (number >> 32)).wrapping_mul(SPREAD);
    (once ^ (once >> 29)).wrapping_mul(SPREAD)
}

/// The hash of a text.
pub fn hash(text: &[u8]) -> u64 {
    let (eights, rest) = text.as_chunks::<8>();
    let start = text.len() as u64;
    let whole = eights.iter().fold(start, |hash, eight| stirred(hash ^ u64::from_le_bytes(*eight)));
    let last = rest.iter().fold(0, |last, byte| (last << 8) | u64::from(*byte));
    stirred(whole.rotate_left(7) ^ last)
}

impl Places {
    /// The place of a thing with this hash; if it is none of those so far, `next`, from now on.
    pub fn place(&mut self, hash: u64, next: u32, is_it: impl Fn(u32) -> bool) -> u32 {
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let mark = (hash >> 32) as u32;
        let mask = self.slots.len() - 1;
        let mut at = mark as usize & mask;
        loop {
            let (other, place) = self.slots[at];
            if place == 0 {
                self.slots[at] = (mark, next + 1);
                self.used += 1;
                return next;
            }
            if other == mark && is_it(place - 1) {
                return place - 1;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(64);
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for (mark, place) in old.into_iter().filter(|(_, place)| *place > 0) {
            let mut at = mark as usize & (size - 1);
            while self.slots[at].1 > 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = (mark, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_first_coming_even_if_all_hashes_are_the_same() {
        for hash in [stirred as fn(u64) -> u64, |_| 7] {
            let (mut places, mut things) = (Places::default(), Vec::new());
            for thing in (0..1000u64).chain(0..1000) {
                let next = things.len() as u32;
                let place = places.place(hash(thing), next, |at| things[at as usize] == thing);
                if place == next {
                    things.push(thing);
                }
                assert_eq!(u64::from(place), thing);
            }
        }
    }

    #[test]
    fn texts_that_differ_in_a_byte_differ_in_their_hash() {
        let texts = ["", "a", "b", "ab", "ba", "abcdefgh", "abcdefgi", "abcdefgha", "abcdefgh\0"];
        let mut hashes: Vec<u64> = texts.iter().map(|text| hash(text.as_bytes()) >> 32).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
    }
}
