//! Scenarios that are simpler than another in one thing: fewer clients, keys, operations and
//! nodes, a plain network, and faults that are shorter or at rounder times.

use crate::faults::fault::Fault;
use crate::faults::spec::Spec;
use crate::network;
use crate::quantity::{Bytes, Rate};
use crate::scenario::spec::Scenario;
use crate::time::Duration;
use crate::workload::size::Sizes;
use crate::workload::spec::{Arrivals, Keys};

/// Smaller worlds, the boldest first.
pub fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Scenario)| {
        let mut one = scenario.clone();
        change(&mut one);
        if one != *scenario {
            all.push(one);
        }
    };
    for share in [8, 2] {
        add(&|it| it.workload.clients = (it.workload.clients / share).max(1));
        add(&|it| it.workload.keys = fewer_keys(&it.workload.keys, share));
        add(&|it| it.workload.arrivals = rarer(&it.workload.arrivals, f64::from(share)));
        add(&|it| {
            it.duration =
                rounded(Duration(it.duration.0 / u64::from(share) * (u64::from(share) - 1)))
        });
    }
    add(&|it| it.cluster.nodes = it.cluster.nodes.saturating_sub(1).max(it.cluster.n));
    add(&|it| it.workload.value = Sizes::Constant(Bytes(1)));
    add(&|it| it.network = network::spec::Spec::default());
    add(&|it| it.workload.hedge_after = None);
    add(&|it| it.workload.retries = 0);
    add(&|it| it.cluster.clock_skew = None);
    all
}

/// Worlds in which one fault is shorter, or comes at a rounder time.
pub fn shorter(scenario: &Scenario) -> Vec<Scenario> {
    let mut all = Vec::new();
    for (place, fault) in scenario.faults.iter().enumerate() {
        for what in briefer(&fault.what) {
            if what != fault.what {
                let mut one = scenario.clone();
                one.faults[place] = Fault { what, optional: fault.optional };
                all.push(one);
            }
        }
    }
    all
}

fn fewer_keys(keys: &Keys, share: u32) -> Keys {
    let fewer = |count: u32| (count / share).max(1);
    match keys {
        Keys::Uniform { count } | Keys::Zipf { count, .. } => {
            Keys::Uniform { count: fewer(*count) }
        }
        Keys::HotSet { .. } | Keys::MovingHotSet { .. } | Keys::Latest { .. } => keys.clone(),
        Keys::Listed { .. } | Keys::File(_) => keys.clone(),
    }
}

fn rarer(arrivals: &Arrivals, share: f64) -> Arrivals {
    let less = |rate: &Rate| {
        let count = ((rate.count / share * 10.0) as u64).max(1) as f64 / 10.0;
        Rate { count: count.min(rate.count), per: rate.per }
    };
    match arrivals {
        Arrivals::Poisson(rate) => Arrivals::Poisson(less(rate)),
        Arrivals::Constant(rate) => Arrivals::Constant(less(rate)),
        Arrivals::Diurnal(_) | Arrivals::Bursts { .. } | Arrivals::Closed { .. } => {
            arrivals.clone()
        }
    }
}

/// To the second, or to the tenth of one where that would be nothing.
fn rounded(time: Duration) -> Duration {
    let unit = [1_000_000_000, 100_000_000, 1_000_000].into_iter().find(|unit| time.0 >= *unit);
    Duration(time.0 / unit.unwrap_or(1) * unit.unwrap_or(1))
}

fn half(from: Duration, to: Duration) -> Duration {
    from + Duration((to.0 - from.0) / 2)
}

/// The same fault for half the time, or with a rounder beginning and end.
fn briefer(what: &Spec) -> Vec<Spec> {
    let (mut short, mut round) = (what.clone(), what.clone());
    if let Some((from, to)) = window(&mut short) {
        *to = half(*from, *to);
    }
    if let Some((from, to)) = window(&mut round) {
        (*from, *to) = (rounded(*from), rounded(*to));
    }
    if let Spec::Crash(crash) = &mut round {
        crash.at = rounded(crash.at);
        crash.restart_after = crash.restart_after.map(rounded);
    }
    if let Spec::Crash(crash) = &mut short {
        crash.restart_after = crash.restart_after.map(|after| Duration(after.0 / 2));
    }
    vec![short, round]
}

/// From when to when, of faults that say so.
fn window(what: &mut Spec) -> Option<(&mut Duration, &mut Duration)> {
    Some(match what {
        Spec::Partition(it) => (&mut it.from, &mut it.to),
        Spec::Cut(it) => (&mut it.from, &mut it.to),
        Spec::Degrade(it) => (&mut it.from, &mut it.to),
        Spec::Pause(it) => (&mut it.from, &mut it.to),
        Spec::Slow(it) => (&mut it.from, &mut it.to),
        Spec::Disk(it) => (&mut it.from, &mut it.to),
        Spec::Isolate(it) => (&mut it.from, &mut it.to),
        Spec::Bridge(it) => (&mut it.from, &mut it.to),
        Spec::MajoritiesRing(it) => (&mut it.from, &mut it.to),
        Spec::Clog(it) => (&mut it.from, &mut it.to),
        Spec::Swizzle(it) => (&mut it.from, &mut it.to),
        Spec::Bandwidth(it) => (&mut it.from, &mut it.to),
        Spec::Crash(_) | Spec::Restart(_) | Spec::CrashLoop(_) | Spec::GroupCrash(_) => {
            return None;
        }
        Spec::RollingRestart(_) | Spec::RollingIsolation(_) | Spec::Flap(_) => return None,
        Spec::Clock(_) | Spec::Named(_) | Spec::Repeat(_) => return None,
    })
}
