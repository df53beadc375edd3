//! Judges of anti-entropy (A1 to A5; A6, what it costs, is the section `anti_entropy` of a report).

pub mod churn;
pub mod contents;
pub mod quiet;
pub mod ranges;
pub mod results;
pub mod roots;

#[cfg(test)]
mod tests;

use crate::check::judges::Call;
use crate::check::trees::churn::Churn;
use crate::check::trees::contents::Contents;
use crate::check::trees::ranges::Ranges;
use crate::check::trees::results::Results;
use crate::check::trees::roots::Roots;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 5] = [
    |layout| Box::new(Roots::new(layout)),
    |_| Box::new(Contents::default()),
    |layout| Box::new(Results::new(layout)),
    |_| Box::new(Ranges::default()),
    |layout| Box::new(Churn::new(layout)),
];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 5] = [
    ("A1", "tree_roots"),
    ("A2", "tree_contents"),
    ("A3", "exchange_results"),
    ("A4", "exchange_ranges"),
    ("A5", "exchange_churn"),
];
