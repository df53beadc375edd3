//! Section 6.1: what a replica does with its object buffer.
//!
//! Puts are kept in memory and answered at once; all other writes go to the disk, since nobody
//! waits for them, and a stand-in lets go of its hint for one. The versions of what is on the disk
//! are taken to be known in memory, so that a write merges with them without a read: the paper does
//! not say how it does.

use std::rc::Rc;

use crate::dynamo::config::Cluster;
use crate::dynamo::fact::{BufferFact, Fact};
use crate::dynamo::job::Job;
use crate::dynamo::replica::Replica;
use crate::dynamo::storage::disk::{Disk, Loss, Place, Snapshot};
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::Key;

impl Replica {
    /// Does a job in memory if it can be done there, else hands it to the disk.
    pub(super) fn take(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        job: Job,
        durable: bool,
    ) {
        match job {
            Job::Fetch { to, ticket, attempt, key, .. } if self.reads_from_memory(disk, key) => {
                ctx.tell(|| Fact::Buffer(BufferFact::Read));
                self.fetched(ctx, config, disk, (to, ticket, attempt, key));
            }
            Job::Write { key, stand_in_for, .. } | Job::Store { key, stand_in_for, .. } => {
                self.take_put(ctx, config, disk, (job, (key, stand_in_for)), durable);
            }
            Job::Fetch { .. } | Job::Repair { .. } | Job::Synchronise { .. } => ctx.submit(job),
            Job::Accept { .. } | Job::ReadHint { .. } | Job::DropHint { .. } => ctx.submit(job),
            Job::ReadKeys(_) | Job::WriteBack { .. } | Job::Flush => ctx.submit(job),
            Job::ReadRange(_) | Job::ReadAsked(_) | Job::Receive(_) => ctx.submit(job),
            Job::Passed(_) | Job::Reap { .. } => ctx.submit(job),
        }
    }

    fn take_put(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (job, place): (Job, Place),
        durable: bool,
    ) {
        let room = self.buffer.as_ref().is_some_and(|buffer| buffer.has_room_for(place));
        if room && !durable {
            return self.keep_in_memory(ctx, config, disk, (job, place));
        }
        let why = if durable { BufferFact::Durable } else { BufferFact::Full };
        ctx.tell(|| Fact::Buffer(why));
        ctx.submit(job);
        if !room {
            self.begin_writing(ctx, disk);
        }
    }

    fn keep_in_memory(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (job, place): (Job, Place),
    ) {
        let before = disk.held(place).cloned();
        match job {
            Job::Write { .. } => self.write(ctx, config, disk, job),
            job => self.store(ctx, config, disk, job),
        }
        let digest = |set: Option<&Rc<VersionSet>>| set.map(|set| set.digest());
        let Some(buffer) = &mut self.buffer else { return };
        if digest(before.as_ref()) == digest(disk.held(place)) {
            return;
        }
        buffer.keep(place, before);
        let (objects, full) = (buffer.len() as u32, buffer.is_full());
        ctx.tell(|| Fact::Buffer(BufferFact::Kept { objects }));
        if full {
            self.begin_writing(ctx, disk);
        }
    }

    /// Is what this node would answer to a read in memory?
    fn reads_from_memory(&self, disk: &Disk, key: Key) -> bool {
        self.buffer.as_ref().is_some_and(|buffer| match disk.store.get(key) {
            Some(_) => buffer.holds((key, None)),
            None => buffer.holds_for_others(key),
        })
    }

    /// Is what is held at a place in memory only?
    pub fn is_in_memory_only(&self, place: Place) -> bool {
        self.buffer.as_ref().is_some_and(|buffer| buffer.holds(place))
    }

    /// The writer begins to bring to the disk what is in memory.
    pub fn begin_writing(&mut self, ctx: &mut NodeCtx<'_>, disk: &Disk) {
        if let Some(buffer) = &mut self.buffer {
            buffer.begin();
            self.write_next(ctx, disk);
        }
    }

    fn write_next(&mut self, ctx: &mut NodeCtx<'_>, disk: &Disk) {
        if let Some(place) = self.buffer.as_mut().and_then(|buffer| buffer.next_place()) {
            let set = Rc::clone(disk.held(place).expect("what is in memory is held"));
            ctx.submit(Job::WriteBack { key: place.0, target: place.1, set });
        }
    }

    /// The writer has written an object, and goes on.
    pub fn written_back(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        disk: &mut Disk,
        (place, set): (Place, Rc<VersionSet>),
    ) {
        let Some(buffer) = &mut self.buffer else { return };
        if let Some(before) = buffer.written(&set) {
            disk.wrote(place, before);
        }
        let objects = buffer.len() as u32;
        ctx.tell(|| Fact::Buffer(BufferFact::WrittenBack { objects }));
        self.write_next(ctx, disk);
    }

    /// The writer could not write.
    pub fn not_written_back(&mut self) {
        if let Some(buffer) = &mut self.buffer {
            buffer.failed();
        }
    }

    /// The place that a job writes which does not come from the buffer there is.
    #[inline]
    pub fn writes_around_buffer(&self, job: &Job) -> Option<Place> {
        let around = self.buffer.is_some() && !matches!(job, Job::WriteBack { .. });
        if around { job.writes() } else { None }
    }

    /// A write to a place itself is on the disk, and with it all that is held there.
    pub fn writes_to_disk(&mut self, disk: &mut Disk, place: Place) {
        if let Some(buffer) = &mut self.buffer {
            let before = buffer.forget(place).unwrap_or_else(|| disk.held(place).cloned());
            disk.wrote(place, before);
        }
    }

    /// The node has stopped: what was in memory only is gone.
    pub fn crash(self, disk: &mut Disk) -> Loss {
        self.buffer.map_or_else(Loss::default, |buffer| buffer.lose(disk))
    }

    /// Takes out of a snapshot of the disk what is in memory only.
    pub fn correct(&self, snapshot: &mut Snapshot) {
        let places = self.buffer.iter().flat_map(|buffer| buffer.beneath());
        places.for_each(|(place, set)| snapshot.correct(place, set));
    }
}
