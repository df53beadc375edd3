//! What a figure of the gallery is.

use crate::gallery::trial::Trial;
use crate::report::plot::chart::Chart;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::list;
use crate::reproduce::work::Effort;

/// One figure.
#[derive(Clone, Copy)]
pub struct Figure {
    /// Its place in the gallery.
    pub number: u32,
    /// What it is called on the command line, and its folder.
    pub name: &'static str,
    /// What it shows: one sentence.
    pub shows: &'static str,
    /// Where the figure comes from.
    pub source: &'static str,
    /// The shipped scenarios that it runs; none if it writes its own.
    pub scenarios: &'static [&'static str],
    pub make: Make,
}

/// How it comes to be.
#[derive(Clone, Copy)]
pub enum Make {
    /// From runs of its own.
    Measured {
        /// All runs; what they come to becomes a table, in their order.
        trials: fn(Effort) -> Vec<Trial>,
        /// The charts of such a table.
        draw: fn(&Table) -> Result<Drawn, Problem>,
    },
    /// As a reproduction of the paper has it: these of its pictures.
    Again { make: list::Make, stems: &'static [&'static str] },
}

/// What is drawn of a table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Drawn {
    /// Each with the stem of its file's name.
    pub charts: Vec<(&'static str, Chart)>,
    /// What is seen: sentences with the numbers of the table.
    pub seen: Vec<String>,
}
