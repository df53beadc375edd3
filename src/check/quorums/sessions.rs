//! Verifies the four session guarantees, by key and by true histories. S1, read your writes: a
//! read covers what its client had written with success before. S2, monotonic reads: it covers
//! what earlier reads of its client returned. S3, monotonic writes: whoever reads a write, in a
//! read that began after it did, reads what its client had written before it. S4, writes follow
//! reads: and what its client had read before it; and nobody is shown a write beside one that it
//! was made from.
//!
//! In one file since they need one memory. Only what W nodes had stored obliges anybody: what was
//! read of a write under way may be missed by the next read. Does not verify what one client knows
//! of different keys, nor more than a client's last [`MOST_KEYS`] keys and a key's last
//! [`MOST_WRITES`] writes. All is promised where quorums meet, as freshness is, and an anomaly
//! elsewhere; that nothing is shown beside what was made from it is promised wherever versions are
//! exact and contexts are told, but for keys of which one write was made into two versions.
//! Examines each read of which a client, or the writer of what it returned, knew something before.
//!
//! [`MOST_KEYS`]: crate::trace::memories::MOST_KEYS

use std::collections::{BTreeMap, VecDeque};

use crate::check::judge::Judge;
use crate::check::quorums::promise::{
    Doubled, Losses, counted, drops_only_seen, is_durable, is_exact, quorums_meet,
};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::check::versions::exactness::first_superseded;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::{Ghost, Past};
use crate::id::{ClientId, EventId, Key, OperationId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::memories::Memories;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Ending, Function, Invocation, OperationResult};

/// Writes of a client to one key after which it forgets them, and writes of a key whose writers'
/// knowledge is remembered.
const MOST_WRITES: u32 = 128;

/// The judge.
#[derive(Debug)]
pub struct Sessions {
    memories: Memories,
    /// By key, what W nodes have stored.
    stored: Vec<Past>,
    /// By key, writes whose writers knew more than the write says, the latest last.
    writers: BTreeMap<Key, VecDeque<Writer>>,
    open: BTreeMap<OperationId, Open>,
    doubled: Doubled,
    losses: Losses,
    examined: [u64; 4],
    findings: [Findings; 4],
    shown: Findings,
}

/// What the writer of an event knew.
#[derive(Debug)]
struct Writer {
    event: u32,
    began: Time,
    seen: Past,
    written: Past,
}

/// An operation under way.
#[derive(Debug)]
enum Open {
    Read { seen: Past, written: Past },
    Write(Ghost),
}

/// The places of the guarantees.
const OWN_WRITES: usize = 0;
const READS: usize = 1;
const WRITES: usize = 2;
const FOLLOW: usize = 3;

/// The names of the guarantees, and how each breaks.
const NAMES: [(&str, &str); 4] = [
    ("read_your_writes", "a read missed a write of its own client"),
    ("monotonic_reads", "a read missed what its client had read"),
    ("monotonic_writes", "a write was read without an earlier one of its client"),
    ("writes_follow_reads", "a write was read without what its client had read before"),
];

impl Sessions {
    /// Nobody knows anything.
    pub fn new(layout: &Layout) -> Sessions {
        Sessions {
            memories: Memories::new(layout.clients, MOST_WRITES),
            stored: vec![Past::default(); layout.keys as usize],
            writers: BTreeMap::new(),
            open: BTreeMap::new(),
            doubled: Doubled::default(),
            losses: Losses::default(),
            examined: [0; 4],
            findings: Default::default(),
            shown: Findings::default(),
        }
    }

    fn on_invoked(&mut self, now: Time, invocation: &Invocation) {
        let (operation, key) = (invocation.operation, invocation.key);
        let known = self.known(operation.client, key);
        let open = match (&invocation.ghost, known) {
            (None, None) => return,
            (None, Some((seen, written))) => Open::Read { seen, written },
            (Some(ghost), known) => {
                if let Some((seen, written)) = known {
                    self.note_writer(now, ghost, seen, written);
                }
                Open::Write(ghost.clone())
            }
        };
        self.open.insert(operation, open);
    }

    /// What a client has read and written of a key, as far as W nodes have stored it.
    fn known(&self, client: ClientId, key: Key) -> Option<(Past, Past)> {
        let memory = self.memories.known(client, key)?;
        let stored = &self.stored[key.index()];
        Some((memory.seen.common_with(stored), memory.written.common_with(stored)))
    }

