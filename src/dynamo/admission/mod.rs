//! Section 6.5: background tasks reserve slices of the database from one controller.
//!
//! A slice lets one background job of bounded size go to the disk. The controller watches how long
//! foreground reads take there, waiting included, and from time to time compares a percentile of
//! those in a trailing window with a threshold: the nearer it comes, the fewer slices. The paper
//! does not give the law; here slices are added one step at a time up to what the distance to the
//! threshold allows, and cut by a factor once it is reached. Left out: failed accesses and the
//! waits in queues other than the disk's, which the paper watches too.

pub mod latencies;

use std::collections::VecDeque;

use crate::dynamo::admission::latencies::Latencies;
use crate::dynamo::config::local::Admission as Settings;
use crate::dynamo::fact::{AdmissionFact, Fact};
use crate::dynamo::job::{Job, Task};
use crate::dynamo::timer::Timer;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::process::Effect;
use crate::time::{Duration, Time};

/// Jobs that wait for a slice, at most. Past that, work that others have sent is dropped: they send
/// it again in a later round.
const MOST_WAITING: usize = 1_000;
/// What slices are counted over.
const SECOND: Duration = Duration::from_secs(1);

/// The one controller of a node, shared by all its background tasks.
#[derive(Debug)]
pub struct Admission {
    settings: Settings,
    /// Of foreground reads at the database.
    reads: Latencies,
    /// Slices in a second, from now on.
    slices: u32,
    /// When the next slice is free, by what the node's clock has run.
    free_at: Time,
    /// Jobs that wait for slices, in order.
    waiting: VecDeque<Job>,
}

impl Admission {
    /// A controller that has seen nothing, and so grants all slices.
    pub fn new(settings: Settings) -> Admission {
        Admission {
            reads: Latencies::new(settings.window),
            slices: settings.slices,
            free_at: Time::ZERO,
            waiting: VecDeque::new(),
            settings,
        }
    }

    /// Waits to adjust the slices for the first time.
    pub fn start(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.settings.interval, Timer::Admission);
    }

    /// Does work wait for slices?
    pub fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A foreground read is done that was asked for then.
    #[inline]
    pub fn observe(&mut self, ctx: &NodeCtx<'_>, since: Time) {
        self.reads.record(ctx.ran, ctx.ran.since(since));
    }

    /// Lets those background jobs through that the node wishes for and has slices for; the others
    /// wait.
    pub fn gate(&mut self, ctx: &mut NodeCtx<'_>) {
        let mut place = 0;
        while let Some(effect) = ctx.effects.get(place) {
            if !is_background(effect) || self.takes_slice(ctx) {
                place += 1;
            } else if let Effect::Submit(job) = ctx.effects.remove(place) {
                self.defer(ctx, job);
            }
        }
    }

    /// A slice is free: the first job that waits takes it.
    pub fn on_slice(&mut self, ctx: &mut NodeCtx<'_>) {
        let Some(job) = self.waiting.pop_front() else { return };
        ctx.tell(|| Fact::Admission(AdmissionFact::Admitted));
        ctx.submit(job);
        self.free_at = ctx.ran + self.gap();
        if !self.waiting.is_empty() {
            ctx.arm(self.gap(), Timer::Slice);
        }
    }

    /// Looks how near foreground reads have come to the threshold.
    pub fn on_interval(&mut self, ctx: &mut NodeCtx<'_>) {
        self.start(ctx);
        let read = self.reads.percentile(ctx.ran, self.settings.percentile);
        self.slices = adjusted(&self.settings, self.slices, read);
        let slices = self.slices;
        ctx.tell(|| Fact::Admission(AdmissionFact::Adjusted { slices, read }));
    }

    /// Takes a slice if one is free and nobody has waited for it.
    fn takes_slice(&mut self, ctx: &mut NodeCtx<'_>) -> bool {
        let free = self.waiting.is_empty() && self.free_at <= ctx.ran;
        if free {
            self.free_at = ctx.ran + self.gap();
            ctx.tell(|| Fact::Admission(AdmissionFact::Admitted));
        }
        free
    }

    fn defer(&mut self, ctx: &mut NodeCtx<'_>, job: Job) {
        if self.waiting.len() >= MOST_WAITING && comes_again(&job) {
            return ctx.tell(|| Fact::Admission(AdmissionFact::Dropped));
        }
        if self.waiting.is_empty() {
            ctx.arm(self.free_at.since(ctx.ran), Timer::Slice);
        }
        self.waiting.push_back(job);
        ctx.tell(|| Fact::Admission(AdmissionFact::Deferred));
    }

    /// From one slice to the next.
    fn gap(&self) -> Duration {
        Duration(SECOND.0 / u64::from(self.slices.max(1)))
    }
}

fn is_background(effect: &Effect<NodeWords>) -> bool {
    match effect {
        Effect::Submit(job) => job.task().is_some(),
        Effect::Send { .. } | Effect::Arm { .. } | Effect::Tell(_) => false,
    }
}

/// Was this sent by a peer that will send it again?
fn comes_again(job: &Job) -> bool {
    match job.task() {
        Some(Task::Synchronisation) => true,
        Some(Task::HintDelivery) => matches!(job, Job::Accept { .. }),
        Some(Task::RangeTransfer) => matches!(job, Job::Receive(_) | Job::ReadAsked(_)),
        None => false,
    }
}

/// The law: at the threshold or above it slices are cut by a factor; below, they grow by a step, up
/// to a share of all that shrinks to nothing towards the threshold.
fn adjusted(settings: &Settings, slices: u32, read: Option<Duration>) -> u32 {
    let threshold = settings.threshold;
    let (read, least, most) = (read.unwrap_or(Duration::ZERO), settings.least, settings.slices);
    let next = if read >= threshold {
        (f64::from(slices) * settings.decrease) as u32
    } else {
        let room = u128::from(most) * u128::from(threshold.0 - read.0) / u128::from(threshold.0);
        slices.saturating_add(settings.increase).min(room as u32)
    };
    next.clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_to_the_threshold_the_fewer_slices() {
        let settings = Settings::default();
        let at = |slices, ms| adjusted(&settings, slices, Some(Duration::from_millis(ms)));
        let settled: Vec<u32> = (0..60).map(|ms| (0..500).fold(1, |s, _| at(s, ms))).collect();
        assert!(settled.windows(2).all(|pair| pair[1] <= pair[0]), "{settled:?}");
        let [most, least] = [settings.slices, settings.least];
        assert_eq!([settled[0], settled[25], settled[49]], [most, most / 2, most / 50]);
        assert_eq!([settled[50], settled[59]], [least, least]);
        assert_eq!(adjusted(&settings, most, None), most, "nothing is disturbed");
    }

    #[test]
    fn slices_are_cut_by_a_factor_and_grow_by_steps() {
        let settings = Settings::default();
        let at = |slices, ms| adjusted(&settings, slices, Some(Duration::from_millis(ms)));
        assert_eq!([at(800, 50), at(400, 900), at(1, 60)], [400, 200, settings.least]);
        assert_eq!(
            [at(100, 1), at(100 + settings.increase, 1)],
            [100 + settings.increase, 100 + 2 * settings.increase]
        );
    }
}
