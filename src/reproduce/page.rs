//! A reproduction as text: its page, its table, and the summary over all.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::reproduce::result::{Figure, Reproduction, Row, Table, spelt};
use crate::reproduce::work::Effort;

/// What the summary says of one reproduction; kept beside its page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    pub name: String,
    pub what: String,
    pub bar: String,
    pub outcome: String,
    pub verdict: String,
    pub effort: String,
    pub seed: u64,
}

/// A row of the table for machines.
#[derive(Serialize)]
struct Line<'r> {
    table: &'r str,
    what: &'r str,
    paper: String,
    simulated: String,
    interval_low: Option<f64>,
    interval_high: Option<f64>,
    verdict: &'static str,
}

impl Summary {
    /// Of a reproduction that was made with this effort and seed.
    pub fn of(name: &str, made: &Reproduction, effort: Effort, seed: u64) -> Summary {
        let effort = match effort {
            Effort::Full => "full",
            Effort::Reduced => "reduced",
        };
        Summary {
            name: name.to_string(),
            what: made.title.clone(),
            bar: made.bar.clone(),
            outcome: made.outcome.clone(),
            verdict: made.verdict().name().to_string(),
            effort: effort.to_string(),
            seed,
        }
    }

    /// As a file.
    pub fn csv(&self) -> Vec<u8> {
        csv_of(std::iter::once(self))
    }

    /// Reads it back; none if it is something else.
    pub fn read(bytes: &[u8]) -> Option<Summary> {
        csv::Reader::from_reader(bytes).deserialize().next()?.ok()
    }
}

fn csv_of(rows: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).expect("a row is plain data and memory does not fail");
    }
    writer.into_inner().expect("memory does not fail")
}

/// All comparisons as CSV, numbers with all their digits.
pub fn table_csv(made: &Reproduction) -> Vec<u8> {
    let line = |table: &'_ Table, row: &Row| (table.title.clone(), row.clone());
    let rows: Vec<(String, Row)> =
        made.tables.iter().flat_map(|t| t.rows.iter().map(move |r| line(t, r))).collect();
    csv_of(rows.iter().map(|(table, row)| Line {
        table,
        what: &row.what,
        paper: plain(&row.paper),
        simulated: plain(&row.simulated),
        interval_low: row.interval.map(|(low, _)| low),
        interval_high: row.interval.map(|(_, high)| high),
        verdict: row.verdict.name(),
    }))
}

fn plain(figure: &Figure) -> String {
    match figure {
        Figure::Number(value) => value.to_string(),
        Figure::Words(words) => words.clone(),
        Figure::Nothing => String::new(),
    }
}

/// The page of one reproduction, in Markdown.
pub fn page(made: &Reproduction, summary: &Summary) -> String {
    let mut text = format!("# {}\n", made.title);
    let made_by = format!("dynamo-sim reproduce {} --seed {}", summary.name, summary.seed);
    let reduced = if summary.effort == "reduced" { " --reduced" } else { "" };
    add(&mut text, format!("Made by `{made_by}{reduced}`."));
    add(&mut text, format!("**Bar:** {}. **Outcome:** {}.", made.bar, made.outcome));
    add(&mut text, format!("**Verdict: {}.**", summary.verdict));
    sentences(&mut text, "What the paper says", &made.paper);
    sentences(&mut text, "What is assumed beyond it", &made.assumptions);
    for table in &made.tables {
        add(&mut text, format!("## {}", table.title));
        add(&mut text, rows(table));
    }
    for picture in &made.charts {
        add(&mut text, format!("![{0}]({1}.png)", picture.caption, picture.stem));
        add(&mut text, format!("{} ([as vectors]({}.svg))", picture.caption, picture.stem));
    }
    sentences(&mut text, "Remarks", &made.remarks);
    let links = made.scenarios.iter().map(|(name, _)| format!("[{name}.json]({name}.json)"));
    let links: Vec<String> = links.collect();
    if !links.is_empty() {
        add(&mut text, "## Scenarios".to_string());
        add(&mut text, format!("{}, for `dynamo-sim run`.", links.join(", ")));
    }
    text
}

fn add(text: &mut String, paragraph: String) {
    let _never_fails = write!(text, "\n{paragraph}\n");
}

fn sentences(text: &mut String, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    add(text, format!("## {title}"));
    let list: Vec<String> = sentences.iter().map(|sentence| format!("- {sentence}")).collect();
    add(text, list.join("\n"));
}

fn rows(table: &Table) -> String {
    let mut lines = vec![
        "| what | paper | simulated | 95 % interval | verdict |".to_string(),
        "|---|---|---|---|---|".to_string(),
    ];
    for row in &table.rows {
        let interval = row.interval.map(|(low, high)| format!("{} to {}", spelt(low), spelt(high)));
        let cells = [
            cell(&row.what),
            shown(&row.paper),
            shown(&row.simulated),
            interval.unwrap_or_else(|| "-".to_string()),
            row.verdict.name().to_string(),
        ];
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

fn shown(figure: &Figure) -> String {
    match figure {
        Figure::Number(value) => spelt(*value),
        Figure::Words(words) => cell(words),
        Figure::Nothing => "-".to_string(),
    }
}

/// A bar would end the cell, and an empty cell says too little.
fn cell(words: &str) -> String {
    if words.is_empty() { "none".to_string() } else { words.replace('|', "\\|") }
}

/// The page over all.
pub fn overview(summaries: &[Summary]) -> String {
    let mut text = "# The paper beside the simulation\n".to_string();
    add(
        &mut text,
        "What the figures, tables and numbers of the Dynamo paper come to here. Each row has a \
         page with what the paper says, what was assumed beyond it, all numbers and their plots. \
         `dynamo-sim reproduce` makes all of it again, to the byte."
            .to_string(),
    );
    let mut lines =
        vec!["| what | bar | outcome | verdict |".to_string(), "|---|---|---|---|".to_string()];
    for summary in summaries {
        let Summary { name, what, bar, outcome, verdict, effort, .. } = summary;
        let reduced = if effort == "reduced" { " (reduced effort)" } else { "" };
        let (bar, outcome) = (cell(bar), cell(outcome));
        lines.push(format!(
            "| [{what}]({name}/README.md) | {bar} | {outcome}{reduced} | {verdict} |"
        ));
    }
    add(&mut text, lines.join("\n"));
    text
}
