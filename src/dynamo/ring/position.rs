//! Places on the ring: 128-bit positions, of keys by MD5 and of nodes by chosen tokens (section
//! 4.2).

use std::collections::BTreeSet;

use md5::{Digest, Md5};

use crate::id::{Key, NodeId};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// A place on the ring; the ring closes from the largest back to 0.
pub type Position = u128;

/// The positions of all keys of a run, by key.
#[derive(Debug)]
pub struct KeySpace {
    positions: Vec<Position>,
}

impl KeySpace {
    /// The keys `k0` to `k<count - 1>`, each at the MD5 of its spelling.
    pub fn new(count: u32) -> KeySpace {
        KeySpace { positions: (0..count).map(|key| position_of(&Key(key).to_string())).collect() }
    }

    /// Keys at stated positions, for examples.
    pub fn at(positions: Vec<Position>) -> KeySpace {
        KeySpace { positions }
    }

    /// Where a key lies.
    pub fn position(&self, key: Key) -> Position {
        self.positions[key.index()]
    }

    /// How many keys there are.
    pub fn count(&self) -> u32 {
        self.positions.len() as u32
    }
}

/// The MD5 of a key's bytes as an unsigned number, first byte highest.
pub fn position_of(key: &str) -> Position {
    u128::from_be_bytes(Md5::digest(key.as_bytes()).into())
}

/// The place at this share of the ring, from 0 up to 1. Exact: no share has more digits.
pub fn position_at(share: f64) -> Position {
    const SHARES: f64 = 18_446_744_073_709_551_616.0;
    u128::from((share * SHARES) as u64) << 64
}

/// The random tokens of a node (section 4.8.1: chosen once, then persisted).
pub fn choose_tokens(luck: &Luck, node: NodeId, count: u32) -> Vec<Position> {
    let mut source = luck.stream(Purpose::Placement, u64::from(node.0));
    let mut draw = || u128::from(source.next_u64()) << 64 | u128::from(source.next_u64());
    let mut tokens: Vec<Position> = (0..count).map(|_| draw()).collect();
    tokens.sort_unstable();
    tokens
}

/// The random tokens of a node, none of which is taken: one that is is drawn anew.
pub fn choose_free_tokens(
    luck: &Luck,
    node: NodeId,
    count: u32,
    taken: &BTreeSet<Position>,
) -> Vec<Position> {
    let mut source = luck.stream(Purpose::Placement, u64::from(node.0));
    let mut draw = || u128::from(source.next_u64()) << 64 | u128::from(source.next_u64());
    let mut tokens = BTreeSet::new();
    while tokens.len() < count as usize {
        let token = draw();
        if !taken.contains(&token) {
            tokens.insert(token);
        }
    }
    tokens.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_ring_is_a_place() {
        assert_eq!(position_at(0.0), 0);
        assert_eq!(position_at(0.5), 1 << 127);
        assert_eq!(position_at(0.75), 3 << 126);
    }

    // Checklist item 1: MD5(key) as an unsigned 128-bit position.
    #[test]
    fn a_key_lies_at_its_md5() {
        assert_eq!(position_of(""), 0xd41d_8cd9_8f00_b204_e980_0998_ecf8_427e);
        assert_eq!(position_of("abc"), 0x9001_5098_3cd2_4fb0_d696_3f7d_28e1_7f72);
    }
}
