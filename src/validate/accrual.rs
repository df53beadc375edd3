//! Phi accrual: how long after the last heartbeat a peer is suspected, and how often one that runs
//! is.
//!
//! Gaps come from the simulated network. Lost heartbeats make them as uneven as one likes, around a
//! mean that is known exactly; delays with a bell curve make gaps with one; and where delays are
//! exponential and a thousand heartbeats are on their way at any time, those that arrive are all
//! but a Poisson process, and gaps exponential. Every gap counts (`longest_gap`), and a suspicion
//! ends with the next heartbeat (`retry`).

use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Membership, Message};
use crate::id::{Address, NodeId};
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::validate::detection::GROUP;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::wars::read;
use crate::validate::worlds::{MUTE, NO_DISK, QUIET, drive};

/// Phi, and the deviations after the mean at which it is reached where gaps are normal, with three
/// decimals.
const NORMAL: [(f64, f64); 6] =
    [(1.0, 1.282), (2.0, 2.326), (3.0, 3.090), (5.0, 4.265), (8.0, 5.612), (12.0, 7.034)];
const EXPONENTIAL: [f64; 4] = [1.0, 3.0, 8.0, 12.0];
/// Those of which errors are frequent enough to be counted.
const FREQUENT: [f64; 2] = [1.0, 2.0];

const RUNS: [u64; 2] = [200, 30];
const ALARM_RUNS: [u64; 2] = [60, 8];

/// All settings.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let runs = effort.choose(RUNS[0], RUNS[1]);
    let alarm_runs = effort.choose(ALARM_RUNS[0], ALARM_RUNS[1]);
    let mut jobs = Vec::new();
    for phi in EXPONENTIAL {
        jobs.push(Job::new(GROUP, move |seed| vec![exponential(phi, seed, runs)]));
    }
    for (phi, deviations) in NORMAL {
        jobs.push(Job::new(GROUP, move |seed| vec![normal(phi, deviations, seed, runs)]));
    }
    for phi in FREQUENT {
        for world in [exponential_alarms(phi), normal_alarms(phi)] {
            jobs.push(Job::new(GROUP, move |seed| vec![alarms(&world, phi, seed, alarm_runs)]));
        }
    }
    jobs
}

/// n0 listens to n1.
struct World {
    model: &'static str,
    phi: f64,
    window: u32,
    heartbeat_ms: u32,
    network: String,
    /// When n1 crashes; else nothing happens to it.
    crash_s: Option<u32>,
    /// When counting begins and ends.
    counted_s: (u32, u32),
}

/// What n0 has heard of n1.
struct Heard {
    from: Time,
    last: Option<Time>,
    suspected: Option<Time>,
    /// Since counting began.
    heartbeats: u64,
    alarms: u64,
}

impl Observer for Heard {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let listens = NodeId(0);
        let counts = u64::from(now >= self.from);
        match record {
            Record::Delivered { to, message, .. }
                if *to == Address::Node(listens)
                    && matches!(message, Message::Membership(Membership::Heartbeat { .. })) =>
            {
                self.last = Some(now);
                self.heartbeats += counts;
            }
            Record::Node { node, fact: Fact::Suspected { .. } } if *node == listens => {
                self.suspected = Some(now);
                self.alarms += counts;
            }
            _other => {}
        }
    }
}

impl World {
    fn text(&self) -> String {
        let World { model, phi, window, heartbeat_ms, network, crash_s, .. } = self;
        let crash =
            crash_s.map(|at| format!(r#"{{ "crash": {{ "node": "n1", "at": "{at}s" }} }}"#));
        format!(
            r#"{{ "name": "accrual", "duration": "10h", "sampling": "10h",
            "cluster": {{ "nodes": 2, "n": 1, "r": 1, "w": 1, {QUIET}, {MUTE},
                "hinted_handoff": false,
                "failure_detection": {{ "retry": "20000h", "retry_limit": "20000h",
                    "by": {{ "accrual": {{ "heartbeat": "{heartbeat_ms}ms", "phi": {phi},
                        "model": "{model}", "window": {window}, "least_deviation": "0s",
                        "longest_gap": "20000h" }} }} }} }},
            "network": {{ {network} }}, {NO_DISK},
            "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
                "arrivals": {{ "closed": {{ "think": {{ "constant": "9h" }} }} }} }},
            "faults": [{}] }}"#,
            crash.unwrap_or_default()
        )
    }

    fn runs(&self, seed: u64, runs: u64) -> Vec<Heard> {
        let plan = read(&self.text()).plan();
        let (from, to) = self.counted_s;
        let second = |at: u32| Time(u64::from(at) * 1_000_000_000);
        let run = |run| {
            let mut plan = plan.clone();
            plan.seed = seed.wrapping_add(run);
            let (last, suspected, heartbeats, alarms) = (None, None, 0, 0);
            let mut heard = Heard { from: second(from), last, suspected, heartbeats, alarms };
            drive(&plan, &mut heard, |now, _| now < second(to));
            heard
        };
        (0..runs).map(run).collect()
    }

    /// Seconds from the last heartbeat to the last suspicion, in each run.
    fn patience(&self, seed: u64, runs: u64) -> Vec<f64> {
        let runs = self.runs(seed, runs);
        let took = |heard: &Heard| match (heard.last, heard.suspected) {
            (Some(last), Some(suspected)) if last < suspected => suspected.since(last).seconds(),
            _never => f64::NAN,
        };
        runs.iter().map(took).collect()
    }
}

