//! Intervals hold the truth as often as they say, over repeated campaigns with known answers; two
//! settings are compared under the same luck; frontiers are told from the numbers.

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::thread;

use dynamo_sim::random::luck::Luck;
use dynamo_sim::random::normal;
use dynamo_sim::random::purpose::Purpose;
use dynamo_sim::random::source::Source;
use dynamo_sim::scenario::spec::Scenario;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::statistics::bootstrap::bootstrap;
use dynamo_sim::statistics::distributions::binomial_share;
use dynamo_sim::statistics::estimate::Estimate;
use dynamo_sim::statistics::paired::Paired;
use dynamo_sim::statistics::sample::deviation;
use dynamo_sim::statistics::sequential::{Next, Precision};
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer, Observers};
use dynamo_sim::trace::record::Record;
use dynamo_sim::workload::words::{ClientFact, OperationResult};

/// Campaigns of each proof.
const CAMPAIGNS: u64 = 400;

/// The share of campaigns whose interval holds the truth.
fn coverage(what: &str, campaigns: u64, holds: impl Fn(u64) -> bool + Sync) -> f64 {
    let half = |part: u64| (0..campaigns).filter(|at| at % 2 == part && holds(*at)).count();
    let held = thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0) + other.join().unwrap()
    });
    let share = held as f64 / campaigns as f64;
    println!("coverage of 95 % intervals, {what}: {held} of {campaigns}, {:.2} %", 100.0 * share);
    share
}

/// What is asked of 400 campaigns.
fn assert_nominal(what: &str, holds: impl Fn(u64) -> bool + Sync) {
    let share = coverage(what, CAMPAIGNS, holds);
    assert!((0.93..=0.97).contains(&share), "{what}: {share}");
}

/// Draws of one campaign; proofs that shall not share their luck number theirs apart.
fn draws(campaign: u64, count: usize, one: impl Fn(&mut dyn FnMut() -> f64) -> f64) -> Vec<f64> {
    let mut stream = Luck::new(2007).stream(Purpose::FaultPlan, campaign);
    let mut unit = || stream.inner_unit();
    (0..count).map(|_| one(&mut unit)).collect()
}

fn normal(unit: &mut dyn FnMut() -> f64) -> f64 {
    normal::inverse(unit())
}

fn exponential(unit: &mut dyn FnMut() -> f64) -> f64 {
    -libm::log(unit())
}

#[test]
fn drawn_means_proportions_quantiles_and_pairs_are_held_as_often_as_they_say() {
    assert_nominal("mean of 20 normal draws", |campaign| {
        Estimate::of_mean(&draws(campaign, 20, normal)).holds(0.0)
    });
    // By the binomial 94.66 % at this chance and number: the proof is of the draws, and how far
    // Wilson's interval swings is told below.
    assert_nominal("proportion 0.3 of 200, Wilson", |campaign| {
        let values = draws(campaign + 2_000_000, 200, |unit| unit());
        let hits = values.iter().filter(|it| **it < 0.3).count();
        Estimate::of_proportion(hits as u64, 200).holds(0.3)
    });
    assert_nominal("median of 101 exponential draws", |campaign| {
        Estimate::of_quantile(&draws(campaign + 3_000_000, 101, exponential), 0.5)
            .holds(libm::log(2.0))
    });
    assert_nominal("90th percentile of 200 exponential draws", |campaign| {
        Estimate::of_quantile(&draws(campaign + 4_000_000, 200, exponential), 0.9)
            .holds(libm::log(10.0))
    });
    assert_nominal("paired difference of 20 pairs that share luck", |campaign| {
        let shared = draws(campaign + 5_000_000, 20, normal);
        let own = draws(campaign + 6_000_000, 20, normal);
        let pairs: Vec<(f64, f64)> =
            shared.iter().zip(&own).map(|(x, y)| (*x, x + 0.5 + 0.3 * y)).collect();
        Paired::of(&pairs).difference.holds(0.5)
    });
    assert_nominal("ratio of means of 30 pairs", |campaign| {
        let below = draws(campaign + 7_000_000, 30, |unit| 5.0 + normal(unit));
        let noise = draws(campaign + 8_000_000, 30, normal);
        let pairs: Vec<(f64, f64)> =
            below.iter().zip(&noise).map(|(x, y)| (2.0 * x + y, *x)).collect();
        Estimate::of_ratio(&pairs).holds(2.0)
    });
    assert_nominal("bootstrap of the deviation of 100 normal draws", |campaign| {
        bootstrap(&draws(campaign + 9_000_000, 100, normal), &spread, &Luck::new(1), campaign)
            .holds(1.0)
    });
}

