//! `sweep --dry-run`: what would be run, and how long it may take.

use crate::cli::deadline::Deadline;
use crate::cli::exit::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::sweep::arguments::Sweep;
use crate::cli::sweep::folder_of;
use crate::cli::sweep::parts::parts;
use crate::cli::sweep::store::Store;
use crate::cli::sweep::study::Study;
use crate::cli::sweep::tables::aligned;
use crate::cli::terminal::Terminal;
use crate::experiment::sweep::running::row;
use crate::report::sweep::plan::{Plan, Shard};
use crate::report::units::{count, seconds};

/// Points that are listed.
const LISTED: usize = 40;

/// Prints the points, the number of runs, and an estimate of the time.
pub fn tell(
    arguments: &Sweep,
    study: &Study,
    plan: &Plan,
    terminal: &Terminal,
) -> Result<(), Failure> {
    terminal.print(&points(plan))?;
    let there = there(arguments, plan)?;
    let left = plan.size() - there;
    let last = plan.seeds.first + (plan.seeds.count - 1);
    terminal.print(&format!(
        "\n{} points, each with {} seeds ({} to {last}): {} runs, plan {}\n",
        count(plan.points.len() as u64),
        count(plan.seeds.count),
        plan.seeds.first,
        count(plan.size()),
        plan.short()
    ))?;
    if there > 0 {
        terminal.print(&format!("{} of them are there: {} to do\n", count(there), count(left)))?;
    }
    let took = first_run(study, plan)?;
    let jobs = parallel::jobs(arguments.jobs) as f64;
    terminal.print(&format!(
        "the first run took {} here; if all take as long, {} runs on {jobs} threads take about {}. \
         Other points may take more or less.\n",
        seconds(Some(took)),
        count(left),
        told(took * left as f64 / jobs.min(left.max(1) as f64))
    ))
}

fn points(plan: &Plan) -> String {
    let heading = std::iter::once("point".to_string());
    let mut rows = vec![heading.chain(plan.axes.iter().map(|axis| axis.path.clone())).collect()];
    for (place, point) in plan.points.iter().enumerate().take(LISTED) {
        let values = point.values.iter().map(|value| match value.as_str() {
            Some(text) => text.to_string(),
            None => value.to_string(),
        });
        rows.push(std::iter::once(place.to_string()).chain(values).collect());
    }
    let more = plan.points.len().saturating_sub(LISTED);
    let more = if more > 0 { format!("... and {more} more\n") } else { String::new() };
    aligned(&rows) + &more
}

/// Runs that need not be done again.
fn there(arguments: &Sweep, plan: &Plan) -> Result<u64, Failure> {
    let (folder, mut store) = (folder_of(arguments, plan), Store::default());
    if folder.is_dir() {
        for part in &parts(&folder)? {
            store.take(part)?;
        }
    }
    let kept = plan.tasks(Shard::WHOLE).filter(|task| store.has(&plan.address(*task)));
    Ok(kept.count() as u64)
}

/// How many seconds the first run takes.
fn first_run(study: &Study, plan: &Plan) -> Result<f64, Failure> {
    let (interrupt, clock) = (Interrupt::listen()?, Deadline::after(None));
    let task = plan.task(0);
    let checked = study.scenario(plan, task)?;
    match row(plan, task, &checked, &mut |_| interrupt.asked().is_none()) {
        Some(_) => Ok(clock.elapsed_seconds()),
        None => {
            let asked = interrupt.asked();
            Err(Failure::Interrupted(asked.unwrap_or(crate::cli::exit::Code::Interrupted)))
        }
    }
}

/// `40 s`, `12 min`, `3.5 h`.
fn told(seconds: f64) -> String {
    match seconds {
        short if short < 120.0 => format!("{short:.1} s"),
        some if some < 7200.0 => format!("{:.0} min", some / 60.0),
        long => format!("{:.1} h", long / 3600.0),
    }
}
