//! Faults taking hold of the world.

use std::cmp::Reverse;

use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::fact::{BufferFact, Fact};
use crate::dynamo::node::{Identity, Node};
use crate::dynamo::storage::disk::{Disk, Loss};
use crate::dynamo::timer::{Timer, Watch};
use crate::faults::clock::ClockTrouble;
use crate::faults::schedule::{Action, Deed, Step};
use crate::faults::spec::DiskAfterCrash;
use crate::faults::target::Target;
use crate::id::NodeId;
use crate::process::Input;
use crate::sim::delivery::Delivery;
use crate::sim::event::Event;
use crate::sim::links::CutName;
use crate::sim::machine::{Machine, Power, Standstill};
use crate::sim::simulation::Simulation;
use crate::sim::toll::Parcel;
use crate::time::Duration;
use crate::trace::observer::Observers;
use crate::trace::record::{Drop, Record};

impl Simulation {
    /// One step of a fault.
    pub(super) fn take_step(&mut self, observers: &mut Observers<'_>, step: Step) {
        let Step { fault, action, begins, ends, .. } = step;
        if begins {
            observers.see(self.now, &Record::FaultBegan { fault });
        }
        match action {
            Action::Cut(rule) => self.links.cut(self.now, fault, rule),
            Action::Mend { part, spread } => self.mend(CutName { fault, part }, spread),
            Action::Degrade(rule) => self.links.impaired.degrade(fault, rule),
            Action::Narrow(rule) => self.links.impaired.narrow(fault, rule),
            Action::Restore => self.links.impaired.restore(fault),
            Action::To { whom, deed } => {
                if let Some(node) = self.struck(fault, whom) {
                    self.take_deed(observers, node, fault, deed);
                }
            }
        }
        if ends {
            observers.see(self.now, &Record::FaultEnded { fault });
        }
    }

    /// Something is done to a node.
    fn take_deed(&mut self, observers: &mut Observers<'_>, node: NodeId, fault: usize, deed: Deed) {
        let machine = &mut self.machines[node.index()];
        match deed {
            Deed::Snapshot => {
                let snapshot = machine.snapshot();
                machine.snapshots.push((fault, snapshot));
            }
            Deed::Crash { disk } => self.crash(observers, node, disk, fault),
            // Another that stopped it starts it again in its own time.
            Deed::Start if machine.stopped_by() != Some(fault) => {}
            Deed::Start => self.start_again(observers, node),
            Deed::Restart => {
                self.crash(observers, node, DiskAfterCrash::Kept, fault);
                self.start_again(observers, node);
            }
            Deed::Pause => self.pause(node, fault),
            Deed::Resume => self.resume(observers, node, fault),
            Deed::Slow { disk, delay } => {
                machine.device.slow_down(disk);
                machine.slow = Some((fault, delay));
                self.toll.node(fault);
            }
            Deed::Hurry => {
                machine.device.slow_down(1.0);
                machine.slow = None;
            }
            Deed::AilDisk { trouble } => self.ail_disk(observers, node, fault, trouble),
            Deed::HealDisk => self.heal_disk(observers, node, fault),
            Deed::MisleadClock { trouble } => self.mislead_clock(node, fault, trouble),
            Deed::SetClock => self.set_clock(node, fault),
        }
    }

    /// Whom a fault strikes: once it has struck somebody, it stays with that node.
    fn struck(&mut self, fault: usize, whom: Target) -> Option<NodeId> {
        let holder = || {
            let hints =
                |machine: &Machine| machine.node().map_or(0, |node| node.disk().hints.len());
            let holders = (0_u32..).zip(self.machines.iter().map(hints));
            let most = holders.filter(|(_, hints)| *hints > 0);
            most.min_by_key(|(node, hints)| (Reverse(*hints), *node)).map(|(node, _)| NodeId(node))
        };
        match whom {
            Target::Node(node) => Some(node),
            Target::MostHints => match self.holders.get(&fault) {
                Some(known) => *known,
                None => {
                    let found = holder();
                    self.holders.insert(fault, found);
                    found
                }
            },
        }
    }

    /// Starts a node from its disk, in a new life.
    pub(super) fn boot(&mut self, observers: &mut Observers<'_>, node: NodeId) {
        let machine = &mut self.machines[node.index()];
        let off = Power::Off { disk: Box::new(empty_disk(&self.identity)), fault: None };
        let Power::Off { disk, .. } = std::mem::replace(&mut machine.power, off) else {
            unreachable!("only a machine that is off can be started");
        };
        let identity = Identity { me: node, life: machine.life, ..self.identity.clone() };
        machine.power = Power::On(Box::new(Node::boot(identity, *disk, &self.luck)));
        observers.see(self.now, &Record::Up { node });
        self.machines[node.index()].clock.held_by().for_each(|fault| self.toll.node(fault));
        self.hand_to_node(observers, node, Input::Start);
    }