    fn note_writer(&mut self, now: Time, ghost: &Ghost, seen: Past, written: Past) {
        let more = |known: &Past| known.count_missing_from(ghost.past()) > 0;
        if !more(&seen) && !more(&written) {
            return;
        }
        let EventId { key, number } = ghost.event();
        let writers = self.writers.entry(key).or_default();
        if writers.len() == MOST_WRITES as usize {
            writers.pop_front();
        }
        writers.push_back(Writer { event: number, began: now, seen, written });
    }

    fn on_ended(&mut self, now: Time, ending: &Ending) {
        let open = self.open.remove(&ending.operation);
        let OperationResult::Ok { set, .. } = &ending.result else { return };
        let (client, key) = (ending.operation.client, ending.key);
        match (ending.function, open) {
            (Function::Get, open) => {
                let history =
                    set.as_deref().map(VersionSet::history).unwrap_or_default().into_owned();
                if let Some(Open::Read { seen, written }) = open {
                    self.look_at(now, ending, (OWN_WRITES, &written), &history);
                    self.look_at(now, ending, (READS, &seen), &history);
                }
                if let Some(set) = set.as_deref() {
                    self.look_at_writers(now, ending, set, &history);
                }
                self.memories.note_read(client, key, &history);
            }
            (Function::Put | Function::Delete, Some(Open::Write(ghost))) => {
                let number = ghost.event().number;
                self.memories.note_write(client, key, |written| written.insert(number));
            }
            (Function::Put | Function::Delete, _) => {}
        }
    }

    fn look_at(
        &mut self,
        now: Time,
        ending: &Ending,
        (place, known): (usize, &Past),
        history: &Past,
    ) {
        if known.is_empty() {
            return;
        }
        self.examined[place] += 1;
        if known.count_missing_from(history) == 0 {
            return;
        }
        let missing = known.iter().find(|number| !history.contains(*number));
        let event = missing.map(|number| EventId { key: ending.key, number });
        let (operation, (_, mechanism)) = (ending.operation, NAMES[place]);
        self.findings[place].add(|| Finding {
            time: Some(now),
            key: Some(ending.key),
            event,
            mechanism,
            story: format!(
                "get {operation} does not cover {}: {mechanism}",
                event.map_or_else(String::new, |event| event.to_string())
            ),
            ..Finding::default()
        });
    }

    fn look_at_writers(&mut self, now: Time, ending: &Ending, set: &VersionSet, history: &Past) {
        let key = ending.key;
        for version in set.versions() {
            let number = version.ghost.event().number;
            let Some(writers) = self.writers.get_mut(&key) else { break };
            let writer = writers.iter().find(|w| w.event == number && w.began <= ending.began);
            let Some(Writer { seen, written, .. }) = writer else { continue };
            let (seen, written) = (seen.clone(), written.clone());
            self.look_at(now, ending, (WRITES, &written), history);
            self.look_at(now, ending, (FOLLOW, &seen), history);
        }
        self.examined[FOLLOW] += u64::from(set.versions().len() > 1);
        if let Some((early, late)) = first_superseded(set).filter(|_| !self.doubled.contains(key)) {
            let operation = ending.operation;
            self.shown.add(|| Finding {
                time: Some(now),
                key: Some(key),
                event: Some(late),
                mechanism: "a write was shown beside one that it was made from",
                story: format!(
                    "get {operation} returned {late} beside {early}, which its client had read"
                ),
                ..Finding::default()
            });
        }
    }
}

impl Judge for Sessions {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.losses.see(record);
        self.doubled.see(record);
        if let Some(ghost) = counted(record).and_then(|counted| counted.request.ghost.as_ref()) {
            let EventId { key, number } = ghost.event();
            self.stored[key.index()].insert(number);
        }
        match record {
            Record::Client { fact: ClientFact::Invoked(invocation), .. } => {
                self.on_invoked(now, invocation);
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.on_ended(now, ending),
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        self.verdicts(layout, account).into_iter().next()
    }

    fn verdicts(self: Box<Self>, layout: &Layout, _: &Account) -> Vec<Verdict> {
        let exact = is_exact(layout) && !self.losses.lost;
        let kept = drops_only_seen(layout) && is_durable(layout) && self.losses.are_none();
        let is = |broken| if broken { Outcome::Violated } else { Outcome::Anomaly };
        let covered = is(kept && quorums_meet(layout));
        let ordered = exact && layout.contexts_told && !self.shown.is_empty();
        let mut each = Vec::new();
        for (place, findings) in self.findings.into_iter().enumerate() {
            let (name, examined) = (NAMES[place].0, self.examined[place]);
            each.push(match place == FOLLOW && ordered {
                true => self.shown.clone().verdict_if_met(name, examined, Outcome::Violated),
                false => findings.verdict_if_met(name, examined, covered),
            });
        }
        each
    }
}
