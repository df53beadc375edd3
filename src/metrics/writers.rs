//! Writers: how many clients write each key.

use std::collections::BTreeMap;

use crate::id::{ClientId, Key};
use crate::metrics::window::share;

/// Writers of a key that are told apart; more count as so many.
pub const MOST: usize = 64;

/// Who has begun to write which key.
#[derive(Clone, Debug, Default)]
pub struct Writers {
    /// Sorted.
    of_key: BTreeMap<Key, Vec<ClientId>>,
}

impl Writers {
    /// A client began a put or delete.
    pub fn wrote(&mut self, key: Key, client: ClientId) {
        let known = self.of_key.entry(key).or_default();
        if let Err(place) = known.binary_search(&client)
            && known.len() < MOST
        {
            known.insert(place, client);
        }
    }

    /// Writers of a key that was written at all, on average.
    pub fn mean(&self) -> Option<f64> {
        let all: usize = self.of_key.values().map(Vec::len).sum();
        share(all as u64, self.of_key.len() as u64)
    }

    /// Writers of the key that has most.
    pub fn max(&self) -> u64 {
        self.of_key.values().map(Vec::len).max().unwrap_or(0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_writer_counts_once_up_to_the_most() {
        let mut writers = Writers::default();
        assert_eq!((writers.mean(), writers.max()), (None, 0));
        (0..100).chain(0..100).for_each(|client| writers.wrote(Key(1), ClientId(client)));
        [3, 3, 1, 3].iter().for_each(|client| writers.wrote(Key(2), ClientId(*client)));
        assert_eq!((writers.mean(), writers.max()), (Some(33.0), 64));
    }
}