/// Nine of ten heartbeats are lost: gaps have a mean of ten.
fn exponential(phi: f64, seed: u64, runs: u64) -> Row {
    const MEAN_S: f64 = 10.0;
    let world = World {
        model: "exponential",
        phi,
        window: 500,
        heartbeat_ms: 1_000,
        network: r#""latency": { "constant": "1ms" }, "loss": 0.9"#.to_string(),
        crash_s: Some(7_000),
        counted_s: (0, 9_000),
    };
    let means: Vec<f64> = world.patience(seed, runs).iter().map(|it| it / MEAN_S).collect();
    let case = format!("phi accrual, phi = {phi}, exponential");
    let name = (GROUP, &*case, "mean detection after the last heartbeat, in mean gaps".to_string());
    Row::mean(name, &means, (phi * std::f64::consts::LN_10, 1e-6), "phi ln 10")
}

/// Delays with a bell curve of 50 ms: gaps have one of 50 ms times the root of 2.
fn normal(phi: f64, reference: f64, seed: u64, runs: u64) -> Row {
    let (mean_s, deviation_s) = (1.0, 0.05 * std::f64::consts::SQRT_2);
    let world = World {
        model: "normal",
        phi,
        window: 1_000,
        heartbeat_ms: 1_000,
        network: BELL.to_string(),
        crash_s: Some(1_200),
        counted_s: (0, 1_300),
    };
    let patience = world.patience(seed, runs);
    let deviations: Vec<f64> = patience.iter().map(|it| (it - mean_s) / deviation_s).collect();
    let case = format!("phi accrual, phi = {phi}, normal");
    let what = "mean detection after the last heartbeat, deviations after the mean gap";
    // The deviation of 1000 gaps, of which neighbours share a delay, is 3/8000 too small.
    let further = 5e-4 + reference * 4e-4;
    Row::mean((GROUP, &case, what.to_string()), &deviations, (reference, further), "published")
}

/// Delays of half a second, give or take 50 ms.
const BELL: &str =
    r#""latency": { "normal": { "mean": "500ms", "deviation": "50ms" } }, "loss": 0"#;

/// A thousand heartbeats are on their way at any time.
fn exponential_alarms(phi: f64) -> World {
    World {
        model: "exponential",
        phi,
        window: 10_000,
        heartbeat_ms: 10,
        network: r#""latency": { "exponential": { "mean": "10s" } }, "loss": 0"#.to_string(),
        crash_s: None,
        counted_s: (250, 350),
    }
}

fn normal_alarms(phi: f64) -> World {
    World {
        model: "normal",
        phi,
        window: 10_000,
        heartbeat_ms: 1_000,
        network: BELL.to_string(),
        crash_s: None,
        counted_s: (10_100, 20_100),
    }
}

/// How often a peer that runs is suspected, by gap.
fn alarms(world: &World, phi: f64, seed: u64, runs: u64) -> Row {
    let runs = world.runs(seed, runs);
    let share = |heard: &Heard| heard.alarms as f64 / heard.heartbeats as f64;
    let shares: Vec<f64> = runs.iter().map(share).collect();
    let case = format!("phi accrual, phi = {phi}, {}", world.model);
    let name = (GROUP, &*case, "false alarms per gap".to_string());
    let exact = libm::pow(10.0, -phi);
    // Delays are not quite independent of each other's gaps, and moments not known exactly.
    Row::mean(name, &shares, (exact, exact * 5e-3), "10^-phi, since the model is right")
}
