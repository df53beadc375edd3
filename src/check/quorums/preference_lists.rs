//! Verifies: those who take part in a request are, in the ring that its coordinator believes in,
//! the homes of the key, the first N different nodes clockwise from it (from its sites in turn,
//! where nodes stand at several), or stand in for one of them and are none themselves. The homes
//! are found anew from the tokens alone.
//!
//! Does not verify that stand-ins follow in clockwise order, which depends on who was believed up.
//! A request under way when the ring changes goes by the one before for those who were asked until
//! then, and asks by the new one who is to stand in for a home of the old: each may fit any of the
//! last [`MOST_RINGS`] that its coordinator has believed in, or two of them. A client that
//! coordinates goes by what it pulled from some node at some time: by any that anybody has believed
//! in lately. Without that no knob breaks this. Examines each request that succeeded.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::check::judge::Judge;
use crate::check::quorums::promise::counted;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::fact::request::{Asked, Unanswered};
use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Rings of each coordinator that are remembered.
const MOST_RINGS: usize = 16;
/// Rings of anybody that are remembered.
const MOST_OF_ALL: usize = 64;

/// The judge.
#[derive(Debug, Default)]
pub struct PreferenceLists {
    /// Of each node, and of anybody at all.
    rings: BTreeMap<Option<NodeId>, VecDeque<Reference>>,
    examined: u64,
    findings: Findings,
}

/// A ring, and the homes of its ranges as they should be.
#[derive(Debug)]
struct Reference {
    ring: Rc<Ring>,
    homes: BTreeMap<RangeId, Vec<NodeId>>,
}

/// Do the same nodes own the same tokens? Each news of the membership makes another ring of them.
fn is_same(one: &Rc<Ring>, other: &Rc<Ring>) -> bool {
    let same = |place: usize| one.token(place) == other.token(place);
    Rc::ptr_eq(one, other) || one.tokens() == other.tokens() && (0..one.tokens()).all(same)
}

impl Reference {
    /// The homes of a key.
    fn homes(&mut self, key: Key) -> &[NodeId] {
        let range = self.ring.range_of(key);
        let ring = &self.ring;
        self.homes.entry(range).or_insert_with(|| homes_of(ring, range))
    }
}

/// The first N different owners clockwise from the end of a range, taken from sites in turn.
fn homes_of(ring: &Ring, range: RangeId) -> Vec<NodeId> {
    let (tokens, (_, end)) = (ring.tokens(), ring.bounds(range));
    let after = |place: &usize| ring.token(*place).0 >= end;
    let start = first(tokens, after);
    let mut met: Vec<NodeId> = Vec::new();
    let mut met_at = vec![0; ring.nodes_by_site().len()];
    let all_met = |met_at: &[u32]| {
        let most = ring.nodes_by_site().iter().map(|nodes| (*nodes).min(ring.copies() as u32));
        met_at.iter().zip(most).all(|(met, most)| *met >= most)
    };
    for step in 0..tokens {
        if all_met(&met_at) {
            break;
        }
        let owner = ring.token((start + step) % tokens).1;
        if !met.contains(&owner) {
            met.push(owner);
            met_at[ring.site(owner)] += 1;
        }
    }
    in_turn(ring, met)
}

/// The first place for which this holds, if it holds of all later ones; else the very first.
fn first(places: usize, holds: impl Fn(&usize) -> bool) -> usize {
    let (mut low, mut high) = (0, places);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(&middle) { high = middle } else { low = middle + 1 }
    }
    low % places
}

/// Takes N of these: each time the first whose site has had fewest turns.
fn in_turn(ring: &Ring, mut met: Vec<NodeId>) -> Vec<NodeId> {
    let mut turns = vec![0; ring.nodes_by_site().len()];
    let mut homes = Vec::new();
    let mut round = 0;
    while homes.len() < ring.copies() && !met.is_empty() {
        match met.iter().position(|node| turns[ring.site(*node)] <= round) {
            Some(place) => {
                let node = met.remove(place);
                turns[ring.site(node)] = round + 1;
                homes.push(node);
            }
            None => round += 1,
        }
    }
    homes
}

impl PreferenceLists {
    fn learn(&mut self, coordinator: Option<NodeId>, ring: &Rc<Ring>) {
        let rings = self.rings.entry(coordinator).or_default();
        if let Some(place) = rings.iter().position(|known| is_same(&known.ring, ring)) {
            // Who is asked from now on goes by this one again.
            let known = rings.remove(place);
            return rings.extend(known);
        }
        let most = if coordinator.is_some() { MOST_RINGS } else { MOST_OF_ALL };
        if rings.len() == most {
            rings.pop_front();
        }
        rings.push_back(Reference { ring: Rc::clone(ring), homes: BTreeMap::new() });
    }

    fn look_at(&mut self, now: Time, coordinator: Option<NodeId>, request: &Unanswered) {
        let (attempt, key) = (request.attempt, request.key);
        let rings = self.rings.entry(coordinator).or_default();
        let mut fits = |asked: &Asked| {
            let stands_in = asked.node != asked.home;
            rings.iter_mut().any(|known| known.homes(key).contains(&asked.home))
                && (!stands_in || rings.iter_mut().any(|it| !it.homes(key).contains(&asked.node)))
        };
        if request.asked.iter().all(&mut fits) {
            return;
        }
        let told = |nodes: &[NodeId]| {
            let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
            names.join(", ")
        };
        let homes = rings.back_mut().map_or(String::new(), |last| told(last.homes(key)));
        let asked: Vec<NodeId> = request.asked.iter().map(|asked| asked.node).collect();
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(key),
            mechanism: "asked others than the homes and their stand-ins",
            story: format!(
                "attempt {attempt} asked {}; the homes of {key} are {homes}",
                told(&asked)
            ),
            nodes: asked,
            ..Finding::default()
        });
    }
}

impl Judge for PreferenceLists {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let coordinator = match record {
            Record::Node { node, .. } => Some(*node),
            Record::Client { .. } => None,
            _other => return,
        };
        if let Some(Fact::Member(MemberFact::Believes { ring: Some(ring), .. })) = record.of_store()
        {
            self.learn(coordinator, ring);
            self.learn(None, ring);
        }
        let Some(counted) = counted(record) else { return };
        self.examined += 1;
        self.learn(coordinator, &counted.request.ring);
        self.look_at(now, coordinator, &counted.request);
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let PreferenceLists { examined, findings, .. } = *self;
        Some(findings.verdict_if_met("preference_lists", examined, Outcome::Violated))
    }
}
