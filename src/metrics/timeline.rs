//! The timeline: one row for each sampling interval.

use serde::Serialize;

use crate::dynamo::message::Kind;
use crate::id::NodeId;
use crate::metrics::handoff::Amount;
use crate::metrics::operations::Tally;
use crate::metrics::window::share;
use crate::metrics::{anti_entropy, read_repair};
use crate::time::{Duration, Time};
use crate::trace::record::Totals;
use crate::workload::words::{Ending, Function, OperationResult};

/// The kinds of message that hinted handoff sends.
const HANDOFF_KINDS: [Kind; 2] = [Kind::Deliver, Kind::Delivered];

/// Gathers what happens in an interval.
#[derive(Debug)]
pub struct Timeline {
    gets: Path,
    puts: Path,
    up: Vec<bool>,
    active: Vec<bool>,
    last: Running,
    rows: Vec<Row>,
}

/// Operations of one kind that ended in this interval.
#[derive(Debug, Default)]
struct Path {
    tally: Tally,
    /// In nanoseconds; emptied with each row.
    latencies: Vec<u64>,
}

/// What other numbers have counted since the start of the run, and what is there now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Running {
    pub stale_reads: u64,
    /// Visible versions returned, and reads that returned any.
    pub versions: (u64, u64),
    pub divergent_keys: u64,
    pub hints_pending: Amount,
    pub hints_delivered: u64,
    pub anti_entropy_bytes: u64,
    pub read_repair_bytes: u64,
    pub handoff_bytes: u64,
    pub anti_entropy_copies: u64,
    pub read_repair_copies: u64,
    pub handoff_copies: u64,
    /// Slices a second for background work, summed over adjustments, and how many there were.
    pub slices: (u64, u64),
}

/// One interval. Puts include deletes; times of the interval are `(previous time_s, time_s]`.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Row {
    /// The end of the interval.
    pub time_s: f64,
    pub gets_ok: u64,
    pub gets_failed: u64,
    pub gets_unknown: u64,
    pub puts_ok: u64,
    pub puts_failed: u64,
    pub puts_unknown: u64,
    /// Exact quantiles of the successful operations that ended in the interval.
    pub get_p50_ms: Option<f64>,
    pub get_p99_ms: Option<f64>,
    pub put_p50_ms: Option<f64>,
    pub put_p99_ms: Option<f64>,
    pub stale_reads: u64,
    /// Over reads that returned any.
    pub versions_per_read_mean: Option<f64>,
    /// At the end of the interval, as `hints_pending`, `nodes_up` and `faults_active`.
    pub divergent_keys: u64,
    pub hints_pending: u64,
    pub hints_pending_bytes: u64,
    pub hints_delivered: u64,
    pub anti_entropy_sent_bytes: u64,
    pub read_repair_sent_bytes: u64,
    pub handoff_sent_bytes: u64,
    pub anti_entropy_repaired_copies: u64,
    pub read_repair_repaired_copies: u64,
    pub handoff_repaired_copies: u64,
    pub nodes_up: u64,
    pub faults_active: u64,
    /// Over the adjustments of all nodes in the interval; none where nothing is controlled.
    pub admission_slices_per_s_mean: Option<f64>,
}

impl Timeline {
    /// All nodes are up, no fault holds, no row is written.
    pub fn new(members: u32, machines: u32, faults: usize) -> Timeline {
        Timeline {
            gets: Path::default(),
            puts: Path::default(),
            up: (0..machines).map(|node| node < members).collect(),
            active: vec![false; faults],
            last: Running::default(),
            rows: Vec::new(),
        }
    }

    /// An operation ended.
    pub fn ended(&mut self, now: Time, ending: &Ending) {
        let path = match ending.function {
            Function::Get => &mut self.gets,
            Function::Put | Function::Delete => &mut self.puts,
        };
        path.tally.count(&ending.result);
        if matches!(ending.result, OperationResult::Ok { .. }) {
            path.latencies.push(now.since(ending.began).0);
        }
    }

