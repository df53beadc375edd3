//! Verifies: in the end every committed write is held, or covered by the history of what is held,
//! as a copy or a hint at some node.
//!
//! Does not verify that the holders are the homes (convergence does), nor anything about puts that
//! were never committed. Knobs that legitimately break it, and make it an anomaly: `versioning`
//! `literal` and `last_write_wins`, which overwrite acknowledged writes by design, and whatever
//! takes what was stored and tells so: crashes that leave less than was written, corrupt disks, a
//! `window` after which hints are dropped.
//! Where tombstones are reaped, versions that come back after a committed delete had seen them are
//! an anomaly too. Examines each committed write.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::config::modes::Tombstones;
use crate::dynamo::fact::Fact;
use crate::time::Time;
use crate::trace::acknowledged::Acknowledged;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Durability {
    acknowledged: Acknowledged,
    /// Did a crash take anything that was stored?
    disk_lost: bool,
}

impl Durability {
    /// Nothing is committed.
    pub fn new(keys: u32) -> Durability {
        Durability { acknowledged: Acknowledged::new(keys), disk_lost: false }
    }
}

impl Judge for Durability {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        if let Some(fact) = record.of_store() {
            self.acknowledged.fact(fact);
            self.disk_lost |= matches!(fact, Fact::Lost { .. } | Fact::HintLost { .. });
            self.disk_lost |= matches!(fact, Fact::HintDropped { .. });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let mut findings = Findings::default();
        for event in self.acknowledged.lost(account) {
            findings.add(|| Finding {
                key: Some(event.key),
                nodes: account.homes.of(event.key).to_vec(),
                event: Some(event),
                ..Finding::story(format!("{event} was acknowledged, and nobody holds or covers it"))
            });
        }
        let reaps = layout.cluster.tombstones != Tombstones::Keep;
        for event in self.acknowledged.resurrected(account).into_iter().filter(|_| reaps) {
            findings.add(|| Finding {
                key: Some(event.key),
                nodes: account.homes.of(event.key).to_vec(),
                event: Some(event),
                ..Finding::story(format!("{event} was deleted, and is back"))
            });
        }
        let exact = match layout.cluster.versioning {
            Versioning::Dotted => true,
            Versioning::Literal | Versioning::LastWriteWins => false,
        };
        let allowed = self.disk_lost || !exact || reaps;
        let otherwise = if allowed { Outcome::Anomaly } else { Outcome::Violated };
        Some(findings.verdict("durability", self.acknowledged.count(), otherwise))
    }
}
