//! Judges of the simulator itself (Z1 to Z7).

use crate::check::judges::Call;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 0] = [];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 0] = [];
