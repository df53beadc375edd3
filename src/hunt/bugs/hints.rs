//! Hints.

use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 0] = [];
