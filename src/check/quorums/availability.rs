//! Verifies: a coordinator that gives a request up has asked another node in place of each that was
//! silent, as long as there was one beyond the homes that was up, and that it believed up, from
//! before the request began until it was given up.
//!
//! Does not verify that those whom it asked could be reached, nor that it had time for more: a
//! request that met only the dead may fail. Silent where nobody may stand in (`strict`, no
//! `hinted_handoff`). Two honest limits are counted as anomalies: changes of the membership (who
//! has just joined is not on the list of a request that began before), and clocks that do not run
//! true (by one that leaps, a replica's time and the request's are up at once). Examines each
//! request that was given up.

use std::collections::BTreeMap;

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Quorum;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::request::{Heard, Unanswered};
use crate::id::{Address, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Availability {
    /// By who believes and of whom: is it believed down, and since when is that so or not?
    beliefs: BTreeMap<(Address, NodeId), (bool, Time)>,
    /// When the power of each node last changed.
    power: Vec<Time>,
    examined: u64,
    findings: Findings,
}

impl Availability {
    /// Everybody is up, and believed so.
    pub fn new(layout: &Layout) -> Availability {
        Availability {
            beliefs: BTreeMap::new(),
            power: vec![Time::ZERO; layout.machines as usize],
            examined: 0,
            findings: Findings::default(),
        }
    }

    fn on_given_up(&mut self, now: Time, who: Address, request: &Unanswered, up: &Holdings) {
        self.examined += 1;
        let Unanswered { ring, asked, key, attempt, took, .. } = request;
        let silent = asked.iter().filter(|asked| asked.heard == Heard::Silence).count();
        if asked.len() >= ring.copies() + silent {
            return;
        }
        // Clocks drift.
        let began = Time(now.0.saturating_sub(took.0 + took.0 / 10));
        let fit = |node: &NodeId| {
            let belief = self.beliefs.get(&(who, *node));
            let believed = belief.is_none_or(|(down, since)| !down && *since < began);
            let power = self.power.get(node.index()).copied().unwrap_or(Time::ZERO);
            let powered = up.is_up(*node) && (power == Time::ZERO || power < began);
            believed && powered && !asked.iter().any(|asked| asked.node == *node)
        };
        let beyond = ring.walk(ring.range_of(*key)).skip(ring.copies());
        if let Some(node) = beyond.into_iter().find(fit) {
            let (asked, key, attempt) = (asked.len(), *key, *attempt);
            self.findings.add(|| Finding {
                time: Some(now),
                key: Some(key),
                nodes: vec![node],
                mechanism: "gave up without asking a healthy stand-in",
                story: format!(
                    "attempt {attempt} was given up: {asked} nodes were asked, {silent} were \
                     silent, and {node}, believed up all the while, was not asked"
                ),
                ..Finding::default()
            });
        }
    }
}

fn address(record: &Record<'_>) -> Option<Address> {
    match record {
        Record::Node { node, .. } => Some(Address::Node(*node)),
        Record::Client { client, .. } => Some(Address::Client(*client)),
        _other => None,
    }
}

impl Judge for Availability {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Record::Down { node, .. } | Record::Up { node } = record {
            self.power[node.index()] = now;
            // Whoever starts anew believes everybody up.
            let mine = |who: Address| who == Address::Node(*node);
            self.beliefs.iter_mut().filter(|((who, _), _)| mine(*who)).for_each(|(_, belief)| {
                *belief = (false, now);
            });
        }
        let (Some(fact), Some(who)) = (record.of_store(), address(record)) else { return };
        match fact {
            Fact::Suspected { peer } => drop(self.beliefs.insert((who, *peer), (true, now))),
            Fact::Cleared { peer } => drop(self.beliefs.insert((who, *peer), (false, now))),
            Fact::GivenUp(request) => self.on_given_up(now, who, request, holdings),
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let cluster = &layout.cluster;
        if cluster.quorum == Quorum::Strict || cluster.hinted_handoff.on().is_none() {
            return None;
        }
        let Availability { examined, findings, .. } = *self;
        let untrue = layout.faults.iter().any(|fault| fault.kind == "clock");
        let excused = layout.administered || untrue;
        let otherwise = if excused { Outcome::Anomaly } else { Outcome::Violated };
        Some(findings.verdict_if_met("availability", examined, otherwise))
    }
}
