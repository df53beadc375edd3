//! Disks in trouble: jobs that wait, fail, or are done in appearance only.

use crate::digest::digest_of;
use crate::dynamo::config::Flush;
use crate::dynamo::fact::{Fact, FlushFact};
use crate::dynamo::job::{Job, Work};
use crate::dynamo::storage::disk::Loss;
use crate::faults::disk::DiskTrouble;
use crate::id::{Key, NodeId};
use crate::process::Input;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::sim::event::Event;
use crate::sim::machine::Machine;
use crate::sim::simulation::Simulation;
use crate::trace::observer::Observers;
use crate::trace::record::Record;

/// What tells a failed job from one that was done, in the digest.
const FAILED: u64 = 1;

impl Simulation {
    pub(super) fn ail_disk(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        fault: usize,
        trouble: DiskTrouble,
    ) {
        let machine = &mut self.machines[node.index()];
        machine.device.troubles.push((fault, trouble));
        match trouble {
            DiskTrouble::LyingFlush => self.lie(observers, node, true),
            DiskTrouble::Corrupt(share) => self.corrupt_stored(observers, node, (fault, share)),
            DiskTrouble::Slow(_)
            | DiskTrouble::Stalled
            | DiskTrouble::Full
            | DiskTrouble::ReadErrors(_)
            | DiskTrouble::WriteErrors(_) => {}
        }
    }

    /// A trouble is over. What a stalled disk had begun is done at once; the rest comes in turn.
    pub(super) fn heal_disk(&mut self, observers: &mut Observers<'_>, node: NodeId, fault: usize) {
        let machine = &mut self.machines[node.index()];
        machine.device.troubles.retain(|(by, _)| *by != fault);
        let lies = |(_, trouble): &(usize, DiskTrouble)| *trouble == DiskTrouble::LyingFlush;
        if !machine.device.troubles.iter().any(lies) {
            self.lie(observers, node, false);
        }
        let machine = &mut self.machines[node.index()];
        if machine.device.stalled_by().is_some() {
            return;
        }
        let done = std::mem::take(&mut machine.device.held);
        let parked = std::mem::take(&mut machine.device.parked);
        done.into_iter().for_each(|event| self.queue.push(self.now, event));
        parked.into_iter().for_each(|job| self.submit(node, job));
    }

    /// A device begins, or ceases, to acknowledge flushes that it does not make.
    fn lie(&mut self, observers: &mut Observers<'_>, node: NodeId, lies: bool) {
        self.machines[node.index()].disk_mut().lie(lies);
        let told = if lies { FlushFact::Feigned } else { FlushFact::Honest };
        if observers.interest().facts {
            observers.see(self.now, &Record::Node { node, fact: &Fact::Flush(told) });
        }
    }

    /// Counts a job that is given to a disk which is slow; true if it is stalled and takes none.
    #[cold]
    pub(super) fn count_ailing(&mut self, node: NodeId, job: &Job) -> bool {
        let machine = &self.machines[node.index()];
        if let Some((fault, _)) = machine.slow.as_ref().filter(|_| machine.device.is_slow()) {
            self.toll.job(*fault, job);
        }
        if let Some(fault) = machine.device.stalled_by() {
            self.toll.job(fault, job);
            return true;
        }
        machine.device.slow_troubles().for_each(|(fault, _)| self.toll.job(fault, job));
        false
    }

    /// Keeps what a stalled disk would have done by now.
    pub(super) fn stalls(&mut self, node: NodeId, job: u32) -> bool {
        let device = &mut self.machines[node.index()].device;
        let Some(fault) = device.stalled_by() else { return false };
        self.toll.job(fault, &self.jobs.get(job).job);
        device.held.push(Event::Done(job));
        true
    }

    /// A job has taken its time: is it done, or has it failed?
    pub(super) fn finish_job(&mut self, observers: &mut Observers<'_>, node: NodeId, job: Job) {
        let (whom, luck) = (u64::from(node.0), job.luck());
        let Machine { device, clock, .. } = &self.machines[node.index()];
        if clock.is_misled() {
            clock.misled_by().for_each(|fault| self.toll.stamped(fault, &job));
        }
        if device.troubles.is_empty() {
            self.fold(whom, luck);
            return self.hand_to_node(observers, node, Input::Done(job));
        }
        if let Some(fault) = self.failure(node, &job) {
            self.toll.job(fault, &job);
            self.fold(whom, digest_of([luck, FAILED]));
            return self.hand_to_node(observers, node, Input::Failed(job));
        }
        self.count_lies(node, &job);
        let written = job.writes();
        self.fold(whom, luck);
        self.hand_to_node(observers, node, Input::Done(job));
        if let Some(place) = written {
            self.corrupt_written(observers, node, place);
        }
    }

