//! Verifies: a node drops a copy only once that is another's by a membership that was announced,
//! and once who has the range now covers it, or a hint does that will bring it there.
//!
//! That requests from those who still take the dropper for a home are passed on, pass_chains and
//! view_overlap watch. Knobs that legitimately break it, and make it an anomaly: `versioning`
//! `literal` and `last_write_wins`. Copies of keys of which a tombstone was dropped are passed
//! over, and so is who took over while its disk lost something, and a home that has forgotten with
//! its disk that it is one, and goes by what others knew before. Where anybody is removed while a
//! node leaves, whom the one who drops takes for its heir may be removed already by what others
//! have announced: then that one counts as well. Examines each copy that is dropped. Rings that did
//! not know of each other and merge (section 4.8.1) make it an anomaly.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::members::switching::{Switch, Switching, pairs};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::versioning::version::VersionSet;
use crate::faults::spec::DiskAfterCrash;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Changes of homes that a copy can have lived through unseen.
const LONGEST_CHAIN: usize = 16;
/// Rings of each node that are remembered.
const RINGS: usize = 4;

/// The judge.
#[derive(Debug, Default)]
pub struct RangesDropped {
    switching: Switching,
    /// To whom a former home gave a key up, and whether in a change that knew of all others.
    heirs: BTreeMap<(NodeId, Key), (NodeId, bool)>,
    /// What each node went by lately, and goes by now.
    rings: BTreeMap<NodeId, VecDeque<Rc<Ring>>>,
    /// Those who may know less of the membership than they did.
    forgetful: BTreeSet<NodeId>,
    examined: u64,
    findings: Findings,
    /// The same by changes that were past stepping back before they heard of each other.
    crossed: Findings,
}

#[derive(Debug)]
struct Dropped {
    at: Time,
    node: NodeId,
    key: Key,
    set: Rc<VersionSet>,
}

impl Judge for RangesDropped {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let switch = self.switching.see(now, record);
        if let Some(Switch { alone, .. }) = switch {
            for key in (0..holdings.keys()).map(Key) {
                for pair in pairs(holdings, key) {
                    self.heirs.remove(&(pair.to, key));
                    self.heirs.insert((pair.from, key), (pair.to, alone));
                }
            }
        }
        if let Record::Down { node, disk: DiskAfterCrash::Wiped | DiskAfterCrash::Restored(_) } =
            record
        {
            self.forgetful.insert(*node);
        }
        let Record::Node { node, fact } = record else { return };
        match fact {
            Fact::Released { change } => {
                let (at, node, key) = (now, *node, change.key);
                let set = change.before.clone();
                set.into_iter().for_each(|set| self.look(Dropped { at, node, key, set }, holdings));
            }
            Fact::Member(MemberFact::Believes { ring: Some(ring), .. }) => {
                let rings = self.rings.entry(*node).or_default();
                if rings.len() == RINGS {
                    rings.pop_front();
                }
                rings.push_back(Rc::clone(ring));
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let otherwise = match layout.cluster.versioning {
            Versioning::Dotted | Versioning::Vectors => Outcome::Violated,
            Versioning::Literal | Versioning::LastWriteWins => Outcome::Anomaly,
        };
        let (wrong, otherwise) = match self.findings.is_empty() && !self.crossed.is_empty() {
            true => (self.crossed, Outcome::Anomaly),
            false => (self.findings, otherwise),
        };
        let otherwise = self.switching.outcome(otherwise);
        let verdict = wrong.verdict_if_met("ranges_dropped", self.examined, otherwise);
        if_met_or_administered(layout, verdict)
    }
}

impl RangesDropped {
    fn look(&mut self, dropped: Dropped, holdings: &Holdings) {
        let Dropped { at, node, key, set } = dropped;
        if self.switching.is_reaped(key) {
            return;
        }
        self.examined += 1;
        let is_home = holdings.homes(key).contains(&node) && !self.has_forgotten((node, key));
        if is_home && !self.switching.has_removed() {
            let finding = finding(at, (node, key), &set, "a home that drops its copy");
            self.findings.add(|| finding);
        }
        let covered = self.covered((node, key), holdings);
        let Some((mut covered, alone)) = covered else { return };
        if self.switching.has_removed() {
            self.heirs_by_itself(node, key)
                .for_each(|heir| covered.join(&holdings.knows(heir, key)));
        }
        if set.history().count_missing_from(&covered) > 0 {
            let found = if alone { &mut self.findings } else { &mut self.crossed };
            found.add(|| finding(at, (node, key), &set, "a copy dropped before another has it"));
        }
    }

    /// Has a disk lost that its node is a home of this key? What it is told then may be of before.
    fn has_forgotten(&self, (node, key): (NodeId, Key)) -> bool {
        let ring = self.rings.get(&node).and_then(VecDeque::back);
        let takes_itself = ring.is_some_and(|ring| ring.is_home(node, ring.range_of(key)));
        !takes_itself && self.forgetful.contains(&node)
    }

    /// What is known where the copy has to be now, and whether the changes by which it is to be
    /// there knew of all others; none if that cannot be said.
    fn covered(&self, (node, key): (NodeId, Key), holdings: &Holdings) -> Option<(Past, bool)> {
        let mut all_alone = true;
        let mut covered = Past::default();
        for set in holdings.hints(key).values() {
            covered.join(&set.history());
        }
        let homes = holdings.homes(key);
        let mut heir = node;
        for _ in 0..LONGEST_CHAIN {
            match self.heirs.get(&(heir, key)) {
                Some((next, alone)) if *next != node => {
                    heir = *next;
                    all_alone &= alone;
                }
                _end => break,
            }
            if !self.switching.is_unharmed(heir, Time::ZERO) {
                return None;
            }
            covered.join(&holdings.knows(heir, key));
        }
        if heir == node {
            // It was never a home of it, as far as anybody knows: any home will do.
            homes.iter().for_each(|home| covered.join(&holdings.knows(*home, key)));
        }
        Some((covered, all_alone))
    }

    /// Whom this node itself takes for homes of a key that were none by what it went by lately: it
    /// may have given the range before it heard of a removal, by which its heir was a home anyway.
    fn heirs_by_itself(&self, node: NodeId, key: Key) -> impl Iterator<Item = NodeId> {
        let homes = |ring: &Rc<Ring>| ring.homes(ring.range_of(key)).to_vec();
        let lately: Vec<Vec<NodeId>> =
            self.rings.get(&node).into_iter().flatten().map(homes).collect();
        let now = lately.last().cloned().unwrap_or_default();
        now.into_iter().filter(move |home| lately.iter().any(|then| !then.contains(home)))
    }
}

fn finding(at: Time, (node, key): (NodeId, Key), set: &VersionSet, how: &'static str) -> Finding {
    let event = set.versions().first().map(|version| version.ghost.event());
    let event = event.map(|event| EventId { key, number: event.number });
    Finding {
        time: Some(at),
        key: Some(key),
        nodes: vec![node],
        event,
        mechanism: how,
        ..Finding::story(format!("{node} drops its copy of {key}: {how}"))
    }
}
