//! Section 5: local storage engines can be chosen, and each takes times of its own.
//!
//! The paper names the engines and what each was chosen for: Berkeley DB for objects of tens of
//! kilobytes, MySQL for larger ones, a buffer in memory with a backing store. It gives no times at
//! all. Those below are assumptions about one disk of that age, with about 100 seeks a second, and
//! so made that the paper's choice follows from them. Left out: what an engine does beside its
//! jobs, such as checkpoints and cleaning, but for the pauses of the Java edition.

use serde::{Deserialize, Serialize};

use crate::random::distribution::{Component, Distribution};
use crate::time::Duration;

/// A storage engine by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Berkeley DB Transactional Data Store: little work for each access, much for each byte,
    /// since large objects lie in chains of pages. Assumed: nine reads of ten find the cache.
    Bdb,
    /// Berkeley DB Java Edition: appends to a log, so that writes are cheaper; one write in a
    /// hundred meets the collector or the cleaner. Assumed like all times here.
    BdbJava,
    /// MySQL: more work for each access, less for each byte. Assumed: nine reads of ten find the
    /// cache.
    Mysql,
    /// A buffer in memory with a backing store: all accesses are to memory, and only a flush goes
    /// to the disk; `cluster.flush` says when.
    Memory,
}

/// What jobs at a disk cost.
#[derive(Clone, PartialEq, Debug)]
pub struct Times {
    pub read: Distribution,
    pub write: Distribution,
    pub flush: Distribution,
    pub cache: Option<Cache>,
    pub per_kilobyte: Option<PerKilobyte>,
}

/// Reads that an engine answers from memory.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// The share of values read that are found there, by chance and not by what was read before.
    /// Raising it spares the disk.
    pub hit: f64,
    /// Time to read one of them, whatever its size.
    pub read: Distribution,
}

/// Time for each 1,024 bytes, beside the time for each value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PerKilobyte {
    /// Read and not found in the cache.
    pub read: Duration,
    /// Written.
    pub write: Duration,
}

impl Engine {
    /// What this engine is assumed to cost.
    pub fn times(self) -> Times {
        match self {
            Engine::Bdb => Times {
                read: log_normal(6_000, 0.5),
                write: log_normal(4_000, 0.5),
                flush: log_normal(8_000, 0.5),
                cache: Some(Cache { hit: 0.9, read: exponential(50) }),
                per_kilobyte: per_kilobyte(40, 80),
            },
            Engine::BdbJava => Times {
                read: log_normal(7_000, 0.5),
                write: Distribution::Mixture(vec![
                    Component { weight: 99.0, of: log_normal(2_500, 0.5) },
                    Component { weight: 1.0, of: log_normal(40_000, 0.5) },
                ]),
                flush: log_normal(8_000, 0.5),
                cache: Some(Cache { hit: 0.9, read: exponential(80) }),
                per_kilobyte: per_kilobyte(40, 60),
            },
            Engine::Mysql => Times {
                read: log_normal(8_000, 0.5),
                write: log_normal(8_000, 0.5),
                flush: log_normal(10_000, 0.5),
                cache: Some(Cache { hit: 0.9, read: exponential(300) }),
                per_kilobyte: per_kilobyte(12, 25),
            },
            Engine::Memory => Times {
                read: exponential(20),
                write: exponential(20),
                flush: log_normal(10_000, 0.5),
                cache: None,
                per_kilobyte: None,
            },
        }
    }
}

fn exponential(microseconds: u64) -> Distribution {
    Distribution::Exponential { mean: Duration(microseconds * 1_000) }
}

fn log_normal(median_microseconds: u64, sigma: f64) -> Distribution {
    Distribution::LogNormal { median: Duration(median_microseconds * 1_000), sigma }
}

fn per_kilobyte(read: u64, write: u64) -> Option<PerKilobyte> {
    let [read, write] = [read, write].map(|microseconds| Duration(microseconds * 1_000));
    Some(PerKilobyte { read, write })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Engine; 4] = [Engine::Bdb, Engine::BdbJava, Engine::Mysql, Engine::Memory];

    /// Mean time in milliseconds to write, or to read, one value of this size.
    fn means(engine: Engine, kilobytes: u64) -> [f64; 2] {
        let Times { read, write, cache, per_kilobyte, .. } = engine.times();
        let per = per_kilobyte.unwrap_or_default();
        let (hit, cached) = cache.map_or((0.0, 0.0), |cache| (cache.hit, cache.read.mean()));
        let missed = read.mean() + (per.read.0 * kilobytes) as f64;
        let write = write.mean() + (per.write.0 * kilobytes) as f64;
        [write / 1e6, (hit * cached + (1.0 - hit) * missed) / 1e6]
    }

    #[test]
    fn all_times_are_distributions_that_can_be_drawn_from() {
        for times in ALL.map(Engine::times) {
            for distribution in [&times.read, &times.write, &times.flush] {
                assert_eq!(distribution.problems(), []);
            }
        }
    }

    #[test]
    fn berkeley_db_suits_tens_of_kilobytes_and_mysql_larger_objects() {
        for kilobytes in [1, 10, 50] {
            let (bdb, mysql) = (means(Engine::Bdb, kilobytes), means(Engine::Mysql, kilobytes));
            assert!(bdb[0] < mysql[0] && bdb[1] < mysql[1], "{kilobytes}: {bdb:?} {mysql:?}");
        }
        for kilobytes in [400, 1_000] {
            let (bdb, mysql) = (means(Engine::Bdb, kilobytes), means(Engine::Mysql, kilobytes));
            assert!(mysql[0] < bdb[0] && mysql[1] < bdb[1], "{kilobytes}: {bdb:?} {mysql:?}");
        }
    }
}
