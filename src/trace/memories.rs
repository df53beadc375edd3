//! What clients have read and written, as those who watch remember it for the session guarantees.

use crate::ghost::Past;
use crate::id::{ClientId, Key};

/// Keys that a client's memory holds.
pub const MOST_KEYS: usize = 64;

/// What each client knows of the keys that it used last.
#[derive(Debug)]
pub struct Memories {
    /// By client; the key used last stands last.
    clients: Vec<Vec<Memory>>,
    /// Writes of a client to one key after which it forgets them.
    most_writes: u32,
}

/// What a client knows of a key.
#[derive(Clone, Debug)]
pub struct Memory {
    key: Key,
    /// What its reads returned.
    pub seen: Past,
    /// What it wrote with success.
    pub written: Past,
    writes: u32,
}

impl Memories {
    /// Nobody knows anything. A client forgets its writes to a key after so many.
    pub fn new(clients: u32, most_writes: u32) -> Memories {
        Memories { clients: vec![Vec::new(); clients as usize], most_writes }
    }

    /// What a client knows of a key; nothing if it did not use it lately.
    pub fn known(&self, client: ClientId, key: Key) -> Option<&Memory> {
        self.clients[client.index()].iter().find(|memory| memory.key == key)
    }

    /// A read of a client returned this.
    pub fn note_read(&mut self, client: ClientId, key: Key, history: &Past) {
        self.of(client, key).seen.join(history);
    }

    /// A write of a client succeeded: `add` says what it knows by that.
    pub fn note_write(&mut self, client: ClientId, key: Key, add: impl FnOnce(&mut Past)) {
        let most = self.most_writes;
        let memory = self.of(client, key);
        if memory.writes == most {
            (memory.written, memory.writes) = (Past::default(), 0);
        }
        memory.writes += 1;
        add(&mut memory.written);
    }

    fn of(&mut self, client: ClientId, key: Key) -> &mut Memory {
        let memories = &mut self.clients[client.index()];
        match memories.iter().position(|memory| memory.key == key) {
            Some(place) => memories[place..].rotate_left(1),
            None => {
                if memories.len() == MOST_KEYS {
                    memories.remove(0);
                }
                let (seen, written) = (Past::default(), Past::default());
                memories.push(Memory { key, seen, written, writes: 0 });
            }
        }
        memories.last_mut().expect("the memory of this key stands last")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_used_last_and_some_writes_are_remembered() {
        let mut memories = Memories::new(2, 2);
        let (one, other) = (ClientId(0), ClientId(1));
        let write = |memories: &mut Memories, key, number| {
            memories.note_write(one, Key(key), |written| written.insert(number));
        };
        for key in 0..MOST_KEYS as u32 {
            write(&mut memories, key, 1);
        }
        // Key 0 is used again, so that key 1 is the one to go.
        let mut read = Past::default();
        read.insert(3);
        memories.note_read(one, Key(0), &read);
        write(&mut memories, 1_000, 1);
        let known = |memories: &Memories, client, key| memories.known(client, Key(key)).cloned();
        assert!(known(&memories, one, 1).is_none() && known(&memories, other, 0).is_none());
        let memory = known(&memories, one, 0).unwrap();
        assert!(memory.seen.contains(3) && memory.written.contains(1));
        // The third write is one too many.
        write(&mut memories, 0, 2);
        write(&mut memories, 0, 3);
        let memory = known(&memories, one, 0).unwrap();
        assert!(memory.written.contains(3) && !memory.written.contains(2));
    }
}
