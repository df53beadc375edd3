//! Verifies: two histories with one digest say the same of everybody, so that a node which finds
//! its digest in a message knows all that the sender knows.
//!
//! There is no version for each node here: the digest stands for the whole history. Does not verify
//! that digests of groups are right (two levels of gossip): only what comes of them. No knob breaks
//! it. Examines each distinct history that anybody believes in.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::history::History;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct HonestDigests {
    /// By digest, the first history that had it, and the last one found equal to that.
    known: BTreeMap<u64, [Rc<History>; 2]>,
    findings: Findings,
}

impl Judge for HonestDigests {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Member(MemberFact::Believes { history, .. }) } =
            record
        else {
            return;
        };
        let first = || [Rc::clone(history), Rc::clone(history)];
        let known = self.known.entry(history.digest()).or_insert_with(first);
        if known.iter().any(|known| Rc::ptr_eq(known, history)) {
            return;
        }
        if history.changes().eq(known[0].changes()) {
            known[1] = Rc::clone(history);
            return;
        }
        let other = |(subject, change): (NodeId, &_)| {
            (known[0].change(subject) != Some(change)).then_some(subject)
        };
        let subject = history.changes().find_map(other);
        self.findings.add(|| Finding {
            time: Some(now),
            nodes: [*node].into_iter().chain(subject).collect(),
            mechanism: "one digest of two histories",
            ..Finding::story(format!(
                "{node} believes in a history with the digest of another that says otherwise"
            ))
        });
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let examined = self.known.len() as u64;
        let verdict = self.findings.verdict_if_met("honest_digests", examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}
