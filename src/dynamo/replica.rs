//! Keeps copies: answers what it holds, stores what it is sent, makes new versions (section 4.5).
//!
//! A message only queues a job at the disk; what is stored is read or changed when the disk has
//! finished it, and then answered. With an object buffer (section 6.1) puts go to memory instead.

mod buffered;
pub mod hinted;
mod limits;
mod made;
pub mod names;
mod wrong;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::config::modes::{ClockTruncation, Tombstones};
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::config::{Cluster, Flush};
use crate::dynamo::fact::{Cause, Fact, FlushFact, Making};
use crate::dynamo::job::Job;
use crate::dynamo::message::moving::{Pass, Passed};
use crate::dynamo::message::{Message, Put, Ticket, ToCoordinator, ToReplica};
use crate::dynamo::replica::hinted::{add_hint, keep_hint};
use crate::dynamo::replica::made::Made;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::object_buffer::ObjectBuffer;
use crate::dynamo::storage::store::Change;
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::clock::{Actor, Dot};
use crate::dynamo::versioning::reconcile::{Author, write};
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, Key, NodeId};
use crate::time::{Duration, Time};

/// The part of a node that keeps copies.
#[derive(Debug)]
pub struct Replica {
    me: NodeId,
    /// Which life of the node this is. What it minted in an earlier one may be lost, so it mints
    /// under a new name.
    life: u32,
    /// Copies kept for others for which this node has minted: the serial of the name it used. A
    /// copy is forgotten on delivery, and with it what was minted; the next copy gets a new name.
    /// Under this node's own name, those of its own copies that it has lost in this life.
    serials: BTreeMap<(Key, NodeId), u32>,
    last_serial: u32,
    /// Where clocks are truncated: how far it has counted, by key and name.
    minted: BTreeMap<(Key, Actor), u64>,
    /// What it has made in this life of writes with an identity.
    made: Made,
    /// In whose place it answers what it is doing, if not in its own.
    answers_for: Option<NodeId>,
    planted: Planted,
    /// What is in memory only, where writes are buffered.
    buffer: Option<ObjectBuffer>,
}

impl Replica {
    /// A replica in its `life`-th life, counted from 0.
    pub fn new(me: NodeId, life: u32, config: &Cluster) -> Replica {
        let planted = config.planted;
        let buffer = match config.flush {
            Flush::Always | Flush::Every(_) => None,
            Flush::Buffered(settings) => Some(ObjectBuffer::new(settings.objects)),
        };
        let (serials, minted, made) = (BTreeMap::new(), BTreeMap::new(), Made::default());
        Replica {
            me,
            life,
            serials,
            last_serial: 0,
            minted,
            made,
            answers_for: None,
            planted,
            buffer,
        }
    }

    /// Begins to flush, or to write what is buffered, at intervals, where that is asked for.
    pub fn start(&self, ctx: &mut NodeCtx<'_>, config: &Cluster) {
        match config.flush {
            Flush::Always => {}
            Flush::Every(interval) => ctx.arm(interval, Timer::Flush),
            Flush::Buffered(settings) => ctx.arm(settings.interval, Timer::Flush),
        }
    }

    /// A coordinator wants something.
    pub fn on_message(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (from, message): (Address, ToReplica),
    ) {
        let durable = matches!(message, ToReplica::Store { durable: true, .. });
        if self.planted.is(Plant::AckBeforeDurable) {
            self.promise(ctx, from, &message);
        }
        let job = job_of(from, message, ctx.ran);
        match self.buffer {
            None => ctx.submit(job),
            Some(_) => self.take(ctx, config, disk, job, durable),
        }
    }

    /// Are writes kept in memory first?
    pub fn is_buffered(&self) -> bool {
        self.buffer.is_some()
    }

    /// Does what was asked of a home that gave its range to this node, and answers in its place.
    pub fn pass(&mut self, ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk, pass: Pass) {
        let Pass { home, to, held, request, .. } = pass;
        if let Some(set) = held {
            self.keep(ctx, config, disk, (request.key(), set), Cause::Transfer);
        }
        self.answers_for = Some(home);
        match job_of(to, request, ctx.ran) {
            Job::Fetch { to, ticket, attempt, key, .. } => {
                self.fetched(ctx, config, disk, (to, ticket, attempt, key));
            }
            job @ Job::Write { .. } => self.write(ctx, config, disk, job),
            job @ Job::Store { .. } => self.store(ctx, config, disk, job),
            Job::Repair { key, set } => {
                self.keep(ctx, config, disk, (key, set), Cause::ReadRepair);
            }
            _other => unreachable!("coordinators ask for nothing else"),
        }
        self.answers_for = None;
    }

