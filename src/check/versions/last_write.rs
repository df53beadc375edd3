//! Verifies (D14), where the last write wins: a write has the time stamp that it was made with
//! wherever it is stored, and in the end each home holds the write with the highest of all stamps
//! that reached a disk. Counts the acknowledged writes that lost: to one with a higher stamp that
//! had not seen it, or though it had seen the winner (skewed clocks), or by a tie.
//!
//! Does not verify that anybody is told of a loss: nobody is. That writes lose is an anomaly, and
//! what this mode is. Which write wins in the end may differ where a disk lost a copy of the key,
//! or where nothing brings homes up to date: an anomaly too. Of each key the last eight writes
//! made are remembered. Examines each write that is stored over another. Says nothing under
//! clocks.

use std::collections::{BTreeMap, VecDeque};

use crate::check::convergence::{is_end_of_hints, is_promised};
use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::versions::exactness::Exactness;
use crate::check::weighed::Weighed;
use crate::dynamo::fact::{Fact, Making};
use crate::dynamo::versioning::clock::Dot;
use crate::dynamo::versioning::version::Version;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Writes of each key that are remembered.
const REMEMBERED: usize = 8;

/// The judge.
#[derive(Debug)]
pub struct LastWrite {
    exactness: Exactness,
    tombstones_kept: bool,
    /// By key, the last writes made, with their stamps.
    made: BTreeMap<Key, VecDeque<(EventId, Time)>>,
    /// By key, the highest write that reached a disk.
    best: BTreeMap<Key, (Time, Dot, EventId)>,
    committed: BTreeMap<Key, Past>,
    /// By key, the writes that have lost, and how.
    losers: BTreeMap<Key, BTreeMap<&'static str, Past>>,
    /// Keys of which a disk lost a copy.
    excused: BTreeMap<Key, ()>,
    lacks_hints: bool,
    examined: u64,
    findings: Weighed,
}

impl LastWrite {
    /// Nobody has won yet.
    pub fn new(layout: &Layout) -> LastWrite {
        LastWrite {
            exactness: Exactness::of(layout),
            tombstones_kept: layout.cluster.tombstones.are_kept(),
            made: BTreeMap::new(),
            best: BTreeMap::new(),
            committed: BTreeMap::new(),
            losers: BTreeMap::new(),
            excused: BTreeMap::new(),
            lacks_hints: false,
            examined: 0,
            findings: Weighed::default(),
        }
    }

    fn on_made(&mut self, making: &Making) {
        if let Some(own) = making.version() {
            let made = self.made.entry(making.key).or_default();
            if made.len() == REMEMBERED {
                made.pop_front();
            }
            made.push_back((own.ghost.event(), own.stamp));
        } else if let Some(winner) = making.set.versions().first() {
            self.lose(making.ghost.event(), making.ghost.past(), winner, false);
        }
    }

    fn on_step(&mut self, time: Time, step: &Step, holdings: &Holdings) {
        if step.why == Why::Lost {
            self.excused.insert(step.key, ());
        }
        let Some(winner) = step.news().and_then(|set| set.versions().first()) else { return };
        self.examined += 1;
        if !holdings.is_made_again(winner.ghost.event()) {
            self.look_at_stamp(time, step, winner);
        }
        let rank = (winner.stamp, winner.dot, winner.ghost.event());
        let best = self.best.entry(step.key).or_insert(rank);
        *best = rank.max(*best);
        let loser = step.before.as_ref().and_then(|set| set.versions().first());
        if let Some(loser) = loser.filter(|_| matches!(step.why, Why::Kept(_) | Why::Hinted)) {
            let tie = loser.stamp == winner.stamp;
            self.lose(loser.ghost.event(), loser.ghost.past(), winner, tie);
        }
    }

    fn look_at_stamp(&mut self, time: Time, step: &Step, version: &Version) {
        let Some(made) = self.made.get(&step.key) else { return };
        let event = version.ghost.event();
        let mut stamps = made.iter().filter(|(known, _)| *known == event).map(|(_, at)| *at);
        let is_known = stamps.clone().next().is_some();
        if is_known && stamps.all(|stamp| stamp != version.stamp) {
            self.findings.add(false, || Finding {
                time: Some(time),
                key: Some(step.key),
                nodes: vec![step.node],
                event: Some(event),
                mechanism: "a write is stored under another time stamp",
                story: format!(
                    "{} stored {event} with {}, which it was not made with",
                    step.place(),
                    version.stamp
                ),
            });
        }
    }

    fn lose(&mut self, event: EventId, past: &Past, winner: &Version, tie: bool) {
        let by = winner.ghost.event();
        if by == event || winner.ghost.past().contains(event.number) {
            return;
        }
        let how = match past.contains(by.number) {
            true => "a write lost to one that it had seen: clocks are skewed",
            false if tie => "a write lost by a tie of time stamps",
            false => "a write lost to a concurrent one",
        };
        let losers = self.losers.entry(event.key).or_default();
        losers.entry(how).or_default().insert(event.number);
    }

    fn look_at_end(&mut self, layout: &Layout, account: &Account) {
        let promised = is_promised(layout, self.lacks_hints, account.now) && account.quiescent;
        for (place, node) in (0_u32..).zip(&account.nodes).filter(|(_, node)| node.belongs) {
            for (key, set) in &node.copies {
                let held = set.versions().first().map(|v| (v.stamp, v.dot, v.ghost.event()));
                let best = self.best.get(key).copied();
                if held == best {
                    continue;
                }
                let lost = self.excused.contains_key(key);
                let allowed = !promised || lost || !self.tombstones_kept || layout.administered;
                self.findings.add(allowed, || Finding {
                    key: Some(*key),
                    nodes: vec![NodeId(place)],
                    event: best.map(|(_, _, event)| event),
                    mechanism: "a home does not hold the winner",
                    ..Finding::story(format!("{} holds another write in the end", NodeId(place)))
                });
            }
        }
        let nothing = Past::default();
        for (key, by_way) in &self.losers {
            let committed = self.committed.get(key).unwrap_or(&nothing);
            for (mechanism, past) in by_way {
                for number in past.common_with(committed).iter() {
                    let event = EventId { key: *key, number };
                    self.findings.add(true, || Finding {
                        key: Some(*key),
                        event: Some(event),
                        mechanism,
                        ..Finding::story(format!("{event} was acknowledged: {mechanism}"))
                    });
                }
            }
        }
    }
}

impl Judge for LastWrite {
    fn interest(&self) -> Interest {
        Interest { facts: true, ..Interest::default() }
    }

    fn see_with(&mut self, time: Time, record: &Record<'_>, holdings: &Holdings) {
        if self.exactness.has_clocks() {
            return;
        }
        match record.of_store() {
            Some(Fact::Made { making, .. }) => self.on_made(making),
            Some(Fact::Committed { key, ghost, .. }) => {
                self.committed.entry(*key).or_default().insert(ghost.event().number);
            }
            _other => {}
        }
        self.lacks_hints |= is_end_of_hints(record);
        if let Some(step) = holdings.step() {
            self.on_step(time, step, holdings);
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        if self.exactness.has_clocks() {
            return None;
        }
        self.look_at_end(layout, account);
        Some(self.findings.verdict("last_write", self.examined))
    }
}
