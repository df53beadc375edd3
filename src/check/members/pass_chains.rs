//! Verifies: a request that is passed on from home to home comes to an end: none is passed on more
//! often than there are nodes, and copies that the network made.
//!
//! Who gave a range away passes each request for it on to the new home, which may have given it
//! away in turn. Does not verify that a request is executed once: no two versions of one attempt
//! are other judges' matter. No knob breaks it. Examines each passing on.

use std::collections::BTreeMap;

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::id::{AttemptId, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::ClientFact;

/// The judge.
#[derive(Debug)]
pub struct PassChains {
    most: u32,
    /// By attempt of an open operation and the home that was asked, how often it was passed on.
    passed: BTreeMap<(AttemptId, NodeId), u32>,
    examined: u64,
    findings: Findings,
}

impl PassChains {
    /// In a cluster of so many machines.
    pub fn new(machines: u32) -> PassChains {
        let most = 2 * machines + 2;
        PassChains { most, passed: BTreeMap::new(), examined: 0, findings: Findings::default() }
    }
}

impl Judge for PassChains {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact: Fact::Member(MemberFact::PassedOn { attempt, home }) } => {
                self.examined += 1;
                let Some(attempt) = *attempt else { return };
                let count = self.passed.entry((attempt, *home)).or_insert(0);
                *count += 1;
                if *count == self.most {
                    self.findings.add(|| Finding {
                        time: Some(now),
                        nodes: vec![*home, *node],
                        mechanism: "a request that is passed on without end",
                        ..Finding::story(format!("{attempt} was passed on again and again"))
                    });
                }
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } if !self.passed.is_empty() => {
                let operation = ending.operation;
                self.passed.retain(|(attempt, _), _| attempt.operation != operation);
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let verdict = self.findings.verdict_if_met("pass_chains", self.examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}
