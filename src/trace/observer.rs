//! Those who watch a run.

use crate::time::Time;
use crate::trace::record::{Account, Record, Totals};

/// Somebody who watches. Records come in the order in which things happened.
pub trait Observer {
    /// Which records this observer wants; a record that nobody wants is not made.
    fn interest(&self) -> Interest;

    /// Something happened.
    fn see(&mut self, now: Time, record: &Record<'_>);

    /// A sampling interval is over. Nothing at or after `now` has happened yet.
    fn sample(&mut self, now: Time, totals: &Totals) {
        let (_, _) = (now, totals);
    }

    /// The run is over.
    fn end(&mut self, account: &Account) {
        let _ = account;
    }
}

/// Kinds of record that an observer can want. Starts and stops of nodes and faults always come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Interest {
    /// Facts of nodes and clients.
    pub facts: bool,
    /// Each message sent, delivered and dropped.
    pub messages: bool,
}

/// All who watch one run.
#[derive(Default)]
pub struct Observers<'a> {
    list: Vec<&'a mut dyn Observer>,
    interest: Interest,
}

impl<'a> Observers<'a> {
    /// These watch.
    pub fn new(list: Vec<&'a mut dyn Observer>) -> Observers<'a> {
        let each = list.iter().map(|observer| observer.interest());
        let either = |a: Interest, b: Interest| Interest {
            facts: a.facts || b.facts,
            messages: a.messages || b.messages,
        };
        let interest = each.fold(Interest::default(), either);
        Observers { list, interest }
    }

    /// What any of them wants.
    pub fn interest(&self) -> Interest {
        self.interest
    }

    /// Something happened.
    pub fn see(&mut self, now: Time, record: &Record<'_>) {
        for observer in &mut self.list {
            observer.see(now, record);
        }
    }

    /// A sampling interval is over.
    pub fn sample(&mut self, now: Time, totals: &Totals) {
        for observer in &mut self.list {
            observer.sample(now, totals);
        }
    }

    /// The run is over.
    pub fn end(&mut self, account: &Account) {
        for observer in &mut self.list {
            observer.end(account);
        }
    }
}
