//! The contract of a judge.

use crate::check::holdings::Holdings;
use crate::check::verdict::Verdict;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Somebody who watches a run and then judges it.
pub trait Judge {
    /// Which records it wants.
    fn interest(&self) -> Interest {
        Interest::default()
    }

    /// Something happened.
    fn see(&mut self, now: Time, record: &Record<'_>) {
        let (_, _) = (now, record);
    }

    /// The same, for one who also wants to know what all disks hold after it.
    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let _ = holdings;
        self.see(now, record);
    }

    /// The run is over: none if there is nothing that this judge could ever say about such a run.
    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict>;

    /// The same of one who watches over several invariants that need one memory.
    fn verdicts(self: Box<Self>, layout: &Layout, account: &Account) -> Vec<Verdict> {
        self.verdict(layout, account).into_iter().collect()
    }
}
