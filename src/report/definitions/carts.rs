//! What the numbers about shopping carts mean.

use crate::report::definitions::{Definition, row};

/// All numbers of section `carts`.
pub static FIGURES: &[(&str, Definition)] = &[
    row("carts.acknowledged_adds", "items", "adds to carts that succeeded"),
    row("carts.acknowledged_removes", "items", "removals from carts that succeeded"),
    row(
        "carts.lost_adds",
        "items",
        "items whose add succeeded, that no client began to remove, and that are in no visible \
         cart of their key's homes at the end",
    ),
    row(
        "carts.resurrected",
        "items",
        "items whose removal succeeded and that a read begun later, or a home at the end, shows",
    ),
    row(
        "carts.resurrected_at_end",
        "items",
        "items whose removal succeeded and that a home shows at the end: no merely stale read",
    ),
];
