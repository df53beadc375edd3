//! Verifies (D6): of the names that an actor gives on a key each counts higher than the one before,
//! through restarts, lost disks and backups; each actor gives names for one place only, its node's
//! own copy or one that is kept for another; and its name is that of the node that gives it.
//!
//! Does not verify which writes are named (D5). Knob that legitimately breaks it, and makes it an
//! anomaly: `versioning` `literal`, where a node has one name for all that it does and counts anew
//! what it has forgotten. Says nothing where the last write wins. Examines each version made.

use std::collections::BTreeMap;

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::versioning::clock::Actor;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct ActorMonotony {
    exactness: Exactness,
    /// The last counter of each actor on each key, and for whom the copy is that it was given in.
    last: BTreeMap<(Key, Actor), (u64, Option<NodeId>)>,
    examined: u64,
    findings: Weighed,
}

impl ActorMonotony {
    /// Nobody has named anything.
    pub fn new(layout: &Layout) -> ActorMonotony {
        let (exactness, last) = (Exactness::of(layout), BTreeMap::new());
        ActorMonotony { exactness, last, examined: 0, findings: Weighed::default() }
    }

    fn on_made(&mut self, time: Time, node: NodeId, making: &Making) {
        let Some(dot) = making.version().map(|own| own.dot) else { return };
        self.examined += 1;
        let (actor, target) = (dot.actor, making.target);
        let before = self.last.insert((making.key, actor), (dot.counter, target));
        let broken = match before {
            _any if actor.node() != node => Some(("a name of another node", 0)),
            Some((last, _)) if last >= dot.counter => Some(("an actor counted back", last)),
            Some((last, place)) if place != target => Some(("one actor for two copies", last)),
            Some(_) | None => None,
        };
        let Some((mechanism, last)) = broken else { return };
        let allowed = self.exactness.versioning == Versioning::Literal;
        self.findings.add(allowed, || {
            let place = target.map_or(String::new(), |target| format!(" for {target}"));
            let counter = dot.counter;
            let story =
                format!("{node} gave ({actor},{counter}){place}; {actor} had counted to {last}");
            Finding {
                time: Some(time),
                key: Some(making.key),
                nodes: vec![node],
                event: Some(making.ghost.event()),
                mechanism,
                story,
            }
        });
    }
}

impl Judge for ActorMonotony {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, _: &Holdings) {
        if let Record::Node { node, fact: Fact::Made { making, .. } } = record
            && self.exactness.has_clocks()
        {
            self.on_made(time, *node, making);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let ActorMonotony { exactness, examined, findings, .. } = *self;
        exactness.has_clocks().then(|| findings.verdict("actor_monotony", examined))
    }
}
