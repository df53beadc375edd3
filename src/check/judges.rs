//! The list of all judges, and the observer that feeds them.

use crate::check::convergence::Convergence;
use crate::check::durability::Durability;
use crate::check::hint_ledger::HintLedger;
use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::message_ledger::MessageLedger;
use crate::check::no_invention::NoInvention;
use crate::check::operations::Operations;
use crate::check::vacuity::Vacuity;
use crate::check::verdict::Verdict;
use crate::check::{hints, members, quorums, trees, versions, world};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::{Account, Record};

/// How a judge is called for a run.
pub type Call = fn(&Layout) -> Box<dyn Judge>;

/// All judges by the part of the store that they look at, in the order of their verdicts.
pub const ALL: [&[Call]; 7] =
    [&RUN, &versions::ALL, &quorums::ALL, &hints::ALL, &trees::ALL, &members::ALL, &world::ALL];

/// Those that look at the whole run.
const RUN: [Call; 7] = [
    |_| Box::new(MessageLedger),
    |_| Box::new(HintLedger::default()),
    |layout| Box::new(Operations::new(layout)),
    |layout| Box::new(NoInvention::new(layout.keys)),
    |layout| Box::new(Durability::new(layout)),
    |_| Box::new(Convergence::default()),
    |_| Box::new(Vacuity),
];

/// All judges of one run.
pub struct Judges {
    layout: Layout,
    judges: Vec<Box<dyn Judge>>,
    holdings: Holdings,
}

impl Judges {
    /// Calls all judges.
    pub fn new(layout: &Layout) -> Judges {
        let judges = ALL.iter().copied().flatten().map(|call| call(layout)).collect();
        Judges { layout: layout.clone(), judges, holdings: Holdings::new(layout) }
    }

    /// What they say of the run that has ended with this.
    pub fn verdicts(self, account: &Account) -> Vec<Verdict> {
        let layout = &self.layout;
        let judges = self.judges.into_iter();
        judges.flat_map(|judge| judge.verdicts(layout, account)).collect()
    }
}

impl Observer for Judges {
    fn interest(&self) -> Interest {
        let each = self.judges.iter().map(|judge| judge.interest());
        each.fold(Interest::default(), |all, one| Interest {
            facts: all.facts || one.facts,
            messages: all.messages || one.messages,
        })
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.holdings.see(record);
        for judge in &mut self.judges {
            judge.see_with(now, record, &self.holdings);
        }
    }
}
