//! Section 6.1: written objects stay in memory for a while, and a writer brings them to the disk.
//!
//! What a node holds, its memory and its disk together, is in the stores; this keeps what the disk
//! holds beneath each object that is in memory only, so that a crash leaves just that. It belongs
//! to the running node: with the node it is gone, whatever the disk does. The paper does not say
//! what a write does that finds the buffer full: here it goes to the disk and waits for it.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::dynamo::storage::disk::{Disk, Loss, Place};
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};

/// The objects that a node has in memory only.
#[derive(Debug)]
pub struct ObjectBuffer {
    capacity: usize,
    /// What the disk holds of each.
    beneath: BTreeMap<Place, Option<Rc<VersionSet>>>,
    /// In which order they are to be written. Some may have been written otherwise since.
    queue: VecDeque<Place>,
    /// How many at the head of the queue the writer still writes before it rests.
    due: usize,
    writing: Option<Writing>,
}

/// An object on its way to the disk.
#[derive(Debug)]
struct Writing {
    place: Place,
    /// It was changed in memory meanwhile.
    again: bool,
    /// It was written otherwise meanwhile, with all that is on its way.
    overtaken: bool,
}

impl ObjectBuffer {
    /// Nothing, with room for so many objects.
    pub fn new(capacity: u32) -> ObjectBuffer {
        let capacity = capacity as usize;
        let (beneath, queue) = (BTreeMap::new(), VecDeque::new());
        ObjectBuffer { capacity, beneath, queue, due: 0, writing: None }
    }

    /// Is there room for a write to this place? There always is where one is already.
    pub fn has_room_for(&self, place: Place) -> bool {
        !self.is_full() || self.beneath.contains_key(&place)
    }

    /// Is every room taken?
    pub fn is_full(&self) -> bool {
        self.beneath.len() >= self.capacity
    }

    /// How many objects are in memory only.
    pub fn len(&self) -> usize {
        self.beneath.len()
    }

    /// Is none?
    pub fn is_empty(&self) -> bool {
        self.beneath.is_empty()
    }

    /// Can what is held at this place be read from memory?
    pub fn holds(&self, place: Place) -> bool {
        self.beneath.contains_key(&place)
    }

    /// Is a copy of this key kept in memory for somebody?
    pub fn holds_for_others(&self, key: Key) -> bool {
        let ends = (key, Some(NodeId(0)))..=(key, Some(NodeId(u32::MAX)));
        self.beneath.range(ends).next().is_some()
    }

    /// A place was written in memory; the disk holds there what it did.
    pub fn keep(&mut self, place: Place, before: Option<Rc<VersionSet>>) {
        let fresh = !self.beneath.contains_key(&place);
        if fresh {
            self.beneath.insert(place, before);
        }
        let queues = match &mut self.writing {
            Some(writing) if writing.place == place => !std::mem::replace(&mut writing.again, true),
            Some(_) | None => fresh,
        };
        if queues {
            self.queue.push_back(place);
        }
    }

    /// The writer begins: all that is in memory now is to be written.
    pub fn begin(&mut self) {
        self.due = self.queue.len();
    }

    /// The next place to write, unless one is being written; none once the writer may rest.
    pub fn next_place(&mut self) -> Option<Place> {
        if self.writing.is_some() {
            return None;
        }
        while self.due > 0 {
            self.due -= 1;
            let place = self.queue.pop_front()?;
            if self.beneath.contains_key(&place) {
                self.writing = Some(Writing { place, again: false, overtaken: false });
                return Some(place);
            }
        }
        None
    }

    /// The writer has written a set; returns what the disk held there before, if that is news.
    pub fn written(&mut self, set: &Rc<VersionSet>) -> Option<Option<Rc<VersionSet>>> {
        let Writing { place, again, overtaken } = self.writing.take()?;
        match (overtaken, again) {
            (true, _) => None,
            (false, false) => self.beneath.remove(&place),
            (false, true) => self.beneath.insert(place, Some(Rc::clone(set))),
        }
    }

