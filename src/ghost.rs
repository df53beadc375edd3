//! The ghost oracle: what really happened before what, carried beside the protocol.
//!
//! Each client put or delete is an [`EventId`], and every copy of what it wrote carries a
//! [`Ghost`]: that name and the true causal past, the events that the client had seen when it
//! wrote. The protocol only ever clones a ghost; judges trust nothing else. Events are counted per
//! key, so that on a hot key, where nearly all of the past is known to every version, a past is a
//! few intervals however long the run.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::id::{EventId, Key};

/// A set of events of one key, as sorted intervals of their numbers, both ends included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Past {
    intervals: SmallVec<[(u32, u32); 2]>,
}

/// The name and the causal past of one write, shared by all its copies.
#[derive(Clone, Debug)]
pub struct Ghost(Rc<Story>);

#[derive(Debug)]
struct Story {
    event: EventId,
    past: Past,
}

/// Gives events their numbers, per key and in the order in which clients begin them.
#[derive(Clone, Debug)]
pub struct Numbering {
    last: Vec<u32>,
}

impl Past {
    /// Adds one event.
    pub fn insert(&mut self, number: u32) {
        self.insert_interval(number, number);
    }

    /// Adds all events of `other`.
    pub fn join(&mut self, other: &Past) {
        for &(first, last) in &other.intervals {
            self.insert_interval(first, last);
        }
    }

    /// Is this event in the set?
    pub fn contains(&self, number: u32) -> bool {
        let after = self.intervals.partition_point(|&(_, last)| last < number);
        self.intervals.get(after).is_some_and(|&(first, _)| first <= number)
    }

    /// How many events the set holds.
    pub fn count(&self) -> u64 {
        self.intervals.iter().map(|&(first, last)| u64::from(last - first) + 1).sum()
    }

    /// How many events of this set are not in `other`.
    pub fn count_missing_from(&self, other: &Past) -> u64 {
        let mut missing = self.count();
        for &(first, last) in &self.intervals {
            let start = other.intervals.partition_point(|&(_, end)| end < first);
            for &(low, high) in other.intervals[start..].iter().take_while(|(low, _)| *low <= last)
            {
                missing -= u64::from(high.min(last) - low.max(first)) + 1;
            }
        }
        missing
    }

    /// The events of this set that are in `other` too.
    pub fn common_with(&self, other: &Past) -> Past {
        let mut common = Past::default();
        for &(first, last) in &self.intervals {
            let start = other.intervals.partition_point(|&(_, end)| end < first);
            for &(low, high) in other.intervals[start..].iter().take_while(|(low, _)| *low <= last)
            {
                common.intervals.push((low.max(first), high.min(last)));
            }
        }
        common
    }

    /// The events of this set that are not in `other`.
    pub fn without(&self, other: &Past) -> Past {
        let mut rest = Past::default();
        for &(first, last) in &self.intervals {
            let start = other.intervals.partition_point(|&(_, end)| end < first);
            let cuts = other.intervals[start..].iter().take_while(|(low, _)| *low <= last);
            let mut from = Some(first);
            for &(low, high) in cuts {
                let begin = from.expect("nothing follows a cut that reaches the end");
                if begin < low {
                    rest.intervals.push((begin, low - 1));
                }
                from = (high < last).then(|| high + 1);
            }
            rest.intervals.extend(from.map(|from| (from, last)));
        }
        rest
    }

    /// The events of the set in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.intervals.iter().flat_map(|&(first, last)| first..=last)
    }

    /// Is the set empty?
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    fn insert_interval(&mut self, first: u32, last: u32) {
        // Intervals that overlap or touch the new one are melted into it.
        let start = self.intervals.partition_point(|&(_, end)| end.saturating_add(1) < first);
        let end = self.intervals.partition_point(|&(begin, _)| begin <= last.saturating_add(1));
        if start == end {
            self.intervals.insert(start, (first, last));
            return;
        }
        let melted = (first.min(self.intervals[start].0), last.max(self.intervals[end - 1].1));
        self.intervals[start] = melted;
        self.intervals.drain(start + 1..end);
    }
}

impl Ghost {
    /// The ghost of a write by a client that had seen the versions `seen` (their pasts included).
    pub fn new<'a>(event: EventId, seen: impl IntoIterator<Item = &'a Ghost>) -> Ghost {
        let mut past = Past::default();
        for ghost in seen {
            ghost.add_to(&mut past);
        }
        Ghost(Rc::new(Story { event, past }))
    }

    /// The ghost of the same write under another name.
    pub fn renamed(&self, event: EventId) -> Ghost {
        Ghost(Rc::new(Story { event, past: self.0.past.clone() }))
    }

    /// The write's name.
    pub fn event(&self) -> EventId {
        self.0.event
    }

    /// What its client had seen.
    pub fn past(&self) -> &Past {
        &self.0.past
    }

    /// Adds this write and its past to a set: the history that a reader of this version knows.
    pub fn add_to(&self, history: &mut Past) {
        history.join(&self.0.past);
        history.insert(self.0.event.number);
    }
}

impl Numbering {
    /// No event yet on any of `keys` keys.
    pub fn new(keys: u32) -> Numbering {
        Numbering { last: vec![0; keys as usize] }
    }

    /// The name of a new event on this key.
    pub fn next(&mut self, key: Key) -> EventId {
        self.last[key.index()] += 1;
        EventId { key, number: self.last[key.index()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(numbers: &[u32]) -> Past {
        let mut past = Past::default();
        numbers.iter().for_each(|&number| past.insert(number));
        past
    }

    #[test]
    fn intervals_melt_and_answer() {
        let rows: [(&[u32], usize); 5] = [
            (&[1, 2, 3], 1),
            (&[1, 3, 2], 1),
            (&[5, 1, 3], 3),
            (&[1, 3, 5, 2, 4], 1),
            (&[7, 7, 7], 1),
        ];
        for (numbers, intervals) in rows {
            let set = past(numbers);
            assert_eq!(set.intervals.len(), intervals, "{numbers:?}");
            for number in 0..9 {
                assert_eq!(set.contains(number), numbers.contains(&number), "{numbers:?} {number}");
            }
        }
    }

    #[test]
    fn joins_and_differences_agree_with_plain_sets() {
        use std::collections::BTreeSet;
        for seed in 0..500_u64 {
            let pick = |salt: u64| -> Vec<u32> {
                (0..24)
                    .filter(|i| crate::digest::digest_of([seed, salt, *i]) % 3 == 0)
                    .map(|i| i as u32)
                    .collect()
            };
            let (a, b) = (pick(1), pick(2));
            let (set_a, set_b) = (BTreeSet::from_iter(a.clone()), BTreeSet::from_iter(b.clone()));
            let (past_a, past_b) = (past(&a), past(&b));
            assert_eq!(past_a.count_missing_from(&past_b), set_a.difference(&set_b).count() as u64);
            let common: Vec<u32> = set_a.intersection(&set_b).copied().collect();
            assert_eq!(past_a.common_with(&past_b), past(&common));
            let rest: Vec<u32> = set_a.difference(&set_b).copied().collect();
            assert_eq!(past_a.without(&past_b), past(&rest));
            let mut joined = past_a.clone();
            joined.join(&past_b);
            assert_eq!(joined, past(&set_a.union(&set_b).copied().collect::<Vec<_>>()));
            assert_eq!(joined.iter().count() as u64, joined.count());
        }
    }
}
