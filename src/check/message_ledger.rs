//! Verifies: for each kind of message, sent + copies = delivered + dropped + in flight, exactly.
//!
//! Does not verify that the right messages were sent, nor that a message was delivered once (copies
//! are legitimate). Messages of a node to itself are no messages. No knob breaks this: a ledger
//! that does not close is a bug of the simulator. Examines one equality for each kind.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::message::Kind;
use crate::trace::layout::Layout;
use crate::trace::record::Account;

/// The judge.
#[derive(Debug)]
pub struct MessageLedger;

impl Judge for MessageLedger {
    fn verdict(self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        let mut findings = Findings::default();
        for kind in Kind::ALL {
            if let Some(story) = imbalance(kind, account) {
                findings.add(|| Finding {
                    mechanism: "messages of a kind are not all accounted for",
                    ..Finding::story(story)
                });
            }
        }
        let examined = Kind::ALL.len() as u64;
        Some(findings.verdict("message_ledger", examined, Outcome::Violated))
    }
}

fn imbalance(kind: Kind, account: &Account) -> Option<String> {
    let totals = &account.totals.kinds[kind as usize];
    let (sent, copies, delivered) = (totals.sent, totals.copies, totals.delivered);
    let dropped: u64 = totals.dropped.iter().sum();
    let in_flight = account.in_flight[kind as usize];
    (sent + copies != delivered + dropped + in_flight).then(|| {
        format!(
            "{}: {sent} sent + {copies} copies, but {delivered} delivered + {dropped} dropped + \
             {in_flight} in flight",
            kind.name()
        )
    })
}
