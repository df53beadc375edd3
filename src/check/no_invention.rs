//! Verifies (D1): every version that a read or put returned, and every one that is stored, as a
//! copy or a hint, at any moment, was written by a put or delete that a client had begun before,
//! on that key; and so is every one that is held in the end.
//!
//! Does not verify that the value is intact (values are opaque). No knob breaks this. Examines
//! each version of each answer, of each set that is stored, and of each copy and hint in the end.

use crate::check::holdings::{Holdings, Step};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Ending, OperationResult};

/// The judge.
#[derive(Debug)]
pub struct NoInvention {
    /// Writes begun, by key.
    begun: Vec<Past>,
    examined: u64,
    findings: Findings,
}

impl NoInvention {
    /// Nobody has written anything.
    pub fn new(keys: u32) -> NoInvention {
        let begun = vec![Past::default(); keys as usize];
        NoInvention { begun, examined: 0, findings: Findings::default() }
    }

    fn look_at(&mut self, key: Key, set: &VersionSet, tell: impl Fn(EventId) -> Finding) {
        for version in set.versions() {
            self.examined += 1;
            let event = version.ghost.event();
            if event.key != key || !self.begun[key.index()].contains(event.number) {
                self.findings.add(|| Finding { key: Some(key), event: Some(event), ..tell(event) });
            }
        }
    }

    fn on_ending(&mut self, now: Time, ending: &Ending) {
        let OperationResult::Ok { set: Some(set), .. } = &ending.result else { return };
        let operation = ending.operation;
        let story = |event| format!("{operation} returned {event}, which no client had begun");
        self.look_at(ending.key, set, |event| Finding {
            time: Some(now),
            mechanism: "a version was returned that nobody wrote",
            ..Finding::story(story(event))
        });
    }

    fn on_step(&mut self, now: Time, step: &Step) {
        let Some(set) = step.news() else { return };
        self.look_at(step.key, set, |event| Finding {
            time: Some(now),
            nodes: vec![step.node],
            mechanism: "a version was stored that nobody wrote",
            ..Finding::story(format!("{} stored {event}, which nobody had begun", step.place()))
        });
    }

    fn look_at_held(&mut self, node: NodeId, key: Key, set: &VersionSet) {
        self.look_at(key, set, |event| Finding {
            nodes: vec![node],
            mechanism: "a version is held in the end that nobody wrote",
            ..Finding::story(format!("{node} holds {event}, which no client has begun"))
        });
    }
}

impl Judge for NoInvention {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Some(step) = holdings.step() {
            return self.on_step(now, step);
        }
        let Record::Client { fact, .. } = record else { return };
        match fact {
            ClientFact::Invoked(invocation) => {
                if let Some(ghost) = &invocation.ghost {
                    self.begun[ghost.event().key.index()].insert(ghost.event().number);
                }
            }
            ClientFact::Retried { .. } | ClientFact::Moved { .. } => {}
            ClientFact::Refreshed { .. } | ClientFact::Misrouted { .. } => {}
            ClientFact::Coordinated(_) => {}
            ClientFact::Ended(ending) => self.on_ending(now, ending),
        }
    }

    fn verdict(mut self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        for (place, node) in account.nodes.iter().enumerate() {
            let name = NodeId(place as u32);
            node.copies.iter().for_each(|(key, set)| self.look_at_held(name, *key, set));
            node.hints.iter().for_each(|hint| self.look_at_held(name, hint.key, &hint.set));
        }
        let NoInvention { examined, findings, .. } = *self;
        Some(findings.verdict("no_invention", examined, Outcome::Violated))
    }
}
