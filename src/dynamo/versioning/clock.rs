//! Vector clocks: lists of (actor, counter) pairs (section 4.4).
//!
//! A clock that is cut back also knows when each pair was last counted up, by the clock of the node
//! that did it, and how many pairs it may have. Others have neither, and pay for neither.

use std::fmt;

use smallvec::SmallVec;

use crate::dynamo::config::plant::{Plant, Planted};
use crate::id::{ClientId, NodeId};
use crate::time::Time;

/// Bytes of one (actor, counter) pair on the wire, by our count.
pub const DOT_BYTES: u32 = 16;
/// Bytes of the time stamp of a pair, where it has one.
const TIME_BYTES: u32 = 8;

/// Who mints versions. In the paper an actor is a node; a node whose memory of what it minted may
/// be gone must not use its old name again, so the name also holds the node's life and, for a copy
/// that will be forgotten on delivery, a serial number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Actor(u64);

/// One pair of a clock; for a version, the name that it alone has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Dot {
    pub actor: Actor,
    /// Counted from 1.
    pub counter: u64,
}

/// How two clocks stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Causality {
    Equal,
    /// The first is an ancestor of the second.
    Before,
    /// The first descends from the second.
    After,
    Concurrent,
}

/// A vector clock: for each actor, how many of its events are known. An absent actor counts 0.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    // Sorted by actor, so that equal clocks are equal lists.
    entries: SmallVec<[Dot; 3]>,
    /// Of a clock that is cut back.
    ages: Option<Box<Ages>>,
}

/// When the pairs of a clock were last counted up.
#[derive(Clone, Debug)]
struct Ages {
    /// So many pairs it may have.
    most: u32,
    /// By pair.
    times: SmallVec<[Time; 10]>,
}

impl PartialEq for Clock {
    /// What is known, whenever it was.
    fn eq(&self, other: &Clock) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Clock {}

impl Actor {
    const SERIAL_BITS: u32 = 26;
    const LIFE_BITS: u32 = 18;

    /// The node itself, as in the paper.
    pub fn of_node(node: NodeId) -> Actor {
        Actor::of_life(node, 0)
    }

    /// A node from one start to the next.
    pub fn of_life(node: NodeId, life: u32) -> Actor {
        Actor::of_copy(node, life, 0)
    }

    /// One copy that this node keeps for another and will forget; serials count from 1.
    pub fn of_copy(node: NodeId, life: u32, serial: u32) -> Actor {
        assert!(node.0 < 1 << 20, "a clock can name about a million nodes");
        assert!(life < 1 << Actor::LIFE_BITS, "a node can start about 260,000 times");
        assert!(serial < 1 << Actor::SERIAL_BITS, "a life can mint for about 67 million copies");
        let shift = Actor::SERIAL_BITS + Actor::LIFE_BITS;
        Actor(
            u64::from(node.0) << shift | u64::from(life) << Actor::SERIAL_BITS | u64::from(serial),
        )
    }

    /// A client that coordinates its writes, where the last one wins. Clients are counted down from
    /// the highest name of a node, which no cluster reaches.
    pub fn of_client(client: ClientId) -> Actor {
        assert!(client.0 < 1 << 19, "a clock can name half a million clients");
        Actor::of_node(NodeId((1 << 20) - 1 - client.0))
    }

    /// The node behind the name.
    pub fn node(self) -> NodeId {
        NodeId((self.0 >> (Actor::SERIAL_BITS + Actor::LIFE_BITS)) as u32)
    }

    /// The name as a number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl Clock {
    /// How many events of this actor are known.
    pub fn counter(&self, actor: Actor) -> u64 {
        match self.entries.binary_search_by_key(&actor, |dot| dot.actor) {
            Ok(place) => self.entries[place].counter,
            Err(_) => 0,
        }
    }

    /// Is this event known?
    pub fn contains(&self, dot: Dot) -> bool {
        self.counter(dot.actor) >= dot.counter
    }

    /// Knows this event, and all of its actor before it, from now on.
    pub fn add(&mut self, dot: Dot) {
        assert!(self.ages.is_none(), "pairs of a clock that is cut back have times");
        self.place(dot);
    }

    /// As `add`, in a clock of at most so many pairs, of an event at that time.
    pub fn add_at(&mut self, dot: Dot, at: Time, most: u32) {
        let times = SmallVec::from_elem(Time::ZERO, self.entries.len());
        let (place, is_new) = self.place(dot);
        let ages = self.ages.get_or_insert_with(|| Box::new(Ages { most, times }));
        match is_new {
            true => ages.times.insert(place, at),
            false => ages.times[place] = at.max(ages.times[place]),
        }
    }

