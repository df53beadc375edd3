//! The state machine of a get (section 5): ask N, answer at R, go on listening to repair.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::conditions::{Needed, are_met};
use crate::dynamo::coordination::participants::{
    Participant, Participants, State, choose, give_up_waiting, mark_answered, mark_declined,
    next_stand_in, told,
};
use crate::dynamo::coordination::repair::Mending;
use crate::dynamo::coordination::slab::Slab;
use crate::dynamo::coordination::{Scene, Silent, reply};
use crate::dynamo::fact::request::{Counted, Unanswered};
use crate::dynamo::fact::{Fact, Merge, Merger};
use crate::dynamo::message::{Message, Outcome, Replied, Ticket, ToReplica};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::id::{Address, AttemptId, Key, NodeId};
use crate::process::deadlines::Deadlines;
use crate::time::Time;

/// All gets that this node coordinates.
#[derive(Debug)]
pub struct Gets {
    open: Slab<Get>,
    replicas: Deadlines<NodeWords, Ticket>,
}

#[derive(Debug)]
struct Get {
    attempt: AttemptId,
    key: Key,
    participants: Participants,
    /// Who has answered, in order of arrival; the first is the fastest replier.
    replied_by: Replied,
    /// The digest of what each of them holds, or `ABSENT`.
    held: SmallVec<[u64; 4]>,
    /// The newest versions of all answers so far.
    merged: Option<Rc<VersionSet>>,
    /// What each of them holds, where somebody watches.
    answers: Vec<Option<Rc<VersionSet>>>,
    replied: bool,
    began: Time,
    began_in: Rc<Ring>,
    /// Is the reminder of its end set?
    end_armed: bool,
}

/// Stands for the digest of a set where there is none.
pub(super) const ABSENT: u64 = 0;

impl Gets {
    /// None yet, in the `life`-th life of this node.
    pub fn new(life: u32) -> Gets {
        Gets { open: Slab::new(life), replicas: Deadlines::new(Timer::GetReplicas) }
    }

    /// Attempts whose client has no answer yet.
    pub fn under_way(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.open.iter().filter(|get| !get.replied).map(|get| get.attempt)
    }

    /// Asks the first N healthy nodes (not only R of them).
    pub fn begin(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, attempt: AttemptId, key: Key) {
        let range = scene.ring.range_of(key);
        let participants = choose(scene, range);
        let get = Get {
            attempt,
            key,
            participants,
            replied_by: Replied::new(),
            held: SmallVec::new(),
            merged: None,
            answers: Vec::new(),
            replied: false,
            began: ctx.ran,
            began_in: scene.shared_ring(),
            end_armed: false,
        };
        self.replicas.prune(|ticket| self.open.get(ticket).is_some());
        let ticket = self.open.insert(get);
        let get = self.open.get_mut(ticket).expect("it was inserted just now");
        for participant in &mut get.participants {
            fetch(ctx, ticket, attempt, key, participant);
        }
        self.replicas.set(ctx, scene.config.timeouts.replica, ticket);
    }

    /// A replica has answered; the R-th answer makes the reply, later ones serve read repair.
    pub fn on_fetched(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        from: NodeId,
        ticket: Ticket,
        set: Option<Rc<VersionSet>>,
    ) {
        let Some(get) = self.open.get_mut(ticket) else { return };
        if !mark_answered(&mut get.participants, from) {
            return;
        }
        get.take(ctx, scene, from, set);
        let enough = get.replied_by.len() >= scene.config.r as usize;
        if !get.replied && enough && get.is_honoured(scene) {
            get.reply(ctx, scene, ticket);
        }
        let all_in = get.replied_by.len() == get.participants.len();
        if all_in && get.replied {
            self.end(ctx, scene, ticket);
        }
    }

    /// A home cannot answer yet: another is asked in its place.
    pub fn on_declined(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        from: NodeId,
        (ticket, attempt): (Ticket, AttemptId),
    ) {
        let waits = |get: &&mut Get| !get.replied && get.attempt == attempt;
        let Some(get) = self.open.get_mut(ticket).filter(waits) else { return };
        if mark_declined(&mut get.participants, from) {
            get.ask_instead(ctx, scene, ticket, from);
            self.replicas.set(ctx, scene.config.timeouts.replica, ticket);
        }
    }

    /// Gives up the silent replicas of the next get that has waited its time for them; none once
    /// there is no such get.
    pub fn next_overdue(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>) -> Option<Silent> {
        let ticket = self.replicas.next_due(ctx, |ticket| self.open.get(ticket).is_some())?;
        Some(self.on_replicas_due(ctx, scene, ticket))
    }

