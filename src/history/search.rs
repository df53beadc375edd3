//! Linearizability of a register by search, for keys on which a value was written more than once.
//!
//! The algorithm of Wing and Gong (1993) with the memory of Lowe (2017): take what can come first,
//! as soon as it can, go back where the history does not fit, and never look twice at the same set
//! of operations with the same value. It may take exponential time, so it has a budget.

use std::collections::BTreeSet;

use crate::history::model::{Function, NEVER};
use crate::history::register::Register;
use crate::history::value::Value;

/// What a search has found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Linearizable,
    /// It is not; no order gets past the end of this operation.
    Not {
        operation: u32,
    },
    /// The budget is spent.
    GaveUp,
}

/// Steps after which a search gives up.
const STEPS: usize = 2_000_000;
/// Bytes that its memory may take.
const MEMORY: usize = 256 << 20;

/// An operation of the register.
struct Act {
    operation: u32,
    /// The value that must be there, if it matters.
    wanted: Option<Option<Value>>,
    /// The value afterwards, if it is another.
    brought: Option<Option<Value>>,
}

/// A beginning or an end in the list of what is left.
#[derive(Clone, Copy)]
struct Entry {
    act: u32,
    begins: bool,
}

/// The search under way.
struct Search {
    acts: Vec<Act>,
    entries: Vec<Entry>,
    /// For each act, its entries.
    begins: Vec<u32>,
    ends: Vec<Option<u32>>,
    next: Vec<u32>,
    before: Vec<u32>,
    done: Vec<u64>,
    value: Option<Value>,
    /// What was taken, with the value before it.
    taken: Vec<(u32, Option<Value>)>,
    seen: BTreeSet<(Vec<u64>, Option<Value>)>,
}

/// Searches for an order. No read of the key is strange, and none has siblings.
pub fn search(register: &Register<'_>) -> Answer {
    Search::new(register).run()
}

impl Search {
    fn new(register: &Register<'_>) -> Search {
        let history = register.history;
        let (mut acts, mut order) = (Vec::new(), Vec::new());
        let writes = register.writes[1..].iter().map(|write| write.operation);
        for operation in writes.chain(register.reads.iter().map(|read| read.operation)) {
            let told = &history.operations[operation as usize];
            let act = acts.len() as u32;
            order.push((told.start, Entry { act, begins: true }));
            if told.end != NEVER {
                order.push((told.end, Entry { act, begins: false }));
            }
            let values = told.values.of(&history.values);
            let (first, last) = (values.first().copied(), values.last().copied());
            let (wanted, brought) = match told.function {
                Function::Read => (Some(first), None),
                Function::Write | Function::Delete => (None, Some(last)),
                Function::Swap => (Some(first), Some(last)),
            };
            acts.push(Act { operation, wanted, brought });
        }
        order.sort_unstable_by_key(|(place, _)| *place);
        let entries: Vec<Entry> = order.into_iter().map(|(_, entry)| entry).collect();
        let (mut begins, mut ends) = (vec![0; acts.len()], vec![None; acts.len()]);
        for (place, entry) in (0..).zip(&entries) {
            match entry.begins {
                true => begins[entry.act as usize] = place,
                false => ends[entry.act as usize] = Some(place),
            }
        }
        // The last place of the lists is their anchor.
        let anchor = entries.len() as u32;
        Search {
            done: vec![0; acts.len().div_ceil(64)],
            next: (1..=anchor).chain([0]).collect(),
            before: [anchor].into_iter().chain(0..anchor).collect(),
            acts,
            entries,
            begins,
            ends,
            value: None,
            taken: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn run(mut self) -> Answer {
        let anchor = self.entries.len() as u32;
        let (mut at, mut furthest) = (self.next[anchor as usize], 0);
        let most = MEMORY / (64 + 8 * self.done.len());
        for _ in 0..STEPS {
            if at == anchor {
                return Answer::Linearizable;
            }
            let entry = self.entries[at as usize];
            if !entry.begins {
                furthest = furthest.max(at);
                let Some((act, value)) = self.taken.pop() else {
                    let act = self.entries[furthest as usize].act;
                    return Answer::Not { operation: self.acts[act as usize].operation };
                };
                self.put_back(act, value);
                at = self.next[self.begins[act as usize] as usize];
            } else if self.take(entry.act) {
                at = self.next[anchor as usize];
            } else {
                at = self.next[at as usize];
            }
            if self.seen.len() > most {
                break;
            }
        }
        Answer::GaveUp
    }

    /// Lets an act happen now, if it can and this is new.
    fn take(&mut self, act: u32) -> bool {
        let Act { wanted, brought, .. } = self.acts[act as usize];
        if wanted.is_some_and(|wanted| wanted != self.value) {
            return false;
        }
        let after = brought.unwrap_or(self.value);
        self.done[act as usize / 64] ^= 1 << (act % 64);
        if !self.seen.insert((self.done.clone(), after)) {
            self.done[act as usize / 64] ^= 1 << (act % 64);
            return false;
        }
        self.taken.push((act, self.value));
        self.value = after;
        self.unlink(self.begins[act as usize]);
        if let Some(end) = self.ends[act as usize] {
            self.unlink(end);
        }
        true
    }

    fn put_back(&mut self, act: u32, value: Option<Value>) {
        if let Some(end) = self.ends[act as usize] {
            self.link(end);
        }
        self.link(self.begins[act as usize]);
        self.done[act as usize / 64] ^= 1 << (act % 64);
        self.value = value;
    }

    fn unlink(&mut self, at: u32) {
        let (next, before) = (self.next[at as usize], self.before[at as usize]);
        self.next[before as usize] = next;
        self.before[next as usize] = before;
    }

    fn link(&mut self, at: u32) {
        let (next, before) = (self.next[at as usize], self.before[at as usize]);
        self.next[before as usize] = at;
        self.before[next as usize] = at;
    }
}
