//! Verifies (H1): a copy that its home did not take is not forgotten on the way to it. A
//! coordinator that gives up a silent home asks a stand-in, if it believes one to be up; a stand-in
//! that has confirmed a write keeps it for the home, or the home has it by then; a hint goes only
//! when its home has all that is in it, or when it melts into others that do, or when it is counted
//! as dropped because its `window` is over; and no crash takes one that keeps the disk.
//!
//! Does not verify what happens to a put whose coordinator stops, nor to one for which all
//! stand-ins are silent until its time is up: then nobody has a hint, and only anti-entropy helps.
//! That a later hint for the same home keeps what was in the earlier is for the judges of versions.
//! Who has lost something of a key in a crash is not looked at again for it. Whom a coordinator may
//! ask is judged only as long as nobody joins or leaves. Knobs that legitimately break it, and make
//! it an anomaly: `versioning` `literal` and `last_write_wins` and `clock_truncation`, under which
//! merging forgets. Silent with hinted handoff off or a `strict` quorum. Examines each of these
//! events.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::hints::{covers, merges_keep_all};
use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::{Flush, Quorum};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::storage::hint_store::Hint;
use crate::faults::spec::DiskAfterCrash;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Conservation {
    nodes: u32,
    administered: bool,
    buffered: bool,
    expires: bool,
    /// Who believes whom down.
    suspects: BTreeSet<(NodeId, NodeId)>,
    /// Who has lost or let go something of which key.
    losers: BTreeSet<(NodeId, Key)>,
    /// What was dropped with tombstones, by key, where homes change: it had arrived.
    reaped: BTreeMap<Key, Past>,
    /// What has been delivered, by who kept it for whom, where homes change: it may have gone on.
    delivered: BTreeMap<(NodeId, NodeId, Key), Past>,
    /// The last crash.
    crash: Option<(Time, NodeId, DiskAfterCrash)>,
    /// Hints that have melted into what is still to be told of, before anything else happens.
    melted: Vec<(Time, NodeId, Hint)>,
    examined: u64,
    findings: Findings,
}

impl Conservation {
    /// Nothing has happened.
    pub fn new(layout: &Layout) -> Conservation {
        let settings = layout.cluster.hinted_handoff.on();
        Conservation {
            nodes: layout.cluster.nodes,
            administered: layout.administered,
            buffered: matches!(layout.cluster.flush, Flush::Buffered(_)),
            expires: settings.is_some_and(|settings| settings.window.is_some()),
            suspects: BTreeSet::new(),
            losers: BTreeSet::new(),
            reaped: BTreeMap::new(),
            delivered: BTreeMap::new(),
            crash: None,
            melted: Vec::new(),
            examined: 0,
            findings: Findings::default(),
        }
    }
}

impl Judge for Conservation {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        self.look_at_melted(now, record, holdings);
        match record {
            Record::Node { node, fact } => self.on_fact(now, *node, fact, holdings),
            Record::Down { node, disk } => {
                self.suspects.retain(|(who, _)| who != node);
                self.crash = Some((now, *node, *disk));
            }
            Record::Client { .. } | Record::Up { .. } | Record::Rehomed { .. } => {}
            Record::Sent { .. } | Record::Copied { .. } | Record::Delivered { .. } => {}
            Record::Dropped { .. } | Record::Settling => {}
            Record::FaultBegan { .. } | Record::FaultEnded { .. } => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let cluster = &layout.cluster;
        if cluster.hinted_handoff.on().is_none() || cluster.quorum == Quorum::Strict {
            return None;
        }
        let exact = merges_keep_all(layout);
        let otherwise = if exact { Outcome::Violated } else { Outcome::Anomaly };
        Some(self.findings.verdict_if_met("hint_conservation", self.examined, otherwise))
    }
}