    /// The writer could not write: it tries again when it begins the next time.
    pub fn failed(&mut self) {
        if let Some(Writing { place, again, .. }) = self.writing.take() {
            self.due = 0;
            if !again {
                self.queue.push_front(place);
            }
        }
    }

    /// A place was written on the disk itself, with all that was held there; returns what the disk
    /// held before, if it was in memory only.
    pub fn forget(&mut self, place: Place) -> Option<Option<Rc<VersionSet>>> {
        if let Some(writing) = self.writing.as_mut().filter(|writing| writing.place == place) {
            (writing.again, writing.overtaken) = (false, true);
        }
        self.beneath.remove(&place)
    }

    /// What the disk holds of each object that is in memory only.
    pub fn beneath(&self) -> impl Iterator<Item = (Place, Option<&Rc<VersionSet>>)> {
        self.beneath.iter().map(|(place, set)| (*place, set.as_ref()))
    }

    /// The memory is gone: the disk has what it has.
    pub fn lose(self, disk: &mut Disk) -> Loss {
        let mut loss = Loss::default();
        for ((key, target), set) in self.beneath {
            match target {
                None => loss.copies.push(disk.store.put_back(key, set)),
                Some(target) => loss.hints.push(disk.hints.put_back(key, target, set)),
            }
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use smallvec::SmallVec;

    use super::*;
    use crate::dynamo::versioning::clock::Clock;

    const HERE: Place = (Key(1), None);
    const THERE: Place = (Key(2), None);

    fn set() -> Rc<VersionSet> {
        Rc::new(VersionSet::new(Clock::default(), SmallVec::new()))
    }

    #[test]
    fn the_writer_writes_what_was_there_when_it_began() {
        let mut buffer = ObjectBuffer::new(2);
        buffer.keep(HERE, None);
        assert_eq!(buffer.next_place(), None, "it has not begun");
        buffer.begin();
        buffer.keep(THERE, Some(set()));
        assert!(buffer.is_full() && buffer.has_room_for(HERE));
        assert!(!buffer.has_room_for((Key(3), None)));
        assert_eq!((buffer.next_place(), buffer.next_place()), (Some(HERE), None), "one at a time");
        assert!(buffer.written(&set()).is_some_and(|before| before.is_none()));
        assert_eq!(buffer.next_place(), None, "the other came later");
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(THERE));
        assert!(buffer.written(&set()).is_some_and(|before| before.is_some()));
        assert!(buffer.is_empty());
    }

    #[test]
    fn what_changes_on_its_way_is_written_again() {
        let mut buffer = ObjectBuffer::new(2);
        buffer.keep(HERE, None);
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(HERE));
        buffer.keep(HERE, None);
        buffer.keep(HERE, None);
        assert!(buffer.written(&set()).is_some());
        assert!(buffer.holds(HERE), "the disk holds an older one");
        assert!(buffer.beneath().all(|(_, beneath)| beneath.is_some()));
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(HERE));
        buffer.written(&set());
        assert!(buffer.is_empty());
    }

    #[test]
    fn what_was_written_otherwise_is_not_in_memory_only() {
        let mut buffer = ObjectBuffer::new(2);
        buffer.keep(HERE, None);
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(HERE));
        assert!(buffer.forget(HERE).is_some());
        buffer.keep(HERE, Some(set()));
        assert!(buffer.written(&set()).is_none(), "the disk held it by then");
        assert!(buffer.holds(HERE), "changed again since");
        assert!(buffer.forget(HERE).is_some() && buffer.forget(HERE).is_none());
    }

    #[test]
    fn what_could_not_be_written_is_tried_again() {
        let mut buffer = ObjectBuffer::new(2);
        buffer.keep(HERE, None);
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(HERE));
        buffer.failed();
        assert_eq!(buffer.next_place(), None);
        buffer.begin();
        assert_eq!(buffer.next_place(), Some(HERE));
    }
}
