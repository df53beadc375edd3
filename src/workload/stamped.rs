//! What a client stores that coordinates its writes itself (section 6.4).

use std::rc::Rc;

use smallvec::smallvec;

use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::message;
use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::id::{AttemptId, ClientId};
use crate::time::Time;

/// The fact that it was made.
pub fn made(me: ClientId, attempt: AttemptId, put: &message::Put, set: &Rc<VersionSet>) -> Fact {
    let (ghost, context) = (put.ghost.clone(), put.context.clone());
    let (key, actor, set) = (ghost.event().key, Actor::of_client(me), Rc::clone(set));
    let (held, target) = (None, None);
    let making = Making { key, ghost, actor, target, held, context, set };
    Fact::Made { attempt, making: Box::new(making) }
}

/// What a client stores where the last write wins: it has a clock too, and that is all it takes.
pub fn stamped(
    me: ClientId,
    attempt: AttemptId,
    stamp: Time,
    put: &message::Put,
) -> Rc<VersionSet> {
    let counter = u64::from(attempt.operation.number) + 1;
    let dot = Dot { actor: Actor::of_client(me), counter };
    let (value, ghost) = (put.value.clone(), put.ghost.clone());
    let version = Version { dot, stamp, clock: None, value, ghost };
    Rc::new(VersionSet::new(Clock::default(), smallvec![version]))
}