fn spread(some: &[&f64]) -> f64 {
    let values: Vec<f64> = some.iter().map(|value| **value).collect();
    deviation(&values).unwrap_or(0.0)
}

// Student's t leans on the normal distribution, and the bootstrap on there being enough runs:
// what lies far to one side is held less often. How much less, 400 campaigns cannot tell.
#[test]
fn skewed_runs_cost_less_than_two_percent_of_coverage() {
    let share = coverage("mean of 100 exponential draws", 20_000, |campaign| {
        Estimate::of_mean(&draws(campaign, 100, exponential)).holds(1.0)
    });
    assert!((0.93..=0.97).contains(&share), "{share}");
    let share = coverage("bootstrap of the mean of 100 exponential draws", 2000, |campaign| {
        let by_mean = |some: &[&f64]| some.iter().copied().sum::<f64>() / some.len() as f64;
        let values = draws(campaign, 100, exponential);
        bootstrap(&values, &by_mean, &Luck::new(1), campaign).holds(1.0)
    });
    assert!((0.93..=0.97).contains(&share), "{share}");
}

#[test]
fn many_more_campaigns_narrow_the_proof() {
    const MANY: u64 = 20_000;
    let share = coverage("mean of 20 normal draws", MANY, |campaign| {
        Estimate::of_mean(&draws(campaign, 20, normal)).holds(0.0)
    });
    assert!((share - 0.95).abs() < 0.006, "{share}");
    let share = coverage("stopping at a half-width, 20 % of a deviation", MANY, |campaign| {
        stop_at(0.2, &draws(campaign, 400, normal)).holds(0.0)
    });
    assert!((share - 0.95).abs() < 0.006, "{share}");
    // The rule that it replaces: a look after each run, and an end at the first narrow interval.
    let naive = coverage("the same with a look after each run", MANY, |campaign| {
        let values = draws(campaign, 400, normal);
        let narrow = |runs: &usize| Estimate::of_mean(&values[..*runs]).half_width() <= 0.8;
        let runs = (3..=400).find(narrow).unwrap_or(400);
        Estimate::of_mean(&values[..runs]).holds(0.0)
    });
    assert!(naive < 0.93, "the correction is worth something: {naive}");
}

#[test]
fn proportions_swing_as_the_binomial_has_it() {
    // Exact: the chances of all outcomes whose interval holds the truth, summed.
    let exact = |method: fn(u64, u64) -> Estimate, trials: u64, chance: f64| -> f64 {
        let up_to = |hits: u64| binomial_share(trials, chance, hits);
        let of = |hits: u64| up_to(hits) - hits.checked_sub(1).map_or(0.0, up_to);
        let held = (0..=trials).filter(|hits| method(*hits, trials).holds(chance));
        held.map(of).sum()
    };
    for trials in [20, 50, 100] {
        let chances: Vec<f64> = (1..200).map(|at| f64::from(at) / 200.0).collect();
        let all = |method| chances.iter().map(|it| exact(method, trials, *it)).collect::<Vec<_>>();
        let (wilson, pearson) =
            (all(Estimate::of_proportion), all(Estimate::of_proportion_exactly));
        let least = |some: &[f64]| some.iter().copied().fold(1.0, f64::min);
        let mean = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
        println!(
            "exact coverage over chances, {trials} trials: Wilson {:.2} % in the mean, {:.2} % at \
             least; Clopper-Pearson {:.2} %, {:.2} %",
            100.0 * mean(&wilson),
            100.0 * least(&wilson),
            100.0 * mean(&pearson),
            100.0 * least(&pearson)
        );
        assert!((0.945..0.96).contains(&mean(&wilson)), "{trials}: {}", mean(&wilson));
        assert!(least(&wilson) > 0.83, "{trials}: {}", least(&wilson));
        assert!(least(&pearson) >= 0.95 - 1e-9, "{trials}: {}", least(&pearson));
    }
}

/// The interval at which the rule stops.
fn stop_at(half_width: f64, values: &[f64]) -> Estimate {
    let rule = Precision::to(half_width, values.len());
    let mut runs = 0;
    loop {
        match rule.next(&values[..runs]) {
            Next::More(more) => runs += more,
            Next::Done(estimate) | Next::Spent(estimate) => return estimate,
        }
    }
}

/// Latencies of one run in milliseconds, and how many operations there were in all.
#[derive(Default)]
struct Watch {
    latencies: Vec<f64>,
    ended: u64,
}

