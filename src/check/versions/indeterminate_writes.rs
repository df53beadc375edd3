//! Verifies (D15): a write that a client was told of by a read, be it acknowledged or not, does not
//! vanish from all disks afterwards.
//!
//! Does not verify that acknowledged writes stay that nobody has read (D2). Read repair is not
//! waited for here, so that where every read sees every acknowledged write, one that is not
//! acknowledged may be shown by one read and not by the next: an anomaly, counted. Knobs and
//! troubles that legitimately let one vanish, and make that an anomaly: `versioning` `literal` and
//! `last_write_wins`, disks that lost a copy of it, machines that are taken out. Examines each read
//! that returned something.

use std::collections::BTreeMap;

use crate::check::holdings::{Holdings, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::fact::Fact;
use crate::ghost::Past;
use crate::id::{EventId, Key, OperationId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// The judge.
#[derive(Debug)]
pub struct IndeterminateWrites {
    exactness: Exactness,
    administered: bool,
    /// By key, the writes that reads have returned, without those that have vanished.
    returned: Vec<Past>,
    committed: Vec<Past>,
    /// By key, what tombstones knew that were dropped.
    reaped: BTreeMap<Key, Past>,
    /// Reads under way that must show what was returned before.
    reads: BTreeMap<OperationId, Past>,
    examined: u64,
    findings: Weighed,
}

impl IndeterminateWrites {
    /// Nothing was read yet.
    pub fn new(layout: &Layout) -> IndeterminateWrites {
        let nothing = vec![Past::default(); layout.keys as usize];
        IndeterminateWrites {
            exactness: Exactness::of(layout),
            administered: layout.administered,
            returned: nothing.clone(),
            committed: nothing,
            reaped: BTreeMap::new(),
            reads: BTreeMap::new(),
            examined: 0,
            findings: Weighed::default(),
        }
    }

    fn on_ended(&mut self, time: Time, ending: &Ending) {
        let before = self.reads.remove(&ending.operation);
        let OperationResult::Ok { set, .. } = &ending.result else { return };
        if ending.function != Function::Get {
            return;
        }
        if let Some(before) = before {
            let shown = set.as_ref().map_or_else(Past::default, |set| set.history().into_owned());
            let committed = &self.committed[ending.key.index()];
            let missing = before.without(&shown).without(committed);
            for number in missing.iter() {
                let event = EventId { key: ending.key, number };
                let story =
                    format!("{} no longer shows {event}, as an earlier read did", ending.operation);
                self.find(true, time, (event, "a read shows it, and a later one does not"), story);
            }
        }
        if let Some(set) = set {
            self.examined += 1;
            let events = set.versions().iter().map(|version| version.ghost.event().number);
            events.for_each(|number| self.returned[ending.key.index()].insert(number));
        }
    }

    fn on_vanished(&mut self, time: Time, holdings: &Holdings) {
        let Some(step) = holdings.step() else { return };
        let tombstone = step.before.as_ref().is_some_and(|set| set.visible().next().is_none());
        if step.why == Why::Reaped && tombstone {
            let past = step.forgotten();
            return self.reaped.entry(step.key).or_default().join(&past);
        }
        let mut gone = holdings.vanished(&self.returned[step.key.index()]);
        if let Some(reaped) = self.reaped.get(&step.key) {
            gone = gone.without(reaped);
        }
        let exact = self.exactness.is_named();
        for number in gone.iter() {
            let event = EventId { key: step.key, number };
            let allowed = !exact || holdings.is_lost_to_disk(event) || self.administered;
            let why = step.why.words();
            let story = format!("{event} was read, and its last copy is gone: {why}");
            self.find(allowed, time, (event, "what was read has vanished"), story);
        }
        let left = self.returned[step.key.index()].without(&gone);
        self.returned[step.key.index()] = left;
    }

    fn find(
        &mut self,
        allowed: bool,
        time: Time,
        (event, mechanism): (EventId, &'static str),
        story: String,
    ) {
        let (time, key, event) = (Some(time), Some(event.key), Some(event));
        let nodes = Vec::new();
        self.findings.add(allowed, || Finding { time, key, nodes, event, mechanism, story });
    }
}

impl Judge for IndeterminateWrites {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Some(Fact::Committed { key, ghost, .. }) = record.of_store() {
            self.committed[key.index()].insert(ghost.event().number);
        }
        match record {
            Record::Client { fact: ClientFact::Invoked(begun), .. }
                if begun.function == Function::Get && self.exactness.reads_see_writes =>
            {
                let open =
                    self.returned[begun.key.index()].without(&self.committed[begun.key.index()]);
                if !open.is_empty() {
                    self.reads.insert(begun.operation, open);
                }
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.on_ended(time, ending),
            _other => {}
        }
        if holdings.step().is_some_and(|step| step.forgets()) {
            self.on_vanished(time, holdings);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        Some(self.findings.verdict("indeterminate_writes", self.examined))
    }
}
