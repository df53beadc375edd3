//! Read repair (section 5): gets that sent newer versions to replicas that were behind.

use serde::Serialize;

use crate::dynamo::message::Kind;
use crate::metrics::anti_entropy::sent;
use crate::metrics::handoff::Amount;
use crate::trace::record::Totals;

/// The kinds of message that read repair sends.
pub const KINDS: [Kind; 1] = [Kind::Repair];

/// Counts gets that repaired.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadRepair {
    gets: u64,
    replicas: u64,
}

/// Section `read_repair` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ReadRepairFigures {
    pub gets: u64,
    pub replicas: u64,
    pub messages: u64,
    pub bytes: u64,
    pub repaired_keys: u64,
    pub repaired_bytes: u64,
}

impl ReadRepair {
    /// A get sent the newest versions to this many replicas.
    pub fn repaired(&mut self, replicas: u32) {
        self.gets += 1;
        self.replicas += u64::from(replicas);
    }

    /// What it comes to.
    pub fn figures(&self, totals: &Totals, repaired: Amount) -> ReadRepairFigures {
        let sent = sent(totals, &KINDS);
        ReadRepairFigures {
            gets: self.gets,
            replicas: self.replicas,
            messages: sent.count,
            bytes: sent.bytes,
            repaired_keys: repaired.count,
            repaired_bytes: repaired.bytes,
        }
    }
}
