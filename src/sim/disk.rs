//! The disk of a machine: one queue, served in order.

use serde::{Deserialize, Serialize};

use crate::dynamo::job::{Job, Work};
use crate::faults::disk::DiskTrouble;
use crate::id::NodeId;
use crate::random::distribution::Distribution;
use crate::random::luck::{Draw, Luck};
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::sim::engine::{Cache, Engine, PerKilobyte, Times};
use crate::sim::event::Event;
use crate::time::{Duration, Time};

/// Service times of every node's disk, under `disk`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Disk"))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// A storage engine (section 5), whose assumed times stand in the place of all others here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    /// Time to read one value.
    pub read: Distribution,
    /// Time to write one value, with its flush where the cluster flushes always.
    pub write: Distribution,
    /// Time to flush what was written since the last flush, where the cluster flushes at intervals.
    pub flush: Distribution,
    /// Values that are read from memory instead; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// Time that sizes add; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_kilobyte: Option<PerKilobyte>,
}

/// Service times ready to be drawn from.
#[derive(Clone, Debug)]
pub struct Service {
    read: Sampler,
    write: Sampler,
    flush: Sampler,
    /// The share of values found in the engine's cache, and how long those take.
    cache: Option<(f64, Sampler)>,
    per_kilobyte: Option<PerKilobyte>,
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
        Spec {
            engine: None,
            read: exponential(100),
            write: exponential(200),
            flush: exponential(2_000),
            cache: None,
            per_kilobyte: None,
        }
    }
}

impl Spec {
    /// What jobs cost: by the engine that is named, or as it is written.
    pub fn times(&self) -> Times {
        let written = || Times {
            read: self.read.clone(),
            write: self.write.clone(),
            flush: self.flush.clone(),
            cache: self.cache.clone(),
            per_kilobyte: self.per_kilobyte,
        };
        self.engine.map_or_else(written, Engine::times)
    }
}

impl Service {
    /// The service times of a checked spec.
    pub fn new(spec: &Spec) -> Service {
        let Times { read, write, flush, cache, per_kilobyte } = spec.times();
        let [read, write, flush] = [&read, &write, &flush].map(Sampler::new);
        let cache = cache.map(|cache| (cache.hit, Sampler::new(&cache.read)));
        Service { read, write, flush, cache, per_kilobyte }
    }

    /// Does it matter how large values are?
    #[inline]
    pub fn weighs(&self) -> bool {
        self.per_kilobyte.is_some()
    }

    /// How long this job, on so many bytes, takes on a healthy disk.
    fn time(&self, luck: &Luck, node: NodeId, job: &Job, bytes: u64) -> Duration {
        let (work, count) = job.work();
        let who = u64::from(node.0) << 2 | work as u64;
        let mut draw = luck.draw(Purpose::DiskService, who, job.luck());
        let sampler = match work {
            Work::Read => match &self.cache {
                None => &self.read,
                Some(_) => return self.cached_reads(&mut draw, count, bytes),
            },
            Work::Write => &self.write,
            Work::Flush => &self.flush,
        };
        let sum = (0..count).fold(Duration::ZERO, |sum, _| sum + sampler.sample(&mut draw));
        sum + self.time_of_bytes(work, bytes)
    }

    /// Reads of values of which some, by chance, are found in the engine's cache.
    fn cached_reads(&self, draw: &mut Draw, count: u32, bytes: u64) -> Duration {
        let Some((hit, cached)) = &self.cache else { return Duration::ZERO };
        let each = bytes / u64::from(count.max(1));
        (0..count).fold(Duration::ZERO, |sum, _| {
            sum + match draw.chance(*hit) {
                true => cached.sample(draw),
                false => self.read.sample(draw) + self.time_of_bytes(Work::Read, each),
            }
        })
    }

    fn time_of_bytes(&self, work: Work, bytes: u64) -> Duration {
        let Some(per_kilobyte) = self.per_kilobyte else { return Duration::ZERO };
        let each = match work {
            Work::Read => per_kilobyte.read,
            Work::Write => per_kilobyte.write,
            Work::Flush => Duration::ZERO,
        };
        Duration((u128::from(each.0) * u128::from(bytes) / 1024) as u64)
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
    /// Queues a job on so many bytes; returns when it will be done.
    pub fn submit(
        &mut self,
        now: Time,
        service: &Service,
        luck: &Luck,
        (node, job, bytes): (NodeId, &Job, u64),
    ) -> Time {
        let mut time = service.time(luck, node, job, bytes);
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
        let to = Address::Node(NodeId(0));
        Job::Fetch { to, ticket, attempt, key: Key(0), since: Time::ZERO }
    }

    #[test]
    fn jobs_wait_for_each_other() {
        let constant = |ms| Distribution::Constant(Duration::from_millis(ms));
        let (read, write, flush) = (constant(2), constant(5), constant(9));
        let spec = Spec { read, write, flush, ..Spec::default() };
        let (service, luck) = (Service::new(&spec), Luck::new(1));
        let mut device = Device::default();
        let mut done = |now: u64, number| {
            let at = Time::ZERO + Duration::from_millis(now);
            device.submit(at, &service, &luck, (NodeId(0), &fetch(number), 0)).seconds() * 1e3
        };
        assert_eq!([done(0, 1), done(0, 2), done(1, 3), done(50, 4)], [2.0, 4.0, 6.0, 52.0]);
        device.slow_down(10.0);
        let last = device.submit(Time::ZERO, &service, &luck, (NodeId(0), &Job::Flush, 0));
        assert_eq!(last, Time::ZERO + Duration::from_millis(52 + 90));
    }
    // Checklist item 56: one interface, and service times by engine: a base time, a time for each
    // byte, and reads that the engine's cache answers in far less.
    #[test]
    fn each_engine_takes_its_own_times() {
        let luck = Luck::new(3);
        let mean = |spec: &Spec, bytes: u64| {
            let service = Service::new(spec);
            let time = |n| service.time(&luck, NodeId(0), &fetch(n), bytes).seconds() * 1e3;
            (0..4_000).map(time).sum::<f64>() / 4_000.0
        };
        let engine = |engine| Spec { engine: Some(engine), ..Spec::default() };
        let [bdb, mysql, memory] = [Engine::Bdb, Engine::Mysql, Engine::Memory].map(engine);
        let [small, large] = [20 << 10, 1 << 20];
        assert!(mean(&bdb, small) < mean(&mysql, small), "tens of kilobytes suit Berkeley DB");
        assert!(mean(&mysql, large) < mean(&bdb, large), "larger objects suit MySQL");
        assert!(mean(&memory, large) < 0.1 * mean(&bdb, small));
        let constant = |us: u64| Distribution::Constant(Duration(us * 1_000));
        let read = Spec { read: constant(5_000), ..Spec::default() };
        let cache = Some(Cache { hit: 0.75, read: constant(100) });
        let cached = Spec { cache, ..read.clone() };
        assert_eq!(mean(&read, large), 5.0);
        assert!((mean(&cached, large) - (0.75 * 0.1 + 0.25 * 5.0)).abs() < 0.1);
        let per_kilobyte = Some(PerKilobyte { read: Duration(2_000), write: Duration(9) });
        let weighed = mean(&Spec { per_kilobyte, ..read }, large);
        assert!((weighed - (5.0 + 2.048)).abs() < 1e-9, "{weighed}");
    }
}
