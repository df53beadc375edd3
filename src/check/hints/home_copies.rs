//! Verifies (H5): what is kept for another is no copy of a home. As long as nobody joins or leaves,
//! whoever keeps a copy as a home for a put is one.
//!
//! Does not verify who answers reads: a stand-in answers with its hints by design. Trees are about
//! copies of homes only (tree_contents looks at them), and that hints go once they are delivered is
//! for hint_drain. No knob breaks this. Silent where members change. Examines each copy kept for a
//! put, once there are hints.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::{Cause, Fact};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct HomeCopies {
    administered: bool,
    hinted: bool,
    examined: u64,
    findings: Findings,
}

impl HomeCopies {
    /// Nothing is kept.
    pub fn new(layout: &Layout) -> HomeCopies {
        let (administered, findings) = (layout.administered, Findings::default());
        HomeCopies { administered, hinted: false, examined: 0, findings }
    }
}

impl Judge for HomeCopies {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let Record::Node { node, fact } = record else { return };
        // The first hint may be told of after the copy that was kept with it.
        self.hinted |= matches!(fact, Fact::StandIn(_));
        let Fact::Kept { change, cause: Cause::Put } = fact else { return };
        self.examined += u64::from(self.hinted);
        if self.administered || !self.hinted || holdings.homes(change.key).contains(node) {
            return;
        }
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(change.key),
            nodes: vec![*node],
            mechanism: "a stand-in that keeps a copy as a home",
            ..Finding::story(format!(
                "{node} keeps {} as if it were one of its homes, beside any hint",
                change.key
            ))
        });
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on().filter(|_| !self.administered)?;
        Some(self.findings.verdict_if_met("hint_home_copies", self.examined, Outcome::Violated))
    }
}