    /// A node started or stopped.
    pub fn node(&mut self, node: NodeId, up: bool) {
        self.up[node.index()] = up;
    }

    /// A fault began or ended.
    pub fn fault(&mut self, fault: usize, active: bool) {
        self.active[fault] = active;
    }

    /// How many nodes are up and how many faults hold.
    pub fn standing(&self) -> (u64, u64) {
        (count(&self.up), count(&self.active))
    }

    /// An interval is over.
    pub fn sample(&mut self, now: Time, running: Running) {
        let mut row = Row { time_s: now.seconds(), ..Row::default() };
        self.take_operations(&mut row);
        self.take_changes(&mut row, &running);
        row.nodes_up = count(&self.up);
        row.faults_active = count(&self.active);
        self.rows.push(row);
        self.last = running;
    }

    /// All rows; a last, shorter interval counts as one.
    pub fn finish(mut self, end: Time, running: Running) -> Vec<Row> {
        if self.rows.last().is_none_or(|row| row.time_s < end.seconds()) {
            self.sample(end, running);
        }
        self.rows
    }

    fn take_operations(&mut self, row: &mut Row) {
        let gets = std::mem::take(&mut self.gets.tally);
        let puts = std::mem::take(&mut self.puts.tally);
        (row.gets_ok, row.gets_failed, row.gets_unknown) = (gets.ok, gets.failed, gets.unknown);
        (row.puts_ok, row.puts_failed, row.puts_unknown) = (puts.ok, puts.failed, puts.unknown);
        [row.get_p50_ms, row.get_p99_ms] = self.gets.quantiles();
        [row.put_p50_ms, row.put_p99_ms] = self.puts.quantiles();
    }

    fn take_changes(&self, row: &mut Row, running: &Running) {
        let last = &self.last;
        let versions = running.versions.0 - last.versions.0;
        row.stale_reads = running.stale_reads - last.stale_reads;
        row.versions_per_read_mean = share(versions, running.versions.1 - last.versions.1);
        row.divergent_keys = running.divergent_keys;
        row.hints_pending = running.hints_pending.count;
        row.hints_pending_bytes = running.hints_pending.bytes;
        row.hints_delivered = running.hints_delivered - last.hints_delivered;
        row.anti_entropy_sent_bytes = running.anti_entropy_bytes - last.anti_entropy_bytes;
        row.read_repair_sent_bytes = running.read_repair_bytes - last.read_repair_bytes;
        row.handoff_sent_bytes = running.handoff_bytes - last.handoff_bytes;
        row.anti_entropy_repaired_copies = running.anti_entropy_copies - last.anti_entropy_copies;
        row.read_repair_repaired_copies = running.read_repair_copies - last.read_repair_copies;
        row.handoff_repaired_copies = running.handoff_copies - last.handoff_copies;
        let slices = running.slices.0 - last.slices.0;
        row.admission_slices_per_s_mean = share(slices, running.slices.1 - last.slices.1);
    }
}

impl Path {
    /// Median and 99th percentile by nearest rank; forgets the latencies.
    fn quantiles(&mut self) -> [Option<f64>; 2] {
        self.latencies.sort_unstable();
        let count = self.latencies.len();
        let at = |percent: usize| {
            let rank = (count * percent).div_ceil(100);
            let place = rank.checked_sub(1)?;
            Some(Duration(self.latencies[place]).millis())
        };
        let quantiles = [at(50), at(99)];
        self.latencies.clear();
        quantiles
    }
}

impl Running {
    /// Fills in the bytes that each mechanism sent.
    pub fn with_traffic(mut self, totals: &Totals) -> Running {
        self.anti_entropy_bytes = anti_entropy::sent(totals, &anti_entropy::KINDS).bytes;
        self.read_repair_bytes = anti_entropy::sent(totals, &read_repair::KINDS).bytes;
        self.handoff_bytes = anti_entropy::sent(totals, &HANDOFF_KINDS).bytes;
        self
    }
}

fn count(flags: &[bool]) -> u64 {
    flags.iter().filter(|flag| **flag).count() as u64
}
