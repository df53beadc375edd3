//! A machine: power, the life that its node is in, its disk, and whether it stands still.

use crate::dynamo::job::Job;
use crate::dynamo::message::ToReplica;
use crate::dynamo::node::Node;
use crate::dynamo::storage::disk::{Disk, Loss, Snapshot};
use crate::id::{Key, NodeId};
use crate::random::sampler::Sampler;
use crate::sim::clock::LocalClock;
use crate::sim::disk::Device;
use crate::sim::event::Event;

/// One machine of the cluster.
pub struct Machine {
    pub power: Power,
    /// How many times its node has started before this life. Timers and jobs of an earlier life
    /// are dropped.
    pub life: u32,
    pub device: Device,
    pub clock: LocalClock,
    /// What was on its disk, for crashes of a fault that go back to it, oldest first.
    pub snapshots: Vec<(usize, Snapshot)>,
    /// Whether it stands still.
    pub paused: Option<Standstill>,
    /// What it adds before each message that it sends, and the fault that makes it.
    pub slow: Option<(usize, Option<Sampler>)>,
}

/// A machine that handles nothing for a while.
pub struct Standstill {
    /// The faults that hold it, of which there is at least one. It goes on when the last ends.
    pub faults: Vec<usize>,
    /// What arrived meanwhile, in order.
    pub waiting: Vec<Event>,
}

/// Does the machine run?
pub enum Power {
    On(Box<Node>),
    /// It does not; the fault, if one stopped it, counts what it costs.
    Off {
        disk: Box<Disk>,
        fault: Option<usize>,
    },
}

impl Machine {
    /// A machine that was never started, with this disk and clock.
    pub fn new(disk: Disk, clock: LocalClock) -> Machine {
        Machine {
            power: Power::Off { disk: Box::new(disk), fault: None },
            life: 0,
            device: Device::default(),
            clock,
            snapshots: Vec::new(),
            paused: None,
            slow: None,
        }
    }

    /// The running node.
    pub fn node(&self) -> Option<&Node> {
        match &self.power {
            Power::On(node) => Some(node),
            Power::Off { .. } => None,
        }
    }

    /// The running node, to hand it an input.
    pub fn node_mut(&mut self) -> Option<&mut Node> {
        match &mut self.power {
            Power::On(node) => Some(node),
            Power::Off { .. } => None,
        }
    }

    /// The fault that stopped it, if it is stopped.
    pub fn stopped_by(&self) -> Option<usize> {
        match &self.power {
            Power::On(_) => None,
            Power::Off { fault, .. } => *fault,
        }
    }

    /// The disk, whether the machine runs or not.
    pub fn disk(&self) -> &Disk {
        match &self.power {
            Power::On(node) => node.disk(),
            Power::Off { disk, .. } => disk,
        }
    }

    /// What is on the disk, and nothing that is in memory only.
    pub fn snapshot(&self) -> Snapshot {
        match &self.power {
            Power::On(node) => node.snapshot(),
            Power::Off { disk, .. } => disk.snapshot(),
        }
    }

    /// The disk, for what its device does to it.
    pub fn disk_mut(&mut self) -> &mut Disk {
        match &mut self.power {
            Power::On(node) => node.disk_mut(),
            Power::Off { disk, .. } => disk,
        }
    }

    /// How much a job reads or writes.
    pub fn bytes_of(&self, job: &Job) -> u64 {
        let store = &self.disk().store;
        let held = |key: Key| store.get(key).map_or(0, |set| u64::from(set.bytes()));
        match job {
            Job::Fetch { key, .. } => held(*key),
            Job::ReadHint { target, key, .. } => {
                let hint = self.disk().hints.get(*key, *target);
                hint.map_or(0, |set| u64::from(set.bytes()))
            }
            Job::ReadKeys(read) => read.keys.iter().map(|key| held(*key)).sum(),
            Job::ReadRange(read) => read.keys.iter().map(|key| held(*key)).sum(),
            Job::ReadAsked(read) => read.keys.iter().map(|key| held(*key)).sum(),
            Job::Receive(received) => {
                received.sets.iter().map(|(_, set)| u64::from(set.bytes())).sum()
            }
            Job::Passed(pass) => match &pass.request {
                ToReplica::Fetch { key, .. } => held(*key),
                ToReplica::Write { put, .. } => u64::from(put.value.bytes),
                ToReplica::Store { set, .. } | ToReplica::Repair { set, .. } => {
                    u64::from(set.bytes())
                }
            },
            Job::Write { put, .. } => u64::from(put.value.bytes),
            Job::Store { set, .. }
            | Job::Repair { set, .. }
            | Job::Synchronise { set, .. }
            | Job::Accept { set, .. }
            | Job::WriteBack { set, .. } => u64::from(set.bytes()),
            Job::DropHint { .. } | Job::Reap { .. } | Job::Flush => 0,
        }
    }

    /// A copy, or a hint for somebody, is lost, whether the machine runs or not.
    pub fn lose(&mut self, key: Key, target: Option<NodeId>) -> Loss {
        match &mut self.power {
            Power::On(node) => node.lose(key, target),
            Power::Off { disk, .. } => disk.lose(key, target),
        }
    }

    /// The oldest snapshot that was taken for a fault.
    pub fn take_snapshot(&mut self, fault: usize) -> Option<Snapshot> {
        let place = self.snapshots.iter().position(|(by, _)| *by == fault)?;
        Some(self.snapshots.remove(place).1)
    }

    /// Is it on?
    pub fn is_up(&self) -> bool {
        self.node().is_some()
    }
}
