//! Failure detection. Dynamo's own is local and on failed requests, so that it takes the gap until
//! the next request and the time-out; probing and phi accrual take as long without traffic.

use crate::dynamo::fact::Fact;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::wars::read;
use crate::validate::worlds::{MUTE, NO_DISK, QUIET, drive};
use crate::validate::{accrual, probing};

/// The name of the group.
pub const GROUP: &str = "detection";

const RUNS: u64 = 2_000;
const QUICK_RUNS: u64 = 200;
/// Requests in a second, and the time-out in milliseconds.
const SETTINGS: [(f64, u32); 3] = [(1.0, 100), (10.0, 100), (50.0, 300)];

/// A job for each setting of each detector.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let runs = effort.choose(RUNS, QUICK_RUNS);
    let own = |setting| Job::new(GROUP, move |seed| vec![own(setting, seed, runs)]);
    let mut jobs: Vec<Job> = SETTINGS.into_iter().map(own).collect();
    jobs.extend(probing::jobs(effort));
    jobs.extend(accrual::jobs(effort));
    jobs
}

/// n0 serves one client and asks n1 in each request; n1 crashes.
fn own((rate, timeout_ms): (f64, u32), seed: u64, runs: u64) -> Row {
    let text = format!(
        r#"{{ "name": "detection", "duration": "10h", "sampling": "10h",
        "cluster": {{ "nodes": 2, "n": 2, "r": 1, "w": 1, {QUIET}, {MUTE},
            "hinted_handoff": false,
            "timeouts": {{ "operation": "10s", "replica": "{timeout_ms}ms", "forward": "9s" }} }},
        "network": {{ "latency": {{ "constant": "1us" }} }}, {NO_DISK},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "poisson": "{rate}/s" }}, "mix": {{ "get": 1 }}, "routing": "sticky" }},
        "faults": [{{ "crash": {{ "node": "n1", "at": "10s" }} }}] }}"#
    );
    let plan = read(&text).plan();
    let mut taken = Vec::new();
    for run in 0..runs {
        let mut plan = plan.clone();
        plan.seed = seed.wrapping_add(run);
        let mut watch = Suspicion { down: None, suspected: None };
        drive(&plan, &mut watch, |_, watch| watch.suspected.is_none());
        let Some((down, suspected)) = watch.down.zip(watch.suspected) else { continue };
        taken.push(suspected.since(down).seconds());
    }
    let exact = 1.0 / rate + f64::from(timeout_ms) / 1e3;
    let case = format!("Dynamo's own, {rate} requests/s, time-out {timeout_ms} ms");
    let name = (GROUP, &*case, "mean seconds from crash to suspicion".to_string());
    // A request under way as the peer crashes may be the one that finds out: 2 us of each gap.
    Row::mean(name, &taken, (exact, 1e-5), "1 / rate + time-out")
}

struct Suspicion {
    down: Option<Time>,
    suspected: Option<Time>,
}

impl Observer for Suspicion {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Down { node: NodeId(1), .. } => self.down = Some(now),
            Record::Node { fact: Fact::Suspected { .. }, .. } => self.suspected = Some(now),
            _other => {}
        }
    }
}
