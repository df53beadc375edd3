//! `dynamo-sim reproduce`
//!
//! A measurement: it exits with 0 whatever the verdicts are, which its pages and the summary tell.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cli::arguments::Reproduce;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::experiment;
use crate::report::plot::draw;
use crate::reproduce::list::{Entry, LIST, Make, find, refusal, settings};
use crate::reproduce::page::{Summary, overview, page, table_csv};
use crate::reproduce::result::Reproduction;
use crate::reproduce::work::{Effort, Settings, Stopped, Work};
use crate::scenario::read::Checked;
use crate::scenario::seed;
use crate::time::Time;

/// What remains beside the pages for the summary over all.
const OUTCOME: &str = "outcome.csv";

/// Makes the reproductions that are named, or all.
pub fn reproduce(arguments: &Reproduce, terminal: &Terminal) -> Result<Code, Failure> {
    if arguments.list {
        return list(terminal);
    }
    let entries = chosen(&arguments.names)?;
    let seed = seed::parse(&arguments.seed);
    let seed = seed.map_err(|why| Failure::Arguments(format!("--seed: {why}")))?;
    let effort = if arguments.reduced { Effort::Reduced } else { Effort::Full };
    let interrupt = Interrupt::listen()?;
    for entry in entries {
        let settings = settings_of(entry, &arguments.settings)?;
        let progress = Mutex::new(Progress::of_work(terminal, entry.name));
        let at = |part: f64| locked(&progress).at_part(part);
        let luck = (effort, seed, &settings);
        let made = make(entry.make, luck, (arguments.jobs, &interrupt), &at);
        progress.into_inner().unwrap_or_else(PoisonError::into_inner).end();
        let made = made?;
        let set: Vec<String> = settings.texts();
        let name = |mark: &str| set.iter().fold(entry.name.to_string(), |all, s| all + mark + s);
        let summary = Summary::of(&name(" --set "), &made, effort, seed);
        // What is not the paper's stands apart from what is.
        let folder = name("-").replace(['=', ','], "-");
        keep(&arguments.out.join(folder), &made, &summary)?;
        keep_overview(&arguments.out)?;
        let Summary { name, outcome, verdict, .. } = summary;
        terminal.print(&format!("{name}: {verdict}; {outcome}\n"))?;
    }
    Ok(Code::Held)
}

fn list(terminal: &Terminal) -> Result<Code, Failure> {
    let width = LIST.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let line = |entry: &Entry| format!("{:width$}  {}\n", entry.name, entry.about);
    terminal.print(&LIST.iter().map(line).collect::<String>())?;
    Ok(Code::Held)
}

fn chosen(names: &[String]) -> Result<Vec<&'static Entry>, Failure> {
    if names.is_empty() {
        return Ok(LIST.iter().collect());
    }
    let known = |name: &String| {
        find(name).ok_or_else(|| {
            let all: Vec<&str> = LIST.iter().map(|entry| entry.name).collect();
            Failure::Arguments(format!("`{name}` is no reproduction; there are {}", all.join(", ")))
        })
    };
    names.iter().map(known).collect()
}

fn settings_of(entry: &Entry, texts: &[String]) -> Result<Settings, Failure> {
    let refused = |why| Failure::Arguments(format!("--set, {}: {why}", entry.name));
    let settings = Settings::read(texts, settings(entry.name)).map_err(refused)?;
    match refusal(entry.name, &settings) {
        Some(why) => Err(refused(why)),
        None => Ok(settings),
    }
}

/// Makes one, with several runs at a time; `at` hears how much of it is done, from 0 to 1.
pub fn make(
    make: Make,
    (effort, seed, settings): (Effort, u64, &Settings),
    (jobs, interrupt): (Option<usize>, &Interrupt),
    at: &(dyn Fn(f64) + Sync),
) -> Result<Reproduction, Failure> {
    let stop = || interrupt.asked().is_some();
    let crew = |runs: &[Checked], (from, until): (f64, f64)| {
        let ended = AtomicUsize::new(0);
        let part = |ended: usize| from + (until - from) * ended as f64 / runs.len() as f64;
        let run = |checked: &Checked| {
            let mut pulse = |_: Time| {
                at(part(ended.load(Ordering::Relaxed)));
                !stop()
            };
            let outcome =
                experiment::run(checked, &checked.plan().layout(), Vec::new(), &mut pulse);
            ended.fetch_add(1, Ordering::Relaxed);
            outcome
        };
        let outcomes = parallel::each(parallel::jobs(jobs), runs, &stop, &run);
        outcomes.into_iter().map(Option::flatten).collect()
    };
    let mut pulse = |part: f64| {
        at(part);
        !stop()
    };
    let made = make(&mut Work::new(effort, seed, &mut pulse).with(settings.clone()).by(&crew));
    made.map_err(|Stopped| Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted)))
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(folder: &Path, made: &Reproduction, summary: &Summary) -> Result<(), Failure> {
    let folder = Folder::make(folder)?;
    for (name, text) in &made.scenarios {
        folder.write(format!("{name}.json"), text.as_bytes())?;
    }
    for picture in &made.charts {
        let drawing = draw(&picture.chart);
        let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
        folder.write(format!("{}.svg", picture.stem), &drawing.svg)?;
        folder.write(format!("{}.png", picture.stem), &drawing.png)?;
    }
    folder.write("table.csv", &table_csv(made))?;
    folder.write("README.md", page(made, summary).as_bytes())?;
    folder.write(OUTCOME, &summary.csv())
}

/// The summary over all that stand in the folder, those of earlier commands too.
fn keep_overview(out: &Path) -> Result<(), Failure> {
    let kept = |entry: &Entry| {
        let bytes = std::fs::read(out.join(entry.name).join(OUTCOME)).ok()?;
        Summary::read(&bytes)
    };
    let summaries: Vec<Summary> = LIST.iter().filter_map(kept).collect();
    Folder::make(out)?.write("README.md", overview(&summaries).as_bytes())
}
