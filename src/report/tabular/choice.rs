//! What of a table is drawn, and how.

use crate::report::plot::chart::{Scale, Shade};
use crate::report::plot::pareto::Better;
use crate::report::tabular::table::{Problem, Row, Table};

/// What somebody wants to see.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// The column along the shared axis.
    pub x: String,
    /// The column upwards; distributions and histograms need none.
    pub y: Option<String>,
    /// The columns that make series (of a heat map, the one that gives the colours).
    pub by: Vec<String>,
    pub kind: Kind,
    pub x_scale: Scale,
    pub y_scale: Scale,
    /// Rows that are drawn: each column must have its value.
    pub filters: Vec<(String, String)>,
    /// Rows with an empty cell are left out and counted, not refused.
    pub skip_missing: bool,
    pub title: Option<String>,
    /// Windows that are marked.
    pub shades: Vec<Shade>,
    /// What is better on a Pareto front.
    pub better: (Better, Better),
}

/// Kinds of chart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// Means joined by lines, with their intervals as bands.
    #[default]
    Line,
    /// Means with their intervals as whiskers.
    Points,
    /// The share of rows up to each value, stretched towards 100 %.
    Distribution,
    /// How many rows lie in each of equal steps.
    Histogram,
    /// Means as colours over two columns.
    Heat,
    /// Which series none other beats.
    Pareto,
    /// A speck for each row.
    Scatter,
}

/// The rows of a table that are drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Chosen<'t> {
    pub table: &'t Table,
    pub rows: Vec<&'t Row>,
    /// Rows left out because a cell was empty.
    pub skipped: usize,
}

impl Choice {
    /// The rows that are drawn.
    pub fn rows<'t>(&self, table: &'t Table) -> Result<Chosen<'t>, Problem> {
        let filters = self.filters.iter();
        let filters: Result<Vec<_>, _> =
            filters.map(|(column, value)| Ok((table.column(column)?, value))).collect();
        let filters = filters?;
        let needed = std::iter::once(&self.x).chain(&self.y).chain(&self.by);
        let needed: Result<Vec<_>, _> = needed.map(|column| table.column(column)).collect();
        let needed = needed?;
        let wanted = |row: &&Row| filters.iter().all(|(at, value)| same(&row.cells[*at], value));
        let all: Vec<&Row> = table.rows.iter().filter(wanted).collect();
        if all.is_empty() {
            return Err(self.nothing_left(table));
        }
        let missing = |row: &&Row| needed.iter().any(|at| row.cells[*at].trim().is_empty());
        let before = all.len();
        let rows: Vec<&Row> =
            all.into_iter().filter(|row| !(self.skip_missing && missing(row))).collect();
        if rows.is_empty() {
            return Err(Problem(format!("{}: each row lacks a value that is drawn", table.name)));
        }
        Ok(Chosen { table, skipped: before - rows.len(), rows })
    }

    fn nothing_left(&self, table: &Table) -> Problem {
        let told = self.filters.iter().map(|(column, wanted)| {
            let at = table.column(column).expect("it was found before");
            let mut values: Vec<&str> =
                table.rows.iter().map(|row| row.cells[at].as_str()).collect();
            values.sort_unstable();
            values.dedup();
            let more = if values.len() > 8 { ", ..." } else { "" };
            values.truncate(8);
            format!("{column}={wanted} ({column} is {}{more})", values.join(", "))
        });
        let told: Vec<String> = told.collect();
        Problem(format!("{}: no row has {}", table.name, told.join(" and ")))
    }
}

/// Equal as text, or as numbers.
fn same(cell: &str, wanted: &str) -> bool {
    let numbers = (cell.trim().parse::<f64>(), wanted.trim().parse::<f64>());
    cell.trim() == wanted.trim() || matches!(numbers, (Ok(one), Ok(other)) if one == other)
}
