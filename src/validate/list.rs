//! All groups of comparisons. Each is a list of jobs that know nothing of each other, so that they
//! can be done at the same time; rows come in the order of the jobs.

use crate::digest::digest_of;
use crate::validate::row::Row;
use crate::validate::{
    detection, gossip, hints, merkle, oracles, partition, pbs, quorum, ring, siblings, val,
};

/// How much is spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// What is published.
    Full,
    /// Little enough for a test.
    Quick,
}

/// A group by its name.
#[derive(Clone, Copy)]
pub struct Group {
    pub name: &'static str,
    pub about: &'static str,
    pub jobs: fn(Effort) -> Vec<Job>,
}

/// Some comparisons, made by a function of the seed alone.
pub struct Job {
    pub group: &'static str,
    work: Box<dyn Fn(u64) -> Vec<Row> + Send + Sync>,
}

/// In the order of the table.
pub const LIST: &[Group] = &[
    Group { name: pbs::GROUP, about: "25 cases of PBS: P(fresh) and latencies", jobs: pbs::jobs },
    Group { name: val::GROUP, about: "PBS's settings against Cassandra: RMSE", jobs: val::jobs },
    Group { name: oracles::GROUP, about: "exact forms and relations of PBS", jobs: oracles::jobs },
    Group { name: quorum::GROUP, about: "availability of quorums", jobs: quorum::jobs },
    Group { name: partition::GROUP, about: "both sides of a partition", jobs: partition::jobs },
    Group { name: ring::GROUP, about: "balance of consistent hashing", jobs: ring::jobs },
    Group {
        name: gossip::GROUP,
        about: "rounds of push, pull and both; rumours",
        jobs: gossip::jobs,
    },
    Group { name: detection::GROUP, about: "time to detect a failure", jobs: detection::jobs },
    Group { name: merkle::GROUP, about: "hashes of a Merkle comparison", jobs: merkle::jobs },
    Group { name: hints::GROUP, about: "hints that are kept and delivered", jobs: hints::jobs },
    Group { name: siblings::GROUP, about: "versions beside each other", jobs: siblings::jobs },
];

impl Effort {
    /// One of two.
    pub fn choose<T>(self, full: T, quick: T) -> T {
        match self {
            Effort::Full => full,
            Effort::Quick => quick,
        }
    }
}

impl Job {
    /// A job of a group.
    pub fn new(group: &'static str, work: impl Fn(u64) -> Vec<Row> + Send + Sync + 'static) -> Job {
        Job { group, work: Box::new(work) }
    }

    /// Its rows; `place` among all jobs of its group gives it luck of its own.
    pub fn rows(&self, seed: u64, place: usize) -> Vec<Row> {
        let name = self.group.bytes().fold(0, |all: u64, byte| all << 8 | u64::from(byte));
        (self.work)(digest_of([seed, name, place as u64]))
    }
}

/// The group of this name.
pub fn find(name: &str) -> Option<&'static Group> {
    LIST.iter().find(|group| group.name == name)
}
