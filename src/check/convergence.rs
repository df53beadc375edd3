//! Verifies: in the end all homes of each key hold equal version sets, no other node keeps a copy
//! as if it were a home, no hint is left, all nodes believe in one membership, and the run came to
//! rest before its limit.
//!
//! Does not verify that what they hold is right (durability and no_invention do). Only anti-entropy
//! brings every copy up to date whatever happened. Knobs that legitimately break it, and make it an
//! anomaly: `anti_entropy` off, or with `hash_bits` below 64, together with one of these:
//! `hinted_handoff` off or with a `window`; a `strict` quorum (without stand-ins there are no
//! hints); a node that stopped (hints and puts under way die with their coordinator); a disk that
//! lost or changed something; a put whose time was up before a home or anybody in its place had
//! confirmed it (its version may even be made later, by a disk that stood still); a put of which a
//! second version is made, by another node or of a message that came twice: only the first is sent
//! on, and nobody has a hint of the other; a changing membership (a new home fetches what others
//! hold then); `tombstones` that go before the run ends (a hint brings the value back to one home
//! alone). Then `hinted_handoff` off where the membership changes: a copy that its holder was not
//! asked to give stays where it is; `gossip.rumours` that nobody reconciles: who never learns of a
//! change goes by the old membership for ever, and who lost its disk may know nobody to the end;
//! the loss of all disks that knew the members, after which nobody can tell them to anybody; and
//! orders that take out all members, each given where some seem to be left, after which nothing has
//! a home. Read repair alone mends only what is read.
//! Examines each key and each node.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Quorum;
use crate::dynamo::config::modes::Tombstones;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{AttemptId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::{Homes, Layout};
use crate::trace::observer::Interest;
use crate::trace::record::{Account, NodeAccount, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct Convergence {
    /// Has somebody stopped, or a put found nobody who would keep it for a home, or more than one
    /// to make it?
    lacks_hints: bool,
    makings: Makings,
    findings: Findings,
}

/// Attempts of which a version was made, the latest of them.
#[derive(Debug, Default)]
struct Makings {
    attempts: BTreeSet<AttemptId>,
    /// The oldest first.
    order: VecDeque<AttemptId>,
}

/// Attempts that are remembered: far more than are open at a time.
const MOST: usize = 1_024;

impl Makings {
    /// Is another version made of an attempt?
    fn is_another(&mut self, record: &Record<'_>) -> bool {
        let Record::Node { fact: Fact::Made { attempt, .. }, .. } = record else { return false };
        if !self.attempts.insert(*attempt) {
            return true;
        }
        self.order.push_back(*attempt);
        if self.order.len() > MOST {
            let oldest = self.order.pop_front();
            oldest.map(|oldest| self.attempts.remove(&oldest));
        }
        false
    }
}

/// What all nodes hold of the keys, by key: the holder and the set's digest, by node.
type Holders = Vec<Vec<(NodeId, u64)>>;

impl Judge for Convergence {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        self.lacks_hints |= is_end_of_hints(record) || self.makings.is_another(record);
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        for (place, holders) in holders(layout.keys, account).iter().enumerate() {
            self.look_at_key(&account.homes, Key(place as u32), holders);
        }
        self.look_at_hints(account);
        self.look_at_membership(account);
        if !account.quiescent {
            let story = format!("the run did not converge until its limit at {}", account.now);
            self.findings.add(|| Finding::story(story));
        }
        let examined = u64::from(layout.keys) + account.nodes.len() as u64;
        let forgotten = is_forgotten(account);
        if forgotten {
            let story = "no disk is left that knows the members".to_string();
            self.findings.add(|| Finding::story(story));
        }
        let homeless = account.nodes.iter().all(|node| !node.belongs);
        if homeless {
            let story = "orders have taken out all members: nothing has a home".to_string();
            self.findings.add(|| Finding::story(story));
        }
        let allowed = forgotten
            || homeless
            || is_left_untold(layout, account)
            || !is_promised(layout, self.lacks_hints, account.now);
        let otherwise = if allowed { Outcome::Anomaly } else { Outcome::Violated };
        Some(self.findings.verdict("convergence", examined, otherwise))
    }
}

impl Convergence {
    fn look_at_key(&mut self, homes: &Homes, key: Key, holders: &[(NodeId, u64)]) {
        let homes = homes.of(key);
        let digest = |home: &NodeId| {
            let holder = holders.iter().find(|(node, _)| node == home);
            holder.map(|(_, digest)| *digest)
        };
        let equal = homes.windows(2).all(|pair| digest(&pair[0]) == digest(&pair[1]));
        if !equal {
            self.find(key, homes.to_vec(), "the homes hold different sets");
        }
        let strangers = holders.iter().map(|(node, _)| *node).filter(|node| !homes.contains(node));
        let strangers: Vec<NodeId> = strangers.collect();
        if !strangers.is_empty() {
            self.find(key, strangers, "nodes that are no homes hold copies as homes");
        }
    }

    fn look_at_hints(&mut self, account: &Account) {
        // Nobody waits for what was on a machine that was taken out.
        let counts = |(_, node): &(usize, &NodeAccount)| node.belongs || node.up;
        for (place, node) in account.nodes.iter().enumerate().filter(counts) {
            for hint in &node.hints {
                let nodes = vec![NodeId(place as u32), hint.target];
                self.find(hint.key, nodes, "a hint was never delivered");
            }
        }
    }

    fn look_at_membership(&mut self, account: &Account) {
        let mut members = account.nodes.iter().filter(|node| node.belongs);
        let Some(first) = members.next().map(|node| node.membership) else { return };
        let other = |(_, node): &(usize, &NodeAccount)| node.belongs && node.membership != first;
        let others = account.nodes.iter().enumerate().filter(other);
        let nodes: Vec<NodeId> = others.map(|(place, _)| NodeId(place as u32)).collect();
        if !nodes.is_empty() {
            let story =
                "these nodes believe in another membership than the first member".to_string();
            self.findings.add(|| Finding { nodes, ..Finding::story(story) });
        }
    }

    fn find(&mut self, key: Key, nodes: Vec<NodeId>, story: &str) {
        let story = story.to_string();
        self.findings.add(|| Finding { key: Some(key), nodes, ..Finding::story(story) });
    }
}

/// Does no member know of any?
fn is_forgotten(account: &Account) -> bool {
    let mut members = account.nodes.iter().filter(|node| node.belongs).peekable();
    members.peek().is_some() && members.all(|node| !node.is_informed)
}

/// Does a member that lost its disk know of nobody, where rumours die and nobody reconciles?
fn is_left_untold(layout: &Layout, account: &Account) -> bool {
    let ends = layout.cluster.gossip.reconciles_every().is_none();
    ends && account.nodes.iter().any(|node| node.belongs && !node.is_informed)
}

/// Is there from now on a write that hints alone may not bring to all homes?
pub fn is_end_of_hints(record: &Record<'_>) -> bool {
    match record {
        Record::Down { .. } => true,
        // A client that coordinates runs out of time as a node does.
        other => match other.of_store() {
            Some(Fact::StandIn(told)) => matches!(**told, StandInFact::OutOfTime { .. }),
            // What a disk loses after the put, nobody has a hint of any more.
            Some(Fact::Lost { .. } | Fact::Damaged { .. } | Fact::HintLost { .. }) => true,
            _other => false,
        },
    }
}

/// Does this configuration bring every copy up to date? `lacks_hints`: has [`is_end_of_hints`] been
/// true?
pub fn is_promised(layout: &Layout, lacks_hints: bool, end: Time) -> bool {
    let cluster = &layout.cluster;
    let stand_ins = match cluster.quorum {
        Quorum::Sloppy => true,
        Quorum::Strict => false,
    };
    let tombstones_stay = match cluster.tombstones {
        Tombstones::Keep => true,
        Tombstones::Timed(age) => age >= end.since(Time::ZERO),
        Tombstones::WhenAllHomes(_) => false,
    };
    // Where hints are dropped, a longer absence leaves a home behind.
    let kept = cluster.hinted_handoff.on().is_some_and(|settings| settings.window.is_none());
    let hints = kept && stand_ins;
    let strays_go = cluster.hinted_handoff.on().is_some() || !layout.administered;
    let exact = cluster.clock_truncation.is_none();
    let hints_do = hints && exact && !lacks_hints && tombstones_stay && !layout.administered;
    // Who never learns of a change goes by the old membership for ever.
    let all_learn = cluster.gossip.reconciles_every().is_some() || !layout.administered;
    let trees_do = cluster.anti_entropy.on().is_some() && !cluster.may_hashes_collide();
    all_learn && (strays_go && trees_do || hints_do)
}

fn holders(keys: u32, account: &Account) -> Holders {
    let mut holders: Holders = vec![Vec::new(); keys as usize];
    for (place, node) in account.nodes.iter().enumerate() {
        let copies: &[(Key, Rc<VersionSet>)] = &node.copies;
        for (key, set) in copies {
            holders[key.index()].push((NodeId(place as u32), set.digest()));
        }
    }
    holders
}
