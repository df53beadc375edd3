//! Verifies (D9): what a copy, or a hint, knows of a key never shrinks as something is stored over
//! it; and a disk that nothing has befallen never holds less than before.
//!
//! Does not verify what goes as a whole: delivered hints, ranges given away (T2), tombstones that
//! are reaped (D12). What a disk loses is allowed if its node stopped in a way that loses
//! something, or if disks are in trouble. Knobs that legitimately break it, and make it an anomaly:
//! `versioning` `literal` and `last_write_wins`. Examines each set that is stored over another, and
//! each copy that a disk lost.

use std::collections::BTreeSet;

use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::config::Flush;
use crate::faults::spec::DiskAfterCrash;
use crate::id::{EventId, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct ReplicaFrontier {
    exactness: Exactness,
    /// Can disks lose something by themselves, or a node whatever its disk does?
    may_lose: bool,
    /// Nodes that stopped, the last time, in a way that loses something.
    damaged: BTreeSet<NodeId>,
    examined: u64,
    findings: Weighed,
}

impl ReplicaFrontier {
    /// Nothing is stored yet.
    pub fn new(layout: &Layout) -> ReplicaFrontier {
        let buffered = match layout.cluster.flush {
            Flush::Always | Flush::Every(_) => false,
            Flush::Buffered(_) => true,
        };
        let may_lose = buffered || layout.faults.iter().any(|fault| fault.kind.contains("disk"));
        let (exactness, damaged) = (Exactness::of(layout), BTreeSet::new());
        ReplicaFrontier { exactness, may_lose, damaged, examined: 0, findings: Weighed::default() }
    }

    fn on_step(&mut self, time: Time, step: &Step) {
        let (mechanism, allowed) = match step.why {
            Why::Kept(_) | Why::Hinted if step.before.is_some() => {
                let exact = self.exactness.is_named();
                ("what was stored knows less than what it replaced", !exact)
            }
            Why::Lost => {
                let excused = self.may_lose || self.damaged.contains(&step.node);
                ("a disk that nothing befell holds less", excused)
            }
            Why::Kept(_) | Why::Hinted | Why::Delivered => return,
            Why::Reaped | Why::Damaged | Why::Released | Why::Dropped => return,
        };
        self.examined += 1;
        if step.why == Why::Lost && allowed || !step.forgets() {
            return;
        }
        let (event, why) = (step.forgotten().iter().last(), step.why.words());
        self.findings.add(allowed, || Finding {
            time: Some(time),
            key: Some(step.key),
            nodes: vec![step.node],
            event: event.map(|number| EventId { key: step.key, number }),
            mechanism,
            story: format!("{} knew of it: {why}, and it knows no longer", step.place()),
        });
    }
}

impl Judge for ReplicaFrontier {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Record::Down { node, disk } = record {
            match disk {
                DiskAfterCrash::Kept => self.damaged.remove(node),
                DiskAfterCrash::UnflushedLost
                | DiskAfterCrash::Torn
                | DiskAfterCrash::Restored(_)
                | DiskAfterCrash::Wiped => self.damaged.insert(*node),
            };
        }
        if let Some(step) = holdings.step() {
            self.on_step(time, step);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        Some(self.findings.verdict("replica_frontier", self.examined))
    }
}
