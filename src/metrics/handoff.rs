//! Hinted handoff (section 4.6): the life of hints, and how long their backlog lasts after a heal.

use serde::Serialize;

use crate::dynamo::fact::Fact;
use crate::dynamo::storage::hint_store::Hint;
use crate::id::Key;
use crate::time::Time;

/// Counts hints.
#[derive(Debug)]
pub struct Handoff {
    created: Amount,
    superseded: Amount,
    delivered: Amount,
    lost: Amount,
    dropped: Amount,
    revived: Amount,
    pending: Amount,
    peak: Amount,
    by_key: Vec<u32>,
    heals: Vec<Heal>,
}

/// Things and their bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Amount {
    pub count: u64,
    pub bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Heal {
    at: Time,
    pending: u64,
    drained_at: Option<Time>,
}

/// Section `handoff` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HandoffFigures {
    pub created: u64,
    pub created_bytes: u64,
    pub superseded: u64,
    pub superseded_bytes: u64,
    pub delivered: u64,
    pub delivered_bytes: u64,
    pub lost: u64,
    pub lost_bytes: u64,
    pub dropped: u64,
    pub dropped_bytes: u64,
    pub revived: u64,
    pub revived_bytes: u64,
    pub pending: u64,
    pub pending_bytes: u64,
    pub peak_pending: u64,
    pub peak_pending_bytes: u64,
    pub drained_after_s: Option<f64>,
    pub heals: Vec<DrainFigures>,
}

/// What became of the hints that were pending when a fault ended.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DrainFigures {
    pub time_s: f64,
    pub pending: u64,
    pub drained_after_s: Option<f64>,
}

impl Amount {
    /// One more of this many bytes.
    pub fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }

    /// One less. A ledger that does not close is for its judge to find, not for this to panic on.
    fn remove(&mut self, bytes: u64) {
        self.count = self.count.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

impl Handoff {
    /// No hints yet.
    pub fn new(keys: u32) -> Handoff {
        let none = Amount::default();
        Handoff {
            created: none,
            superseded: none,
            delivered: none,
            lost: none,
            dropped: none,
            revived: none,
            pending: none,
            peak: none,
            by_key: vec![0; keys as usize],
            heals: Vec::new(),
        }
    }

    /// A node told something. Returns the key of a hint that is no more.
    pub fn fact(&mut self, now: Time, fact: &Fact) -> Option<Key> {
        match fact {
            Fact::HintCreated { hint } => {
                self.created.add(bytes(hint));
                self.appears(hint)
            }
            Fact::HintRevived { hint } => {
                self.revived.add(bytes(hint));
                self.appears(hint)
            }
            Fact::HintSuperseded { hint } => {
                self.superseded.add(bytes(hint));
                // What replaces it follows at once, so the backlog has not drained.
                self.vanishes(hint)
            }
            Fact::HintDelivered { hint } => {
                self.delivered.add(bytes(hint));
                self.vanishes_at(now, hint)
            }
            Fact::HintLost { hint } => {
                self.lost.add(bytes(hint));
                self.vanishes_at(now, hint)
            }
            Fact::HintDropped { hint } => {
                self.dropped.add(bytes(hint));
                self.vanishes_at(now, hint)
            }
            Fact::Kept { .. }
            | Fact::Lost { .. }
            | Fact::Reaped { .. }
            | Fact::Damaged { .. }
            | Fact::Made { .. }
            | Fact::Merged(_)
            | Fact::Recognised { .. }
            | Fact::Committed { .. }
            | Fact::StandIn(_)
            | Fact::Buffer(_)
            | Fact::Flush(_)
            | Fact::Admission(_)
            | Fact::Suspected { .. }
            | Fact::Cleared { .. }
            | Fact::Compared { .. }
            | Fact::Exchange(_)
            | Fact::Announced { .. }
            | Fact::Believes { .. }
            | Fact::Released { .. }
            | Fact::Passed
            | Fact::Declined
            | Fact::Replanted { .. }
            | Fact::Member(_)
            | Fact::ReadRepaired { .. }
            | Fact::Counted(_)
            | Fact::GivenUp(_)
            | Fact::Forwarded { .. }
            | Fact::Mended(_) => None,
        }
    }

    /// A fault ended.
    pub fn healed(&mut self, now: Time) {
        if self.heals.last().is_some_and(|last| last.at == now) {
            return;
        }
        let pending = self.pending.count;
        self.heals.push(Heal { at: now, pending, drained_at: (pending == 0).then_some(now) });
    }

    /// Hints that exist now.
    pub fn pending(&self) -> Amount {
        self.pending
    }

    /// Does any node keep a hint for this key?
    pub fn is_pending(&self, key: Key) -> bool {
        self.by_key[key.index()] > 0
    }

    /// Hints delivered so far.
    pub fn delivered(&self) -> u64 {
        self.delivered.count
    }

    /// What it comes to.
    pub fn figures(&self) -> HandoffFigures {
        let heals: Vec<DrainFigures> = self.heals.iter().map(|heal| heal.figures()).collect();
        HandoffFigures {
            created: self.created.count,
            created_bytes: self.created.bytes,
            superseded: self.superseded.count,
            superseded_bytes: self.superseded.bytes,
            delivered: self.delivered.count,
            delivered_bytes: self.delivered.bytes,
            lost: self.lost.count,
            lost_bytes: self.lost.bytes,
            dropped: self.dropped.count,
            dropped_bytes: self.dropped.bytes,
            revived: self.revived.count,
            revived_bytes: self.revived.bytes,
            pending: self.pending.count,
            pending_bytes: self.pending.bytes,
            peak_pending: self.peak.count,
            peak_pending_bytes: self.peak.bytes,
            drained_after_s: heals.last().and_then(|heal| heal.drained_after_s),
            heals,
        }
    }

    fn appears(&mut self, hint: &Hint) -> Option<Key> {
        self.pending.add(bytes(hint));
        self.by_key[hint.key.index()] += 1;
        self.peak.count = self.peak.count.max(self.pending.count);
        self.peak.bytes = self.peak.bytes.max(self.pending.bytes);
        None
    }

    fn vanishes(&mut self, hint: &Hint) -> Option<Key> {
        self.pending.remove(bytes(hint));
        let of_key = &mut self.by_key[hint.key.index()];
        *of_key = of_key.saturating_sub(1);
        None
    }

    fn vanishes_at(&mut self, now: Time, hint: &Hint) -> Option<Key> {
        self.vanishes(hint);
        if self.pending.count == 0 {
            let waiting = self.heals.iter_mut().rev().take_while(|heal| heal.drained_at.is_none());
            waiting.for_each(|heal| heal.drained_at = Some(now));
        }
        Some(hint.key)
    }
}

impl Heal {
    fn figures(&self) -> DrainFigures {
        DrainFigures {
            time_s: self.at.seconds(),
            pending: self.pending,
            drained_after_s: self.drained_at.map(|at| at.since(self.at).seconds()),
        }
    }
}

fn bytes(hint: &Hint) -> u64 {
    u64::from(hint.set.bytes())
}