    /// Where the pair of this actor is, and whether there was none before.
    fn place(&mut self, dot: Dot) -> (usize, bool) {
        match self.entries.binary_search_by_key(&dot.actor, |entry| entry.actor) {
            Ok(place) => {
                let counter = &mut self.entries[place].counter;
                *counter = dot.counter.max(*counter);
                (place, false)
            }
            Err(place) => {
                self.entries.insert(place, dot);
                (place, true)
            }
        }
    }

    /// Element-wise maximum.
    pub fn join(&mut self, other: &Clock) {
        match &other.ages {
            None => other.entries.iter().for_each(|&dot| self.add(dot)),
            Some(ages) => {
                let pairs = other.entries.iter().zip(&ages.times);
                pairs.for_each(|(&dot, &at)| self.add_at(dot, at, ages.most));
            }
        }
    }

    /// Forgets the pairs that were not counted up for longest, until there are no more than there
    /// may be (section 4.4); of two as old, that of the lower actor. Pairs that `stays` holds of
    /// stay.
    pub fn truncate(&mut self, planted: Planted, stays: impl Fn(Dot) -> bool) {
        let most = self.ages.as_ref().map_or(usize::MAX, |ages| ages.most as usize);
        self.shorten(most, planted, stays);
    }

    /// The same until there are no more than so many pairs.
    pub fn shorten(&mut self, most: usize, planted: Planted, stays: impl Fn(Dot) -> bool) {
        let Some(ages) = &mut self.ages else { return };
        while self.entries.len() > most {
            let places = (0..self.entries.len()).filter(|place| !stays(self.entries[*place]));
            let goes = match planted.is(Plant::PruneNewestFirst) {
                false => places.min_by_key(|place| ages.times[*place]),
                true => places.max_by_key(|place| ages.times[*place]),
            };
            let Some(oldest) = goes else { return };
            self.entries.remove(oldest);
            ages.times.remove(oldest);
        }
    }

    /// Most pairs that it may have, if it is one that is cut back.
    pub fn most_pairs(&self) -> Option<u32> {
        self.ages.as_ref().map(|ages| ages.most)
    }

    /// Size on the wire.
    pub fn bytes(&self) -> u32 {
        let pair = DOT_BYTES + if self.ages.is_some() { TIME_BYTES } else { 0 };
        pair * self.entries.len() as u32
    }

    /// Is every event of `other` known here?
    pub fn covers(&self, other: &Clock) -> bool {
        self.entries.len() >= other.entries.len()
            && other.entries.iter().all(|&dot| self.contains(dot))
    }

    /// How this clock stands to another (section 4.4: if every counter of the first is at most the
    /// second's, the first is an ancestor and may be forgotten).
    pub fn compare(&self, other: &Clock) -> Causality {
        match (other.covers(self), self.covers(other)) {
            (true, true) => Causality::Equal,
            (true, false) => Causality::Before,
            (false, true) => Causality::After,
            (false, false) => Causality::Concurrent,
        }
    }

    /// The pairs, by actor.
    pub fn entries(&self) -> &[Dot] {
        &self.entries
    }

    /// Is nothing known?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<Dot> for Clock {
    fn from_iter<I: IntoIterator<Item = Dot>>(dots: I) -> Clock {
        let mut clock = Clock::default();
        dots.into_iter().for_each(|dot| clock.add(dot));
        clock
    }
}

impl fmt::Display for Actor {
    /// `n3`; later lives and copies as `n3.1`, `n3.1.7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = self.0 & ((1 << Actor::SERIAL_BITS) - 1);
        let life = self.0 >> Actor::SERIAL_BITS & ((1 << Actor::LIFE_BITS) - 1);
        match (life, serial) {
            (0, 0) => write!(f, "{}", self.node()),
            (_, 0) => write!(f, "{}.{life}", self.node()),
            (_, _) => write!(f, "{}.{life}.{serial}", self.node()),
        }
    }
}

impl fmt::Display for Clock {
    /// As the paper writes it: `[(n0,2),(n1,1)]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[")?;
        for (i, dot) in self.entries.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}({},{})", dot.actor, dot.counter)?;
        }
        write!(f, "]")
    }
}
