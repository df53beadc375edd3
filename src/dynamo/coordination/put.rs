//! The state machine of a put (section 4.5): make the version, send it to N, succeed at W.

mod condition;

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::Flush;
use crate::dynamo::config::local::{DurableWrite, ObjectBuffer};
use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::participants::{
    Participant, Participants, State, choose, give_up_waiting, mark_answered, mark_declined,
    next_stand_in,
};
use crate::dynamo::coordination::slab::Slab;
use crate::dynamo::coordination::{Scene, Silent, reply};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::request::Counted;
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::message::{self, Message, Outcome, Replied, Ticket, ToReplica};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::id::{Address, AttemptId, Key, NodeId};
use crate::process::deadlines::Deadlines;
use crate::time::Time;

/// All puts that this node coordinates.
#[derive(Debug)]
pub struct Puts {
    open: Slab<Put>,
    replicas: Deadlines<NodeWords, Ticket>,
    ends: Deadlines<NodeWords, Ticket>,
}

#[derive(Debug)]
struct Put {
    attempt: AttemptId,
    key: Key,
    participants: Participants,
    answered: u32,
    request: Rc<message::Put>,
    /// What the replicas keep, once the first of them has made the new version.
    set: Option<Rc<VersionSet>>,
    replied: bool,
    began: Time,
    began_in: Rc<Ring>,
    /// The home whose replica, or who stands in for it, is to do the durable write (section 6.1).
    durable: Option<NodeId>,
}

impl Puts {
    /// None yet, in the `life`-th life of this node.
    pub fn new(life: u32) -> Puts {
        let replicas = Deadlines::new(Timer::PutReplicas);
        Puts { open: Slab::new(life), replicas, ends: Deadlines::new(Timer::PutEnd) }
    }

    /// Attempts whose client has no answer yet.
    pub fn under_way(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.open.iter().filter(|put| !put.replied).map(|put| put.attempt)
    }

    /// Has the new version made, normally by this node's own replica.
    pub fn begin(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        attempt: AttemptId,
        key: Key,
        request: Rc<message::Put>,
    ) {
        let ticket = self.insert(ctx, scene, (attempt, key), request, None);
        let put = self.open.get_mut(ticket).expect("it was inserted just now");
        let mine = put.participants.iter().position(|p| p.node == scene.view.me);
        put.ask_to_write(ctx, scene, (ticket, mine.unwrap_or(0)), &mut self.replicas);
        self.ends.set(ctx, scene.config.timeouts.operation, ticket);
    }

    /// Has a version kept that is made already: by a client that coordinates (section 6.4).
    pub fn begin_made(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        name: (AttemptId, Key),
        request: Rc<message::Put>,
        set: Rc<VersionSet>,
    ) {
        let ticket = self.insert(ctx, scene, name, request, Some(set));
        let put = self.open.get_mut(ticket).expect("it was inserted just now");
        put.durable = put.choose_durable(scene, None);
        put.ask_all_to_store(ctx, scene, ticket, &mut self.replicas);
        self.ends.set(ctx, scene.config.timeouts.operation, ticket);
    }

    fn insert(
        &mut self,
        ctx: &NodeCtx<'_>,
        scene: Scene<'_>,
        (attempt, key): (AttemptId, Key),
        request: Rc<message::Put>,
        set: Option<Rc<VersionSet>>,
    ) -> Ticket {
        let put = Put {
            attempt,
            key,
            participants: choose(scene, scene.ring.range_of(key)),
            answered: 0,
            request,
            set,
            replied: false,
            began: ctx.ran,
            began_in: scene.shared_ring(),
            durable: None,
        };
        for deadlines in [&mut self.replicas, &mut self.ends] {
            deadlines.prune(|ticket| self.open.get(ticket).is_some());
        }
        self.open.insert(put)
    }

    /// The version is made and kept by one; the others get it now.
    pub fn on_written(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        from: NodeId,
        ticket: Ticket,
        set: Rc<VersionSet>,
    ) {
        let Some(put) = self.open.get_mut(ticket) else { return };
        if !mark_answered(&mut put.participants, from) {
            return;
        }
        put.answered += 1;
        put.tell_stand_in(ctx, from);
        // Two replicas may have made a version, if the first was too slow and then was not: the
        // first answer is what the others are sent, anti-entropy joins the two.
        if put.set.is_none() {
            put.set = Some(set);
            put.durable = put.choose_durable(scene, Some(from));
            put.ask_all_to_store(ctx, scene, ticket, &mut self.replicas);
        }
        self.settle(ctx, scene, ticket);
    }

    /// One more copy is kept.
    pub fn on_stored(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        from: NodeId,
        ticket: Ticket,
    ) {
        let Some(put) = self.open.get_mut(ticket) else { return };
        if mark_answered(&mut put.participants, from) {
            put.answered += 1;
            put.tell_stand_in(ctx, from);
            self.settle(ctx, scene, ticket);
        }
    }

