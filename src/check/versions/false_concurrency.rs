//! Verifies (D4): no copy or hint keeps a version beside one whose client had seen it.
//!
//! Does not verify that nothing is dropped (D3), nor what reads return (D8). Knobs that
//! legitimately break it, and make it an anomaly: `versioning` `vectors` and `literal`,
//! `clock_truncation`, and retries that are not recognised: of a write that was made twice, one
//! version may have been seen and the other not. Says nothing where the last write wins. Examines
//! each set of several versions that is stored.

use crate::check::holdings::{Holdings, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::{Exactness, superseded, superseder};
use crate::check::weighed::Weighed;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct FalseConcurrency {
    exactness: Exactness,
    examined: u64,
    findings: Weighed,
}

impl FalseConcurrency {
    /// Nothing is stored yet.
    pub fn new(layout: &Layout) -> FalseConcurrency {
        let exactness = Exactness::of(layout);
        FalseConcurrency { exactness, examined: 0, findings: Weighed::default() }
    }
}

impl Judge for FalseConcurrency {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, _: &Record<'_>, holdings: &Holdings) {
        let Some(step) = holdings.step().filter(|step| step.why != Why::Lost) else { return };
        let Some(set) = step.news().filter(|set| set.versions().len() > 1) else { return };
        self.examined += 1;
        for older in superseded(set) {
            let event = older.ghost.event();
            let seen_by = || superseder(set, older).ghost.event();
            let allowed = !self.exactness.is_exact() || holdings.is_made_again(event);
            self.findings.add(allowed, || Finding {
                time: Some(time),
                key: Some(step.key),
                nodes: vec![step.node],
                event: Some(event),
                mechanism: "a seen version is kept as a sibling",
                story: format!("{} keeps {event} beside {}, which saw it", step.place(), seen_by()),
            });
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let FalseConcurrency { exactness, examined, findings } = *self;
        exactness.has_clocks().then(|| findings.verdict("false_concurrency", examined))
    }
}
