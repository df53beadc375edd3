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

    /// Once the reminder has come, until there is none: the next that is due and guards something
    /// open. Then asks to be reminded of the first of the others.
    pub fn next_due(&mut self, ctx: &mut Ctx<'_, V>, open: impl Fn(T) -> bool) -> Option<T> {
        self.prune(open);
        let Some((due, guarded)) = self.waiting.front().copied() else {
            self.armed = false;
            return None;
        };
        if due > ctx.ran {
            ctx.arm(due.since(ctx.ran), self.timer.clone());
            return None;
        }
        self.waiting.pop_front();
        Some(guarded)
    }
}
