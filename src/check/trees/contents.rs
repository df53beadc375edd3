//! Verifies (A2): when an exchange begins, and when it is first answered, the trees of that node
//! say of each key what its store holds, and the hashes above are those of what lies below.
//!
//! Each time up to 511 keys are looked at, others in each round, and up to four paths are hashed
//! anew: all trees made from scratch each time would cost more than the exchange. Does not verify
//! the trees between exchanges: they are brought up to date for one. No knob breaks this; silent
//! without anti-entropy. Examines each key that was looked at.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::storage::inspection::{Inspection, Wrong};
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Contents {
    examined: u64,
    findings: Findings,
}

impl Judge for Contents {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Exchange(told) } = record else { return };
        match &**told {
            ExchangeFact::Began { inspection, .. } | ExchangeFact::Answered { inspection, .. } => {
                self.look(now, *node, inspection);
            }
            ExchangeFact::Found { .. } => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.anti_entropy.on()?;
        Some(self.findings.verdict_if_met("tree_contents", self.examined, Outcome::Violated))
    }
}

impl Contents {
    fn look(&mut self, now: Time, node: NodeId, inspection: &Inspection) {
        self.examined += u64::from(inspection.keys);
        for Wrong { key, tree, store } in inspection.wrong.iter().copied() {
            let (mechanism, what) = match (tree, store) {
                (None, _) => ("a tree without a key that is held", "does not know it"),
                (Some(_), None) => ("a tree with a key that is not held", "still knows it"),
                (Some(_), Some(_)) => ("a tree with an old digest", "knows another set of it"),
            };
            let story = format!("the tree of {node} {what}: {key}");
            self.find(now, node, key, mechanism, story);
        }
        for key in inspection.untrue.iter().copied() {
            let story = format!("a hash in the tree of {node} above {key} is of something else");
            self.find(now, node, key, "a hash that is not true", story);
        }
    }

    fn find(&mut self, now: Time, node: NodeId, key: Key, mechanism: &'static str, story: String) {
        let (key, nodes) = (Some(key), vec![node]);
        self.findings.add(|| Finding {
            time: Some(now),
            key,
            nodes,
            mechanism,
            ..Finding::story(story)
        });
    }
}
