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
        entries.iter().for_each(|dot| clock.add(*dot));
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

    /// Covers all that these entries do, which are in order of actors.
    pub fn join(&mut self, entries: &[Dot]) {
        let mut at = 0;
        for dot in entries {
            while self.0.get(at).is_some_and(|own| own.0 < dot.0) {
                at += 1;
            }
            match self.0.get_mut(at).filter(|own| own.0 == dot.0) {
                Some(own) => own.1 = own.1.max(dot.1),
                None => self.0.insert(at, *dot),
            }
        }
    }

    /// Is nothing covered?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The count of this actor in sorted entries; 0 if there is none.
pub fn count_of(entries: &[Dot], actor: u32) -> u64 {
    // Mostly there are a few, which are sooner looked through than searched.
    if entries.len() <= 8 {
        return entries.iter().find(|entry| entry.0 == actor).map_or(0, |entry| entry.1);
    }
    let place = entries.binary_search_by_key(&actor, |entry| entry.0);
    place.map_or(0, |place| entries[place].1)
}

/// Do sorted entries cover this write?
pub fn covers(entries: &[Dot], dot: Dot) -> bool {
    count_of(entries, dot.0) >= dot.1
}

/// The first entry of `wanted` that `entries` do not cover. Both are in order of actors.
pub fn first_beyond(wanted: &[Dot], entries: &[Dot]) -> Option<Dot> {
    let mut at = 0;
    wanted.iter().copied().find(|dot| {
        while entries.get(at).is_some_and(|entry| entry.0 < dot.0) {
            at += 1;
        }
        let own = entries.get(at).filter(|entry| entry.0 == dot.0);
        own.map_or(0, |entry| entry.1) < dot.1
    })
}
