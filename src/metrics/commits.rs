//! The committed writes of one key: which of them does a read not know?
//!
//! Recent commits are kept one by one with their moments. Once all homes agree, those that the
//! common set covers are settled: of them only the compact set of names and the latest moment stay.
//! So memory is bounded by the keys and by [`MOST_RECENT`], whatever the length of the run.

use smallvec::SmallVec;

use crate::dynamo::versioning::clock::Dot;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::{Ghost, Past};
use crate::id::OperationId;
use crate::time::Time;

/// Commits of a key that are kept one by one; beyond, the older half settles early.
pub const MOST_RECENT: usize = 256;
/// With more than this, commits settle although reads are under way, which then lose exactness.
const PATIENCE: usize = 64;

/// By what the last write wins.
pub type Rank = (Time, Dot);

/// The commits of one key.
#[derive(Debug, Default)]
pub struct Commits {
    all: Past,
    settled: Past,
    settled_latest: Time,
    settled_rank: Option<Rank>,
    /// In order of commit.
    recent: Vec<Commit>,
    /// Reads under way, with the moments at which they began.
    reads: SmallVec<[(OperationId, Time); 2]>,
}

#[derive(Clone, Copy, Debug)]
struct Commit {
    event: u32,
    at: Time,
    rank: Option<Rank>,
}

/// What a read misses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Missed {
    /// Committed writes that it does not know.
    pub writes: u64,
    /// When the oldest of them was committed, or earlier if `bound`.
    pub oldest: Option<Time>,
    /// Some of them had settled, so that the exact moment is forgotten.
    pub bound: bool,
}

impl Commits {
    /// A write was committed. A retry may commit it again, which changes nothing.
    pub fn commit(&mut self, now: Time, ghost: &Ghost, set: &VersionSet) {
        let event = ghost.event().number;
        if self.all.contains(event) {
            return;
        }
        self.all.insert(event);
        let own = set.versions().iter().find(|version| version.ghost.event() == ghost.event());
        let rank = own.map_or_else(|| best_rank(set), |own| Some((own.stamp, own.dot)));
        self.recent.push(Commit { event, at: now, rank });
        if self.recent.len() > MOST_RECENT {
            self.settle_early();
        }
    }

    /// A read began.
    pub fn read_began(&mut self, operation: OperationId, now: Time) {
        self.reads.push((operation, now));
    }

    /// A read ended, in whatever way.
    pub fn read_ended(&mut self, operation: OperationId) {
        self.reads.retain(|(open, _)| *open != operation);
    }

    /// What a read misses that began then, knows `history` and, where the last write wins, returned
    /// a version of this rank.
    pub fn missed(&self, began: Time, history: &Past, rank: Option<Rank>) -> Missed {
        let unknown = |commit: &&Commit| {
            commit.at <= began && !history.contains(commit.event) && !outranks(rank, commit.rank)
        };
        let mut recent = self.recent.iter().filter(unknown);
        let oldest = recent.clone().map(|commit| commit.at).min();
        let settled = if outranks(rank, self.settled_rank) {
            0
        } else {
            self.settled.count_missing_from(history)
        };
        let bound = settled > 0;
        let latest = bound.then_some(self.settled_latest);
        let writes = settled + recent.by_ref().count() as u64;
        Missed { writes, oldest: oldest.into_iter().chain(latest).min(), bound }
    }

    /// All homes hold what has this history. Returns how many commits were overwritten: nobody
    /// holds or covers them any more, since no hint is under way either (`hints_pending`).
    pub fn settle(&mut self, common: &Past, hints_pending: bool) -> u64 {
        if !self.reads.is_empty() && self.recent.len() <= PATIENCE {
            return 0;
        }
        let mut overwritten = 0;
        let oldest_read = self.oldest_read();
        for commit in std::mem::take(&mut self.recent) {
            if commit.at > oldest_read {
                self.recent.push(commit);
            } else if common.contains(commit.event) {
                self.forget_moment(commit);
            } else if hints_pending {
                self.recent.push(commit);
            } else {
                overwritten += 1;
            }
        }
        if !hints_pending {
            overwritten += self.settled.count_missing_from(common);
            self.settled = self.settled.common_with(common);
        }
        overwritten
    }

    fn settle_early(&mut self) {
        let oldest_read = self.oldest_read();
        let half = self.recent.len() / 2;
        let old = self.recent[..half].partition_point(|commit| commit.at <= oldest_read);
        // A read that never ends must not keep everything.
        let old = if old == 0 { half } else { old };
        let settling: SmallVec<[Commit; 8]> = self.recent.drain(..old).collect();
        settling.into_iter().for_each(|commit| self.forget_moment(commit));
    }

    fn forget_moment(&mut self, commit: Commit) {
        self.settled.insert(commit.event);
        self.settled_latest = self.settled_latest.max(commit.at);
        self.settled_rank = self.settled_rank.max(commit.rank);
    }

    fn oldest_read(&self) -> Time {
        self.reads.iter().map(|(_, began)| *began).min().unwrap_or(Time::NEVER)
    }
}

/// The rank of the version that wins among those of a set.
pub fn best_rank(set: &VersionSet) -> Option<Rank> {
    set.versions().iter().map(|version| (version.stamp, version.dot)).max()
}

fn outranks(rank: Option<Rank>, other: Option<Rank>) -> bool {
    rank.is_some() && rank >= other
}
