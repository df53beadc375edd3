//! How a put stands: whether those have answered who are asked for, and what watchers are told.

use std::rc::Rc;

use crate::dynamo::coordination::Scene;
use crate::dynamo::coordination::conditions::{Needed, are_met};
use crate::dynamo::coordination::participants::{Participant, told};
use crate::dynamo::coordination::put::Put;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::request::Unanswered;
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::message::{Message, Ticket, ToReplica};
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};
use crate::time::Time;

impl Put {
    /// Have those stored it who are asked for beside their number?
    pub(super) fn is_honoured(&self, scene: Scene<'_>) -> bool {
        are_met(scene, Needed::of_put(scene.config), &self.participants)
    }

    pub(super) fn told(&self, ran: Time, scene: Scene<'_>, ticket: Ticket) -> Unanswered {
        Unanswered {
            attempt: self.attempt,
            key: self.key,
            ticket,
            ghost: Some(self.request.ghost.clone()),
            asked: told(&self.participants),
            began_in: Rc::clone(&self.began_in),
            ring: scene.shared_ring(),
            took: ran.since(self.began),
        }
    }

    /// Somebody has it in the place of a home.
    pub(super) fn tell_stand_in(&self, ctx: &mut NodeCtx<'_>, from: NodeId) {
        if !ctx.observed {
            return;
        }
        let stands_in = |p: &&Participant| p.node == from && p.home != from;
        if let Some(Participant { home, .. }) = self.participants.iter().find(stands_in).copied() {
            let (key, ghost) = (self.key, self.request.ghost.clone());
            let fact = StandInFact::Confirmed { key, ghost, holder: from, home };
            ctx.tell(|| Fact::StandIn(Box::new(fact)));
        }
    }

    /// A bug: whoever has stored it is to forget it.
    pub(super) fn undo(&self, ctx: &mut NodeCtx<'_>) {
        let Some(set) = &self.set else { return };
        let newest = set.versions().iter().map(|version| version.stamp).max();
        let rest = set.versions().iter().filter(|version| Some(version.stamp) != newest);
        let without = Rc::new(VersionSet::new(set.clock().clone(), rest.cloned().collect()));
        for participant in self.participants.iter().filter(|p| p.stand_in_for().is_none()) {
            let (attempt, key, set) = (self.attempt, self.key, Rc::clone(&without));
            let repair = ToReplica::Repair { attempt, key, set };
            ctx.send(Address::Node(participant.node), Message::Replica(repair));
        }
    }
}
