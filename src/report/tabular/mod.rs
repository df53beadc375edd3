//! Plots of tables: a row a run, as a sweep writes them, or any CSV file with a header.
//!
//! | file | what |
//! |---|---|
//! | `table` | the cells, and what can be wrong with them |
//! | `choice` | which columns are drawn, and how |
//! | `grouped` | rows of one place and one series as a mean with its interval |
//! | `kinds` | the chart of each kind |

pub mod choice;
pub mod grouped;
pub mod kinds;
pub mod table;
