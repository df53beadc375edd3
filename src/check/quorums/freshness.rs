//! Verifies: a read that began after a put had reached its W copies returns it, or what covers it.
//!
//! Does not verify reads of puts that were still under way. It is promised where quorums meet: the
//! homes alone answer and R + W > N, or PR + PW > N. Knobs that legitimately break it, and make it
//! an anomaly: a sloppy quorum, smaller numbers, changes of the membership, `flush` other than
//! `always`, versions that drop what was acknowledged (`literal`, `last_write_wins`, truncation,
//! tombstones that go), and whatever takes what was stored. Examines each successful read of a key
//! of which something had been acknowledged.

use std::collections::BTreeMap;

use crate::check::judge::Judge;
use crate::check::quorums::promise::{Losses, counted, drops_only_seen, is_durable, quorums_meet};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{EventId, OperationId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Ending, Function, Invocation, OperationResult};

/// The judge.
#[derive(Debug)]
pub struct Freshness {
    /// By key, all that is acknowledged.
    acknowledged: Vec<Past>,
    /// By read under way, what was when it began.
    open: BTreeMap<OperationId, Past>,
    losses: Losses,
    examined: u64,
    findings: Findings,
}

impl Freshness {
    /// Nothing is acknowledged of any of these keys.
    pub fn new(keys: u32) -> Freshness {
        Freshness {
            acknowledged: vec![Past::default(); keys as usize],
            open: BTreeMap::new(),
            losses: Losses::default(),
            examined: 0,
            findings: Findings::default(),
        }
    }

    fn on_invoked(&mut self, invocation: &Invocation) {
        let known = &self.acknowledged[invocation.key.index()];
        if invocation.function == Function::Get && !known.is_empty() {
            self.open.insert(invocation.operation, known.clone());
        }
    }

    fn on_ended(&mut self, now: Time, ending: &Ending) {
        let Some(known) = self.open.remove(&ending.operation) else { return };
        let OperationResult::Ok { set, .. } = &ending.result else { return };
        self.examined += 1;
        let history = set.as_deref().map(VersionSet::history).unwrap_or_default().into_owned();
        if known.count_missing_from(&history) == 0 {
            return;
        }
        let missing = known.iter().find(|number| !history.contains(*number));
        let event = missing.map(|number| EventId { key: ending.key, number });
        let (operation, began) = (ending.operation, ending.began);
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(ending.key),
            event,
            mechanism: "a read missed what was acknowledged before it began",
            story: format!(
                "get {operation} began at {began} and does not cover {}, which was acknowledged \
                 before",
                event.map_or_else(String::new, |event| event.to_string())
            ),
            ..Finding::default()
        });
    }
}

impl Judge for Freshness {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.losses.see(record);
        if let Some(ghost) = counted(record).and_then(|counted| counted.request.ghost.as_ref()) {
            let EventId { key, number } = ghost.event();
            self.acknowledged[key.index()].insert(number);
        }
        match record {
            Record::Client { fact: ClientFact::Invoked(invocation), .. } => {
                self.on_invoked(invocation);
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.on_ended(now, ending),
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let kept = drops_only_seen(layout) && is_durable(layout) && self.losses.are_none();
        let promised = kept && quorums_meet(layout);
        let otherwise = if promised { Outcome::Violated } else { Outcome::Anomaly };
        Some(self.findings.verdict_if_met("freshness", self.examined, otherwise))
    }
}