    /// Keeps what its former home sent of a range.
    pub fn receive(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        sets: Vec<(Key, Rc<VersionSet>)>,
    ) {
        for (key, set) in sets {
            self.writes_to_disk(disk, (key, None));
            if config.planted.is(Plant::HandoffOverwritesNewer) {
                let change = disk.store.replace(key, set);
                ctx.tell(|| Fact::Kept { change, cause: Cause::Transfer });
                continue;
            }
            self.keep(ctx, config, disk, (key, set), Cause::Transfer);
        }
    }

    fn answer(&self, ctx: &mut NodeCtx<'_>, to: Address, answer: ToCoordinator) {
        let answer = match self.answers_for {
            Some(home) => {
                let attempt = answer.attempt();
                ToCoordinator::For(Box::new(Passed { home, attempt, answer }))
            }
            None => answer,
        };
        ctx.send(to, Message::Coordinator(answer));
    }

    /// Sends what is held of a key: one's own copy, or what is kept for others.
    pub fn fetched(
        &self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &Disk,
        (to, ticket, attempt, key): (Address, Ticket, AttemptId, Key),
    ) {
        let own = disk.store.get(key).cloned();
        let set = own.or_else(|| disk.hints.of_key(config.rules(), key));
        self.answer(ctx, to, ToCoordinator::Fetched { ticket, attempt, set });
    }

    /// Makes the new version of a put, keeps it, and sends the result to the coordinator.
    pub fn write(&mut self, ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk, job: Job) {
        let Job::Write { to, ticket, attempt, key, put, stand_in_for } = job else {
            unreachable!("only a write makes a version");
        };
        let held = match stand_in_for {
            None => disk.store.get(key),
            Some(target) => disk.hints.get(key, target),
        };
        // A further attempt at what was made already, unless that has been lost since.
        let anew = self.planted.is(Plant::CoordinatorRetryNewEvent);
        let known = |set: &&Rc<VersionSet>| {
            let made = put.identity.and_then(|identity| self.made.dot(identity));
            !anew && made.is_some_and(|dot| set.clock().contains(dot))
        };
        if let Some(set) = held.filter(known) {
            let set = Rc::clone(set);
            ctx.tell(|| Fact::Recognised { attempt });
            let written = ToCoordinator::Written { ticket, attempt, set };
            return self.answer(ctx, to, written);
        }
        let clocks = [held.map(|set| set.clock()), put.context.as_ref().map(|set| set.clock())];
        let actor = self.actor(config, (key, stand_in_for), clocks);
        let most_pairs = config.clock_truncation.map(ClockTruncation::most_pairs);
        let author = Author { actor, stamp: ctx.now, most_pairs, planted: config.planted };
        let (context, held) = (put.context.as_deref(), held.map(|set| &**set));
        let Put { value, ghost, .. } = &*put;
        let (value, ghost) = (value.clone(), ghost.clone());
        let set = Rc::new(write(config.versioning, held, context, author, value, ghost));
        if let Some(answer) = self.refusal(config, (ticket, attempt), &set) {
            return self.answer(ctx, to, answer);
        }
        if most_pairs.is_some() {
            self.minted.insert((key, actor), set.clock().counter(actor));
        }
        if let Some(identity) = put.identity {
            let counter = set.clock().counter(actor);
            self.made.remember(identity, Dot { actor, counter });
        }
        ctx.tell(|| {
            let (ghost, context) = (put.ghost.clone(), put.context.clone());
            let held = disk.held((key, stand_in_for)).cloned();
            let (target, set) = (stand_in_for, Rc::clone(&set));
            let making = Making { key, ghost, actor, target, held, context, set };
            Fact::Made { attempt, making: Box::new(making) }
        });
        match stand_in_for {
            None => {
                let change = match wrong::leaves_nothing(config.planted, &set) {
                    false => disk.store.replace(key, Rc::clone(&set)),
                    true => disk.store.remove(key),
                };
                remind_of_tombstone(ctx, config, &change);
                ctx.tell(|| Fact::Kept { change, cause: Cause::Put });
            }
            Some(target) => keep_hint(ctx, disk, Hint { target, key, set: Rc::clone(&set) }),
        }
        self.answer(ctx, to, ToCoordinator::Written { ticket, attempt, set });
    }

