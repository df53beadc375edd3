//! What the pauses of processes came to.

use serde::Serialize;

use crate::metrics::window::share;
use crate::trace::record::Stopped;

/// Section `pauses` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct PausesFigures {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<PauseFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<PauseFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancers: Option<PauseFigures>,
}

/// Those of the processes of one kind.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct PauseFigures {
    pub count: u64,
    pub mean_ms: Option<f64>,
    pub share: Option<f64>,
    pub held: u64,
    pub held_mean_ms: Option<f64>,
}

/// What pauses came to in a run of so many seconds; none if nobody pauses.
pub fn figures(stopped: &[Option<Stopped>; 3], seconds: f64) -> Option<PausesFigures> {
    let [nodes, clients, load_balancers] =
        stopped.map(|kind| kind.map(|kind| of_kind(kind, seconds)));
    let any = stopped.iter().any(Option::is_some);
    any.then_some(PausesFigures { nodes, clients, load_balancers })
}

fn of_kind(stopped: Stopped, seconds: f64) -> PauseFigures {
    let Stopped { processes, pauses, took, held, waited } = stopped;
    let whole = processes as f64 * seconds;
    PauseFigures {
        count: pauses,
        mean_ms: share(took.0, pauses).map(|nanoseconds| nanoseconds / 1e6),
        share: (whole > 0.0).then(|| took.seconds() / whole),
        held,
        held_mean_ms: share(waited.0, held).map(|nanoseconds| nanoseconds / 1e6),
    }
}
