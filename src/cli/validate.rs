//! `dynamo-sim validate`

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel::{each, jobs};
use crate::cli::terminal::Terminal;
use crate::report::json::pretty;
use crate::report::plot::draw;
use crate::scenario::seed;
use crate::validate::list::{Effort, Group, Job, LIST, find};
use crate::validate::page;
use crate::validate::row::{Row, Verdict};

/// `validate`
#[derive(Args, Debug)]
pub struct Validate {
    /// Names of groups of comparisons [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// List the groups, a line each
    #[arg(long)]
    pub list: bool,
    /// Spend less effort, for a first look: wider intervals, fewer settings
    #[arg(long)]
    pub quick: bool,
    /// Comparisons at the same time [default: one for each core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Print the comparisons as JSON
    #[arg(long)]
    pub json: bool,
    /// Seed of all luck: decimal, 0x hexadecimal, or a git commit hash of 40 digits
    #[arg(long, value_name = "SEED", default_value = "1")]
    pub seed: String,
    /// Folder for the page, the table and the picture
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Compares what is simulated with what theory says.
pub fn validate(arguments: &Validate, terminal: &Terminal) -> Result<Code, Failure> {
    if arguments.list {
        let line = |group: &Group| format!("{:10} {}\n", group.name, group.about);
        terminal.print(&LIST.iter().map(line).collect::<String>())?;
        return Ok(Code::Held);
    }
    let groups = chosen(&arguments.names)?;
    let seed = seed::parse(&arguments.seed);
    let seed = seed.map_err(|why| Failure::Arguments(format!("--seed: {why}")))?;
    let effort = if arguments.quick { Effort::Quick } else { Effort::Full };
    let rows = compare(&groups, (effort, seed, arguments.jobs), terminal)?;
    if let Some(out) = &arguments.out {
        keep(&Folder::make(out)?, &groups, &rows, (effort, seed))?;
    }
    terminal.print(&if arguments.json { json(&rows) } else { page::text(&rows) })?;
    let outside = rows.iter().any(|row| row.verdict == Verdict::Outside);
    Ok(if outside { Code::Finding } else { Code::Held })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Group>, Failure> {
    if names.is_empty() {
        return Ok(LIST.iter().collect());
    }
    let known = |name: &String| {
        find(name).ok_or_else(|| {
            let all: Vec<&str> = LIST.iter().map(|group| group.name).collect();
            Failure::Arguments(format!("`{name}` is no group; there are {}", all.join(", ")))
        })
    };
    names.iter().map(known).collect()
}

/// Runs all jobs; the rows come in their order, whatever is done at the same time.
fn compare(
    groups: &[&Group],
    (effort, seed, asked): (Effort, u64, Option<usize>),
    terminal: &Terminal,
) -> Result<Vec<Row>, Failure> {
    let numbered = |group: &&Group| (group.jobs)(effort).into_iter().enumerate();
    let all: Vec<(usize, Job)> = groups.iter().flat_map(numbered).collect();
    let interrupt = Interrupt::listen()?;
    let done = AtomicUsize::new(0);
    let work = |(place, job): &(usize, Job)| {
        let rows = job.rows(seed, *place);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        terminal.detail(&format!("{done} of {}: {}", all.len(), job.group));
        rows
    };
    let made = each(jobs(asked), &all, &|| interrupt.asked().is_some(), &work);
    let made: Option<Vec<Vec<Row>>> = made.into_iter().collect();
    let stopped = || Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    Ok(made.ok_or_else(stopped)?.concat())
}

fn keep(
    folder: &Folder,
    groups: &[&Group],
    rows: &[Row],
    (effort, seed): (Effort, u64),
) -> Result<(), Failure> {
    let drawing = draw(&page::chart(rows));
    let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
    folder.write("predicted-measured.svg", &drawing.svg)?;
    folder.write("predicted-measured.png", &drawing.png)?;
    folder.write("table.csv", page::csv(rows).as_bytes())?;
    folder.write("README.md", page::page(groups, rows, effort, seed).as_bytes())
}

fn json(rows: &[Row]) -> String {
    String::from_utf8_lossy(&pretty(&rows)).into_owned()
}
