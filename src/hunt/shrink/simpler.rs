//! Scenarios that are simpler than another in one count: fewer clients, keys, operations, bytes and
//! nodes, and less time.

use crate::quantity::{Bytes, Rate};
use crate::random::distribution::Distribution;
use crate::scenario::lines::spelt;
use crate::scenario::spec::Scenario;
use crate::time::Duration;
use crate::workload::size::{Shape, Sizes};
use crate::workload::spec::{Arrivals, Keys};

/// A way to make a scenario simpler, and the count that it changes.
type Change = (&'static str, fn(&mut Scenario));

/// Bold changes first, then those by the least that counts.
const BOLD: [Change; 11] = [
    ("workload.clients", |it| it.workload.clients = (it.workload.clients / 8).max(1)),
    ("workload.keys", |it| it.workload.keys = keys(&it.workload.keys, |count| count / 8)),
    ("workload.arrivals", |it| it.workload.arrivals = rarer(&it.workload.arrivals, 8.0)),
    ("workload.value", |it| it.workload.value = Sizes::Constant(Bytes(1))),
    ("duration", |it| it.duration = briefer(it.duration, 2, 1)),
    ("duration", |it| it.duration = briefer(it.duration, 8, 7)),
    ("workload.clients", |it| it.workload.clients = (it.workload.clients / 2).max(1)),
    ("workload.keys", |it| it.workload.keys = keys(&it.workload.keys, |count| count / 2)),
    ("workload.keys", |it| it.workload.keys = keys(&it.workload.keys, |count| count)),
    ("workload.arrivals", |it| it.workload.arrivals = round(&it.workload.arrivals)),
    ("workload.value", |it| it.workload.value = Sizes::Constant(largest(&it.workload.value))),
];

/// The least changes of each count: where none of them will do, the count is as low as it can be.
const LEAST: [Change; 6] = [
    ("cluster.nodes", |it| it.cluster.nodes = it.cluster.nodes.saturating_sub(1).max(it.cluster.n)),
    ("workload.clients", |it| it.workload.clients = it.workload.clients.max(2) - 1),
    ("workload.keys", |it| it.workload.keys = keys(&it.workload.keys, |count| count - 1)),
    ("workload.arrivals", |it| it.workload.arrivals = rarer(&it.workload.arrivals, 2.0)),
    ("workload.value", |it| {
        let Bytes(bytes) = largest(&it.workload.value);
        it.workload.value = Sizes::Constant(Bytes((bytes / 2).max(1)));
    }),
    ("duration", |it| it.duration = below(it.duration)),
];

/// Smaller worlds, the boldest first.
pub fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let changes = BOLD.iter().chain(&LEAST);
    changes.filter_map(|(_, change)| changed(scenario, *change)).collect()
}

/// Worlds with a little less of one count, each with how that is told.
pub fn least(scenario: &Scenario) -> Vec<(String, Scenario)> {
    let told = |(name, change): &Change| {
        let less = changed(scenario, *change)?;
        let (now, then) = (value(name, scenario), value(name, &less));
        Some((format!("{name} = {now}, not {then}"), less))
    };
    LEAST.iter().filter_map(told).collect()
}

fn changed(scenario: &Scenario, change: fn(&mut Scenario)) -> Option<Scenario> {
    let mut other = scenario.clone();
    change(&mut other);
    (other != *scenario).then_some(other)
}

/// What a scenario says of a count.
fn value(name: &str, scenario: &Scenario) -> String {
    let workload = &scenario.workload;
    match name {
        "cluster.nodes" => scenario.cluster.nodes.to_string(),
        "workload.clients" => workload.clients.to_string(),
        "workload.keys" => match &workload.keys {
            Keys::Uniform { count } | Keys::Zipf { count, .. } => count.to_string(),
            other => spelt(other),
        },
        "workload.arrivals" => match &workload.arrivals {
            Arrivals::Poisson(rate) | Arrivals::Constant(rate) => rate.to_string(),
            other => spelt(other),
        },
        "workload.value" => largest(&workload.value).to_string(),
        _ => scenario.duration.to_string(),
    }
}

