//! Read repair (section 5): homes that answered a get with less than the whole get the whole.

use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::Scene;
use crate::dynamo::coordination::get::ABSENT;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::request::Mended;
use crate::dynamo::message::{Message, ToReplica};
use crate::dynamo::versioning::clock::{Actor, Dot};
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, Key, NodeId};

/// A get that is over and has found something.
pub struct Mending<'a> {
    pub attempt: AttemptId,
    pub key: Key,
    /// Who has answered, in order of arrival.
    pub by: &'a [NodeId],
    /// The digest of what each of them holds.
    pub held: &'a [u64],
    /// The newest versions of all answers.
    pub newest: Rc<VersionSet>,
    /// What each of them holds, where somebody watches.
    pub answers: Vec<Option<Rc<VersionSet>>>,
}

impl Mending<'_> {
    /// Sends the whole to all homes that answered with less.
    pub fn repair(self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>) {
        let targets = self.targets(scene);
        let sent = sent(scene, &self.newest);
        for node in &targets {
            let (attempt, key, set) = (self.attempt, self.key, Rc::clone(&sent));
            let repair = ToReplica::Repair { attempt, key, set };
            ctx.send(Address::Node(*node), Message::Replica(repair));
        }
        let (key, replicas) = (self.key, targets.len() as u32);
        if replicas > 0 {
            ctx.tell(|| Fact::ReadRepaired { key, replicas });
        }
        let all_same = self.held.iter().all(|held| *held == self.newest.digest());
        if replicas > 0 || !all_same {
            ctx.tell(|| Fact::Mended(Box::new(self.told(scene, sent, &targets))));
        }
    }

    fn targets(&self, scene: Scene<'_>) -> SmallVec<[NodeId; 4]> {
        if self.is_left_undone(scene) {
            return SmallVec::new();
        }
        let planted = scene.config.planted;
        let range = scene.ring.range_of(self.key);
        let is_stale = |held: u64| match () {
            () if planted.is(Plant::ReadRepairEveryTime) => true,
            () if planted.is(Plant::ReadRepairPushesLoser) => held == self.newest.digest(),
            () => held != self.newest.digest(),
        };
        let stale =
            |(node, held): &(&NodeId, &u64)| is_stale(**held) && scene.ring.is_home(**node, range);
        self.by.iter().zip(self.held).filter(stale).map(|(node, _)| *node).collect()
    }

    /// Only bugs leave anything undone.
    fn is_left_undone(&self, scene: Scene<'_>) -> bool {
        let Cluster { planted, r, .. } = *scene.config;
        let mine = self.by.iter().position(|node| *node == scene.view.me);
        let fresh = mine.is_some_and(|place| self.held[place] == self.newest.digest());
        let found = self.held.iter().take(r as usize).any(|held| *held != ABSENT);
        planted.is(Plant::RepairOnlyIfCoordinatorFresh) && !fresh
            || planted.is(Plant::RepairSkippedOnNotfoundQuorum) && !found
    }

    fn told(self, scene: Scene<'_>, sent: Rc<VersionSet>, targets: &[NodeId]) -> Mended {
        let Mending { key, by, newest, answers, .. } = self;
        let answers = by.iter().copied().zip(answers).collect();
        let (ring, to) = (scene.shared_ring(), targets.to_vec());
        Mended { key, ring, answers, newest, sent, to }
    }
}

/// What is sent: as it is, without bugs.
fn sent(scene: Scene<'_>, newest: &Rc<VersionSet>) -> Rc<VersionSet> {
    let planted = scene.config.planted;
    let first = || newest.versions()[0].clone();
    if planted.is(Plant::ReadRepairDropsSibling) {
        return Rc::new(VersionSet::new(newest.clock().clone(), smallvec![first()]));
    }
    if planted.is(Plant::ReadRepairNewEvent) {
        let (mut clock, mut version) = (newest.clock().clone(), first());
        let actor = Actor::of_node(scene.view.me);
        version.dot = Dot { actor, counter: clock.counter(actor) + 1 };
        clock.add(version.dot);
        return Rc::new(VersionSet::new(clock, smallvec![version]));
    }
    Rc::clone(newest)
}
