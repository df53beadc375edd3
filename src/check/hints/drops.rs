//! Verifies (H7): where hints have a `window`, each that is gone was told of: as delivered, melted
//! into another, lost, or dropped and counted, by key, holder and home.
//!
//! Does not verify that a drop was due, nor that only dropped hints leave homes behind (convergence
//! makes that an anomaly where there is no anti-entropy). Adds to hint_ledger the names of those
//! that are missing. No knob breaks this; silent without a `window`. Examines each hint that comes
//! to be.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::storage::hint_store::Hint;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Drops {
    /// Hints of which nobody has said that they are gone: the holder, its home, the key, and since
    /// when.
    known: BTreeMap<(NodeId, NodeId, Key), Time>,
    examined: u64,
    findings: Findings,
}

impl Judge for Drops {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact } = record else { return };
        let place = |hint: &Hint| (*node, hint.target, hint.key);
        match fact {
            Fact::HintCreated { hint } | Fact::HintRevived { hint } => {
                self.examined += 1;
                self.known.insert(place(hint), now);
            }
            Fact::HintSuperseded { hint } | Fact::HintDelivered { hint } => {
                self.known.remove(&place(hint));
            }
            Fact::HintLost { hint } | Fact::HintDropped { hint } => {
                self.known.remove(&place(hint));
            }
            _other => {}
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?.window?;
        let nodes = (0_u32..).map(NodeId).zip(&account.nodes);
        let there = nodes.flat_map(|(node, it)| it.hints.iter().map(move |hint| (node, hint)));
        let there: BTreeSet<_> = there.map(|(node, hint)| (node, hint.target, hint.key)).collect();
        for ((node, target, key), since) in std::mem::take(&mut self.known) {
            if !there.contains(&(node, target, key)) {
                self.findings.add(|| Finding {
                    time: Some(since),
                    key: Some(key),
                    nodes: vec![node, target],
                    mechanism: "a hint that is gone and was not counted",
                    ..Finding::story(format!(
                        "the hint of {key} that {node} has kept for {target} since {since} is \
                         gone, and was counted neither as dropped nor otherwise"
                    ))
                });
            }
        }
        Some(self.findings.verdict_if_met("hint_drops", self.examined, Outcome::Violated))
    }
}
