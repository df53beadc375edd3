//! Judges of the simulator itself (Z1 to Z7).

use crate::check::judges::Call;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 0] = [];

/// The number of each invariant, and the name of its judge. Whether a run repeats no single run can
/// tell: a trial runs twice for it.
pub const INVARIANTS: [(&str, &str); 1] = [("Z1", "repeat")];