impl Conservation {
    fn on_fact(&mut self, now: Time, node: NodeId, fact: &Fact, holdings: &Holdings) {
        match fact {
            Fact::Suspected { peer } => {
                self.suspects.insert((node, *peer));
            }
            Fact::Cleared { peer } => {
                self.suspects.remove(&(node, *peer));
            }
            Fact::Lost { change } | Fact::Reaped { change } | Fact::Released { change } => {
                self.losers.insert((node, change.key));
                if let (Fact::Reaped { .. }, Some(before), true) =
                    (fact, &change.before, self.administered)
                {
                    self.reaped.entry(change.key).or_default().join(&before.history());
                }
            }
            Fact::StandIn(told) => self.on_stand_in(now, node, told, holdings),
            Fact::HintDelivered { hint } => self.on_delivered(now, node, hint, holdings),
            Fact::HintSuperseded { hint } => {
                self.examined += 1;
                if !has_melted(node, hint, holdings) {
                    self.melted.push((now, node, hint.clone()));
                }
            }
            Fact::HintLost { hint } => self.on_lost(now, node, hint),
            Fact::HintDropped { hint } => {
                self.losers.insert((node, hint.key));
                self.examined += 1;
                if !self.expires {
                    let story = "was dropped, and hints are kept for ever";
                    self.find(now, node, hint, "a hint dropped without a window", story);
                }
            }
            _other => {}
        }
    }

    fn on_stand_in(
        &mut self,
        now: Time,
        coordinator: NodeId,
        told: &StandInFact,
        holdings: &Holdings,
    ) {
        self.examined += 1;
        match told {
            StandInFact::GivenUp { key, ghost, silent, asked } => {
                self.on_given_up(now, coordinator, (*key, ghost.event(), *silent), asked, holdings);
            }
            StandInFact::OutOfTime { .. } => {}
            StandInFact::Confirmed { key, ghost, holder, home } => {
                let event = ghost.event();
                let knows = |node: NodeId, target: Option<NodeId>| {
                    let set = match target {
                        None => holdings.copies(*key).get(&node),
                        Some(target) => holdings.hints(*key).get(&(node, target)),
                    };
                    set.is_some_and(|set| set.history().contains(event.number))
                };
                // Once the homes change, what was kept for one may be kept for others.
                let moved = self.administered && holdings.holders(event).any(|at| at == *holder);
                let moved = moved || self.has_delivered(*holder, event);
                let kept = knows(*holder, Some(*home)) || knows(*home, None) || moved;
                let excused = [holder, home].iter().any(|it| self.losers.contains(&(**it, *key)));
                if !kept && !excused {
                    let story = format!(
                        "{holder} has told {coordinator} that it keeps {event} for {home}, and \
                         keeps no such hint; nor has {home} got it"
                    );
                    self.add(now, event, vec![*holder, *home], "confirmed but not kept", story);
                }
            }
        }
    }

    fn on_given_up(
        &mut self,
        now: Time,
        coordinator: NodeId,
        (key, event, silent): (Key, EventId, NodeId),
        asked: &[(NodeId, NodeId)],
        holdings: &Holdings,
    ) {
        let place = asked.iter().position(|(node, _)| *node == silent);
        let Some(place) = place.filter(|_| !self.administered) else { return };
        let home = asked[place].1;
        if asked[place + 1..].iter().any(|(_, for_whom)| *for_whom == home) {
            return;
        }
        let free = |node: &NodeId| {
            let is_asked = asked.iter().any(|(asked, _)| asked == node);
            let is_home = holdings.homes(key).contains(node);
            !is_asked && !is_home && !self.suspects.contains(&(coordinator, *node))
        };
        let spare: Vec<NodeId> = (0..self.nodes).map(NodeId).filter(free).collect();
        if let Some(other) = spare.first() {
            let story = format!(
                "{coordinator} has given up {silent}, which was to keep {event} for {home}, and \
                 asks nobody in its place, though it has no reason to believe {other} down"
            );
            self.add(now, event, vec![coordinator, home], "no stand-in for a silent home", story);
        }
    }

    /// Has a node delivered this to anybody, where homes change?
    fn has_delivered(&self, holder: NodeId, event: EventId) -> bool {
        let by_it = self.delivered.range((holder, NodeId(0), Key(0))..);
        by_it
            .take_while(|((by, ..), _)| *by == holder)
            .any(|((.., key), past)| *key == event.key && past.contains(event.number))
    }

