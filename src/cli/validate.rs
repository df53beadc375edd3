//! `dynamo-sim validate`

use std::path::{Path, PathBuf};
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
use crate::validate::overview::{Summary, overview};
use crate::validate::page;
use crate::validate::row::{Row, Verdict};

/// What the overview needs of a group, beside its page.
const OUTCOME: &str = "outcome.csv";

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
    /// Folder for a page and a table of each group in a folder of its own, and a page over all
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
        for group in &groups {
            let of_group = rows.iter().filter(|row| row.group == group.name);
            keep(
                &out.join(group.name),
                group,
                &of_group.cloned().collect::<Vec<_>>(),
                (effort, seed),
            )?;
        }
        keep_overview(out)?;
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
    folder: &Path,
    group: &Group,
    rows: &[Row],
    (effort, seed): (Effort, u64),
) -> Result<(), Failure> {
    let folder = Folder::make(folder)?;
    let chart = page::chart(rows);
    if let Some(chart) = &chart {
        let drawing = draw(chart);
        let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
        folder.write("predicted-measured.svg", &drawing.svg)?;
        folder.write("predicted-measured.png", &drawing.png)?;
    }
    folder.write("table.csv", page::csv(rows).as_bytes())?;
    folder.write("README.md", page::page(group, rows, effort, seed).as_bytes())?;
    folder.write(OUTCOME, &Summary::of(group, rows, chart.is_some(), effort, seed).csv())
}

/// The page over all groups that stand in the folder, those of earlier commands too.
fn keep_overview(out: &Path) -> Result<(), Failure> {
    let kept = |group: &Group| {
        let bytes = std::fs::read(out.join(group.name).join(OUTCOME)).ok()?;
        Summary::read(&bytes)
    };
    let summaries: Vec<Summary> = LIST.iter().filter_map(kept).collect();
    Folder::make(out)?.write("README.md", overview(&summaries).as_bytes())
}

fn json(rows: &[Row]) -> String {
    String::from_utf8_lossy(&pretty(&rows)).into_owned()
}
