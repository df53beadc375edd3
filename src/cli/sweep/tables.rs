//! The tables of a sweep, made of its rows: `table.csv`, `table.jsonl`, `nodes.csv`, `faults.csv`,
//! their dictionaries, and `summary.json`.

use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::files::Folder;
use crate::cli::sweep::exits::Counts;
use crate::cli::sweep::store::Store;
use crate::cli::terminal::Terminal;
use crate::report::json::pretty;
use crate::report::sweep::detail_tables::Tables;
use crate::report::sweep::dictionary::{dictionary, of_faults, of_nodes};
use crate::report::sweep::plan::{Plan, Task};
use crate::report::sweep::summary::{Mean, PointSummary, Summary, Summing};
use crate::report::sweep::table::Table;

/// Figures that are told on the terminal: all are in the files.
const TOLD: [&str; 5] = [
    "availability.get",
    "availability.put",
    "staleness.share",
    "latency.get.p99_ms",
    "latency.put.p99_ms",
];
/// Points that are told on the terminal.
const POINTS: usize = 60;

/// Writes all tables over these runs; tells what they come to.
pub fn write(
    folder: &Folder,
    plan: &Plan,
    tasks: &[Task],
    store: &Store,
) -> Result<Summary, Failure> {
    let cannot = |error: std::io::Error| {
        let place = folder.path().display();
        Failure::Environment(format!("cannot write the table in {place}: {error}"))
    };
    let (csv, lines) = (folder.draft("table.csv")?, folder.draft("table.jsonl")?);
    let mut table = Table::new(plan, csv, lines).map_err(cannot)?;
    let (nodes, faults) = (folder.draft("nodes.csv")?, folder.draft("faults.csv")?);
    let mut details = Tables::new(plan, nodes, faults).map_err(cannot)?;
    let mut summing = Summing::new(plan);
    for task in tasks {
        let row = store.row(plan, *task)?;
        table.add(*task, &row).map_err(cannot)?;
        details.add(*task, &row).map_err(cannot)?;
        summing.add(*task, &row);
    }
    let ((csv, lines), (nodes, faults)) =
        (table.finish().map_err(cannot)?, details.finish().map_err(cannot)?);
    let summary = summing.finish();
    folder.write("dictionary.json", &dictionary(plan))?;
    folder.write("nodes-dictionary.json", &of_nodes(plan))?;
    folder.write("faults-dictionary.json", &of_faults(plan))?;
    for draft in [lines, nodes, faults, csv] {
        draft.keep()?;
    }
    // The summary comes last: where it stands, all else does.
    folder.write("summary.json", &pretty(&summary))?;
    Ok(summary)
}

/// Prints the summary for people, or for machines.
pub fn tell(
    summary: &Summary,
    folder: &Path,
    json: bool,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if json {
        return terminal.print(&String::from_utf8_lossy(&pretty(summary)));
    }
    let mut text = format!("{}: {}\n\n", summary.scenario, Counts::of(summary));
    text.push_str(&told(&summary.points));
    let points = summary.points.len();
    if points > POINTS {
        text.push_str(&format!("... and {} points more\n", points - POINTS));
    }
    let wide = summary.points.iter().flat_map(|point| point.until.values());
    let wide = wide.filter(|until| !until.reached).count();
    if wide > 0 {
        text.push_str(&format!(
            "\n{wide} intervals are still wider than they were to be; --seeds allows more runs\n"
        ));
    }
    text.push_str(&format!(
        "\nmeans over runs, \u{b1} half of the 95 % interval\nfiles in {}: table.csv, \
         table.jsonl, nodes.csv, faults.csv, a dictionary of each, summary.json\n",
        folder.display()
    ));
    terminal.print(&text)
}

/// A line for each point.
fn told(points: &[PointSummary]) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let axes = points.first().into_iter().flat_map(|point| point.settings.keys().cloned());
    let columns = axes.chain(["runs".to_string()]).chain(TOLD.map(str::to_string));
    rows.push(columns.collect());
    for point in points.iter().take(POINTS) {
        let settings = point.settings.values().map(|value| match value.as_str() {
            Some(text) => text.to_string(),
            None => value.to_string(),
        });
        let figures = TOLD.map(|path| point.figures.get(path).map_or("-".to_string(), shown));
        rows.push(settings.chain([point.runs.to_string()]).chain(figures).collect());
    }
    aligned(&rows)
}

fn shown(mean: &Mean) -> String {
    match (mean.low, mean.high) {
        (Some(low), Some(high)) => format!("{:.4} \u{b1}{:.4}", mean.mean, (high - low) / 2.0),
        (_, _) => format!("{:.4}", mean.mean),
    }
}

/// Columns as wide as what stands in them.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
