//! Agreement with theory: what published models and closed forms predict beside what the
//! event-driven simulator does. Each comparison is fixed in its file before its numbers are looked
//! at; no reference is fitted to.
//!
//! | file | what |
//! |---|---|
//! | `row` | one comparison: simulated, interval, reference, verdict |
//! | `list` | all groups of comparisons, and the jobs that make them |
//! | `wars` `served` | the WARS model of PBS as scenarios, and what is measured of them |
//! | `table` | the published cases, recomputed: `pbs.csv` |
//! | `chain` | the WARS model with exponential legs, solved exactly |
//! | `pbs` `val` `oracles` | PBS: 25 cases; against Cassandra's settings; exact relations |
//! | `worlds` | small scenarios and what is counted in them |
//! | `page` | the table and the summary as text |
//! | `predict` | what PBS predicts for any scenario, and where its assumptions do not hold |
//! | all others | one group each |

pub mod chain;
pub mod list;
pub mod oracles;
pub mod page;
pub mod pbs;
pub mod row;
pub mod served;
pub mod table;
pub mod val;
pub mod wars;
