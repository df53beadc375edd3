//! Deadlines of one length, for which the world is asked for one reminder at a time.
//!
//! Nearly everything that is guarded by a deadline is over long before it. One reminder each would
//! be a third of all events, to say nothing of the room that they take while they wait; here they
//! lie in a list until the first that still matters is due.

use std::collections::VecDeque;

use crate::process::{Ctx, Vocabulary};
use crate::time::{Duration, Time};

/// Deadlines that all last equally long, in the order in which they were set.
#[derive(Debug)]
pub struct Deadlines<V: Vocabulary, T> {
    /// The reminder to ask for.
    timer: V::Timer,
    waiting: VecDeque<(Time, T)>,
    /// Is a reminder on its way, or being dealt with?
    armed: bool,
}

impl<V: Vocabulary, T: Copy> Deadlines<V, T>
where
    V::Timer: Clone,
{
    /// None yet; `timer` reminds of them.
    pub fn new(timer: V::Timer) -> Deadlines<V, T> {
        Deadlines { timer, waiting: VecDeque::new(), armed: false }
    }

    /// Sets one: `after` is the same for all that are set here.
    pub fn set(&mut self, ctx: &mut Ctx<'_, V>, after: Duration, guarded: T) {
        self.waiting.push_back((ctx.ran + after, guarded));
        if !self.armed {
            self.armed = true;
            ctx.arm(after, self.timer.clone());
        }
    }

    /// Drops what is over from the front, so that the list stays as short as what is open.
    pub fn prune(&mut self, open: impl Fn(T) -> bool) {
        while self.waiting.front().is_some_and(|(_, guarded)| !open(*guarded)) {
            self.waiting.pop_front();
        }
    }

    /// Once the reminder has come: the next that is due. What it guards may be over.
    pub fn next_due(&mut self, ctx: &Ctx<'_, V>) -> Option<T> {
        let (due, guarded) = *self.waiting.front()?;
        if due > ctx.ran {
            return None;
        }
        self.waiting.pop_front();
        Some(guarded)
    }

    /// When all that was due has been dealt with: asks to be reminded of the first that guards
    /// something open.
    pub fn go_on(&mut self, ctx: &mut Ctx<'_, V>, open: impl Fn(T) -> bool) {
        self.prune(open);
        let first = self.waiting.front();
        self.armed = first.is_some();
        if let Some((due, _)) = first {
            ctx.arm(due.since(ctx.ran), self.timer.clone());
        }
    }
}
