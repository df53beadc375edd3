//! Verifies: what a get returns is exactly what is newest in the answers that were counted: each
//! version was in an answer as it is; each that was in an answer and is not returned is
//! superseded, by its true history, by one that is; and no two are returned of which one
//! supersedes the other, unless an answer held both.
//!
//! Does not verify that the answers are what the replicas held. Under `last_write_wins` only that
//! nothing is added, since losers are dropped by design; under `literal` clocks, truncation and
//! tombstones that go, what is dropped or shown is an anomaly, and under `vectors` what is shown.
//! That nothing superseded is shown is left out where contexts are not told, and for keys of which
//! one write was made into two versions. Examines each successful read.

use std::rc::Rc;

use crate::check::judge::Judge;
use crate::check::quorums::promise::{Doubled, counted, drops_only_seen, is_exact};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::check::versions::exactness::first_superseded;
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::request::Counted;
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::id::EventId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Frontier {
    doubled: Doubled,
    examined: u64,
    added: Findings,
    dropped: Findings,
    superseded: Findings,
}

/// The versions of all answers.
fn all(answers: &[Option<Rc<VersionSet>>]) -> impl Iterator<Item = &Version> {
    answers.iter().flatten().flat_map(|set| set.versions())
}

/// Is this a version that no client has written anew?
pub fn same(a: &Version, b: &Version) -> bool {
    a.dot == b.dot && a.ghost.event() == b.ghost.event()
}

impl Frontier {
    fn look_at(&mut self, now: Time, counted: &Counted) {
        self.examined += 1;
        let (answers, reply) = (&counted.answers, counted.reply.as_deref());
        let digest = reply.map(|set| set.digest());
        if answers.iter().all(|answer| answer.as_ref().map(|set| set.digest()) == digest) {
            return;
        }
        let shown = reply.map_or(&[][..], |set| set.versions());
        let (attempt, key) = (counted.request.attempt, counted.request.key);
        let finding = |event: EventId, mechanism: &'static str| Finding {
            time: Some(now),
            key: Some(key),
            event: Some(event),
            mechanism,
            story: format!("attempt {attempt} at a get, of {event}: {mechanism}"),
            ..Finding::default()
        };
        if let Some(odd) = shown.iter().find(|v| !all(answers).any(|other| same(v, other))) {
            let mechanism = "returned a version that was in no answer";
            self.added.add(|| finding(odd.ghost.event(), mechanism));
        }
        let gone = match reply {
            Some(set) => answers.iter().flatten().find_map(|answer| set.missing_of(answer).next()),
            None => all(answers).next().map(|version| version.ghost.event()),
        };
        if let Some(gone) = gone {
            let mechanism = "left out a version that nothing returned supersedes";
            self.dropped.add(|| finding(gone, mechanism));
        }
        let both = |(early, late): &(EventId, EventId)| {
            answers.iter().flatten().any(|set| {
                let holds = |event| set.versions().iter().any(|v| v.ghost.event() == event);
                holds(*early) && holds(*late)
            })
        };
        let pair = reply.and_then(first_superseded).filter(|pair| !both(pair));
        if let Some((early, _)) = pair.filter(|_| !self.doubled.contains(key)) {
            let mechanism = "returned a version beside the one that supersedes it";
            self.superseded.add(|| finding(early, mechanism));
        }
    }
}

impl Judge for Frontier {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.doubled.see(record);
        if let Some(counted) = counted(record).filter(|counted| counted.request.ghost.is_none()) {
            self.look_at(now, counted);
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let Frontier { examined, added, dropped, superseded, .. } = *self;
        let is = |kept: bool| if kept { Outcome::Violated } else { Outcome::Anomaly };
        let (name, stamped) = ("frontier", layout.cluster.versioning == Versioning::LastWriteWins);
        if !added.is_empty() {
            return Some(added.verdict_if_met(name, examined, Outcome::Violated));
        }
        if !dropped.is_empty() && !stamped {
            return Some(dropped.verdict_if_met(name, examined, is(drops_only_seen(layout))));
        }
        let found = if layout.contexts_told && !stamped { superseded } else { Findings::default() };
        Some(found.verdict_if_met(name, examined, is(is_exact(layout))))
    }
}
