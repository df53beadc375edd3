//! A four-way heap of 128-bit keys, least first.
//!
//! The four children of a key are one group: one line of the processor's cache. The top stands
//! alone; the key at place `p` of the groups has the group `p + 1` below it. Places after the last
//! key hold `NOTHING`, which sorts after every key, so that no group is looked at in part.
//!
//! The top stays vacant after it was taken, because most events cause another one: the next key
//! then goes in from the top, and the last one need not be brought up first.

/// Not a key: sorts after every key.
pub(super) const NOTHING: u128 = u128::MAX;

/// A key in two halves: when, and the rest that decides between equal times.
type Halves = (u64, u64);

/// Four keys of one parent, times and rests apart: nearly always times alone decide.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Group {
    times: [u64; 4],
    rests: [u64; 4],
}

/// Keys, of which the least is quick to find and to take.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    /// The least key, or `NOTHING`: then the heap is empty, or the top is vacant.
    top: u128,
    groups: Vec<Group>,
    /// How many keys are in the groups.
    filled: usize,
}

impl Heap {
    pub(super) fn new() -> Heap {
        Heap { top: NOTHING, groups: Vec::new(), filled: 0 }
    }

    /// Adds a key.
    #[inline]
    pub(super) fn push(&mut self, key: u128) {
        if self.top == NOTHING {
            self.sink(key);
        } else {
            self.rise(key);
        }
    }

    /// The least key, or `NOTHING`, without filling the top.
    pub(super) fn first(&self) -> u128 {
        let below = || self.groups.first().map_or(NOTHING, |group| whole(group.least().0));
        if self.top == NOTHING { below() } else { self.top }
    }

    /// Fills the top if it is vacant and returns it: the least key, or `NOTHING`.
    #[inline]
    pub(super) fn settle(&mut self) -> u128 {
        if self.top == NOTHING && self.filled > 0 {
            self.filled -= 1;
            let last = self.filled;
            let group = &mut self.groups[last / 4];
            let key = group.key(last % 4);
            group.put(last % 4, halves(NOTHING));
            self.sink(whole(key));
        }
        self.top
    }

    /// Takes the top away, which must have been settled.
    #[inline]
    pub(super) fn vacate(&mut self) {
        self.top = NOTHING;
    }

    /// How many groups fit without taking memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.groups.capacity()
    }

    /// Puts a key in at the vacant top: smaller ones move up until it fits.
    fn sink(&mut self, key: u128) {
        let sinking = halves(key);
        let Some((least, mut side)) = self.groups.first().map(Group::least) else {
            self.top = key;
            return;
        };
        if sinking <= least {
            self.top = key;
            return;
        }
        self.top = whole(least);
        let mut group = 0;
        loop {
            let below = group * 4 + side + 1;
            let Some((next, next_side)) = self.groups.get(below).map(Group::least) else { break };
            if sinking <= next {
                break;
            }
            self.groups[group].put(side, next);
            (group, side) = (below, next_side);
        }
        self.groups[group].put(side, sinking);
    }

    /// Puts a key in at the end: larger ones move down until it fits.
    #[inline]
    fn rise(&mut self, key: u128) {
        let rising = halves(key);
        let mut place = self.filled;
        if place / 4 == self.groups.len() {
            self.groups.push(Group { times: [u64::MAX; 4], rests: [u64::MAX; 4] });
        }
        self.filled += 1;
        while place >= 4 {
            let above = place / 4 - 1;
            let parent = self.groups[above / 4].key(above % 4);
            if parent <= rising {
                return self.groups[place / 4].put(place % 4, rising);
            }
            self.groups[place / 4].put(place % 4, parent);
            place = above;
        }
        self.groups[0].put(place, halves(key.max(self.top)));
        self.top = key.min(self.top);
    }
}

impl Group {
    #[inline]
    fn key(&self, side: usize) -> Halves {
        (self.times[side % 4], self.rests[side % 4])
    }

    #[inline]
    fn put(&mut self, side: usize, (time, rest): Halves) {
        self.times[side % 4] = time;
        self.rests[side % 4] = rest;
    }

    /// The least key of the four and its place among them. Written so that it compiles to moves
    /// under a condition: which key wins is pure chance, and guessed branches cost 1.4 times the
    /// time of a whole event. Measure (`cargo bench --bench kernel`) after any change here or in
    /// `Heap::sink`.
    #[inline]
    fn least(&self) -> (Halves, usize) {
        let [a, b, c, d] = self.times;
        let (left, left_side) = if b < a { (b, 1) } else { (a, 0) };
        let (right, right_side) = if d < c { (d, 3) } else { (c, 2) };
        if a == b || c == d || left == right {
            return self.least_of_equals();
        }
        let side = if right < left { right_side } else { left_side };
        ((left.min(right), self.rests[side]), side)
    }

    /// The same where times are equal, and the rest decides.
    #[cold]
    fn least_of_equals(&self) -> (Halves, usize) {
        let first = (self.key(0), 0);
        (1..4).map(|side| (self.key(side), side)).fold(first, |least, other| least.min(other))
    }
}

#[inline]
fn halves(key: u128) -> Halves {
    ((key >> 64) as u64, key as u64)
}

#[inline]
fn whole((time, rest): Halves) -> u128 {
    u128::from(time) << 64 | u128::from(rest)
}
