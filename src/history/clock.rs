//! Contexts as other stores tell them: for each actor, how many of its writes are covered.

use smallvec::SmallVec;

/// One write's name: the actor that took it, and the actor's count.
pub type Dot = (u32, u64);

/// The largest count of each actor, in order of actors.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clock(SmallVec<[Dot; 4]>);

impl Clock {
    /// A clock of these entries.
    pub fn of(entries: &[Dot]) -> Clock {
        let mut clock = Clock::default();
        clock.join(entries);
        clock
    }

    /// Its entries in order of actors.
    pub fn entries(&self) -> &[Dot] {
        &self.0
    }

    /// Covers this write too.
    pub fn add(&mut self, dot: Dot) {
        match self.0.binary_search_by_key(&dot.0, |entry| entry.0) {
            Ok(place) => self.0[place].1 = self.0[place].1.max(dot.1),
            Err(place) => self.0.insert(place, dot),
        }
    }

    /// Covers all that these entries do.
    pub fn join(&mut self, entries: &[Dot]) {
        for dot in entries {
            self.add(*dot);
        }
    }

    /// Is nothing covered?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The count of this actor in sorted entries; 0 if there is none.
pub fn count_of(entries: &[Dot], actor: u32) -> u64 {
    let place = entries.binary_search_by_key(&actor, |entry| entry.0);
    place.map_or(0, |place| entries[place].1)
}

/// Do sorted entries cover this write?
pub fn covers(entries: &[Dot], dot: Dot) -> bool {
    count_of(entries, dot.0) >= dot.1
}

/// The first entry of `wanted` that `entries` do not cover.
pub fn first_beyond(wanted: &[Dot], entries: &[Dot]) -> Option<Dot> {
    wanted.iter().copied().find(|dot| !covers(entries, *dot))
}
