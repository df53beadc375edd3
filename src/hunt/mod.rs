//! Bugs: those that can be planted, and the hunt for them and for any other.
//!
//! | file | what |
//! |---|---|
//! | `bugs` | the catalogue of bugs that can be planted |
//! | `trial` | one run before the judges |
//! | `fingerprint` | what makes two findings the same |
//! | `swarm` | a seed's own cluster, workload and trouble |
//! | `coverage` | which trouble met which part of the protocol |
//! | `prospect` | what a world can be expected to reach before it is run |
//! | `campaign` | what a hunt tries next, and what it has found |
//! | `shrink` | a finding made small, and each line left in it proved necessary |
//! | `bundle` | a finding that is kept, and promoted to a test |
//! | `score` | how often each planted bug is caught |
//! | `ci` | findings as build servers want them told |
//!
//! Nothing here knows files or threads: those are the command line's.

pub mod bugs;
pub mod bundle;
pub mod campaign;
pub mod ci;
pub mod coverage;
pub mod fingerprint;
pub mod prospect;
pub mod score;
pub mod shrink;
pub mod swarm;
pub mod trial;
