//! Reports: what is known of a run when it has ended, and the files that say so.
//!
//! | file | what it is |
//! |---|---|
//! | `document` `ledgers` | the report as plain data |
//! | `definitions` | unit and meaning of each of its numbers |
//! | `json` `summary` `timeline` | the report for machines, for people, and over time |
//! | `history` `trace` | what clients did, and everything that happened, a line each |
//! | `story` | what became of one operation |
//! | `figures` | all its numbers by path |
//! | `lines` `units` `sparkline` | JSON Lines; numbers and curves for a person |
//! | `charts` `plot` | pictures of the timeline |
//! | `tabular` | plots of any table with a row a run |
//! | `sweep` | the plan of a sweep, and the tables over its runs |
//! | `outlook` `bars` | what is going to go wrong, in words and as a picture |

#[cfg(feature = "cli")]
pub mod bars;
#[cfg(feature = "cli")]
pub mod charts;
pub mod definitions;
pub mod document;
pub mod figures;
pub mod history;
pub mod json;
pub mod ledgers;
pub mod lines;
pub mod outlook;
#[cfg(feature = "cli")]
pub mod plot;
pub mod sparkline;
pub mod story;
pub mod summary;
pub mod sweep;
#[cfg(feature = "cli")]
pub mod tabular;
#[cfg(feature = "cli")]
pub mod timeline;
pub mod trace;
pub mod units;

#[cfg(test)]
mod tests;
