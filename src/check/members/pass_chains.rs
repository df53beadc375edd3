//! Verifies: a request that is passed on from home to home comes to an end: none is passed on more
//! often than there are machines. A copy that the network made is a request of its own.
//!
//! Who gave a range away passes each request for it on to the new home, which may have given it
//! away in turn. How often a request was passed on, it tells itself: copies of it are no evidence.
//! Does not verify that a request is executed once: two versions of one attempt are for other
//! judges. No knob breaks it. Examines each passing on.

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct PassChains {
    machines: u32,
    examined: u64,
    findings: Findings,
}

impl PassChains {
    /// In a cluster of so many machines.
    pub fn new(machines: u32) -> PassChains {
        PassChains { machines, examined: 0, findings: Findings::default() }
    }
}

impl Judge for PassChains {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Member(fact) } = record else { return };
        let MemberFact::PassedOn { attempt, home, times, .. } = fact else { return };
        self.examined += 1;
        // Once for each that goes round, however long that lasts.
        if *times == self.machines + 1 {
            let what = attempt.map_or("a repair".to_string(), |attempt| attempt.to_string());
            self.findings.add(|| Finding {
                time: Some(now),
                nodes: vec![*home, *node],
                mechanism: "a request that is passed on without end",
                ..Finding::story(format!("{what} was passed on again and again"))
            });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let verdict = self.findings.verdict_if_met("pass_chains", self.examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}
