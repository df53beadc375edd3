//! A table of text cells with a header, read from CSV. Complaints name the line and the column.

use std::collections::BTreeSet;

/// A table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// What complaints call it.
    pub name: String,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// One line of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// Where it stands in its file, from 1.
    pub line: u64,
    /// A cell for each column.
    pub cells: Vec<String>,
}

/// Why a table cannot be read or drawn.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub String);

/// Columns of which all are told where one is asked for that is not there.
const MOST_LISTED: usize = 30;
/// Names that are told as near.
const MOST_NEAR: usize = 5;

impl Table {
    /// Reads CSV with a header; `name` stands in complaints.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Table, Problem> {
        let problem = |told: String| Problem(format!("{name}: {told}"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let header = reader.headers().map_err(|error| problem(format!("is no CSV: {error}")))?;
        let columns: Vec<String> = header.iter().map(str::to_string).collect();
        if columns.iter().all(String::is_empty) {
            return Err(problem("is empty; the first line must name the columns".to_string()));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|column| !seen.insert(column.as_str())) {
            return Err(problem(format!("line 1: two columns are called `{twice}`")));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| problem(format!("is no CSV: {error}")))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != columns.len() {
                let (found, wanted) = (record.len(), columns.len());
                let told = format!("line {line}: has {found} cells, but the header has {wanted}");
                return Err(problem(told));
            }
            rows.push(Row { line, cells: record.iter().map(str::to_string).collect() });
        }
        if rows.is_empty() {
            return Err(problem("has a header but no rows: there is nothing to draw".to_string()));
        }
        Ok(Table { name: name.to_string(), columns, rows })
    }

    /// The table as CSV.
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows = self.rows.iter().map(|row| &row.cells);
        for cells in std::iter::once(&self.columns).chain(rows) {
            writer.write_record(cells).expect("memory takes what is written to it");
        }
        writer.into_inner().expect("memory takes what is written to it")
    }

    /// The place of a column. An unknown one is told with the names that are near.
    pub fn column(&self, name: &str) -> Result<usize, Problem> {
        let found = self.columns.iter().position(|column| column == name);
        found.ok_or_else(|| {
            let near = self.near(name);
            let hint = match near.is_empty() {
                true => String::new(),
                false => format!("; did you mean {}?", near.join(", ")),
            };
            let table = &self.name;
            let there = match self.columns.len() {
                count if count > MOST_LISTED => format!("there are {count}, in its first line"),
                _ => format!("there are: {}", self.columns.join(", ")),
            };
            Problem(format!("{table}: there is no column `{name}`{hint}\n  {there}"))
        })
    }

    /// The columns whose names are spelt nearly so, or hold all words of it, nearest first.
    fn near(&self, name: &str) -> Vec<String> {
        let words: Vec<&str> =
            name.split(['.', '_', ' ', '-']).filter(|it| !it.is_empty()).collect();
        let distance = |column: &&String| strsim::damerau_levenshtein(column, name);
        let is_near = |column: &&String| {
            distance(column) <= 2 + name.len() / 4 || words.iter().all(|word| column.contains(word))
        };
        let mut near: Vec<&String> = self.columns.iter().filter(is_near).collect();
        near.sort_by_key(distance);
        near.into_iter().take(MOST_NEAR).map(|it| format!("`{it}`")).collect()
    }

    /// The text of a cell; empty ones are refused.
    pub fn text<'t>(&'t self, row: &'t Row, column: usize) -> Result<&'t str, Problem> {
        let cell = row.cells[column].trim();
        if cell.is_empty() {
            let told = "has no value; leave such rows out with --where, or with --skip-missing";
            return Err(self.complaint(row, column, told));
        }
        Ok(cell)
    }

    /// The number in a cell.
    pub fn number(&self, row: &Row, column: usize) -> Result<f64, Problem> {
        let cell = self.text(row, column)?;
        let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| {
            let told = format!("is `{cell}`, which is no number");
            self.complaint(row, column, &told)
        })
    }

    /// Are all cells of a column numbers?
    pub fn is_numeric(&self, column: usize) -> bool {
        self.rows.iter().all(|row| self.number(row, column).is_ok())
    }

    fn complaint(&self, row: &Row, column: usize, told: &str) -> Problem {
        let (name, line, column) = (&self.name, row.line, &self.columns[column]);
        Problem(format!("{name}:{line}: column `{column}` {told}"))
    }
}