    fn on_delivered(&mut self, now: Time, node: NodeId, hint: &Hint, holdings: &Holdings) {
        self.examined += 1;
        if self.administered {
            let place = (node, hint.target, hint.key);
            self.delivered.entry(place).or_default().join(&hint.set.history());
        }
        let held = holdings.copies(hint.key).get(&hint.target);
        let dropped = self.reaped.get(&hint.key);
        let arrived = dropped.is_some_and(|past| hint.set.history().without(past).is_empty());
        let excused = arrived || self.losers.contains(&(hint.target, hint.key));
        // Who is giving a range away has its new home confirm, which may be who had the hint, and
        // be that by the giver's belief alone.
        let copies = holdings.copies(hint.key).values();
        let passed_on = || copies.map(|set| &**set).any(|set| covers(Some(set), &hint.set));
        let kept = covers(held.map(|set| &**set), &hint.set) || self.administered && passed_on();
        if !excused && !kept {
            let story = "was removed as delivered, and its home does not have all of it";
            self.find(now, node, hint, "a hint removed before its home had it", story);
        }
    }

    fn on_lost(&mut self, now: Time, node: NodeId, hint: &Hint) {
        self.losers.insert((node, hint.key));
        self.examined += 1;
        let kept = self.crash.as_ref().is_some_and(|(when, who, disk)| {
            *when == now && *who == node && matches!(disk, DiskAfterCrash::Kept)
        });
        if kept && !self.buffered {
            let story = "is gone in a crash that has left the disk as it was";
            self.find(now, node, hint, "a hint that was on no disk", story);
        }
    }

    /// What a hint melts into is told of in the same moment, before or after, and may melt or be
    /// lost in turn: it is enough that it was there. Messages do not count, since what a judge says
    /// must not depend on who else watches the run.
    fn look_at_melted(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let Some((when, who, _)) = self.melted.first() else { return };
        match record {
            Record::Sent { .. } | Record::Copied { .. } => {}
            Record::Delivered { .. } | Record::Dropped { .. } => {}
            Record::Node { node, .. } if node == who && *when == now => {
                self.melted.retain(|(_, node, hint)| !has_melted(*node, hint, holdings));
            }
            _other => {
                for (when, node, hint) in std::mem::take(&mut self.melted) {
                    let story = "has gone, and neither was it in another hint there, nor did all \
                                 homes have what was in it";
                    self.find(when, node, &hint, "a hint that went into nothing", story);
                }
            }
        }
    }

    fn find(&mut self, now: Time, node: NodeId, hint: &Hint, mechanism: &'static str, story: &str) {
        let Hint { target, key, set } = hint;
        let number = set.history().iter().last().unwrap_or(0);
        let event = EventId { key: *key, number };
        let story = format!("the hint of {node} for {target}, with {event}, {story}");
        self.add(now, event, vec![node, *target], mechanism, story);
    }

    fn add(
        &mut self,
        now: Time,
        event: EventId,
        nodes: Vec<NodeId>,
        mechanism: &'static str,
        story: String,
    ) {
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(event.key),
            nodes,
            event: Some(event),
            mechanism,
            story,
        });
    }
}

/// Is what was in a hint of this node in another there, or with all homes? What merging keeps is
/// for the judges of versions.
fn has_melted(node: NodeId, hint: &Hint, holdings: &Holdings) -> bool {
    let (copies, hints) = (holdings.copies(hint.key), holdings.hints(hint.key));
    if hints.contains_key(&(node, hint.target)) {
        return true;
    }
    let has_it = |home: &NodeId| covers(copies.get(home).map(|set| &**set), &hint.set);
    let of_it = hints.iter().filter(|((holder, _), _)| *holder == node);
    let mut here = of_it.map(|(_, set)| &**set).chain(copies.get(&node).map(|set| &**set));
    here.any(|set| covers(Some(set), &hint.set)) || holdings.homes(hint.key).iter().all(has_it)
}
