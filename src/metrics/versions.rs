//! How many concurrent versions reads return: the paper's measure of divergence that clients see
//! (section 6.3); and how many of those conflicts are none, by the ghost oracle.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::metrics::read::Read;
use crate::metrics::window::share;

/// Counts the versions of successful reads.
#[derive(Clone, Debug)]
pub struct Versions {
    /// At the place of the number of visible versions; 5 stands for 5 and more.
    reads: [u64; 6],
    sum: u64,
    max: u64,
    tombstones: u64,
    false_conflicts: u64,
    /// Bytes of what each read returned.
    bytes: Histogram<u64>,
}

/// Section `versions` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct VersionsFigures {
    pub none: u64,
    pub one: u64,
    pub two: u64,
    pub three: u64,
    pub four: u64,
    pub five_or_more: u64,
    pub mean: Option<f64>,
    pub max: u64,
    pub tombstones: u64,
    pub false_conflicts: u64,
    pub bytes_mean: Option<f64>,
    pub bytes_p99_9: Option<u64>,
}

impl Default for Versions {
    fn default() -> Versions {
        let bytes = Histogram::new(3).expect("three significant digits are allowed");
        let (sum, max, tombstones, false_conflicts) = (0, 0, 0, 0);
        Versions { reads: [0; 6], sum, max, tombstones, false_conflicts, bytes }
    }
}

impl Versions {
    /// A read succeeded.
    pub fn read(&mut self, read: &Read<'_>) {
        let visible = read.set.map_or(0, |set| set.visible().count());
        let all = read.set.map_or(0, |set| set.versions().len());
        self.reads[visible.min(5)] += 1;
        self.sum += visible as u64;
        self.max = self.max.max(visible as u64);
        self.tombstones += (all - visible) as u64;
        let bytes = read.set.map_or(0, |set| u64::from(set.bytes()));
        self.bytes.record(bytes).expect("the histogram grows as needed");
        self.false_conflicts += u64::from(read.set.is_some_and(has_false_conflict));
    }

    /// Visible versions returned so far, and reads that returned any.
    pub fn running(&self) -> (u64, u64) {
        (self.sum, self.reads[1..].iter().sum())
    }

    /// What it comes to.
    pub fn figures(&self) -> VersionsFigures {
        let [none, one, two, three, four, five_or_more] = self.reads;
        let (sum, found) = self.running();
        let read = !self.bytes.is_empty();
        VersionsFigures {
            none,
            one,
            two,
            three,
            four,
            five_or_more,
            mean: share(sum, found),
            max: self.max,
            tombstones: self.tombstones,
            false_conflicts: self.false_conflicts,
            bytes_mean: read.then(|| self.bytes.mean()),
            bytes_p99_9: read.then(|| self.bytes.value_at_quantile(0.999)),
        }
    }
}

/// Did the client that wrote one of the versions know another, which stands beside it all the same?
fn has_false_conflict(set: &VersionSet) -> bool {
    let versions = set.versions();
    if versions.len() < 2 {
        return false;
    }
    // Sets may hold hundreds: each is asked of all that was known at once.
    let mut known = Past::default();
    versions.iter().for_each(|version| known.join(version.ghost.past()));
    versions.iter().any(|version| known.contains(version.ghost.event().number))
}
