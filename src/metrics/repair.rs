//! Who repaired: copies at homes that something else than the put itself brought up to date.
//!
//! Only what changed the copy counts. Its bytes are those of the set that the home holds after it.

use serde::Serialize;

use crate::dynamo::fact::Cause;
use crate::dynamo::storage::store::Change;
use crate::metrics::handoff::Amount;
use crate::metrics::window::share;

/// Counts repaired copies by mechanism.
#[derive(Clone, Copy, Debug, Default)]
pub struct Repair {
    overall: ByMechanism,
    since_heal: ByMechanism,
}

/// Repaired copies by what repaired them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ByMechanism {
    pub handoff: Amount,
    pub read_repair: Amount,
    pub anti_entropy: Amount,
}

/// What one mechanism repaired, and its share of all repaired copies.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Part {
    pub copies: u64,
    pub bytes: u64,
    pub share: Option<f64>,
}

/// What each mechanism repaired.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Parts {
    pub handoff: Part,
    pub read_repair: Part,
    pub anti_entropy: Part,
}

/// Section `repair` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct RepairFigures {
    #[serde(flatten)]
    pub overall: Parts,
    pub after_last_heal: Parts,
}

impl Repair {
    /// A home's copy was written.
    pub fn kept(&mut self, change: &Change, cause: Cause) {
        if !change.is_news() {
            return;
        }
        let bytes = change.after.as_ref().map_or(0, |set| u64::from(set.bytes()));
        for parts in [&mut self.overall, &mut self.since_heal] {
            match cause {
                Cause::Put | Cause::Transfer => {}
                Cause::Handoff => parts.handoff.add(bytes),
                Cause::ReadRepair => parts.read_repair.add(bytes),
                Cause::AntiEntropy => parts.anti_entropy.add(bytes),
            }
        }
    }

    /// A fault ended.
    pub fn healed(&mut self) {
        self.since_heal = ByMechanism::default();
    }

    /// Repaired so far.
    pub fn overall(&self) -> ByMechanism {
        self.overall
    }

    /// What it comes to; after the last heal, if there was one.
    pub fn figures(&self) -> RepairFigures {
        RepairFigures {
            overall: self.overall.figures(),
            after_last_heal: self.since_heal.figures(),
        }
    }
}

impl ByMechanism {
    fn figures(&self) -> Parts {
        let all = self.handoff.count + self.read_repair.count + self.anti_entropy.count;
        let part = |amount: Amount| Part {
            copies: amount.count,
            bytes: amount.bytes,
            share: share(amount.count, all),
        };
        Parts {
            handoff: part(self.handoff),
            read_repair: part(self.read_repair),
            anti_entropy: part(self.anti_entropy),
        }
    }
}
