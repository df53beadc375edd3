//! Verifies, of read repair: a copy that it wrote covers what the copy covered before. Of each get
//! whose answers differed: what is sent is made of versions that were in the answers as they are,
//! and covers all of them; each home that answered with less is sent it, and nobody who had it.
//!
//! Does not verify that what is sent arrives, nor when nothing differed. What covers what is known
//! by true histories where versions are exact; under `literal` clocks, truncation and tombstones
//! that go, what regresses is an anomaly, and under `last_write_wins` only who is sent something is
//! looked at. Silent where `read_repair` is off. Examines each copy that a repair wrote and each
//! such get.

use std::rc::Rc;

use crate::check::judge::Judge;
use crate::check::quorums::frontier::same;
use crate::check::quorums::promise::drops_only_seen;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::request::Mended;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct ReadRepair {
    stamped: bool,
    examined: u64,
    regressed: Findings,
    amiss: Findings,
}

/// Does the one cover all that the other does?
fn covers_all(larger: &VersionSet, smaller: &VersionSet) -> bool {
    larger.missing_of(smaller).next().is_none()
}

impl ReadRepair {
    /// Nothing was repaired.
    pub fn new(layout: &Layout) -> ReadRepair {
        let stamped = layout.cluster.versioning == Versioning::LastWriteWins;
        let (regressed, amiss) = (Findings::default(), Findings::default());
        ReadRepair { stamped, examined: 0, regressed, amiss }
    }

    fn on_kept(&mut self, now: Time, node: NodeId, change: &Change) {
        self.examined += 1;
        let Some(before) = change.before.as_deref().filter(|_| !self.stamped) else { return };
        if change.after.as_deref().is_none_or(|after| !covers_all(after, before)) {
            let finding = found(now, change.key, "a repair took away what a home had covered");
            self.regressed.add(|| Finding { nodes: vec![node], ..finding });
        }
    }

    fn on_mended(&mut self, now: Time, mended: &Mended) {
        self.examined += 1;
        let Mended { key, ring, answers, newest, sent, to } = mended;
        let held = || answers.iter().filter_map(|(_, set)| set.as_deref());
        let known =
            |version| held().any(|set| set.versions().iter().any(|other| same(version, other)));
        let fresh = |set: &Option<Rc<VersionSet>>| {
            set.as_deref().is_some_and(|set| set.digest() == sent.digest())
        };
        let needless = |(node, set): &&(NodeId, _)| to.contains(node) && fresh(set);
        let range = ring.range_of(*key);
        let stale = |set: &Option<Rc<VersionSet>>| {
            set.as_deref().is_none_or(|set| !covers_all(set, newest))
        };
        let passed_over = |(node, set): &&(NodeId, _)| {
            ring.is_home(*node, range) && !to.contains(node) && stale(set)
        };
        let lacks = !self.stamped && held().any(|set| !covers_all(sent, set));
        let mut amiss = |nodes: Vec<NodeId>, mechanism| {
            self.amiss.add(|| Finding { nodes, ..found(now, *key, mechanism) });
        };
        if !sent.versions().iter().all(known) {
            amiss(Vec::new(), "a version to be sent was in no answer");
        }
        if lacks {
            amiss(Vec::new(), "what is to be sent does not cover an answer");
        }
        if let Some((node, _)) = answers.iter().find(needless) {
            amiss(vec![*node], "a repair was sent to one who held it");
        }
        if let Some((node, _)) = answers.iter().find(passed_over) {
            amiss(vec![*node], "a home that was behind was sent nothing");
        }
    }
}

fn found(now: Time, key: Key, mechanism: &'static str) -> Finding {
    let story = format!("read repair of {key}: {mechanism}");
    Finding { time: Some(now), key: Some(key), mechanism, story, ..Finding::default() }
}

impl Judge for ReadRepair {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record.of_store() {
            Some(Fact::Mended(mended)) => self.on_mended(now, mended),
            Some(Fact::Kept { change, cause: Cause::ReadRepair }) => {
                if let Record::Node { node, .. } = record {
                    self.on_kept(now, *node, change);
                }
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let ReadRepair { stamped, examined, regressed, amiss } = *self;
        if !layout.cluster.read_repair {
            return None;
        }
        let exact = drops_only_seen(layout) || stamped;
        let otherwise = if exact { Outcome::Violated } else { Outcome::Anomaly };
        let found = if regressed.is_empty() { amiss } else { regressed };
        Some(found.verdict_if_met("read_repair", examined, otherwise))
    }
}
