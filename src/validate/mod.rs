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
//! | `rumours` | of the group `gossip`: gossip that ends |
//! | `worlds` | small scenarios and what is counted in them |
//! | `page` `overview` | the table of a group as text, and the page over all groups |
//! | `predict` `assumptions` | what PBS predicts for any scenario, and what it leaves out there |
//! | `frozen` | quorums that never grow, for `oracles` |
//! | `probing` `accrual` | detectors that watch of their own accord, for `detection` |
//! | `observed` | what a run comes to in the terms of PBS |
//! | all others | one group each |

pub mod accrual;
pub mod assumptions;
pub mod chain;
pub mod detection;
pub mod frozen;
pub mod gossip;
pub mod hints;
pub mod list;
pub mod merkle;
pub mod observed;
pub mod oracles;
pub mod overview;
pub mod page;
pub mod partition;
pub mod pbs;
pub mod predict;
pub mod probing;
pub mod quorum;
pub mod ring;
pub mod row;
pub mod rumours;
pub mod served;
pub mod siblings;
pub mod table;
pub mod val;
pub mod wars;
pub mod worlds;
