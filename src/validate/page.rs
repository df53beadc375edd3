//! The table of comparisons as text, as CSV and as a picture.

use std::fmt::Write as _;

use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::result::spelt;
use crate::validate::list::{Effort, Group};
use crate::validate::row::{Row, Verdict};

/// What the columns are.
const HEADER: &str = "group,case,what,simulated,low_95,high_95,reference,allowed,verdict,note";

/// What the picture shows, if there is one.
const PICTURE: &str = "\n![Predicted against measured](predicted-measured.png)\n\nProbabilities \
    that a read returns the latest write, predicted and measured, and how far apart they are ([as \
    vectors](predicted-measured.svg)).\n";

/// How the rows of a group ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub inside: usize,
    pub outside: usize,
}

impl Tally {
    /// Of these rows.
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Tally {
        let mut tally = Tally::default();
        for row in rows {
            match row.verdict {
                Verdict::Inside => tally.inside += 1,
                Verdict::Outside => tally.outside += 1,
            }
        }
        tally
    }

    /// In words.
    pub fn told(self) -> String {
        format!("{} inside, {} outside", self.inside, self.outside)
    }
}

/// All rows for a terminal, a line each, with the summary of each group before them.
pub fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut before = "";
    for row in rows {
        if row.group != before {
            before = row.group;
            let of_group = rows.iter().filter(|it| it.group == before);
            let _never_fails = writeln!(text, "{before}: {}", Tally::of(of_group).told());
        }
        let cells = [
            format!("  {:<26} {:<44}", row.case, row.what),
            format!("{:>12}", number(row.simulated)),
            format!("{:>25}", interval(row)),
            format!("{:>12}", number(row.reference)),
            format!("  {}", row.verdict.name()),
        ];
        let _never_fails = writeln!(text, "{}", cells.concat());
    }
    text
}

/// All rows as CSV.
pub fn csv(rows: &[Row]) -> String {
    let mut text = format!("{HEADER}\n");
    for row in rows {
        let plain = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value}"));
        let quoted = |words: &str| format!("\"{}\"", words.replace('"', "\"\""));
        let cells = [
            row.group.to_string(),
            quoted(&row.case),
            quoted(&row.what),
            plain(row.simulated),
            plain(row.interval.map(|(low, _)| low)),
            plain(row.interval.map(|(_, high)| high)),
            plain(row.reference),
            plain(row.allowed),
            row.verdict.name().to_string(),
            quoted(&row.note),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// The page of a group that goes beside its table: what was compared, and how it ended.
pub fn page(group: &Group, rows: &[Row], effort: Effort, seed: u64) -> String {
    let mut text = format!("# {}: {}\n\n", group.name, group.about);
    let told = Tally::of(rows).told();
    let quick = effort.choose("", " --quick");
    let _never_fails = writeln!(
        text,
        "Made by `dynamo-sim validate {} --seed {seed}{quick}`: {told}. All numbers are in \
         [table.csv](table.csv).",
        group.name
    );
    if chart(rows).is_some() {
        text.push_str(PICTURE);
    }
    let all: Vec<&Row> = rows.iter().collect();
    text.push('\n');
    text + &if all.len() > MOST_LISTED { by_case(&all) } else { listed(&all) }
}

/// Longer groups are told by case; all their rows are in the table.
const MOST_LISTED: usize = 60;

fn by_case(rows: &[&Row]) -> String {
    let mut cases: Vec<&str> = Vec::new();
    for row in rows {
        if !cases.contains(&&*row.case) {
            cases.push(&row.case);
        }
    }
    let mut text = "| case | comparisons |\n|---|---|\n".to_string();
    for case in cases {
        let tally = Tally::of(rows.iter().filter(|row| row.case == case).copied()).told();
        let _never_fails = writeln!(text, "| {case} | {tally} |");
    }
    text
}

fn listed(rows: &[&Row]) -> String {
    let mut text =
        "| case | what | simulated | 95 % interval | reference | verdict | note |\n".to_string();
    text.push_str("|---|---|---|---|---|---|---|\n");
    for row in rows {
        let cell = |words: &str| words.replace('|', "\\|");
        let cells = [
            cell(&row.case),
            cell(&row.what),
            number(row.simulated),
            interval(row),
            number(row.reference),
            row.verdict.name().to_string(),
            cell(&row.note),
        ];
        let _never_fails = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_string(),
        // Four digits say nothing of a share that is nearly one.
        Some(value) if value > 0.99 && value < 1.0 => format!("{value:.6}"),
        Some(value) => spelt(value),
    }
}

fn interval(row: &Row) -> String {
    let both = |(low, high)| format!("{} to {}", number(Some(low)), number(Some(high)));
    row.interval.map_or("-".to_string(), both)
}

/// Predicted and measured.
type Points = Vec<(f64, f64)>;

/// Predicted against measured probabilities; nothing where there are none.
pub fn chart(rows: &[Row]) -> Option<Chart> {
    let of_group = |name: &str| -> Points {
        // Shares of trials, not what is said of how they rise and fall.
        let is_share = |row: &&Row| row.what.starts_with("P(fresh)") && row.interval.is_some();
        let shares = rows.iter().filter(|row| row.group == name).filter(is_share);
        let mut points: Points =
            shares.filter_map(|row| row.reference.zip(row.simulated)).collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        points
    };
    let groups = [("pbs", "25 cases of PBS"), ("oracles", "exact forms")];
    let shown = groups.map(|(group, label)| (label, of_group(group)));
    let shown: Vec<_> = shown.into_iter().filter(|(_, points)| !points.is_empty()).collect();
    if shown.is_empty() {
        return None;
    }
    let series = |of: fn((f64, f64)) -> f64| -> Vec<Series> {
        let one = |(place, (label, points)): (usize, &(&str, Points))| Series {
            label: label.to_string(),
            points: points.iter().map(|it| (it.0, Some(of(*it)))).collect(),
            style: Style::Hollow,
            like: Some(place),
            ..Series::default()
        };
        shown.iter().enumerate().map(one).collect()
    };
    let mut measured = series(|(_, measured)| measured);
    measured.push(Series {
        label: "equal".to_string(),
        points: vec![(0.2, Some(0.2)), (1.0, Some(1.0))],
        style: Style::Dashed,
        ..Series::default()
    });
    let off = series(|(predicted, measured)| 100.0 * (measured - predicted));
    let panel = |title: &str, y_title: &str, series: Vec<Series>| Panel {
        title: title.to_string(),
        y_title: y_title.to_string(),
        series,
        ..Panel::default()
    };
    Some(Chart {
        title: "P(fresh), predicted and measured".to_string(),
        subtitle: "each point: one case, R, W and time after the commit".to_string(),
        x: Axis { title: "predicted P(fresh)".to_string(), ..Axis::default() },
        panels: vec![
            panel("Measured", "measured P(fresh)", measured),
            panel("Measured less predicted", "percentage points", off),
        ],
        ..Chart::default()
    })
}
