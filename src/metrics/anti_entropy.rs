//! Anti-entropy (section 4.7): what comparing replicas cost and found. What it repaired is counted
//! in [`crate::metrics::repair`].

use serde::Serialize;

use crate::dynamo::message::Kind;
use crate::metrics::handoff::Amount;
use crate::trace::record::Totals;

/// The kinds of message that anti-entropy sends.
pub const KINDS: [Kind; 3] = [Kind::Hashes, Kind::Keys, Kind::Sets];

/// Counts comparisons of trees.
#[derive(Clone, Copy, Debug, Default)]
pub struct AntiEntropy {
    comparisons: u64,
    hashes: u64,
    differing: u64,
}

/// Section `anti_entropy` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct AntiEntropyFigures {
    pub messages: u64,
    pub bytes: u64,
    pub comparisons: u64,
    pub hashes_compared: u64,
    pub hashes_differing: u64,
    pub repaired_keys: u64,
    pub repaired_bytes: u64,
}

impl AntiEntropy {
    /// A message was compared with the receiver's own tree.
    pub fn compared(&mut self, hashes: u32, differing: u32) {
        self.comparisons += 1;
        self.hashes += u64::from(hashes);
        self.differing += u64::from(differing);
    }

    /// What it comes to.
    pub fn figures(&self, totals: &Totals, repaired: Amount) -> AntiEntropyFigures {
        let sent = sent(totals, &KINDS);
        AntiEntropyFigures {
            messages: sent.count,
            bytes: sent.bytes,
            comparisons: self.comparisons,
            hashes_compared: self.hashes,
            hashes_differing: self.differing,
            repaired_keys: repaired.count,
            repaired_bytes: repaired.bytes,
        }
    }
}

/// Messages sent of these kinds.
pub fn sent(totals: &Totals, kinds: &[Kind]) -> Amount {
    let each = kinds.iter().map(|kind| &totals.kinds[*kind as usize]);
    each.fold(Amount::default(), |sum, kind| Amount {
        count: sum.count + kind.sent,
        bytes: sum.bytes + kind.bytes,
    })
}
