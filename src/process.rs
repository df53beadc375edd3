//! The contract between a party and the world: an input in, effects out.
//!
//! A node and a client are both a [`Process`]: a pure state machine. What leaves as `Send` arrives
//! elsewhere as `Message`, `Arm` returns as `Timer`, `Submit` as `Done`. Timers and jobs carry the
//! name of what they guard, so that a stale one recognises itself; nothing is ever cancelled.

pub mod deadlines;

use crate::ghost::Numbering;
use crate::id::{Address, EventId, Key};
use crate::random::luck::Luck;
use crate::time::{Duration, Time};

/// The words of one kind of process.
pub trait Vocabulary {
    /// What parties say to each other.
    type Message;
    /// What a process asks to be reminded of.
    type Timer;
    /// What it asks of its disk.
    type Job;
    /// What it tells judges and numbers; the protocol never reads it.
    type Fact;
}

/// What can happen to a process.
pub enum Input<V: Vocabulary> {
    /// It has just started, for the first time or again.
    Start,
    /// A message arrived.
    Message { from: Address, message: V::Message },
    /// A timer that it armed is due.
    Timer(V::Timer),
    /// Its disk has finished a job.
    Done(V::Job),
    /// Its disk could not do a job.
    Failed(V::Job),
}

/// What a process can wish for. Only the world fulfils wishes.
pub enum Effect<V: Vocabulary> {
    /// Send a message; a message to itself is free and arrives at once.
    Send { to: Address, message: V::Message },
    /// Be reminded after this long on its own clock.
    Arm { after: Duration, timer: V::Timer },
    /// Queue a job at its disk.
    Submit(V::Job),
    /// Tell a fact.
    Tell(V::Fact),
}

/// All that a process can reach while it handles one input.
pub struct Ctx<'a, V: Vocabulary> {
    /// The time that its own clock shows, which may step.
    pub now: Time,
    /// How far its own clock has run: never goes back, and timers are due by it.
    pub ran: Time,
    /// Who it is.
    pub me: Address,
    /// Draws, keyed by purpose and name.
    pub luck: &'a Luck,
    /// Is anybody listening to facts? One that nobody wants need not be told.
    pub observed: bool,
    /// The ghost oracle's pen; only clients use it.
    pub numbering: &'a mut Numbering,
    /// Wishes so far.
    pub effects: &'a mut Vec<Effect<V>>,
}

/// A state machine that the world can run.
pub trait Process {
    /// Its words.
    type Words: Vocabulary;

    /// Takes one input to its end.
    fn handle(&mut self, ctx: &mut Ctx<'_, Self::Words>, input: Input<Self::Words>);
}

impl<V: Vocabulary> Ctx<'_, V> {
    /// Sends a message.
    pub fn send(&mut self, to: Address, message: V::Message) {
        self.effects.push(Effect::Send { to, message });
    }

    /// Asks to be reminded.
    pub fn arm(&mut self, after: Duration, timer: V::Timer) {
        self.effects.push(Effect::Arm { after, timer });
    }

    /// Asks something of the disk.
    pub fn submit(&mut self, job: V::Job) {
        self.effects.push(Effect::Submit(job));
    }

    /// Tells a fact, which is only made if somebody listens.
    pub fn tell(&mut self, fact: impl FnOnce() -> V::Fact) {
        if self.observed {
            self.effects.push(Effect::Tell(fact()));
        }
    }

    /// The same, of a fact that says how long something has taken.
    pub fn tell_of(&mut self, fact: impl FnOnce(Time) -> V::Fact) {
        let ran = self.ran;
        self.tell(|| fact(ran));
    }

    /// Tells a fact whether or not anybody listens: one that the world itself goes by.
    pub fn announce(&mut self, fact: V::Fact) {
        self.effects.push(Effect::Tell(fact));
    }

    /// A name for a new event on this key, for the ghost oracle.
    pub fn new_event(&mut self, key: Key) -> EventId {
        self.numbering.next(key)
    }
}
