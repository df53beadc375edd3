//! A look at Merkle trees from outside: do they say what the store holds?
//!
//! It is bounded: some keys at a time, others in each round, so that in time all have their turn.

use crate::dynamo::ring::placement::RangeId;
use crate::dynamo::ring::position::Position;
use crate::dynamo::storage::store::Store;
use crate::id::Key;

/// Keys that one look is about, at most.
const KEYS: u32 = 256;
/// Of those, paths to the root that are made anew, at most.
const PATHS: u32 = 4;
/// Largest tree of which all contents are added up.
const LARGEST: usize = 4_096;

/// What a look has found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Inspection {
    /// How many keys were looked at.
    pub keys: u32,
    /// Those of which a tree says something else than the store.
    pub wrong: Vec<Wrong>,
    /// Those above which a hash is not that of what lies below it.
    pub untrue: Vec<Key>,
    /// One of the trees.
    pub tree: Option<TreeLook>,
}

/// A key of which the tree and the store differ: the digests of its version set, if there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wrong {
    pub key: Key,
    pub tree: Option<u64>,
    pub store: Option<u64>,
}

/// What a tree comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeLook {
    /// The ends of its range.
    pub bounds: (Position, Position),
    pub root: u64,
    /// Stands for what the store holds of its keys, whatever the order.
    pub contents: u64,
}

impl Inspection {
    /// Looks at the keys whose turn it is in this round, and at one of these ranges.
    pub fn of(store: &Store, round: u64, ranges: &[RangeId]) -> Inspection {
        let mut found = Inspection::default();
        let stride = (store.key_count() / KEYS).max(1);
        let first = (round % u64::from(stride)) as u32;
        for key in (first..store.key_count()).step_by(stride as usize).map(Key) {
            let Some((tree, held)) = store.tree_says(key) else { continue };
            found.keys += 1;
            if tree != held {
                found.wrong.push(Wrong { key, tree, store: held });
            }
        }
        let paths = (0..PATHS).map(|i| Key(first + i * (store.key_count() / PATHS)));
        let paths = paths.filter(|key| key.0 < store.key_count());
        found.untrue = paths.filter(|key| !store.path_is_true(*key)).collect();
        let place = round.checked_rem(ranges.len() as u64);
        let range = place.map(|place| ranges[place as usize]);
        found.tree = range.and_then(|range| store.look_at_tree(range, LARGEST));
        found
    }
}
