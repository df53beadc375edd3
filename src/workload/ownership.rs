//! Which clients write which keys, where not all write all.
//!
//! The writers of a key are so many clients in a row, in a circle; those of the next key follow
//! after them.

use crate::id::{ClientId, Key};

/// How many write each of how many.
#[derive(Clone, Copy, Debug)]
pub struct Ownership {
    pub writers: u32,
    pub clients: u32,
    pub keys: u32,
}

impl Ownership {
    /// The key itself if this client is one of its writers, else the next one of which it is: not
    /// far, so that what is asked for often stays so.
    pub fn nearest(self, key: Key, client: ClientId) -> Key {
        let (writers, clients) = (u64::from(self.writers), u64::from(self.clients));
        let first = u64::from(key.0) * writers % clients;
        let behind = (u64::from(client.0) + clients - first) % clients;
        let own = u64::from(key.0) + behind / writers;
        // Behind the last key the circle begins anew.
        let own = if own < u64::from(self.keys) { own } else { u64::from(client.0) / writers };
        Key(own as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn each_key_has_its_writers_and_each_client_its_keys() {
        for (writers, clients, keys) in [(1, 5, 5), (2, 5, 12), (3, 7, 100), (7, 7, 3), (4, 50, 13)]
        {
            let ownership = Ownership { writers, clients, keys };
            let mut writers_of: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for (key, client) in (0..keys).flat_map(|key| (0..clients).map(move |c| (key, c))) {
                let own = ownership.nearest(Key(key), ClientId(client));
                writers_of.entry(own.0).or_default().insert(client);
                assert_eq!(ownership.nearest(own, ClientId(client)), own);
                assert!(own.0 < key || own.0 - key <= clients / writers, "{key} is far from {own}");
            }
            let all: BTreeSet<u32> = (0..keys).collect();
            assert_eq!(writers_of.keys().copied().collect::<BTreeSet<u32>>(), all);
            assert!(writers_of.values().all(|some| some.len() == writers as usize));
        }
    }
}
