//! Numbers: folds over the stream of records, one file for each.
//!
//! | file | what it measures |
//! |---|---|
//! | `operations` | availability, outages, retries |
//! | `latency` | how long successful operations took |
//! | `staleness` `commits` | reads that missed a committed write, by the ghost oracle |
//! | `sessions` | read-your-writes, monotonic reads |
//! | `versions` | siblings per read |
//! | `divergence` | keys whose homes differ; convergence after each heal |
//! | `handoff` `read_repair` `anti_entropy` `repair` | what repaired, and at what cost |
//! | `carts` | lost adds and resurrected items of shopping carts |
//! | `corruption` | wrong data that nothing found |
//! | `durability` | acknowledged writes that are gone |
//! | `object_buffer` `admission` | what went through memory; background work and its gate |
//! | `routing` | steps to coordinators, clients that coordinate |
//! | `membership` `clusters` | members that come and go; rings that do not know of each other |
//! | `load` `faults` `pauses` | work by node; what trouble and pauses touched |
//! | `timeline` | one row for each sampling interval |
//! | `moment` | what stands at a moment |
//! | `window` `read` | before, during and after the trouble; what a read saw |
//! | `observer` `figures` | the one observer that feeds them all, and what comes out |
//!
//! Work per record is bounded, and memory grows with keys, nodes, clients, faults and rows, not
//! with the length of the run. Counts are integers; fractions are taken when the run has ended.

pub mod admission;
pub mod anti_entropy;
pub mod carts;
pub mod clusters;
pub mod commits;
pub mod corruption;
pub mod divergence;
pub mod durability;
pub mod faults;
pub mod figures;
pub mod handoff;
pub mod latency;
pub mod load;
pub mod membership;
pub mod moment;
pub mod object_buffer;
pub mod observer;
pub mod operations;
pub mod pauses;
pub mod read;
pub mod read_repair;
pub mod repair;
pub mod retries;
pub mod routing;
pub mod sessions;
pub mod staleness;
pub mod timeline;
pub mod versions;
pub mod window;
pub mod writers;

#[cfg(test)]
mod tests;
