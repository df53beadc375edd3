//! Durability: acknowledged writes that nobody holds or covers when the run has ended.

use serde::Serialize;

use crate::trace::acknowledged::Acknowledged;
use crate::trace::record::Account;

/// Lost writes that are named.
const MOST_NAMED: usize = 10;

/// Section `durability` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DurabilityFigures {
    pub acknowledged_writes: u64,
    pub lost_writes: u64,
    pub overwritten: u64,
    pub resurrected: u64,
    /// The first of them, by key and number.
    pub lost: Vec<String>,
}

/// What it comes to, given how many commits were found overwritten during the run.
pub fn figures(
    acknowledged: &Acknowledged,
    account: &Account,
    overwritten: u64,
) -> DurabilityFigures {
    let lost = acknowledged.lost(account);
    DurabilityFigures {
        acknowledged_writes: acknowledged.count(),
        lost_writes: lost.len() as u64,
        overwritten,
        resurrected: acknowledged.resurrected(account).len() as u64,
        lost: lost.iter().take(MOST_NAMED).map(|event| event.to_string()).collect(),
    }
}
