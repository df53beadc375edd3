//! Availability: how many operations succeeded, and how long clients went without success.
//!
//! An operation counts in the part of the run in which it began. A timed-out put is unavailable
//! here, although it may have taken effect.

use serde::Serialize;

use crate::id::{AttemptId, ClientId};
use crate::metrics::retries::{Retries, RetriesFigures};
use crate::metrics::window::{ByWindow, Window, share};
use crate::time::{Duration, Time};
use crate::workload::words::{Ending, Function, Invocation, OperationResult};

/// Counts operations by what they do, how they end, and when they began.
#[derive(Debug)]
pub struct Operations {
    tallies: ByWindow<ByFunction<Tally>>,
    retries: u64,
    moves: u64,
    /// What became of writes that were tried again.
    pub writes: Retries,
    clients: Vec<Streak>,
    longest: (Duration, Option<ClientId>),
}

/// One of something for each function of a client.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct ByFunction<T> {
    pub get: T,
    pub put: T,
    pub delete: T,
}

/// How many operations began and how they ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Tally {
    pub invoked: u64,
    pub ok: u64,
    pub failed: u64,
    pub unknown: u64,
}

/// How a client fares.
#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    last_success: Time,
    failed_since: bool,
}

/// Section `availability` of a report: shares of ended operations that succeeded.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AvailabilityFigures {
    #[serde(flatten)]
    pub overall: ByFunction<Option<f64>>,
    #[serde(flatten)]
    pub windows: ByWindow<ByFunction<Option<f64>>>,
}

/// Section `operations` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OperationsFigures {
    #[serde(flatten)]
    pub overall: ByFunction<Tally>,
    pub retries: u64,
    pub moves: u64,
    /// Writes among those that were tried again.
    #[serde(flatten)]
    pub writes: RetriesFigures,
    pub longest_outage_s: f64,
    /// The client that saw the longest outage.
    pub longest_outage_client: Option<String>,
    #[serde(flatten)]
    pub windows: ByWindow<ByFunction<Tally>>,
}

impl<T> ByFunction<T> {
    /// The one of this function.
    pub fn at(&mut self, function: Function) -> &mut T {
        match function {
            Function::Get => &mut self.get,
            Function::Put => &mut self.put,
            Function::Delete => &mut self.delete,
        }
    }

    fn map<U>(&self, make: impl Fn(&T) -> U) -> ByFunction<U> {
        ByFunction { get: make(&self.get), put: make(&self.put), delete: make(&self.delete) }
    }
}

impl Tally {
    /// Operations that ended, in whatever way.
    pub fn ended(&self) -> u64 {
        self.ok + self.failed + self.unknown
    }

    /// Counts an end.
    pub fn count(&mut self, result: &OperationResult) {
        match result {
            OperationResult::Ok { .. } => self.ok += 1,
            OperationResult::Failed => self.failed += 1,
            OperationResult::Unknown => self.unknown += 1,
        }
    }

    fn add(&mut self, other: &Tally) {
        self.invoked += other.invoked;
        self.ok += other.ok;
        self.failed += other.failed;
        self.unknown += other.unknown;
    }

    fn availability(&self) -> Option<f64> {
        share(self.ok, self.ended())
    }
}

impl Operations {
    /// Nothing counted yet.
    pub fn new(clients: u32) -> Operations {
        Operations {
            tallies: ByWindow::default(),
            retries: 0,
            moves: 0,
            writes: Retries::default(),
            clients: vec![Streak::default(); clients as usize],
            longest: (Duration::ZERO, None),
        }
    }

    /// An operation began.
    pub fn invoked(&mut self, window: Window, invocation: &Invocation) {
        self.tallies.at(window).at(invocation.function).invoked += 1;
        if invocation.ghost.is_some() {
            self.writes.invoked(invocation.operation);
        }
    }

    /// A further attempt was made.
    pub fn retried(&mut self, attempt: AttemptId) {
        self.retries += 1;
        self.writes.retried(attempt);
    }

    /// A client moved to another site.
    pub fn moved(&mut self) {
        self.moves += 1;
    }

    /// An operation ended.
    pub fn ended(&mut self, now: Time, window: Window, ending: &Ending) {
        self.tallies.at(window).at(ending.function).count(&ending.result);
        self.writes.ended(ending.operation);
        let client = ending.operation.client;
        let streak = &mut self.clients[client.index()];
        let success = matches!(ending.result, OperationResult::Ok { .. });
        // A failure counts too: an outage that no success ends lasts at least until then.
        let outage = now.since(streak.last_success);
        if (!success || streak.failed_since) && outage > self.longest.0 {
            self.longest = (outage, Some(client));
        }
        if success {
            *streak = Streak { last_success: now, failed_since: false };
        } else {
            streak.failed_since = true;
        }
    }

    /// All operations of the run.
    pub fn overall(&self) -> ByFunction<Tally> {
        let mut overall = ByFunction::<Tally>::default();
        for window in self.tallies.all() {
            overall.get.add(&window.get);
            overall.put.add(&window.put);
            overall.delete.add(&window.delete);
        }
        overall
    }

    /// The shares of success.
    pub fn availability(&self) -> AvailabilityFigures {
        AvailabilityFigures {
            overall: self.overall().map(Tally::availability),
            windows: self.tallies.map(|tallies| tallies.map(Tally::availability)),
        }
    }

    /// The counts.
    pub fn figures(&self) -> OperationsFigures {
        OperationsFigures {
            overall: self.overall(),
            retries: self.retries,
            moves: self.moves,
            writes: self.writes.figures(),
            longest_outage_s: self.longest.0.seconds(),
            longest_outage_client: self.longest.1.map(|client| client.to_string()),
            windows: self.tallies.clone(),
        }
    }
}
