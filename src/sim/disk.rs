//! The disk of a machine: one queue, served in order.

use serde::{Deserialize, Serialize};

use crate::dynamo::job::{Job, Work};
use crate::faults::disk::DiskTrouble;
use crate::id::NodeId;
use crate::random::distribution::Distribution;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::sim::event::Event;
use crate::time::{Duration, Time};

/// Service times of every node's disk, under `disk`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Disk"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Time to read one value.
    pub read: Distribution,
    /// Time to write one value, with its flush where the cluster flushes always.
    pub write: Distribution,
    /// Time to flush what was written since the last flush, where the cluster flushes at intervals.
    pub flush: Distribution,
}

/// Service times ready to be drawn from.
#[derive(Clone, Debug)]
pub struct Service {
    read: Sampler,
    write: Sampler,
    flush: Sampler,
}

/// One disk: when it will be done with all that it was given.
pub struct Device {
    busy_until: Time,
    /// Every service takes this many times as long.
    slowness: f64,
    /// Faults that hold it.
    pub troubles: Vec<(usize, DiskTrouble)>,
    /// What it had begun when it stalled, and what it was given since.
    pub held: Vec<Event>,
    pub parked: Vec<Job>,
}

impl Default for Spec {
    fn default() -> Self {
        let exponential =
            |microseconds: u64| Distribution::Exponential { mean: Duration(microseconds * 1_000) };
        Spec { read: exponential(100), write: exponential(200), flush: exponential(2_000) }
    }
}

impl Service {
    /// The service times of a checked spec.
    pub fn new(spec: &Spec) -> Service {
        let [read, write, flush] = [&spec.read, &spec.write, &spec.flush].map(Sampler::new);
        Service { read, write, flush }
    }

    /// How long this job takes on a healthy disk.
    fn time(&self, luck: &Luck, node: NodeId, job: &Job) -> Duration {
        let (work, count) = job.work();
        let sampler = match work {
            Work::Read => &self.read,
            Work::Write => &self.write,
            Work::Flush => &self.flush,
        };
        let who = u64::from(node.0) << 2 | work as u64;
        let mut draw = luck.draw(Purpose::DiskService, who, job.luck());
        (0..count).fold(Duration::ZERO, |sum, _| sum + sampler.sample(&mut draw))
    }
}

impl Default for Device {
    fn default() -> Self {
        Device {
            busy_until: Time::ZERO,
            slowness: 1.0,
            troubles: Vec::new(),
            held: Vec::new(),
            parked: Vec::new(),
        }
    }
}

impl Device {
    /// Queues a job; returns when it will be done.
    pub fn submit(
        &mut self,
        now: Time,
        service: &Service,
        luck: &Luck,
        (node, job): (NodeId, &Job),
    ) -> Time {
        let mut time = service.time(luck, node, job);
        if !self.is_healthy() {
            let factors = self.slow_troubles().map(|(_, factor)| factor);
            let slowness = factors.fold(self.slowness, |all, factor| all * factor);
            time = Duration((time.0 as f64 * slowness) as u64);
        }
        self.busy_until = self.busy_until.max(now) + time;
        self.busy_until
    }

    /// From now on every service takes this many times as long; 1 is healthy.
    pub fn slow_down(&mut self, factor: f64) {
        self.slowness = factor;
    }

    /// Does it work as it should?
    #[inline]
    pub fn is_healthy(&self) -> bool {
        self.slowness <= 1.0 && self.troubles.is_empty()
    }

    /// Is it slower than it should be?
    pub fn is_slow(&self) -> bool {
        self.slowness > 1.0
    }

    /// The faults that make it slow, and by how much.
    pub fn slow_troubles(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.troubles.iter().filter_map(|(fault, trouble)| match trouble {
            DiskTrouble::Slow(factor) => Some((*fault, *factor)),
            DiskTrouble::Stalled | DiskTrouble::Full | DiskTrouble::LyingFlush => None,
            DiskTrouble::ReadErrors(_) | DiskTrouble::WriteErrors(_) => None,
            DiskTrouble::Corrupt(_) => None,
        })
    }

    /// The fault that lets it finish nothing.
    pub fn stalled_by(&self) -> Option<usize> {
        let stalled = |(_, trouble): &&(usize, DiskTrouble)| *trouble == DiskTrouble::Stalled;
        self.troubles.iter().find(stalled).map(|(fault, _)| *fault)
    }

    /// Whatever was queued is gone.
    pub fn reset(&mut self, now: Time) {
        self.busy_until = now;
        self.parked.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Address, AttemptId, ClientId, Key, OperationId};

    fn fetch(number: u32) -> Job {
        let operation = OperationId { client: ClientId(0), number };
        let ticket = crate::dynamo::message::Ticket { life: 0, slot: 0, serial: 0 };
        let attempt = AttemptId { operation, attempt: 0 };
        Job::Fetch { to: Address::Node(NodeId(0)), ticket, attempt, key: Key(0) }
    }

    #[test]
    fn jobs_wait_for_each_other() {
        let constant = |ms| Distribution::Constant(Duration::from_millis(ms));
        let spec = Spec { read: constant(2), write: constant(5), flush: constant(9) };
        let (service, luck) = (Service::new(&spec), Luck::new(1));
        let mut device = Device::default();
        let mut done = |now: u64, number| {
            let at = Time::ZERO + Duration::from_millis(now);
            device.submit(at, &service, &luck, (NodeId(0), &fetch(number))).seconds() * 1e3
        };
        assert_eq!([done(0, 1), done(0, 2), done(1, 3), done(50, 4)], [2.0, 4.0, 6.0, 52.0]);
        device.slow_down(10.0);
        let last = device.submit(Time::ZERO, &service, &luck, (NodeId(0), &Job::Flush));
        assert_eq!(last, Time::ZERO + Duration::from_millis(52 + 90));
    }
}
