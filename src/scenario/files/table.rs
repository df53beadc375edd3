//! A text of lines, with cells between commas, and what is wrong with them.

use crate::scenario::diagnosis::{Diagnosis, did_you_mean, spot};
use crate::scenario::files::TOLD;
use crate::scenario::path::{Path, shortened};

/// A text that is read line by line.
pub(super) struct Table<'t> {
    file: &'t str,
    /// What the file is to the scenario.
    path: &'t Path,
    text: &'t str,
    told: Vec<Diagnosis>,
}

/// A line, counted from 1, without its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    pub number: usize,
    pub text: &'t str,
}

/// A piece of a line.
#[derive(Clone, Copy)]
pub(super) struct Cell<'t> {
    line: Line<'t>,
    start: usize,
    pub text: &'t str,
}

impl<'t> Table<'t> {
    /// The table of a text.
    pub fn new(file: &'t str, path: &'t Path, text: &'t str) -> Table<'t> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Table { file, path, text, told: Vec::new() }
    }

    /// Its lines; those with nothing in them are passed over.
    pub fn lines(&self) -> impl Iterator<Item = Line<'t>> + use<'t> {
        let line = |(i, text)| Line { number: i + 1, text };
        self.text.lines().enumerate().map(line).filter(|line| !line.text.trim().is_empty())
    }

    /// Has so much been found wrong that more would not help?
    pub fn is_full(&self) -> bool {
        self.told.len() >= TOLD
    }

    /// What is wrong.
    pub fn told(self) -> Vec<Diagnosis> {
        self.told
    }

    /// Notes that something is wrong with a cell; an empty one is missing.
    pub fn complain(&mut self, cell: Cell<'_>, column: &str, message: impl Into<String>) {
        let found = match cell.text.is_empty() {
            true => "found nothing".to_string(),
            false => format!("found {}", shortened(cell.text)),
        };
        self.tell(cell, column, Some(found), message.into(), None);
    }

    /// As `complain`, where one of a few words was wanted.
    pub fn complain_of_word(&mut self, cell: Cell<'_>, column: &str, known: &[&str]) {
        let help = did_you_mean(cell.text, known.iter().copied());
        let message = format!("`{}` is none of {}", shortened(cell.text), known.join(", "));
        self.tell(cell, column, Some(format!("found {}", shortened(cell.text))), message, help);
    }

    /// Notes that something is wrong with the file as a whole.
    pub fn complain_of_all(&mut self, message: &str) {
        let line = Line { number: 0, text: "" };
        self.tell(line.whole(), "", None, message.to_string(), None);
    }

    fn tell(
        &mut self,
        cell: Cell<'_>,
        column: &str,
        found: Option<String>,
        message: String,
        help: Option<String>,
    ) {
        let spot = spot(cell.line.text, &(cell.start..cell.start + cell.text.len()));
        let path = match column {
            "" => self.path.to_string(),
            column => format!("{}, {column}", self.path),
        };
        self.told.push(Diagnosis {
            file: self.file.to_string(),
            line: cell.line.number,
            column: spot.column,
            length: spot.length,
            path,
            found,
            message,
            help,
            source: spot.source,
            indent: spot.indent,
        });
    }
}

impl<'t> Line<'t> {
    /// The line as one cell.
    pub fn whole(self) -> Cell<'t> {
        Cell { line: self, start: 0, text: self.text }
    }

    /// Its cells, without the blanks around them.
    pub fn cells(self) -> impl Iterator<Item = Cell<'t>> {
        let mut start = 0;
        self.text.split(',').map(move |text| {
            let from = start + (text.len() - text.trim_start().len());
            start += text.len() + 1;
            Cell { line: self, start: from, text: text.trim() }
        })
    }
}