    /// The one that was to make the version will not: there would be too many beside each other.
    /// The client is told at once. It is not told that nothing came of it if another was asked
    /// before.
    pub fn on_declined(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        from: NodeId,
        (ticket, attempt): (Ticket, AttemptId),
    ) {
        let waits = |put: &&mut Put| put.attempt == attempt && put.set.is_none();
        let Some(put) = self.open.get_mut(ticket).filter(waits) else { return };
        if mark_declined(&mut put.participants, from) {
            let silent = |p: &&Participant| p.state == State::Silent;
            let alone = put.participants.iter().filter(silent).count() == 1;
            let outcome = if alone { Outcome::Refused } else { Outcome::TimedOut };
            reply(ctx, put.attempt, put.key, outcome);
            self.open.remove(ticket);
        }
    }

    /// Gives up the silent replicas of the next put that has waited its time for them; none once
    /// there is no such put.
    pub fn next_overdue(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>) -> Option<Silent> {
        let ticket = self.replicas.next_due(ctx, |ticket| self.open.get(ticket).is_some())?;
        Some(self.on_replicas_due(ctx, scene, ticket))
    }

    /// Replicas that have not confirmed by now are given up: a stand-in keeps the copy with a hint
    /// that names the home (section 4.6).
    fn on_replicas_due(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        ticket: Ticket,
    ) -> Silent {
        let Some(put) = self.open.get_mut(ticket) else { return Silent::new() };
        let patience = scene.config.timeouts.replica;
        let silent = give_up_waiting(&mut put.participants, scene.view.me, ctx.ran, patience);
        for node in &silent {
            if !scene.config.planted.is(Plant::HintSkipsTimeouts) {
                put.add_stand_in(scene, *node);
            }
            put.tell_given_up(ctx, *node);
        }
        if put.set.is_none() {
            put.ask_another_to_write(ctx, scene, ticket, &mut self.replicas);
        } else {
            put.ask_all_to_store(ctx, scene, ticket, &mut self.replicas);
        }
        if scene.config.planted.is(Plant::ErrorCountedAsOk) && put.set.is_some() {
            put.answered += silent.len() as u32;
            self.settle(ctx, scene, ticket);
        }
        silent
    }

    /// Time is up for some: a put without W copies is given up, and may have taken effect all the
    /// same.
    pub fn on_end(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>) {
        while let Some(ticket) = self.ends.next_due(ctx, |ticket| self.open.get(ticket).is_some()) {
            let ended = self.open.remove(ticket);
            ended.iter().for_each(|put| put.tell_out_of_time(ctx));
            if let Some(put) = ended.filter(|put| !put.replied) {
                if scene.config.planted.is(Plant::FailedPutUndo) {
                    put.undo(ctx);
                }
                ctx.tell_of(|ran| Fact::GivenUp(Box::new(put.told(ran, scene, ticket))));
                reply(ctx, put.attempt, put.key, Outcome::TimedOut);
            }
        }
    }

    fn settle(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, ticket: Ticket) {
        let put = self.open.get_mut(ticket).expect("only an open put settles");
        let early = u32::from(scene.config.planted.is(Plant::QuorumOffByOne));
        let enough = put.answered + early >= scene.config.w;
        if !put.replied && enough && put.is_honoured(scene) {
            put.succeed(ctx, scene, ticket);
        }
        let all_in = put.answered as usize == put.participants.len();
        if all_in && put.replied {
            self.open.remove(ticket);
        }
    }
}

impl Put {
    fn succeed(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, ticket: Ticket) {
        self.replied = true;
        let set = self.set.clone().expect("a copy is kept only of what was made");
        let kept = self.participants.iter().filter(|p| p.state == State::Answered);
        let replied = kept.map(|p| p.node).collect::<Replied>();
        let (key, ghost) = (self.key, &self.request.ghost);
        ctx.tell(|| Fact::Committed { key, ghost: ghost.clone(), set: Rc::clone(&set) });
        ctx.tell_of(|ran| {
            let (request, count) = (self.told(ran, scene, ticket), self.answered);
            let (answers, reply) = (Vec::new(), Some(Rc::clone(&set)));
            Fact::Counted(Box::new(Counted { request, count, answers, reply }))
        });
        reply(ctx, self.attempt, self.key, Outcome::Stored { set, replied });
    }