impl Observer for Watch {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Client { fact: ClientFact::Ended(ending), .. } = record {
            self.ended += 1;
            if matches!(ending.result, OperationResult::Ok { .. }) {
                self.latencies.push(1e3 * now.since(ending.began).seconds());
            }
        }
    }
}

/// A world of one node and one client, so slow to ask that nothing waits for anything.
fn world(delay: &str, loss: f64, length: &str) -> String {
    format!(
        r#"{{ "name": "known", "duration": "{length}", "sampling": "10s", "settle_limit": "5s",
            "cluster": {{ "nodes": 1, "n": 1, "r": 1, "w": 1 }},
            "network": {{ "latency": {{ "exponential": {{ "mean": "{delay}" }} }}, "loss": {loss} }},
            "disk": {{ "read": {{ "constant": "1ms" }} }},
            "workload": {{ "clients": 1, "arrivals": {{ "constant": "10/s" }}, "retries": 0,
                "keys": {{ "uniform": {{ "count": 1 }} }},
                "timeout": "1s", "mix": {{ "get": 1 }} }} }}"#
    )
}

/// One run of a world for each of these seeds.
fn runs(text: &str, seeds: std::ops::Range<u64>) -> Vec<Watch> {
    let read = Scenario::read("known.json", text, &[], &[]);
    let base = read.unwrap_or_else(|told| panic!("{told}"));
    let run = |seed: u64| {
        let checked = base.clone().with_seed(seed).expect("no rule is about seeds");
        let mut watch = Watch::default();
        let mut observers = Observers::new(vec![&mut watch]);
        let mut simulation = Simulation::new(&checked.plan());
        simulation.start(&mut observers);
        while simulation.step(&mut observers) {}
        simulation.finish(&mut observers);
        watch
    };
    seeds.map(run).collect()
}

fn mean_of(watch: &Watch) -> f64 {
    watch.latencies.iter().sum::<f64>() / watch.latencies.len() as f64
}

/// The seeds of a campaign.
fn seeds(campaign: u64, count: u64) -> std::ops::Range<u64> {
    1 + campaign * 1000..1 + campaign * 1000 + count
}

#[test]
fn simulated_latencies_hold_the_closed_form_as_often_as_they_say() {
    // There and back, 1 ms in the mean each, and 1 ms at the disk.
    let (fast, slow) = (world("1ms", 0.0, "1s"), world("1500us", 0.0, "1s"));
    let means = |text: &str, campaign, count| -> Vec<f64> {
        runs(text, seeds(campaign, count)).iter().map(mean_of).collect()
    };
    let counts: Vec<u64> = runs(&fast, seeds(0, 20)).iter().map(|run| run.ended).collect();
    assert!(counts.iter().all(|count| *count == counts[0]), "as many in each run: {counts:?}");
    assert_nominal("simulated mean latency, 20 runs", |campaign| {
        Estimate::of_mean(&means(&fast, campaign, 20)).holds(3.0)
    });
    let median = median_of_mean(2 * counts[0] as usize, counts[0] as f64);
    // Of 41 runs two hold the median between them 95.64 times of 100; of 21 it is 97.34, since
    // there are no values between values.
    assert_nominal("simulated median over 41 runs of a run's mean latency", |campaign| {
        Estimate::of_quantile(&means(&fast, campaign, 41), 0.5).holds(median + 1.0)
    });
    assert_nominal("simulated difference of latency, 12 pairs of runs", |campaign| {
        let sides = [means(&fast, campaign, 12), means(&slow, campaign, 12)];
        let pairs: Vec<(f64, f64)> =
            sides[0].iter().copied().zip(sides[1].iter().copied()).collect();
        Paired::of(&pairs).difference.holds(1.0)
    });
    assert_nominal("simulated mean latency, stopped at a half-width of 0.15 ms", |campaign| {
        stop_at(0.15, &means(&fast, campaign, 90)).holds(3.0)
    });
}

/// The median of the mean of so many exponential draws of mean 1, times so many for each value.
fn median_of_mean(draws: usize, values: f64) -> f64 {
    let below = |sum: f64| {
        let (mut term, mut rest) = (libm::exp(-sum), 0.0);
        for at in 0..draws {
            rest += term;
            term *= sum / (at + 1) as f64;
        }
        1.0 - rest
    };
    let (mut low, mut high) = (0.0, 10.0 * draws as f64);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if below(middle) < 0.5 { low = middle } else { high = middle }
    }
    low / values
}

