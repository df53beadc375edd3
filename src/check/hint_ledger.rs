//! Verifies: hints created + revived = delivered + superseded + lost + dropped + pending, in count
//! and in bytes, where the pending ones are counted by looking at what nodes hold in the end.
//!
//! Does not verify that a delivered hint reached its home unharmed (durability and convergence do).
//! No knob breaks this: crashes tell which hints they took and which they brought back. Examines
//! the two equalities.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::storage::hint_store::Hint;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge: each entry is a count and bytes.
#[derive(Debug, Default)]
pub struct HintLedger {
    created: [u64; 2],
    revived: [u64; 2],
    delivered: [u64; 2],
    superseded: [u64; 2],
    lost: [u64; 2],
    dropped: [u64; 2],
}

impl Judge for HintLedger {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        let Record::Node { fact, .. } = record else { return };
        match fact {
            Fact::HintCreated { hint } => enter(&mut self.created, hint),
            Fact::HintRevived { hint } => enter(&mut self.revived, hint),
            Fact::HintDelivered { hint } => enter(&mut self.delivered, hint),
            Fact::HintSuperseded { hint } => enter(&mut self.superseded, hint),
            Fact::HintLost { hint } => enter(&mut self.lost, hint),
            Fact::HintDropped { hint } => enter(&mut self.dropped, hint),
            Fact::Kept { .. }
            | Fact::Lost { .. }
            | Fact::Reaped { .. }
            | Fact::Damaged { .. }
            | Fact::Made { .. }
            | Fact::Merged(_)
            | Fact::Recognised { .. }
            | Fact::Committed { .. }
            | Fact::StandIn(_)
            | Fact::Buffer(_)
            | Fact::Flush(_)
            | Fact::Admission(_)
            | Fact::Suspected { .. }
            | Fact::Cleared { .. }
            | Fact::Compared { .. }
            | Fact::Exchange(_)
            | Fact::Announced { .. }
            | Fact::Believes { .. }
            | Fact::Released { .. }
            | Fact::Passed
            | Fact::Declined
            | Fact::Replanted { .. }
            | Fact::Member(_)
            | Fact::ReadRepaired { .. }
            | Fact::Counted(_)
            | Fact::GivenUp(_)
            | Fact::Forwarded { .. }
            | Fact::Mended(_) => {}
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        let mut pending = [0, 0];
        let hints = account.nodes.iter().flat_map(|node| &node.hints);
        hints.for_each(|hint| enter(&mut pending, hint));
        let mut findings = Findings::default();
        for (place, unit) in ["hints", "bytes"].into_iter().enumerate() {
            let created = self.created[place];
            let revived = self.revived[place];
            let [delivered, superseded] = [self.delivered[place], self.superseded[place]];
            let [lost, dropped] = [self.lost[place], self.dropped[place]];
            let pending = pending[place];
            if created + revived != delivered + superseded + lost + dropped + pending {
                findings.add(|| {
                    Finding::story(format!(
                        "{unit}: {created} created + {revived} revived, but {delivered} delivered \
                         + {superseded} superseded + {lost} lost + {dropped} dropped + \
                         {pending} pending"
                    ))
                });
            }
        }
        Some(findings.verdict("hint_ledger", 2, Outcome::Violated))
    }
}

fn enter(entry: &mut [u64; 2], hint: &Hint) {
    entry[0] += 1;
    entry[1] += u64::from(hint.set.bytes());
}
