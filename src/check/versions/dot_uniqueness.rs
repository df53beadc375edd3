//! Verifies (D5): the name of a version, its actor and counter, never names the versions of two
//! writes, neither as it is given nor where two sets meet; and no clock that is stored counts more
//! events of an actor than it has made.
//!
//! Does not verify who gives names, and where (D6): of each actor the last name on each key is
//! remembered, and all are compared that meet. That one write has several names is counted, and is
//! an anomaly: it was tried again, or its first maker was slow. Knob that legitimately breaks it,
//! and makes it an anomaly: `versioning` `literal`, where a node that has lost or handed over a
//! copy counts anew. Says nothing where the last write wins, whose names are time stamps. Examines
//! each version made.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::check::holdings::{Holdings, Step};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::versioning::clock::Actor;
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct DotUniqueness {
    exactness: Exactness,
    /// The highest counter that an actor has given on a key, and to which write.
    given: BTreeMap<(Key, Actor), (u64, EventId)>,
    /// Sets whose clocks were looked at, by their digests: most are stored more than once.
    known: Vec<u64>,
    examined: u64,
    findings: Weighed,
}

impl DotUniqueness {
    /// No name is given yet.
    pub fn new(layout: &Layout) -> DotUniqueness {
        DotUniqueness {
            exactness: Exactness::of(layout),
            given: BTreeMap::new(),
            known: vec![0; 256],
            examined: 0,
            findings: Weighed::default(),
        }
    }

    fn on_made(&mut self, time: Time, node: Option<NodeId>, making: &Making, again: bool) {
        let Some(own) = making.version() else { return };
        self.examined += 1;
        let (place, event) = ((making.key, making.actor), own.ghost.event());
        let name = own.dot;
        let finding = |mechanism, story| Finding {
            time: Some(time),
            key: Some(making.key),
            nodes: node.iter().copied().collect(),
            event: Some(event),
            mechanism,
            story,
        };
        let last = self.given.get(&place).copied().filter(|(last, _)| *last >= name.counter);
        if let Some((last, other)) = last.filter(|(_, other)| *other != event) {
            let (actor, counter) = (name.actor, name.counter);
            let story = format!(
                "{event} was named ({actor},{counter}), though {actor} had counted to {last} with \
                 {other}"
            );
            let literal = !self.exactness.is_named();
            self.findings.add(literal, || finding("a name was given twice", story));
        }
        if again {
            let story = format!("{event} has a further name ({},{})", name.actor, name.counter);
            self.findings.add(true, || finding("a write was made again", story));
        }
        if last.is_none() {
            self.given.insert(place, (name.counter, event));
        }
    }

    /// Two versions with one name meet where one set is written over another.
    fn on_step(&mut self, time: Time, step: &Step) {
        let Some(after) = step.news() else { return };
        let versions = |set: &Rc<VersionSet>| set.versions().to_vec();
        if let Some(before) = step.before.as_ref().filter(|before| before.clock() == after.clock())
        {
            let old = versions(before);
            let twin = |new: &Version| {
                old.iter()
                    .find(|old| old.dot == new.dot && old.ghost.event() != new.ghost.event())
                    .map(|old| (old.ghost.event(), new.ghost.event()))
            };
            let twins: Vec<_> = after.versions().iter().filter_map(twin).collect();
            for (old, new) in twins {
                self.find(
                    time,
                    step,
                    new,
                    "one name met for two writes",
                    format!("{} kept {old} and then {new} under one name", step.place()),
                );
            }
        }
        self.look_at_clock(time, step, after);
    }

    /// Clocks that came were looked at where they were made.
    fn look_at_clock(&mut self, time: Time, step: &Step, after: &Rc<VersionSet>) {
        let (digest, place) = (after.digest(), after.digest() as usize % self.known.len());
        if std::mem::replace(&mut self.known[place], digest) == digest {
            return;
        }
        let known = |actor: Actor| self.given.get(&(step.key, actor)).map(|(last, _)| *last);
        let claims = |counter: u64, actor| known(actor).is_some_and(|last| counter > last);
        let over = after.clock().entries().iter().find(|dot| claims(dot.counter, dot.actor));
        if let Some(dot) = over.copied() {
            let event = after.versions().first().map(|version| version.ghost.event());
            let Some(event) = event else { return };
            let (actor, counter) = (dot.actor, dot.counter);
            let story = format!(
                "{} keeps a clock that counts ({actor},{counter}), which was never given",
                step.place()
            );
            self.find(time, step, event, "a clock counts what nobody made", story);
        }
    }

    fn find(
        &mut self,
        time: Time,
        step: &Step,
        event: EventId,
        mechanism: &'static str,
        story: String,
    ) {
        let allowed = !self.exactness.is_named();
        self.findings.add(allowed, || Finding {
            time: Some(time),
            key: Some(step.key),
            nodes: vec![step.node],
            event: Some(event),
            mechanism,
            story,
        });
    }
}

impl Judge for DotUniqueness {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if !self.exactness.has_clocks() {
            return;
        }
        if let Some(Fact::Made { making, .. }) = record.of_store() {
            let node = match record {
                Record::Node { node, .. } => Some(*node),
                _other => None,
            };
            let again = holdings.is_made_again(making.ghost.event());
            return self.on_made(time, node, making, again);
        }
        if let Some(step) = holdings.step() {
            self.on_step(time, step);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let DotUniqueness { exactness, examined, findings, .. } = *self;
        exactness.has_clocks().then(|| findings.verdict("dot_uniqueness", examined))
    }
}