    fn start_again(&mut self, observers: &mut Observers<'_>, node: NodeId) {
        if !self.machines[node.index()].is_up() {
            self.boot(observers, node);
        }
    }

    fn crash(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        how: DiskAfterCrash,
        fault: usize,
    ) {
        let machine = &mut self.machines[node.index()];
        let snapshot = machine.take_snapshot(fault);
        if !machine.is_up() {
            return;
        }
        self.count_broken_off(node, fault);
        let planted = self.planted();
        let machine = &mut self.machines[node.index()];
        let off = Power::Off { disk: Box::new(empty_disk(&self.identity)), fault: Some(fault) };
        let Power::On(running) = std::mem::replace(&mut machine.power, off) else {
            unreachable!("it was up just now");
        };
        machine.life += 1;
        machine.device.reset(self.now);
        machine.clock.forget_timers();
        let standstill = machine.paused.take();
        let held = std::mem::take(&mut machine.device.held);
        let (mut disk, from_memory) = running.crash();
        self.has_lost_disk |= how != DiskAfterCrash::Kept;
        let from_disk = match how {
            DiskAfterCrash::Kept => Loss::default(),
            // By that bug, it is as if all had been flushed.
            DiskAfterCrash::UnflushedLost if planted.is(Plant::DiskNotTorn) => Loss::default(),
            DiskAfterCrash::UnflushedLost => disk.lose_unflushed(),
            DiskAfterCrash::Torn => disk.tear(),
            DiskAfterCrash::Restored(_) => {
                disk.go_back(snapshot.expect("one is taken before each such crash"))
            }
            DiskAfterCrash::Wiped => disk.wipe(),
        };
        let objects = from_memory.count() as u32;
        let loss = from_memory.and(from_disk);
        machine.power = Power::Off { disk: Box::new(disk), fault: Some(fault) };
        self.toll.node(fault);
        self.toll.copies(fault, loss.count());
        observers.see(self.now, &Record::Down { node, disk: how });
        let waiting = standstill.into_iter().flat_map(|standstill| standstill.waiting);
        for event in waiting.chain(held) {
            match event {
                Event::Deliver(message) => self.lose(observers, message, Drop::ReceiverDown),
                Event::Done(job) => {
                    self.jobs.remove(job);
                }
                Event::Timer { .. } | Event::Look { .. } | Event::Client { .. } => {}
            }
        }
        if observers.interest().facts {
            if objects > 0 {
                let fact = Fact::Buffer(BufferFact::Lost { objects });
                observers.see(self.now, &Record::Node { node, fact: &fact });
            }
            self.tell_loss(observers, node, loss);
        }
    }

    /// Counts what ends with the life of a machine: requests that it coordinates or has handed on,
    /// its disk jobs, and messages that have reached it and were not handled.
    fn count_broken_off(&mut self, node: NodeId, fault: usize) {
        let machine = &self.machines[node.index()];
        let running = machine.node().into_iter();
        let attempts = running.flat_map(|node| node.under_way());
        attempts.for_each(|attempt| self.toll.operation(fault, Some(attempt.operation)));
        let begun = self.jobs.iter().filter(|task| task.node == node && task.life == machine.life);
        let jobs = begun.map(|task| &task.job).chain(&machine.device.parked);
        jobs.for_each(|job| self.toll.job(fault, job));
        for event in machine.paused.iter().flat_map(|standstill| &standstill.waiting) {
            if let Event::Deliver(message) = event {
                let Delivery { packet, message, .. } = self.messages.get(*message);
                self.toll.message(fault, Parcel { packet: *packet, message });
            }
        }
    }

    pub(super) fn tell_loss(&self, observers: &mut Observers<'_>, node: NodeId, loss: Loss) {
        let mut tell = |fact: Fact| observers.see(self.now, &Record::Node { node, fact: &fact });
        for change in loss.copies {
            tell(Fact::Lost { change });
        }
        for (before, after) in loss.hints {
            if let Some(hint) = before {
                tell(Fact::HintLost { hint });
            }
            if let Some(hint) = after {
                tell(Fact::HintRevived { hint });
            }
        }
    }

