//! Verifies (A1): two trees of one range have equal roots exactly if what their stores hold there
//! is equal, to the chance of a collision of 64 bits. With fewer `hash_bits`, what is equal has
//! equal roots, and other contents that have them too are counted as an anomaly.
//!
//! Of each range and node the latest look counts, which nodes take of one tree whenever they begin
//! or answer an exchange; those that are too large to be added up are left out. Does not verify
//! that trees say what is held (tree_contents does). No other knob breaks this; silent without
//! anti-entropy. Examines each pair of looks at trees of one range.

use std::collections::BTreeMap;

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::ring::position::Position;
use crate::dynamo::storage::inspection::TreeLook;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Roots {
    may_collide: bool,
    /// The latest looks, by the ends of the range and the node.
    latest: BTreeMap<(Position, Position), BTreeMap<NodeId, TreeLook>>,
    examined: u64,
    findings: Findings,
    /// Other contents under equal roots.
    collisions: Findings,
}

impl Roots {
    /// No look yet.
    pub fn new(layout: &Layout) -> Roots {
        Roots {
            may_collide: layout.cluster.may_hashes_collide(),
            latest: BTreeMap::new(),
            examined: 0,
            findings: Findings::default(),
            collisions: Findings::default(),
        }
    }
}

impl Judge for Roots {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact: Fact::Exchange(told) } => match &**told {
                ExchangeFact::Began { inspection, .. }
                | ExchangeFact::Answered { inspection, .. } => {
                    inspection.tree.into_iter().for_each(|look| self.compare(now, *node, look));
                }
                ExchangeFact::Found { .. } => {}
            },
            Record::Rehomed { .. } => self.latest.clear(),
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.anti_entropy.on()?;
        let Roots { examined, findings, collisions, .. } = *self;
        let (findings, otherwise) = findings.or_excused(collisions, Outcome::Violated);
        Some(findings.verdict_if_met("tree_roots", examined, otherwise))
    }
}

impl Roots {
    fn compare(&mut self, now: Time, node: NodeId, look: TreeLook) {
        let latest = self.latest.entry(look.bounds).or_default();
        latest.insert(node, look);
        for (other, theirs) in latest.iter().filter(|(other, _)| **other != node) {
            self.examined += 1;
            let same = look.contents == theirs.contents;
            if same == (look.root == theirs.root) {
                continue;
            }
            let (mechanism, what) = match same {
                true => (
                    "equal contents, other roots",
                    "hold the same of a range, and their trees of it have other roots",
                ),
                false => (
                    "equal roots, other contents",
                    "hold different sets in a range, and their trees of it have one root",
                ),
            };
            let excused = self.may_collide && !same;
            let findings = if excused { &mut self.collisions } else { &mut self.findings };
            findings.add(|| Finding {
                time: Some(now),
                nodes: vec![node, *other],
                mechanism,
                ..Finding::story(format!("{node} and {other} {what}"))
            });
        }
    }
}
