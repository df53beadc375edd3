//! What a run comes to in the terms of PBS: how fresh reads are by the time since the last commit,
//! how many versions behind, and how long operations take.

use std::collections::BTreeMap;

use crate::dynamo::config::Versioning;
use crate::dynamo::fact::Fact;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, OperationId};
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::validate::row::Share;
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// Where classes of times since the last commit begin, in milliseconds.
pub const CLASSES_MS: [f64; 10] = [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 1_000.0];
/// Commits of a key that are remembered; a read that misses older ones misses these as well.
const REMEMBERED: usize = 32;
/// Versions behind that are told apart.
pub const BEHIND: usize = 3;

/// Reads of one class.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Class {
    pub reads: u64,
    pub fresh: u64,
    /// The sum of what was predicted for each of them, at its own time.
    pub predicted: f64,
}

/// Watches a run. `predict` is asked for each read, with the milliseconds since the last commit.
pub struct Observed<'p> {
    last_write_wins: bool,
    predict: &'p dyn Fn(f64) -> f64,
    commits: BTreeMap<Key, Vec<Commit>>,
    /// Reads under way, with the commits of their keys as they began.
    reads: BTreeMap<OperationId, (Time, Vec<Commit>)>,
    pub classes: Vec<Class>,
    /// Reads of keys with a commit, and those within 1, 2 ... versions.
    pub all: u64,
    pub within: [u64; BEHIND],
    /// Latencies in nanoseconds.
    pub read_latency: Vec<u64>,
    pub write_latency: Vec<u64>,
    /// Operations that failed, or whose end is unknown.
    pub failed: u64,
}

#[derive(Clone, Copy)]
struct Commit {
    at: Time,
    event: u32,
    stamp: Option<Time>,
}

impl<'p> Observed<'p> {
    /// Nothing seen yet.
    pub fn new(versioning: Versioning, predict: &'p dyn Fn(f64) -> f64) -> Observed<'p> {
        Observed {
            last_write_wins: versioning == Versioning::LastWriteWins,
            predict,
            commits: BTreeMap::new(),
            reads: BTreeMap::new(),
            classes: vec![Class::default(); CLASSES_MS.len()],
            all: 0,
            within: [0; BEHIND],
            read_latency: Vec::new(),
            write_latency: Vec::new(),
            failed: 0,
        }
    }

    /// The share of reads within so many versions, 1 being the newest.
    pub fn share_within(&self, k: usize) -> Share {
        Share { hits: self.within[k - 1], trials: self.all }
    }

    fn on_committed(&mut self, now: Time, key: Key, event: u32, set: &VersionSet) {
        let commits = self.commits.entry(key).or_default();
        if commits.iter().any(|commit| commit.event == event) {
            return;
        }
        let written = set.versions().iter().find(|it| it.ghost.event().number == event);
        let stamp = written.map(|version| version.stamp);
        if commits.len() == REMEMBERED {
            commits.remove(0);
        }
        commits.push(Commit { at: now, event, stamp });
    }

    fn on_ended(&mut self, now: Time, ending: &Ending) {
        let took = now.since(ending.began).0;
        let read = self.reads.remove(&ending.operation);
        let OperationResult::Ok { set, .. } = &ending.result else {
            self.failed += 1;
            return;
        };
        match ending.function {
            Function::Get => self.read_latency.push(took),
            Function::Put | Function::Delete => self.write_latency.push(took),
        }
        let Some((began, commits)) = read else { return };
        let Some(last) = commits.last() else { return };
        let missed = self.missed(set.as_deref(), &commits);
        let after_ms = began.since(last.at).millis();
        let place = CLASSES_MS.partition_point(|from| *from <= after_ms) - 1;
        let class = &mut self.classes[place];
        class.reads += 1;
        class.fresh += u64::from(missed == 0);
        class.predicted += (self.predict)(after_ms);
        self.all += 1;
        for (k, within) in self.within.iter_mut().enumerate() {
            *within += u64::from(missed <= k);
        }
    }

    /// Commits that are not in the history of what was read. Where the last write wins, one with a
    /// smaller time stamp was replaced and is not missed.
    fn missed(&self, set: Option<&VersionSet>, commits: &[Commit]) -> usize {
        let Some(set) = set else { return commits.len() };
        let history = set.history();
        let newest = set.versions().iter().map(|version| version.stamp).max();
        let replaced = |commit: &Commit| self.last_write_wins && commit.stamp <= newest;
        let missing = |it: &&Commit| !history.contains(it.event) && !replaced(it);
        commits.iter().filter(missing).count()
    }
}

impl Observer for Observed<'_> {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Some(Fact::Committed { key, ghost, set }) = record.of_store() {
            self.on_committed(now, *key, ghost.event().number, set);
        }
        match record {
            Record::Client { fact: ClientFact::Invoked(invocation), .. }
                if invocation.function == Function::Get =>
            {
                let commits = self.commits.get(&invocation.key).cloned().unwrap_or_default();
                self.reads.insert(invocation.operation, (now, commits));
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.on_ended(now, ending),
            _other => {}
        }
    }
}