fn keys(keys: &Keys, fewer: impl Fn(u32) -> u32) -> Keys {
    match keys {
        Keys::Uniform { count } | Keys::Zipf { count, .. } => {
            Keys::Uniform { count: fewer(*count).max(1) }
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
        // One after another at random moments is as rare at moments that do not depend on answers.
        Arrivals::Closed { think: Distribution::Exponential { mean } } => {
            let count = ((10.0 / share / mean.seconds()) as u64).max(1) as f64 / 10.0;
            Arrivals::Poisson(Rate { count, per: Duration::from_secs(1) })
        }
        Arrivals::Diurnal(_) | Arrivals::Bursts { .. } | Arrivals::Closed { .. } => {
            arrivals.clone()
        }
    }
}

/// The same rate or less, with no fraction where it is above one.
fn round(arrivals: &Arrivals) -> Arrivals {
    let whole = |rate: &Rate| match rate.count {
        count if count > 1.0 => Rate { count: libm::floor(count), per: rate.per },
        _ => *rate,
    };
    match arrivals {
        Arrivals::Poisson(rate) => Arrivals::Poisson(whole(rate)),
        Arrivals::Constant(rate) => Arrivals::Constant(whole(rate)),
        Arrivals::Diurnal(_) | Arrivals::Bursts { .. } | Arrivals::Closed { .. } => {
            arrivals.clone()
        }
    }
}

/// A size that is not exceeded, or hardly ever.
fn largest(sizes: &Sizes) -> Bytes {
    match sizes {
        Sizes::Constant(bytes) => *bytes,
        Sizes::Drawn(Shape::Uniform { to, .. }) => *to,
        Sizes::Drawn(Shape::LogNormal { median, .. }) => *median,
        Sizes::Drawn(Shape::Choice(all)) => {
            all.iter().map(|(_, bytes)| *bytes).max().unwrap_or(Bytes(1))
        }
    }
}

/// To the second, or to the tenth of one where that would be nothing.
fn rounded(time: Duration) -> Duration {
    let unit = [1_000_000_000, 100_000_000, 1_000_000].into_iter().find(|unit| time.0 >= *unit);
    Duration(time.0 / unit.unwrap_or(1) * unit.unwrap_or(1))
}

/// So much of a time, but a second at least.
fn briefer(time: Duration, of: u64, share: u64) -> Duration {
    rounded(Duration(time.0 / of * share)).max(Duration::from_secs(1)).min(time)
}

/// The next whole second below, if there is one.
fn below(time: Duration) -> Duration {
    let less = Duration(time.0.saturating_sub(1) / 1_000_000_000 * 1_000_000_000);
    if less.0 == 0 { time } else { less }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::swarm::{SWARM, draw};

    /// Drawn worlds come down to one client, key and byte, and whatever is tried is less.
    #[test]
    fn counts_come_down_as_far_as_they_can() {
        let base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
        for seed in 1..20 {
            let mut scenario = draw(&base, seed);
            scenario.administration.clear();
            let mut steps = 0;
            while let Some(less) = smaller(&scenario).into_iter().next() {
                scenario = less;
                steps += 1;
                assert!(steps < 100, "seed {seed} does not end");
            }
            let counts = (scenario.workload.clients, scenario.workload.keys.clone());
            assert_eq!(counts, (1, Keys::Uniform { count: 1 }));
            assert_eq!(scenario.workload.value, Sizes::Constant(Bytes(1)));
            assert_eq!(scenario.duration, Duration::from_secs(1));
            assert!(least(&scenario).is_empty());
        }
    }

    #[test]
    fn the_least_is_told_with_both_values() {
        let base = Scenario::read("swarm", SWARM, &[], &[]).unwrap().scenario().clone();
        let told: Vec<String> = least(&base).into_iter().map(|(told, _)| told).collect();
        assert_eq!(
            told,
            [
                "cluster.nodes = 5, not 4",
                "workload.clients = 5, not 4",
                "workload.keys = 20, not 19",
                "workload.arrivals = 10/s, not 5/s",
                "workload.value = 256B, not 128B",
                "duration = 20s, not 19s",
            ]
        );
    }
}