#[test]
fn simulated_losses_hold_the_closed_form_as_often_as_they_say() {
    // One request and one answer, each lost once in five; a run is a trial.
    let text = world("1ms", 0.2, "100ms");
    let truth = 0.8 * 0.8;
    let hits = |campaign| {
        let runs = runs(&text, seeds(campaign, 100));
        assert!(runs.iter().all(|run| run.ended == 1), "one operation in each run");
        runs.iter().filter(|run| run.latencies.len() == 1).count() as u64
    };
    assert_nominal("simulated availability with losses, 100 runs, Wilson", |campaign| {
        Estimate::of_proportion(hits(campaign), 100).holds(truth)
    });
}

fn command(place: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    command.args(arguments).current_dir(place).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn diff_tells_what_a_setting_changes_and_why() {
    let place = tempfile::tempdir().unwrap();
    let base = ["diff", "frontier", "--left", "cluster.r=1", "--right", "cluster.r=3"];
    let with = |more: &[&str]| told(&command(place.path(), &[&base, more].concat()));
    let one = with(&["--seeds", "1..4", "--json", "--jobs", "1"]);
    assert_eq!(one, with(&["--seeds", "1..4", "--json", "--jobs", "3"]), "threads change nothing");
    let found: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(found["settings"].as_array().unwrap().len(), 1);
    assert_eq!(found["settings"][0]["path"], "cluster.r");
    let metrics: BTreeMap<&str, &serde_json::Value> = found["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|metric| (metric["path"].as_str().unwrap(), metric))
        .collect();
    // Whoever waits for three answers waits longer, and misses less. Only before the faults: later
    // the slow ones fail, and only what succeeds has a latency.
    let latency = metrics["latency.before.get.mean_ms"];
    assert!(latency["difference"]["low"].as_f64().unwrap() > 0.0, "{latency}");
    assert_eq!(latency["sure"], true);
    let stale = metrics["staleness.share"];
    assert!(stale["difference"]["high"].as_f64().unwrap() < 0.0, "{stale}");
    assert!(found["first"]["cause"].is_array(), "{}", found["first"]);
    assert!(found["other_outcomes"].as_u64().unwrap() > 0);
    let text = with(&["--seeds", "1..4", "--warm-up", "2s", "--metric", "latency.get"]);
    assert!(text.contains("cluster.r: 1 | 3"), "{text}");
    assert!(text.contains("first: operation"), "{text}");
    let same = told(&command(place.path(), &["diff", "frontier", "--seeds", "1..2"]));
    assert!(same.contains("the settings do not differ") && same.contains("\n0 of "), "{same}");
    for (arguments, said) in [
        (vec!["diff", "nobody"], "neither a file nor"),
        (vec!["diff", "frontier", "--seeds", "3..1"], "--seeds"),
        (vec!["diff", "frontier", "--warm-up", "1h"], "nothing would be left"),
        (vec!["diff", "frontier", "--left", "cluster.rr=1"], "unknown field `rr`"),
    ] {
        let output = command(place.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn a_frontier_is_the_same_with_any_threads_and_says_what_it_shows() {
    let place = tempfile::tempdir().unwrap();
    let base = ["frontier", "--keep", "cluster.versioning", "--keep", "cluster.read_repair"];
    let with = |more: &[&str]| told(&command(place.path(), &[&base, more].concat()));
    let few = ["--vary", "cluster.r=1,3", "--vary", "cluster.w=1,3", "--seeds", "1..3"];
    let text = with(&[&few[..], &["--jobs", "1", "--out", "one"]].concat());
    assert_eq!(text, with(&[&few[..], &["--jobs", "3", "--out", "other"]].concat()));
    let plot = "consistency-availability.png";
    for file in ["frontier.csv", "frontier.json", "frontier.txt", plot] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(file)).unwrap();
        assert_eq!(read("one"), read("other"), "{file}");
    }
    let table = std::fs::read_to_string(place.path().join("one/frontier.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 8, "four quorums, sloppy and strict");
    assert!(text.contains("settings are on the front"), "{text}");
    assert!(text.contains("strict instead of sloppy"), "{text}");
    for (arguments, said) in [
        (vec!["frontier", "no-faults"], "has no faults"),
        (vec!["frontier", "--keep", "cluster.x"], "--keep: cluster.x is not varied"),
        (vec!["frontier", "--vary", "cluster.r"], "--vary: write PATH=VALUE"),
    ] {
        let output = command(place.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}
