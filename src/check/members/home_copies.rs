//! Verifies: no change of the membership that was not ordered as a removal takes a key below N - 1
//! homes that hold it, if it had that many.
//!
//! A join or a leave moves one home of a key at most, and that one is whole before it counts
//! (ranges_whole). Removals are ordered because copies are gone already: they may take keys lower,
//! and what takes their place is filled later. A removal without an order is none of these. Keys of
//! which a home's disk lost something since the change began are passed over, and keys of which a
//! tombstone was dropped: a home may drop its own while another waits for its clock or disk. So
//! are keys of which something came to the former home after its last word, as in ranges_whole.
//! Examines each key whose homes change, unless by an ordered removal.
//! Rings that did not know of each other and merge (section 4.8.1) make it an anomaly.

use std::collections::BTreeMap;

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::members::switching::{Kind, Switch, Switching, pairs};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::message::Command;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct HomeCopies {
    switching: Switching,
    /// Who was to be removed, and when that was last ordered.
    ordered: BTreeMap<NodeId, Time>,
    examined: u64,
    findings: Findings,
    /// The same in changes that were past stepping back before they heard of each other.
    crossed: Findings,
}

impl Judge for HomeCopies {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Record::Node { fact: Fact::Member(MemberFact::Commanded(command)), .. } = record {
            match *command {
                Command::Remove(node) | Command::Replace { dead: node, .. } => {
                    self.ordered.insert(node, now);
                }
                Command::Join(_) | Command::Leave(_) | Command::LeaveAgain { .. } => {}
                Command::Settle(_) => {}
            }
        }
        let Some(switch) = self.switching.see(now, record) else { return };
        let counts = match switch.kind {
            Kind::Planned => self.switching.is_undisturbed(switch),
            Kind::Removal => self.ordered.get(&switch.node) != Some(&now),
        };
        if counts {
            self.look(now, switch, holdings);
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let (wrong, otherwise) = match self.findings.is_empty() && !self.crossed.is_empty() {
            true => (self.crossed, Outcome::Anomaly),
            false => (self.findings, Outcome::Violated),
        };
        let otherwise = self.switching.outcome(otherwise);
        let verdict = wrong.verdict_if_met("home_copies", self.examined, otherwise);
        if_met_or_administered(layout, verdict)
    }
}

impl HomeCopies {
    /// Where findings of this change belong.
    fn found_in(&mut self, switch: Switch) -> &mut Findings {
        if switch.alone { &mut self.findings } else { &mut self.crossed }
    }

    fn look(&mut self, now: Time, switch: Switch, holdings: &Holdings) {
        for key in (0..holdings.keys()).map(Key) {
            let harmed = |pair: &crate::check::members::switching::Pair| {
                let unharmed = |node| self.switching.is_unharmed(node, switch.begun);
                let late = self.switching.is_late(pair.from, key);
                late || !unharmed(pair.from) || !unharmed(pair.to)
            };
            let pairs = pairs(holdings, key);
            if pairs.is_empty() || pairs.iter().any(harmed) || self.switching.is_reaped(key) {
                continue;
            }
            self.examined += 1;
            let copies = holdings.copies(key);
            let held =
                |homes: &[NodeId]| homes.iter().filter(|home| copies.contains_key(home)).count();
            let (before, after) = (held(holdings.former_homes(key)), held(holdings.homes(key)));
            let least = holdings.homes(key).len().saturating_sub(1);
            if after < before && after < least {
                self.found_in(switch).add(|| Finding {
                    time: Some(now),
                    key: Some(key),
                    nodes: holdings.homes(key).to_vec(),
                    mechanism: "too few homes that hold a key after a change",
                    ..Finding::story(format!(
                        "{before} homes held {key} before {} came or went, {after} do now",
                        switch.node
                    ))
                });
            }
        }
    }
}
