//! `dynamo-sim predict`

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::cli::arguments::Subject;
use crate::cli::exit::{Code, Failure};
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::sources::checked;
use crate::cli::terminal::Terminal;
use crate::report::json::pretty;
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::Observers;
use crate::validate::assumptions::{Broken, broken};
use crate::validate::observed::{BEHIND, CLASSES_MS, Observed};
use crate::validate::predict::Prediction;
use crate::validate::row::Share;

/// `predict`
#[derive(Args, Debug)]
pub struct Predict {
    #[command(flatten)]
    pub subject: Subject,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// All that is said.
#[derive(Serialize)]
struct Told {
    scenario: String,
    seed: u64,
    n: u32,
    r: u32,
    w: u32,
    assumptions_that_do_not_hold: Vec<Broken>,
    failed_operations: u64,
    fresh_by_time_since_commit: Vec<Fresh>,
    within_k_versions: Vec<Within>,
    latency_ms: Vec<Latency>,
}

#[derive(Serialize)]
struct Fresh {
    from_ms: f64,
    /// At the start of the class.
    predicted: f64,
    /// The same without sampling, where that can be had.
    exact: Option<f64>,
    reads: u64,
    /// The mean of what is predicted for each read at its own time.
    predicted_for_reads: Option<f64>,
    simulated: Option<f64>,
    low_95: Option<f64>,
    high_95: Option<f64>,
}

#[derive(Serialize)]
struct Within {
    k: usize,
    least_predicted: f64,
    simulated: Option<f64>,
}

#[derive(Serialize)]
struct Latency {
    operation: &'static str,
    percentile: f64,
    predicted: f64,
    simulated: Option<f64>,
}

/// Prints what PBS predicts for a scenario beside what its simulation comes to.
pub fn predict(arguments: &Predict, terminal: &Terminal) -> Result<Code, Failure> {
    let checked = checked(&arguments.subject, terminal)?;
    let plan = checked.plan();
    let prediction = Prediction::of(&plan);
    let fresh = |after_ms: f64| prediction.fresh(after_ms);
    let mut observed = Observed::new(plan.cluster.versioning, &fresh);
    run(&plan, &mut observed, terminal)?;
    let told = told(&checked.scenario().name, &plan, &prediction, &mut observed);
    let text = match arguments.json {
        true => String::from_utf8_lossy(&pretty(&told)).into_owned(),
        false => text(&told),
    };
    terminal.print(&text)?;
    Ok(Code::Held)
}

fn run(plan: &Plan, observed: &mut Observed<'_>, terminal: &Terminal) -> Result<(), Failure> {
    let interrupt = Interrupt::listen()?;
    let mut progress = Progress::begin(terminal, Time::ZERO + plan.duration);
    let mut simulation = Simulation::new(plan);
    simulation.start(&mut Observers::new(vec![observed]));
    let mut steps = 0_u64;
    while simulation.step(&mut Observers::new(vec![observed])) {
        steps += 1;
        if steps.is_multiple_of(4096) {
            progress.at(simulation.now());
            if let Some(code) = interrupt.asked() {
                return Err(Failure::Interrupted(code));
            }
        }
    }
    simulation.finish(&mut Observers::new(vec![observed]));
    progress.end();
    Ok(())
}

fn told(name: &str, plan: &Plan, prediction: &Prediction, observed: &mut Observed<'_>) -> Told {
    let some = |share: Share| (share.trials > 0).then_some(share);
    let class = |(from_ms, class): (&f64, &crate::validate::observed::Class)| {
        let share = some(Share { hits: class.fresh, trials: class.reads });
        Fresh {
            from_ms: *from_ms,
            predicted: prediction.fresh(*from_ms),
            exact: prediction.exactly_fresh(*from_ms),
            reads: class.reads,
            predicted_for_reads: share.map(|share| class.predicted / share.trials as f64),
            simulated: share.map(Share::value),
            low_95: share.map(|share| share.interval().0),
            high_95: share.map(|share| share.interval().1),
        }
    };
    let fresh_by_time_since_commit = CLASSES_MS.iter().zip(&observed.classes).map(class).collect();
    let within = |k: usize| Within {
        k,
        least_predicted: prediction.within(k as u32),
        simulated: some(observed.share_within(k)).map(Share::value),
    };
    let within_k_versions = (1..=BEHIND).map(within).collect();
    let mut latency_ms = Vec::new();
    for (operation, predicted, simulated) in [
        ("read", &prediction.read_ms, &mut observed.read_latency),
        ("write", &prediction.write_ms, &mut observed.write_latency),
    ] {
        simulated.sort_unstable();
        for percentile in [50.0, 99.0, 99.9] {
            let rank = |count: usize| {
                let rank = libm::ceil(percentile / 100.0 * count as f64) as usize;
                rank.clamp(1, count.max(1)) - 1
            };
            latency_ms.push(Latency {
                operation,
                percentile,
                predicted: predicted[rank(predicted.len())],
                simulated: simulated.get(rank(simulated.len())).map(|it| *it as f64 / 1e6),
            });
        }
    }
    let cluster = &plan.cluster;
    Told {
        scenario: name.to_string(),
        seed: plan.seed,
        n: cluster.n,
        r: cluster.r,
        w: cluster.w,
        assumptions_that_do_not_hold: broken(plan, prediction),
        failed_operations: observed.failed,
        fresh_by_time_since_commit,
        within_k_versions,
        latency_ms,
    }
}

fn text(told: &Told) -> String {
    let mut text = String::new();
    let Told { scenario, seed, n, r, w, .. } = told;
    let mut line = |words: String| {
        let _never_fails = writeln!(text, "{}", words.trim_end());
    };
    line(format!("{scenario}, seed {seed}: N={n} R={r} W={w}"));
    match told.assumptions_that_do_not_hold.is_empty() {
        true => line("\nall assumptions of PBS hold".to_string()),
        false => line("\nassumptions of PBS that do not hold here".to_string()),
    }
    for Broken { field, why } in &told.assumptions_that_do_not_hold {
        line(format!("  {field:26} {why}"));
    }
    let share = |value: Option<f64>| value.map_or("-".to_string(), |it| format!("{it:.5}"));
    line("\nP(fresh) by time since the last commit".to_string());
    line("  from ms  predicted    exact    reads  predicted  simulated  95 % interval".to_string());
    line("            at once                     for them".to_string());
    for it in &told.fresh_by_time_since_commit {
        let interval = it.low_95.zip(it.high_95);
        let interval = interval.map(|(low, high)| format!("{low:.5} to {high:.5}"));
        let Fresh { from_ms, predicted, exact, reads, .. } = it;
        line(format!(
            "  {from_ms:>7}    {predicted:.5} {:>8} {reads:>8}   {:>8}   {:>8}  {}",
            share(*exact),
            share(it.predicted_for_reads),
            share(it.simulated),
            interval.unwrap_or_default()
        ));
    }
    line("\nP(within k versions); predicted is the least, of quorums that never grow".to_string());
    for Within { k, least_predicted, simulated } in &told.within_k_versions {
        line(format!("  k={k}  predicted {least_predicted:.5}  simulated {}", share(*simulated)));
    }
    line("\nlatency, ms".to_string());
    for Latency { operation, percentile, predicted, simulated } in &told.latency_ms {
        let simulated = simulated.map_or("-".to_string(), |it| format!("{it:.3}"));
        line(format!(
            "  {operation:5} {percentile:>5} %  predicted {predicted:>9.3}  simulated {simulated:>9}"
        ));
    }
    if told.failed_operations > 0 {
        line(format!("\n{} operations failed and are in none of these", told.failed_operations));
    }
    text
}
