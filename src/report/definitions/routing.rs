//! What the numbers about routing and deletes mean.

use crate::report::definitions::{Definition, row};

/// All numbers of section `routing`, and those of deletes.
pub static FIGURES: &[(&str, Definition)] = &[
    row(
        "durability.resurrected",
        "versions",
        "versions that a node shows at the end though a committed delete had seen them, by true \
         history: a reaped tombstone could not stop them, or a lost context or a retry hid them",
    ),
    row(
        "routing.hops_mean",
        "steps",
        "steps of a request from its client to its coordinator, mean over successes: none if the \
         client coordinates, one if it asks the coordinator, one more if the request is forwarded, \
         one more through a load balancer that takes time",
    ),
    row(
        "routing.coordinated_by_clients",
        "operations",
        "successes that clients coordinated themselves",
    ),
    row("routing.aimed", "attempts", "attempts of clients that coordinate, which aim at homes"),
    row(
        "routing.misrouted",
        "attempts",
        "those of them in which a node that the client took for a home said that it is none",
    ),
    row("routing.misrouted_share", "share", "misrouted attempts of those aimed"),
    row(
        "routing.view_age_mean_s",
        "s",
        "how long ago a client that coordinates had downloaded the membership when it began an \
         operation, mean; at the start all know it",
    ),
    row("routing.view_age_max_s", "s", "the same at most"),
    row("routing.refreshes", "requests", "downloads of the membership that clients asked for"),
    row(
        "routing.refreshes_at_once",
        "requests",
        "those of them outside the interval: a node was silent or no home, or an earlier one was \
         not answered",
    ),
];
