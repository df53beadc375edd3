//! Verifies (A5): an exchange during which neither side changes anything finds no key to differ of
//! which both hold the same.
//!
//! Does not verify that reads repair nothing in vain, nor exchanges during which either side is
//! written to. No knob breaks this; silent without anti-entropy. Examines each key that was found
//! to differ while both sides were quiet.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::trees::quiet::Quiet;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Churn {
    quiet: Quiet,
    examined: u64,
    findings: Findings,
}

impl Churn {
    /// No exchange yet.
    pub fn new(layout: &Layout) -> Churn {
        Churn { quiet: Quiet::new(layout), examined: 0, findings: Findings::default() }
    }
}

impl Judge for Churn {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        self.quiet.see(now, record);
        let Record::Node { node, fact: Fact::Exchange(told) } = record else { return };
        let ExchangeFact::Found { by, round, peer, mine, theirs } = &**told else { return };
        if !self.quiet.is_quiet((*by, *round), [*node, *peer]) {
            return;
        }
        for key in mine.iter().chain(theirs).copied() {
            self.examined += 1;
            let held = |node| holdings.copies(key).get(node).map(|set| set.digest());
            if held(node) == held(peer) {
                self.findings.add(|| Finding {
                    time: Some(now),
                    key: Some(key),
                    nodes: vec![*node, *peer],
                    mechanism: "a repair of what is the same",
                    ..Finding::story(format!(
                        "{node} and {peer} hold the same of {key}, and an exchange finds that they \
                         differ"
                    ))
                });
            }
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.anti_entropy.on()?;
        Some(self.findings.verdict_if_met("exchange_churn", self.examined, Outcome::Violated))
    }
}