    /// Keeps what a coordinator sent, for itself or with a hint, and confirms it.
    pub fn store(&self, ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk, job: Job) {
        let Job::Store { to, ticket, attempt, key, set, stand_in_for } = job else {
            unreachable!("only a store keeps what a coordinator sent");
        };
        match stand_in_for {
            None => {
                let set = wrong::as_stored(config.planted, self.name(), ctx.now, set);
                self.keep(ctx, config, disk, (key, set), Cause::Put);
            }
            Some(_) if config.planted.is(Plant::HintSkipsDeletes) && is_deleted(&set) => {}
            Some(target) => {
                let origin = config.planted.is(Plant::HintToOrigin);
                let target = if origin { self.me } else { target };
                if config.planted.is(Plant::HintServedAsHome) {
                    self.keep(ctx, config, disk, (key, Rc::clone(&set)), Cause::Put);
                }
                add_hint(ctx, config, disk, Hint { target, key, set });
            }
        }
        self.answer(ctx, to, ToCoordinator::Stored { ticket, attempt });
    }

    /// Merges a set into one's own copy, for whatever cause.
    pub fn keep(
        &self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (key, set): (Key, Rc<VersionSet>),
        cause: Cause,
    ) {
        let change = self.join(ctx, config, disk, (key, set), cause);
        let unnoted = match cause {
            Cause::Handoff | Cause::Transfer => Plant::MerkleNotUpdatedOnHandoff,
            Cause::AntiEntropy => Plant::AeNoRehashAfterRepair,
            Cause::Put | Cause::ReadRepair => return self.kept(ctx, config, change, cause),
        };
        if config.planted.is(unnoted) {
            disk.store.pass_over(key);
        }
        self.kept(ctx, config, change, cause);
    }

    fn kept(&self, ctx: &mut NodeCtx<'_>, config: &Cluster, change: Change, cause: Cause) {
        remind_of_tombstone(ctx, config, &change);
        ctx.tell(|| Fact::Kept { change, cause });
    }

    /// Drops a tombstone, unless something else is held by now. With it goes what this node minted.
    pub fn reap(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (key, digest): (Key, u64),
    ) {
        let looks = !config.planted.is(Plant::ReapWithoutRecheck);
        if disk.store.get(key).is_some_and(|set| !looks || set.digest() == digest) {
            if !config.planted.is(Plant::TombstoneResetsClock) {
                self.forget(key, None);
            }
            self.writes_to_disk(disk, (key, None));
            let change = disk.store.remove(key);
            ctx.tell(|| Fact::Reaped { change });
        }
    }

    /// What was written is safe; the next flush is due an interval from now.
    pub fn flushed(&self, ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk) {
        disk.flush();
        ctx.tell(|| Fact::Flush(FlushFact::Done));
        self.start(ctx, config);
    }
}

/// What a disk has to do to give a coordinator what it wants.
#[inline]
fn job_of(to: Address, message: ToReplica, since: Time) -> Job {
    match message {
        ToReplica::Fetch { ticket, attempt, key } => Job::Fetch { to, ticket, attempt, key, since },
        ToReplica::Write { ticket, attempt, key, put, stand_in_for } => {
            Job::Write { to, ticket, attempt, key, put, stand_in_for }
        }
        ToReplica::Store { ticket, attempt, key, set, stand_in_for, .. } => {
            Job::Store { to, ticket, attempt, key, set, stand_in_for }
        }
        ToReplica::Repair { key, set, .. } => Job::Repair { key, set },
    }
}

/// Does a reader see nothing of it?
fn is_deleted(set: &VersionSet) -> bool {
    set.visible().next().is_none()
}

/// Where tombstones go, each new one is looked at in its time.
fn remind_of_tombstone(ctx: &mut NodeCtx<'_>, config: &Cluster, change: &Change) {
    let wait = match config.tombstones {
        Tombstones::Keep => return,
        Tombstones::Timed(lifetime) => lifetime,
        Tombstones::WhenAllHomes(delay) => delay,
    };
    let Some(set) = change.after.as_ref().filter(|_| change.is_news()) else { return };
    if !is_deleted(set) {
        return;
    }
    let newest = set.versions().iter().map(|version| version.stamp).max().unwrap_or(ctx.now);
    let wait = match config.tombstones {
        // One that came late may be due at once.
        Tombstones::Timed(_) if newest + wait <= ctx.now => Duration::ZERO,
        Tombstones::Timed(_) => (newest + wait).since(ctx.now),
        Tombstones::Keep | Tombstones::WhenAllHomes(_) => wait,
    };
    ctx.arm(wait, Timer::Reap { key: change.key, digest: set.digest() });
}
