//! `dynamo-sim sweep`
//!
//! Each finished run is a line in a file of this attempt; when all are there, the part is written
//! whole, and the attempt's file goes. Runs are kept by their address, so that whoever comes later
//! does none of them again: after an interruption, with more seeds, or with another axis.

pub mod arguments;
pub mod dry;
pub mod exits;
pub mod findings;
pub mod parts;
pub mod script;
pub mod store;
pub mod study;
pub mod tables;
pub mod work;

use std::path::PathBuf;

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::sweep::arguments::Sweep;
use crate::cli::sweep::exits::{Counts, exit_of_shard, exit_of_whole};
use crate::cli::sweep::store::Store;
use crate::cli::sweep::study::Study;
use crate::cli::sweep::work::Work;
use crate::cli::terminal::Terminal;
use crate::experiment::sweep::running::row;
use crate::report::sweep::plan::{Plan, Shard, Task};

/// Runs a sweep, or a part of it, and writes what came of it.
pub fn sweep(arguments: &Sweep, terminal: &Terminal) -> Result<Code, Failure> {
    let (study, base) = Study::open(arguments, terminal)?;
    let plan = study.plan(&base)?;
    if let Some(engine) = arguments.script {
        terminal.print(&script::script(engine, arguments, &plan)?)?;
        return Ok(Code::Held);
    }
    if arguments.dry_run {
        return dry::tell(arguments, &study, &plan, terminal).map(|()| Code::Held);
    }
    let shard = match &arguments.shard {
        Some(text) => {
            Shard::parse(text).map_err(|why| Failure::Arguments(format!("--shard: {why}")))?
        }
        None => Shard::WHOLE,
    };
    let folder = Folder::make(&folder_of(arguments, &plan))?;
    folder.write(parts::plan_name(&plan), &plan.json())?;
    folder.write("scenario.json", base.resolved_json().as_bytes())?;
    let work = Work { study: &study, plan: &plan, shard, folder: &folder, terminal, run: &row };
    let (tasks, store) = match plan.until.is_empty() {
        true => {
            let tasks: Vec<Task> = plan.tasks(shard).collect();
            let store = work.run_all(&tasks, arguments.jobs)?;
            (tasks, store)
        }
        false => work.run_until(arguments.jobs)?,
    };
    match arguments.shard {
        Some(_) => tell_shard(arguments, &plan, shard, &store, &tasks, terminal),
        None => {
            let summary = tables::write(&folder, &plan, &tasks, &store)?;
            tables::tell(&summary, folder.path(), arguments.json, terminal)?;
            findings::tell(Some(arguments), &plan, &tasks, &store, terminal)?;
            Ok(exit_of_whole(&summary, arguments.exit_zero))
        }
    }
}

/// Where a sweep goes.
pub fn folder_of(arguments: &Sweep, plan: &Plan) -> PathBuf {
    let usual = || ["results", "sweeps", &plan.scenario].iter().collect();
    arguments.out.clone().unwrap_or_else(usual)
}

fn tell_shard(
    arguments: &Sweep,
    plan: &Plan,
    shard: Shard,
    store: &Store,
    tasks: &[Task],
    terminal: &Terminal,
) -> Result<Code, Failure> {
    let mut counts = Counts::default();
    for task in tasks {
        counts.add(store.row(plan, *task)?.status);
    }
    terminal.say(&format!(
        "shard {} of {}, plan {}: {counts}; dynamo-sim merge {} makes the tables of all",
        shard.number,
        shard.of,
        plan.short(),
        folder_of(arguments, plan).display()
    ));
    Ok(exit_of_shard(&counts, arguments.exit_zero))
}
