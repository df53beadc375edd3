//! What can happen next.

use crate::dynamo::job::Job;
use crate::dynamo::timer::Timer;
use crate::id::{ClientId, NodeId};
use crate::sim::plan::Plan;
use crate::sim::queue::{Lane, Payload, Queue};
use crate::time::{Duration, Time};
use crate::workload::words::ClientTimer;

/// What can happen next. Messages and jobs stay in a slab of their own until they are due, named
/// here by their slots: timers are many, wait long, and should not take the room of a message.
#[derive(Clone, Copy)]
pub enum Event {
    Deliver(u32),
    Timer {
        node: NodeId,
        life: u32,
        timer: Timer,
    },
    /// A timer may be due on the clock of a machine that keeps its own. How far that had run then,
    /// if the machine stood still and the look waits until it goes on.
    Look {
        node: NodeId,
        had_run: Option<Time>,
    },
    Client {
        client: ClientId,
        timer: ClientTimer,
    },
    /// A disk has finished a job.
    Done(u32),
}

impl Payload for Event {
    #[inline]
    fn name(&self) -> Option<u32> {
        match self {
            Event::Deliver(message) => Some(message << 1),
            Event::Done(job) => Some(job << 1 | 1),
            Event::Timer { .. } | Event::Look { .. } | Event::Client { .. } => None,
        }
    }

    #[inline]
    fn of_name(name: u32) -> Event {
        if name & 1 == 0 { Event::Deliver(name >> 1) } else { Event::Done(name >> 1) }
    }
}

/// A job at the disk of a node, which may have stopped when it is done.
pub struct Task {
    pub node: NodeId,
    pub life: u32,
    pub job: Job,
}

/// Lanes for the timers whose length never changes.
pub(super) fn constant_lanes(queue: &mut Queue<Event>, plan: &Plan) -> Vec<(Duration, Lane)> {
    let timeouts = &plan.cluster.timeouts;
    let mut lengths = vec![
        // The pause of clients that do not think.
        Duration::ZERO,
        timeouts.replica,
        timeouts.operation,
        timeouts.forward,
        plan.workload.timeout,
        plan.cluster.gossip.interval,
    ];
    lengths.extend(plan.workload.hedge_after);
    lengths.extend(plan.cluster.admission.on().map(|settings| settings.interval));
    lengths.extend(plan.cluster.hinted_handoff.on().map(|settings| settings.timeout));
    lengths.sort_unstable();
    lengths.dedup();
    lengths.into_iter().map(|length| (length, queue.lane(length))).collect()
}
