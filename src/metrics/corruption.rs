//! Wrong data, where nothing checks what is stored: who read it, and how far it came.
//!
//! Left out: what a client writes that had read wrong data. The store takes it for good.

use serde::Serialize;

use crate::dynamo::fact::Cause;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::metrics::read::Read;
use crate::metrics::window::share;
use crate::trace::record::Account;

/// Counts damaged copies and the reads that returned them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Corruption {
    all_reads: u64,
    reads: u64,
    damaged: u64,
    spread: Spread,
    mended: u64,
}

/// Good copies that became damaged ones, by what wrote them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Spread {
    pub put: u64,
    pub handoff: u64,
    pub read_repair: u64,
    pub anti_entropy: u64,
}

/// Section `corruption` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct CorruptionFigures {
    pub reads: u64,
    pub share: Option<f64>,
    pub damaged: u64,
    pub spread: Spread,
    pub mended: u64,
    #[serde(rename = "final")]
    pub at_end: u64,
}

impl Corruption {
    /// A disk changed a copy.
    pub fn damaged(&mut self) {
        self.damaged += 1;
    }

    /// A home's copy was written.
    pub fn kept(&mut self, change: &Change, cause: Cause) {
        let is_damaged = |set: Option<&VersionSet>| set.is_some_and(VersionSet::is_damaged);
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        match (is_damaged(before), is_damaged(after)) {
            (false, true) => *self.spread.by(cause) += 1,
            (true, false) => self.mended += 1,
            (false, false) | (true, true) => {}
        }
    }

    /// A read succeeded.
    pub fn read(&mut self, read: &Read<'_>) {
        self.all_reads += 1;
        self.reads += u64::from(read.set.is_some_and(VersionSet::is_damaged));
    }

    /// What it comes to.
    pub fn figures(&self, account: &Account) -> CorruptionFigures {
        let copies = account.nodes.iter().flat_map(|node| &node.copies);
        CorruptionFigures {
            reads: self.reads,
            share: share(self.reads, self.all_reads),
            damaged: self.damaged,
            spread: self.spread,
            mended: self.mended,
            at_end: copies.filter(|(_, set)| set.is_damaged()).count() as u64,
        }
    }
}

impl Spread {
    fn by(&mut self, cause: Cause) -> &mut u64 {
        match cause {
            Cause::Put => &mut self.put,
            Cause::Handoff | Cause::Transfer => &mut self.handoff,
            Cause::ReadRepair => &mut self.read_repair,
            Cause::AntiEntropy => &mut self.anti_entropy,
        }
    }
}