    /// What the cut held arrives from now on, in the order in which it would have, evenly over a
    /// time.
    fn mend(&mut self, name: CutName, spread: Duration) {
        self.links.mend(name);
        let held = std::mem::take(&mut self.held);
        let (ours, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|(by, _)| *by == name);
        self.held = others;
        let count = ours.len() as u64;
        for (place, (_, message)) in (0_u64..).zip(ours) {
            let later = u128::from(spread.0) * u128::from(place) / u128::from(count);
            if self.planted().is(Plant::DelayedMessageDeliveredTwice) {
                let copy = self.messages.insert(self.messages.get(message).clone());
                self.queue.push(self.now, Event::Deliver(copy));
            }
            self.queue.push(self.now + Duration(later as u64), Event::Deliver(message));
        }
    }

    /// A clock goes wrong. If its node is down, the fault counts it when it starts.
    fn mislead_clock(&mut self, node: NodeId, fault: usize, trouble: ClockTrouble) {
        let machine = &mut self.machines[node.index()];
        let looks = machine.clock.begin(self.now, fault, trouble);
        if machine.is_up() {
            self.toll.node(fault);
        }
        self.look_at_clock(node, looks);
    }

    fn set_clock(&mut self, node: NodeId, fault: usize) {
        let looks = self.machines[node.index()].clock.end(self.now, fault);
        self.look_at_clock(node, looks);
    }

    /// A machine that is off cannot stand still, and a crash ends a standstill.
    fn pause(&mut self, node: NodeId, fault: usize) {
        let machine = &mut self.machines[node.index()];
        if !machine.is_up() {
            return;
        }
        let fresh = Standstill { faults: Vec::new(), waiting: Vec::new() };
        machine.paused.get_or_insert(fresh).faults.push(fault);
        self.toll.node(fault);
    }

    /// Keeps a timer or a finished job of a node that stands still for later.
    pub(super) fn waits(&mut self, node: NodeId, event: Event) -> bool {
        let Some(standstill) = &mut self.machines[node.index()].paused else {
            return self.holds_node(node, event);
        };
        let Standstill { faults, waiting } = standstill;
        if let Event::Done(job) = event {
            self.toll.job(faults[0], &self.jobs.get(job).job);
        }
        waiting.push(event);
        true
    }

    /// Keeps a timer of a node that stands still, and tells so if peers are given up by it.
    pub(super) fn is_late(
        &mut self,
        observers: &mut Observers<'_>,
        node: NodeId,
        event: Event,
    ) -> bool {
        let waits = self.waits(node, event);
        let gives_up = match event {
            Event::Timer { timer, .. } => gives_up(timer),
            Event::Look { .. } => true,
            Event::Deliver(_) | Event::Client { .. } | Event::Done(_) => false,
        };
        if waits && gives_up {
            self.tell_waiting(observers, node, None);
        }
        waits
    }

    /// Something that bears on suspicions has come to a node that stands still.
    pub(super) fn tell_waiting(
        &self,
        observers: &mut Observers<'_>,
        node: NodeId,
        from: Option<NodeId>,
    ) {
        self.tell_member(observers, node, &MemberFact::Waits { from });
    }

    fn tell_member(&self, observers: &mut Observers<'_>, node: NodeId, fact: &MemberFact) {
        if observers.interest().facts {
            let fact = Fact::Member(fact.clone());
            observers.see(self.now, &Record::Node { node, fact: &fact });
        }
    }

    /// A pause is over. If no other holds the machine, what waited comes now, in order.
    fn resume(&mut self, observers: &mut Observers<'_>, node: NodeId, fault: usize) {
        let paused = &mut self.machines[node.index()].paused;
        let Some(standstill) = paused else { return };
        standstill.faults.retain(|by| *by != fault);
        if !standstill.faults.is_empty() {
            return;
        }
        let standstill = paused.take();
        let mut waiting = standstill.map(|standstill| standstill.waiting).unwrap_or_default();
        if self.identity.config.planted.is(Plant::FdSelfPauseConvictsAll) {
            waiting.sort_by_key(|event| !matches!(event, Event::Timer { .. }));
        }
        for event in waiting {
            self.queue.push(self.now, event);
        }
        self.tell_member(observers, node, &MemberFact::GoesOn);
    }
}

/// Are peers given up by this timer?
fn gives_up(timer: Timer) -> bool {
    match timer {
        Timer::Forward | Timer::GetReplicas | Timer::PutReplicas | Timer::Delivery { .. } => true,
        Timer::Watch(watch) => {
            matches!(watch, Watch::Pinged { .. } | Watch::Relayed { .. } | Watch::Overdue { .. })
        }
        _other => false,
    }
}

/// Stands where a disk was for the moment in which that is moved.
fn empty_disk(identity: &Identity) -> Disk {
    let keys = std::rc::Rc::clone(&identity.placement.keys);
    Disk::new(keys, identity.config.flush, std::rc::Rc::default())
}
