//! Verifies (A4): exchanges are about keys of which both sides are homes, and a copy that one
//! brings is kept by a home.
//!
//! Does not verify that every range that two homes share is compared. Where members change, what a
//! node believes to be its range is not known here: then it is silent, as it is without
//! anti-entropy. No knob breaks this. Examines each key that was found to differ and each copy.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::fact::{Cause, Fact};
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Ranges {
    examined: u64,
    findings: Findings,
}

impl Judge for Ranges {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let Record::Node { node, fact } = record else { return };
        match fact {
            Fact::Exchange(told) => {
                if let ExchangeFact::Found { peer, mine, theirs, .. } = &**told {
                    for key in mine.iter().chain(theirs) {
                        self.look(now, *key, &[*node, *peer], holdings);
                    }
                }
            }
            Fact::Kept { change, cause: Cause::AntiEntropy } => {
                self.look(now, change.key, &[*node], holdings);
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.anti_entropy.on().filter(|_| !layout.administered)?;
        Some(self.findings.verdict_if_met("exchange_ranges", self.examined, Outcome::Violated))
    }
}

impl Ranges {
    fn look(&mut self, now: Time, key: Key, sides: &[NodeId], holdings: &Holdings) {
        self.examined += 1;
        let homes = holdings.homes(key);
        if let Some(stranger) = sides.iter().find(|node| !homes.contains(node)) {
            self.findings.add(|| Finding {
                time: Some(now),
                key: Some(key),
                nodes: sides.to_vec(),
                mechanism: "a key of which one side is no home",
                ..Finding::story(format!(
                    "an exchange of {stranger} is about {key}, of which it is no home"
                ))
            });
        }
    }
}