    /// Replicas that have not answered by now are given up, and stand-ins are asked in their place.
    fn on_replicas_due(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        ticket: Ticket,
    ) -> Silent {
        let Some(get) = self.open.get_mut(ticket) else { return Silent::new() };
        let patience = scene.config.timeouts.replica;
        // Nearly all gets are over by now, and need no second reminder.
        if !std::mem::replace(&mut get.end_armed, true) {
            let rest = scene.config.timeouts.operation - ctx.ran.since(get.began);
            ctx.arm(rest, Timer::GetEnd(ticket));
        }
        let silent = give_up_waiting(&mut get.participants, scene.view.me, ctx.ran, patience);
        if !get.replied {
            let before = get.participants.len();
            for node in &silent {
                get.ask_instead(ctx, scene, ticket, *node);
            }
            // Stand-ins may be silent as well.
            if get.participants.len() > before {
                self.replicas.set(ctx, patience, ticket);
            }
        }
        silent
    }

    /// Time is up: a get without R answers fails, and stale replicas that answered are repaired.
    pub fn on_end(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, ticket: Ticket) {
        let Some(get) = self.open.get_mut(ticket) else { return };
        if !get.replied {
            ctx.tell_of(|ran| Fact::GivenUp(Box::new(get.told(ran, scene, ticket))));
            reply(ctx, get.attempt, get.key, Outcome::TimedOut);
        }
        self.end(ctx, scene, ticket);
    }

    fn end(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, ticket: Ticket) {
        let get = self.open.remove(ticket).expect("a get ends once");
        if scene.config.read_repair {
            let Get { attempt, key, replied_by, held, merged, answers, .. } = get;
            let Some(newest) = merged else { return };
            let mending = Mending { attempt, key, by: &replied_by, held: &held, newest, answers };
            mending.repair(ctx, scene);
        }
    }
}

impl Get {
    fn take(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        node: NodeId,
        set: Option<Rc<VersionSet>>,
    ) {
        if ctx.observed {
            self.answers.push(set.clone());
        }
        let planted = scene.config.planted;
        let is_deleted = |set: &Rc<VersionSet>| set.visible().next().is_none();
        let hidden = planted.is(Plant::ReadRepairResurrectsDeleted);
        let set = set.filter(|set| !hidden || !is_deleted(set));
        self.replied_by.push(node);
        self.held.push(set.as_ref().map_or(ABSENT, |set| set.digest()));
        self.merged = match (self.merged.take(), set) {
            (Some(known), Some(_)) if planted.is(Plant::ReadReturnsFirst) => Some(known),
            (Some(_), Some(set)) if planted.is(Plant::RepairWinnerByArrival) => Some(set),
            (Some(known), Some(set)) => {
                let merged = merge(scene.config.rules(), &known, &set);
                if known.digest() != set.digest() {
                    let (key, at) = (self.key, Merger::Coordinator);
                    ctx.tell(|| Merge::told(key, [&known, &set], &merged, at));
                }
                Some(merged)
            }
            (known, set) => known.or(set),
        };
    }

    /// Have those answered who are asked for beside their number?
    fn is_honoured(&self, scene: Scene<'_>) -> bool {
        are_met(scene, Needed::of_get(scene.config), &self.participants)
    }

    fn told(&self, ran: Time, scene: Scene<'_>, ticket: Ticket) -> Unanswered {
        Unanswered {
            attempt: self.attempt,
            key: self.key,
            ticket,
            ghost: None,
            asked: told(&self.participants),
            began_in: Rc::clone(&self.began_in),
            ring: scene.shared_ring(),
            took: ran.since(self.began),
        }
    }

    /// All causally unrelated versions among the answers, which are the context too.
    fn reply(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, ticket: Ticket) {
        self.replied = true;
        let silenced = scene.config.planted.is(Plant::NotfoundBeatsValue);
        let absent = silenced && self.held.contains(&ABSENT);
        let set = self.merged.clone().filter(|_| !absent);
        ctx.tell_of(|ran| {
            let request = self.told(ran, scene, ticket);
            let (count, answers) = (self.replied_by.len() as u32, self.answers.clone());
            Fact::Counted(Box::new(Counted { request, count, answers, reply: set.clone() }))
        });
        let outcome = Outcome::Got { set, replied: self.replied_by.clone() };
        reply(ctx, self.attempt, self.key, outcome);
    }

    fn ask_instead(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        ticket: Ticket,
        silent: NodeId,
    ) {
        let Some(node) = next_stand_in(scene, scene.ring.range_of(self.key), &self.participants)
        else {
            return;
        };
        let asked = self.participants.iter().find(|p| p.node == silent);
        let home = asked.map_or(node, |p| p.home);
        let mut participant = Participant { node, home, state: State::Unasked };
        fetch(ctx, ticket, self.attempt, self.key, &mut participant);
        self.participants.push(participant);
    }
}

fn fetch(
    ctx: &mut NodeCtx<'_>,
    ticket: Ticket,
    attempt: AttemptId,
    key: Key,
    participant: &mut Participant,
) {
    participant.state = State::Waiting { since: ctx.ran };
    let fetch = ToReplica::Fetch { ticket, attempt, key };
    ctx.send(Address::Node(participant.node), Message::Replica(fetch));
}
