//! Verifies (D8): no set that is stored or returned to a client holds one write twice, and none
//! that is returned holds a version beside one whose client had seen it.
//!
//! Does not verify that the set is complete (S1 to S4, C2). Knobs that legitimately break it, and
//! make it an anomaly: `versioning` `vectors` and `literal`, `clock_truncation`, and retries that
//! are not recognised, which make a write twice. Says nothing where the last write wins. Examines
//! each set of several versions that is stored or returned.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::{Exactness, superseded, superseder};
use crate::check::weighed::Weighed;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{EventId, Key};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, OperationResult};

/// The judge.
#[derive(Debug)]
pub struct Antichain {
    exactness: Exactness,
    examined: u64,
    findings: Weighed,
}

impl Antichain {
    /// Nothing is stored or returned yet.
    pub fn new(layout: &Layout) -> Antichain {
        let exactness = Exactness::of(layout);
        Antichain { exactness, examined: 0, findings: Weighed::default() }
    }

    fn on_returned(&mut self, time: Time, key: Key, set: &VersionSet, holdings: &Holdings) {
        self.look_for_twins(time, key, set, holdings);
        for older in superseded(set) {
            let event = older.ghost.event();
            let by = || superseder(set, older).ghost.event();
            let story = || format!("{event} was returned beside {}, which saw it", by());
            self.find(holdings, (time, key), (event, "a seen version was returned"), story);
        }
    }

    fn look_for_twins(&mut self, time: Time, key: Key, set: &VersionSet, holdings: &Holdings) {
        self.examined += 1;
        let mut events: Vec<EventId> =
            set.versions().iter().map(|version| version.ghost.event()).collect();
        events.sort_unstable();
        for pair in events.windows(2).filter(|pair| pair[0] == pair[1]) {
            let event = pair[0];
            let story = || format!("{event} is twice in one set");
            self.find(holdings, (time, key), (event, "one write is there twice"), story);
        }
    }

    fn find(
        &mut self,
        holdings: &Holdings,
        (time, key): (Time, Key),
        (event, mechanism): (EventId, &'static str),
        story: impl FnOnce() -> String,
    ) {
        let allowed = !self.exactness.is_exact() || holdings.is_made_again(event);
        self.findings.add(allowed, || Finding {
            time: Some(time),
            key: Some(key),
            nodes: holdings.step().iter().map(|step| step.node).collect(),
            event: Some(event),
            mechanism,
            story: story(),
        });
    }
}

impl Judge for Antichain {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        let several = |set: &VersionSet| set.versions().len() > 1;
        if let Some(step) = holdings.step() {
            if let Some(set) = step.news().filter(|set| several(set)) {
                self.look_for_twins(time, step.key, set, holdings);
            }
            return;
        }
        let Record::Client { fact: ClientFact::Ended(ending), .. } = record else { return };
        if let OperationResult::Ok { set: Some(set), .. } = &ending.result
            && several(set)
        {
            self.on_returned(time, ending.key, set, holdings);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let Antichain { exactness, examined, findings } = *self;
        exactness.has_clocks().then(|| findings.verdict("antichain", examined))
    }
}
