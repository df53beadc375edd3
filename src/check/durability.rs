//! Verifies (D2): from its commit on, each write is held at every moment, or covered by the
//! history of what is held, as a copy or a hint at some node; and so it is in the end.
//!
//! Does not verify that the holders are the homes (convergence does), nor anything about puts that
//! were never committed. It is looked at as a write is committed, and whenever something goes from
//! where it was. Knobs that legitimately break it, and make it an anomaly: `versioning` `literal`
//! and `last_write_wins`, which overwrite acknowledged writes by design; whatever takes what was
//! stored and tells so: crashes that leave less than was written, corrupt disks, a `window` after
//! which hints are dropped; and machines that are taken out with the last copy. A tombstone that
//! is reaped is not lost. Examines each committed write.

use std::collections::{BTreeMap, VecDeque};

use smallvec::SmallVec;

use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::weighed::Weighed;
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::Fact;
use crate::ghost::Past;
use crate::id::{Address, EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Commits of each key of which it is remembered who made them.
const REMEMBERED: usize = 4;

/// The judge.
#[derive(Debug)]
pub struct Durability {
    exact: bool,
    /// By key, the writes that were committed.
    committed: Vec<Past>,
    /// By key, the last of them.
    recent: BTreeMap<Key, VecDeque<Commit>>,
    /// By key, what tombstones knew that were dropped.
    reaped: BTreeMap<Key, Past>,
    /// By key, what was told of.
    told: BTreeMap<Key, Past>,
    findings: Weighed,
}

/// What is known of a commit.
#[derive(Clone, Debug)]
struct Commit {
    event: EventId,
    time: Time,
    /// Who acknowledged it.
    by: Address,
    /// Who held it then.
    holders: SmallVec<[NodeId; 4]>,
}

impl Durability {
    /// Nothing is committed.
    pub fn new(layout: &Layout) -> Durability {
        let exact = match layout.cluster.versioning {
            Versioning::Dotted | Versioning::Vectors => true,
            Versioning::Literal | Versioning::LastWriteWins => false,
        };
        Durability {
            exact,
            committed: vec![Past::default(); layout.keys as usize],
            recent: BTreeMap::new(),
            reaped: BTreeMap::new(),
            told: BTreeMap::new(),
            findings: Weighed::default(),
        }
    }

    fn on_committed(&mut self, time: Time, by: Address, event: EventId, holdings: &Holdings) {
        let holders: SmallVec<[NodeId; 4]> = holdings.holders(event).collect();
        self.committed[event.key.index()].insert(event.number);
        let recent = self.recent.entry(event.key).or_default();
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        let nobody = holders.is_empty();
        recent.push_back(Commit { event, time, by, holders });
        let reaped = self.reaped.get(&event.key).is_some_and(|past| past.contains(event.number));
        if nobody && !reaped {
            let allowed = !self.exact || holdings.is_lost_to_disk(event);
            let story = "nobody held it at that moment".to_string();
            self.find(allowed, Some(time), event, ("acknowledged and held by nobody", story));
        }
    }

    fn on_step(&mut self, time: Time, step: &Step, holdings: &Holdings) {
        let tombstone = step.before.as_ref().is_some_and(|set| set.visible().next().is_none());
        if step.why == Why::Reaped && tombstone {
            let past = step.forgotten();
            return self.reaped.entry(step.key).or_default().join(&past);
        }
        let mut gone = holdings.vanished(&self.committed[step.key.index()]);
        for past in [self.reaped.get(&step.key), self.told.get(&step.key)].into_iter().flatten() {
            gone = gone.without(past);
        }
        for number in gone.iter() {
            let event = EventId { key: step.key, number };
            let allowed = !self.exact || holdings.is_lost_to_disk(event);
            let mechanism = match step.why {
                Why::Kept(_) | Why::Hinted => "the last copy was overwritten",
                Why::Delivered => "the last copy was a hint, removed as delivered",
                Why::Lost | Why::Damaged => "a disk lost the last copy",
                Why::Reaped => "the last copy was dropped as a tombstone",
                Why::Released => "the last copy was given away",
                Why::Dropped => "the last copy was a hint, dropped after its window",
            };
            let story = format!("its last copy was at {}: {}", step.place(), step.why.words());
            self.find(allowed, Some(time), event, (mechanism, story));
        }
    }

    fn find(
        &mut self,
        allowed: bool,
        time: Option<Time>,
        event: EventId,
        (mechanism, end): (&'static str, String),
    ) {
        let key = event.key;
        self.told.entry(key).or_default().insert(event.number);
        let commit = self.recent.get(&key).into_iter().flatten().find(|c| c.event == event);
        let nodes = commit.map_or_else(Vec::new, |commit| commit.holders.to_vec());
        let start = match commit {
            None => format!("{event} was acknowledged"),
            Some(Commit { time, by, holders, .. }) => {
                let names: Vec<String> = holders.iter().map(NodeId::to_string).collect();
                let nobody = || "nobody".to_string();
                let holders = if names.is_empty() { nobody() } else { names.join(", ") };
                format!("{event} was acknowledged by {by} at {time}, and held by {holders}")
            }
        };
        let (key, event) = (Some(key), Some(event));
        let story = format!("{start}; {end}");
        self.findings.add(allowed, || Finding { time, key, nodes, event, mechanism, story });
    }

    /// What is held in the end by those who count.
    fn look_at_end(&mut self, layout: &Layout, account: &Account) {
        let mut covered = vec![Past::default(); self.committed.len()];
        for node in &account.nodes {
            let copies = node.copies.iter().map(|(key, set)| (*key, set));
            for (key, set) in copies.chain(node.hints.iter().map(|hint| (hint.key, &hint.set))) {
                covered[key.index()].join(&set.history());
            }
        }
        for past in [&self.reaped, &self.told] {
            past.iter().for_each(|(key, past)| covered[key.index()].join(past));
        }
        let keys = (0_u32..).map(Key).zip(&self.committed).zip(&covered);
        let lost = keys.map(|((key, committed), covered)| (key, committed.without(covered)));
        let lost: Vec<(Key, Past)> = lost.filter(|(_, past)| !past.is_empty()).collect();
        for (key, past) in lost {
            for number in past.iter() {
                let allowed = !self.exact || layout.administered;
                let end = "nobody who counts in the end holds or covers it".to_string();
                let mechanism = "the last copy went with its machine";
                self.find(allowed, None, EventId { key, number }, (mechanism, end));
            }
        }
    }
}

impl Judge for Durability {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Some(Fact::Committed { ghost, .. }) = record.of_store() {
            let by = match record {
                Record::Node { node, .. } => Address::Node(*node),
                Record::Client { client, .. } => Address::Client(*client),
                _other => unreachable!("only they tell facts"),
            };
            self.on_committed(time, by, ghost.event(), holdings);
        }
        if let Some(step) = holdings.step().filter(|step| step.forgets()) {
            self.on_step(time, step, holdings);
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        self.look_at_end(layout, account);
        let examined = self.committed.iter().map(Past::count).sum();
        Some(self.findings.verdict_of_all("durability", examined))
    }
}