    fn ask_to_write(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        (ticket, place): (Ticket, usize),
        replicas: &mut Deadlines<NodeWords, Ticket>,
    ) {
        let participant = &mut self.participants[place];
        participant.state = State::Waiting { since: ctx.ran };
        let write = ToReplica::Write {
            ticket,
            attempt: self.attempt,
            key: self.key,
            put: Rc::clone(&self.request),
            stand_in_for: participant.stand_in_for(),
        };
        // This node itself is never given up.
        if participant.node != scene.view.me {
            replicas.set(ctx, scene.config.timeouts.replica, ticket);
        }
        ctx.send(Address::Node(participant.node), Message::Replica(write));
    }

    /// The one that was to make the version is silent; another that was not asked yet makes it:
    /// this node if it takes part by now, since it is sure to be there, else the next.
    fn ask_another_to_write(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        ticket: Ticket,
        replicas: &mut Deadlines<NodeWords, Ticket>,
    ) {
        let all = || self.participants.iter();
        let busy = all().any(|p| matches!(p.state, State::Waiting { .. }));
        let mine = all().position(|p| p.state == State::Unasked && p.node == scene.view.me);
        let next = mine.or_else(|| all().position(|p| p.state == State::Unasked));
        if let Some(place) = next.filter(|_| !busy) {
            self.ask_to_write(ctx, scene, (ticket, place), replicas);
        }
    }

    /// Sends what was made to everybody who was not asked yet, and waits for them from now on.
    fn ask_all_to_store(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        ticket: Ticket,
        replicas: &mut Deadlines<NodeWords, Ticket>,
    ) {
        let unasked = |place: &usize| self.participants[*place].state == State::Unasked;
        let places: SmallVec<[usize; 4]> = (0..self.participants.len()).filter(unasked).collect();
        if !places.is_empty() {
            replicas.set(ctx, scene.config.timeouts.replica, ticket);
        }
        for place in places {
            self.ask_to_store(ctx, ticket, place);
        }
    }

    fn ask_to_store(&mut self, ctx: &mut NodeCtx<'_>, ticket: Ticket, place: usize) {
        let participant = &mut self.participants[place];
        participant.state = State::Waiting { since: ctx.ran };
        let store = ToReplica::Store {
            ticket,
            attempt: self.attempt,
            key: self.key,
            set: self.set.clone().expect("only what was made can be stored"),
            stand_in_for: participant.stand_in_for(),
            durable: self.durable == Some(participant.home),
        };
        ctx.send(Address::Node(participant.node), Message::Replica(store));
    }

    /// Section 6.1: exactly one replica writes to the disk before it answers. Not the one that has
    /// made the version, since the others wait for that, nor this node, whose answer comes first.
    /// To a client that has made it itself all replicas are remote.
    fn choose_durable(&self, scene: Scene<'_>, maker: Option<NodeId>) -> Option<NodeId> {
        let remote = |p: &&Participant| Some(p.node) != maker && p.node != scene.view.me;
        match scene.config.flush {
            Flush::Buffered(ObjectBuffer { durable_write: DurableWrite::FirstRemote, .. }) => {
                self.participants.iter().find(remote).map(|p| p.home)
            }
            Flush::Buffered(_) | Flush::Always | Flush::Every(_) => None,
        }
    }

    fn tell_given_up(&self, ctx: &mut NodeCtx<'_>, silent: NodeId) {
        let (key, ghost) = (self.key, self.request.ghost.clone());
        let asked = || self.participants.iter().map(|p| (p.node, p.home)).collect();
        ctx.tell(|| {
            let fact = StandInFact::GivenUp { key, ghost, silent, asked: asked() };
            Fact::StandIn(Box::new(fact))
        });
    }

    fn tell_out_of_time(&self, ctx: &mut NodeCtx<'_>) {
        // Who was asked to make the version may do so yet, when nobody is there to pass it on.
        let asked = |p: &Participant| p.state != State::Unasked;
        if !ctx.observed || !self.participants.iter().any(asked) {
            return;
        }
        let kept_for = |home: NodeId| {
            self.participants.iter().any(|p| p.home == home && p.state == State::Answered)
        };
        // A home that was believed down was never asked itself, only who stands in for it.
        let mut homes: Vec<NodeId> = self.participants.iter().map(|p| p.home).collect();
        homes.sort_unstable();
        homes.dedup();
        for home in homes.into_iter().filter(|home| !kept_for(*home)) {
            let (key, ghost) = (self.key, self.request.ghost.clone());
            let fact = StandInFact::OutOfTime { key, ghost, home };
            ctx.tell(|| Fact::StandIn(Box::new(fact)));
        }
    }

    fn add_stand_in(&mut self, scene: Scene<'_>, silent: NodeId) {
        let Some(node) = next_stand_in(scene, scene.ring.range_of(self.key), &self.participants)
        else {
            return;
        };
        let asked = self.participants.iter().find(|p| p.node == silent);
        let home = asked.map_or(node, |p| p.home);
        self.participants.push(Participant { node, home, state: State::Unasked });
    }
}