    /// The trouble that makes a job fail, if one does.
    fn failure(&self, node: NodeId, job: &Job) -> Option<usize> {
        let (work, _) = job.work();
        // The same job, tried again later, has luck of its own.
        let unlucky = |fault: usize, share: f64| {
            let who = u64::from(node.0) << 2 | work as u64;
            let which = digest_of([fault as u64, job.luck(), self.now.0]);
            self.luck.draw(Purpose::DiskTrouble, who, which).chance(share)
        };
        let fails = |(fault, trouble): &&(usize, DiskTrouble)| match (trouble, work) {
            (DiskTrouble::Full, Work::Write) => job.writes().is_some(),
            (DiskTrouble::ReadErrors(share), Work::Read)
            | (DiskTrouble::WriteErrors(share), Work::Write | Work::Flush) => {
                unlucky(*fault, *share)
            }
            (DiskTrouble::Full | DiskTrouble::WriteErrors(_), Work::Read)
            | (DiskTrouble::ReadErrors(_), Work::Write | Work::Flush)
            | (DiskTrouble::Full, Work::Flush) => false,
            (DiskTrouble::Slow(_) | DiskTrouble::Stalled, _) => false,
            (DiskTrouble::LyingFlush | DiskTrouble::Corrupt(_), _) => false,
        };
        let troubles = &self.machines[node.index()].device.troubles;
        troubles.iter().find(fails).map(|(fault, _)| *fault)
    }

    fn count_lies(&mut self, node: NodeId, job: &Job) {
        let flushes = match job.work().0 {
            Work::Read => false,
            Work::Write => match self.identity.config.flush {
                Flush::Always | Flush::Buffered(_) => true,
                Flush::Every(_) => false,
            },
            Work::Flush => true,
        };
        for (fault, trouble) in &self.machines[node.index()].device.troubles {
            if flushes && *trouble == DiskTrouble::LyingFlush {
                self.toll.job(*fault, job);
            }
        }
    }

    fn corrupt_stored(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        (fault, share): (usize, f64),
    ) {
        let disk = self.machines[node.index()].disk();
        let copies = disk.store.held().map(|(key, _)| (key, None));
        let hints = disk.hints.iter().map(|(key, target, _)| (key, Some(target)));
        let places: Vec<_> = copies.chain(hints).collect();
        for place in places {
            self.corrupt(observers, node, (fault, share), place);
        }
    }

    fn corrupt_written(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        place: (Key, Option<NodeId>),
    ) {
        for (fault, trouble) in self.machines[node.index()].device.troubles.clone() {
            if let DiskTrouble::Corrupt(share) = trouble {
                self.corrupt(observers, node, (fault, share), place);
            }
        }
    }

    /// Whether a copy, or a hint for somebody, changes silently. If its checksum no longer matches,
    /// whoever reads it treats it as absent: from now on it is as good as lost.
    fn corrupt(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        (fault, share): (usize, f64),
        (key, target): (Key, Option<NodeId>),
    ) {
        // What is in memory only is not the disk's to change.
        let node_of = self.machines[node.index()].node();
        if node_of.is_some_and(|node| node.is_in_memory_only((key, target))) {
            return;
        }
        let target_number = target.map_or(u64::MAX, |target| u64::from(target.0));
        let which = digest_of([fault as u64, u64::from(key.0), target_number, self.now.0]);
        let who = u64::from(node.0) << 2 | 3;
        if !self.luck.draw(Purpose::DiskTrouble, who, which).chance(share) {
            return;
        }
        if !self.identity.config.checksums {
            return self.damage(observers, node, fault, (key, target), digest_of([which, who]));
        }
        let loss: Loss = self.machines[node.index()].lose(key, target);
        self.toll.copies(fault, loss.count());
        if observers.interest().facts {
            self.tell_loss(observers, node, loss);
        }
    }

    /// Changes a copy, or a hint, that nobody will check.
    fn damage(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        fault: usize,
        (key, target): (Key, Option<NodeId>),
        mark: u64,
    ) {
        let disk = self.machines[node.index()].disk_mut();
        let change = match target {
            None => disk.store.damage(key, mark),
            Some(target) => {
                let damaged = disk.hints.damage(key, target, mark);
                return self.toll.copies(fault, u64::from(damaged));
            }
        };
        let Some(change) = change else { return };
        self.toll.copies(fault, 1);
        if observers.interest().facts {
            observers.see(self.now, &Record::Node { node, fact: &Fact::Damaged { change } });
        }
    }
}
