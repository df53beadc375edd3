//! Judges of the simulator itself (Z1 to Z7).

pub mod crossings;
pub mod disks;
pub mod lives;

use crate::check::judges::Call;
use crate::check::world::crossings::Crossings;
use crate::check::world::disks::Disks;
use crate::check::world::lives::Lives;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 3] = [
    |layout| Box::new(Crossings::new(layout)),
    |_| Box::new(Lives::default()),
    |layout| Box::new(Disks::new(layout)),
];

/// The number of each invariant, and the name of its judge. Whether a run repeats no single run can
/// tell: a trial runs twice for it.
pub const INVARIANTS: [(&str, &str); 4] =
    [("Z1", "repeat"), ("Z3", "crossings"), ("Z4", "lives"), ("Z6", "disks")];
