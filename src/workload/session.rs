//! What a client remembers of the keys that it has to do with.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::dynamo::versioning::version::VersionSet;
use crate::id::Key;

/// The last answers to one client, by key, as many as it has room for.
#[derive(Debug)]
pub struct Memory {
    room: usize,
    /// The oldest first. Few, so that a list does.
    answers: VecDeque<(Key, Option<Rc<VersionSet>>)>,
}

impl Memory {
    /// Nothing yet, with room for so many keys.
    pub fn new(room: usize) -> Memory {
        Memory { room, answers: VecDeque::new() }
    }

    /// What the last answer said of a key, which may be that there is nothing; none if that is
    /// forgotten.
    pub fn recall(&self, key: Key) -> Option<Option<Rc<VersionSet>>> {
        self.answers.iter().find(|(known, _)| *known == key).map(|(_, set)| set.clone())
    }

    /// Forgets all of it.
    pub fn forget(&mut self) {
        self.answers.clear();
    }

    /// Notes an answer.
    pub fn remember(&mut self, key: Key, set: Option<Rc<VersionSet>>) {
        if self.room == 0 {
            return;
        }
        self.answers.retain(|(known, _)| *known != key);
        if self.answers.len() == self.room {
            self.answers.pop_front();
        }
        self.answers.push_back((key, set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut memory = Memory::new(2);
        memory.remember(Key(1), None);
        memory.remember(Key(2), None);
        memory.remember(Key(1), None);
        memory.remember(Key(3), None);
        let known = [1, 2, 3].map(|key| memory.recall(Key(key)).is_some());
        assert_eq!(known, [true, false, true]);
        memory = Memory::new(0);
        memory.remember(Key(1), None);
        assert!(memory.recall(Key(1)).is_none());
    }
}
