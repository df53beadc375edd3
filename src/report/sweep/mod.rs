//! Sweeps as plain data: the plan, a row for each run, and the tables and summary made of them.
//!
//! | file | what it is |
//! |---|---|
//! | `plan` | which runs there are, in which order, and under which name each is kept |
//! | `row` | what came of one run |
//! | `table` | one tidy table over all runs, as CSV and as JSON Lines |
//! | `details` | what a run says of each node and of each fault |
//! | `detail_tables` | a row for each of them |
//! | `dictionary` | unit, type and meaning of each of their columns |
//! | `summary` | mean and interval of each figure at each point |

#[cfg(feature = "cli")]
pub mod detail_tables;
pub mod details;
pub mod dictionary;
pub mod plan;
pub mod row;
pub mod summary;
#[cfg(feature = "cli")]
pub mod table;
