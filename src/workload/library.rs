//! Clients that coordinate (section 6.4): the state machine of a request moves into the client.
//!
//! The client's library holds what a node holds for it: a view of the membership, a failure
//! detector of its own, and the very state machines that nodes use. It downloads the membership
//! from a random node at an interval, and at once when it finds out that its own is old: a node
//! does not answer, or says that it is no home of the key that it was asked for. Gets, and puts
//! where the last write wins, are coordinated here; other puts go to a node of the preference list,
//! since only those may mint versions.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::{Cluster, Coordinator, Versioning};
use crate::dynamo::coordination::Scene;
use crate::dynamo::coordination::get::Gets;
use crate::dynamo::coordination::put::Puts;
use crate::dynamo::membership::detector::Detector;
use crate::dynamo::message::{self, Action, Membership, Message, Reply, Request, ToCoordinator};
use crate::dynamo::ring::history::History;
use crate::dynamo::ring::strategy::Placement;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::id::{Address, AttemptId, Key, NodeId};
use crate::process::{Ctx, Effect};
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::{Duration, Time};
use crate::workload::client::Client;
use crate::workload::operation::Operation;
use crate::workload::stamped::{made, stamped};
use crate::workload::words::{ClientCtx, ClientFact, ClientTimer};

/// Misrouted attempts that are remembered, so that each is told once.
const MOST_TOLD: usize = 16;

/// What all libraries of a run have in common.
#[derive(Debug)]
pub struct Outset {
    pub config: Rc<Cluster>,
    pub placement: Rc<Placement>,
    /// The membership that they come with.
    pub history: Rc<History>,
    /// How often they download it.
    pub refresh: Duration,
}

/// The library of one client.
pub struct Library {
    parts: Parts,
    refresh: Duration,
    /// When the membership was downloaded.
    learnt: Time,
    /// Downloads so far.
    pulls: u64,
    /// The download that is under way.
    awaited: Option<u64>,
    misrouted: SmallVec<[AttemptId; 4]>,
    effects: Vec<Effect<NodeWords>>,
}

/// What a node uses for the same.
#[derive(Debug)]
struct Parts {
    config: Rc<Cluster>,
    view: View,
    gets: Gets,
    puts: Puts,
    detector: Detector,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("parts", &self.parts).finish_non_exhaustive()
    }
}

/// Answers that the library gives its own client.
type Replies = SmallVec<[Reply; 1]>;

impl Library {
    /// A library that comes with a membership.
    pub fn new(outset: &Outset) -> Library {
        let Outset { config, placement, history, refresh } = outset;
        let parts = Parts {
            config: Rc::clone(config),
            view: View::of_client(Rc::clone(history), Rc::clone(placement)),
            gets: Gets::new(0),
            puts: Puts::new(0),
            detector: Detector::new(config.failure_detection.clone(), config.planted),
        };
        let (learnt, misrouted, effects) = (Time::ZERO, SmallVec::new(), Vec::new());
        let (refresh, pulls, awaited) = (*refresh, 0, None);
        Library { parts, refresh, learnt, pulls, awaited, misrouted, effects }
    }

    /// How old its membership is.
    pub fn age(&self, now: Time) -> Duration {
        now.since(self.learnt)
    }

    /// Has the parts do something; what they wish for the client wishes, and what they answer it
    /// is given.
    fn work(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        work: impl FnOnce(&mut Parts, &mut NodeCtx<'_>),
    ) -> Replies {
        work(
            &mut self.parts,
            &mut Ctx {
                now: ctx.now,
                ran: ctx.ran,
                me: ctx.me,
                luck: ctx.luck,
                observed: ctx.observed,
                numbering: ctx.numbering,
                effects: &mut self.effects,
            },
        );
        let mut replies = Replies::new();
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Send { message: Message::Reply(reply), .. } => replies.push(reply),
                Effect::Send { to, message } => ctx.send(to, message),
                Effect::Arm { after, timer } => ctx.arm(after, ClientTimer::Library(timer)),
                Effect::Tell(fact) => ctx.tell(|| ClientFact::Coordinated(Box::new(fact))),
                Effect::Submit(_) => unreachable!("a library has no disk"),
            }
        }
        replies
    }

    /// Asks a random member what the membership is.
    fn pull(&mut self, ctx: &mut ClientCtx<'_>, at_once: bool) {
        self.pulls += 1;
        let number = self.pulls;
        self.awaited = Some(number);
        let mut draw = ctx.luck.draw(Purpose::MembershipPull, ctx.me.number(), number);
        let to = Address::Node(*draw.pick(self.parts.view.history().members()));
        ctx.send(to, Message::Membership(Membership::Pull { number }));
        ctx.arm(self.parts.config.timeouts.operation, ClientTimer::Pull(number));
        ctx.tell(|| ClientFact::Refreshed { at_once });
    }

    /// The membership may be old.
    fn doubt(&mut self, ctx: &mut ClientCtx<'_>) {
        if self.awaited.is_none() {
            self.pull(ctx, true);
        }
    }

    fn learn(&mut self, ctx: &ClientCtx<'_>, number: u64, history: &Rc<History>) {
        if self.awaited == Some(number) {
            self.awaited = None;
        }
        self.learnt = ctx.now;
        let joined = History::join(self.parts.view.history(), history);
        // Where orders given at both sides of a partition have taken everybody out, nobody is left
        // to turn to, and requests fail by the membership before.
        if !joined.ring_is_unknown() {
            self.parts.view.learn(joined);
        }
    }

    /// A node says that it is no home of a key for which it was asked. If the client thought so,
    /// its membership is old, or the node's.
    fn on_not_home(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        node: NodeId,
        (attempt, key): (AttemptId, Key),
    ) {
        let ring = self.parts.ring();
        if !ring.is_home(node, ring.range_of(key)) {
            return;
        }
        if !self.misrouted.contains(&attempt) {
            if self.misrouted.len() == MOST_TOLD {
                self.misrouted.remove(0);
            }
            self.misrouted.push(attempt);
            ctx.tell(|| ClientFact::Misrouted { attempt });
        }
        self.doubt(ctx);
    }

    /// Peers have left requests unanswered.
    fn on_silence(&mut self, ctx: &mut ClientCtx<'_>, silent: &[NodeId]) {
        let _none = self.work(ctx, |parts, ctx| {
            for peer in silent {
                parts.detector.on_silence(ctx, &mut parts.view, *peer);
            }
        });
        if !silent.is_empty() {
            self.doubt(ctx);
        }
    }
}

impl Parts {
    fn ring(&self) -> &Rc<crate::dynamo::ring::placement::Ring> {
        self.view.ring().expect("a library comes with a membership")
    }

    /// Does the client coordinate this itself?
    fn coordinates(&self, action: &Action) -> bool {
        match action {
            Action::Get => true,
            Action::Put(_) => self.config.versioning == Versioning::LastWriteWins,
        }
    }

    fn on_answer(&mut self, ctx: &mut NodeCtx<'_>, from: NodeId, answer: ToCoordinator) {
        let ring = self.view.ring().expect("a library comes with a membership");
        let scene = Scene { config: &self.config, view: &self.view, ring };
        match answer {
            ToCoordinator::Fetched { ticket, set, .. } => {
                self.gets.on_fetched(ctx, scene, from, ticket, set);
            }
            ToCoordinator::Stored { ticket, .. } => self.puts.on_stored(ctx, scene, from, ticket),
            ToCoordinator::Declined { ticket, attempt } => {
                self.gets.on_declined(ctx, scene, from, (ticket, attempt));
            }
            ToCoordinator::For(passed) => self.on_answer(ctx, passed.home, passed.answer),
            ToCoordinator::Written { .. } | ToCoordinator::Confirmed { .. } => {
                unreachable!("clients have no version made by a replica, and forward nothing")
            }
        }
    }

    /// The node that is to coordinate a put: as a node would choose, and another than was tried.
    fn coordinator(&self, operation: &Operation, put: &message::Put) -> NodeId {
        let ring = self.ring();
        let range = ring.range_of(operation.aim.key);
        let fits = |node: &NodeId| self.view.believes_up(*node) && !operation.tried.contains(node);
        let fastest = put.fastest.filter(|node| ring.is_home(*node, range));
        let preferred = match self.config.coordinator {
            Coordinator::Fastest => fastest.filter(|node| fits(node)),
            Coordinator::First | Coordinator::Random => None,
        };
        let first = || ring.walk(range).find(|node| fits(node));
        preferred.or_else(first).unwrap_or(ring.homes(range)[0])
    }
}

impl Client {
    /// Begins to download the membership, in a rhythm of its own.
    pub(super) fn start_library(&self, ctx: &mut ClientCtx<'_>) {
        let Some(library) = &self.library else { return };
        let mut draw = ctx.luck.draw(Purpose::MembershipPull, ctx.me.number(), 0);
        ctx.arm(Duration(draw.below(library.refresh.0)), ClientTimer::Refresh);
    }

    /// Time to download the membership.
    pub(super) fn on_refresh(&mut self, ctx: &mut ClientCtx<'_>) {
        let over = ctx.now >= self.habits.until() && self.open.is_empty();
        let Some(library) = self.library.as_mut().filter(|_| !over) else { return };
        ctx.arm(library.refresh, ClientTimer::Refresh);
        library.pull(ctx, false);
    }

    /// Has this download been answered? If not, another node is asked.
    pub(super) fn on_pull_due(&mut self, ctx: &mut ClientCtx<'_>, number: u64) {
        let over = ctx.now >= self.habits.until() && self.open.is_empty();
        let awaits = |library: &&mut Box<Library>| library.awaited == Some(number) && !over;
        if let Some(library) = self.library.as_mut().filter(awaits) {
            library.pull(ctx, true);
        }
    }

    /// The client's own library has something to be reminded of.
    pub(super) fn on_library_timer(&mut self, ctx: &mut ClientCtx<'_>, timer: Timer) {
        let Some(library) = &mut self.library else { return };
        let mut silent: SmallVec<[NodeId; 4]> = SmallVec::new();
        let replies = library.work(ctx, |parts, ctx| {
            let Parts { config, view, gets, puts, detector } = parts;
            let ring = Rc::clone(view.ring().expect("a library comes with a membership"));
            let scene = Scene { config, view, ring: &ring };
            match timer {
                Timer::GetReplicas => {
                    while let Some(more) = gets.next_overdue(ctx, scene) {
                        silent.extend(more);
                    }
                }
                Timer::PutReplicas => {
                    while let Some(more) = puts.next_overdue(ctx, scene) {
                        silent.extend(more);
                    }
                }
                Timer::GetEnd(ticket) => gets.on_end(ctx, scene, ticket),
                Timer::PutEnd => puts.on_end(ctx, scene),
                Timer::Probe { peer, serial, count } => {
                    detector.on_probe(ctx, view, (peer, serial, count));
                }
                _other => unreachable!("a library coordinates, and does nothing else"),
            }
        });
        library.on_silence(ctx, &silent);
        self.take_replies(ctx, replies);
    }

    /// A node has answered the client's own library.
    pub(super) fn on_library_message(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        node: NodeId,
        message: Message,
    ) {
        self.heard_of(ctx, node);
        let Some(library) = &mut self.library else { return };
        match message {
            Message::Coordinator(answer) => {
                let replies = library.work(ctx, |parts, ctx| parts.on_answer(ctx, node, answer));
                self.take_replies(ctx, replies);
            }
            Message::Membership(Membership::Pulled { number, history }) => {
                library.learn(ctx, number, &history);
            }
            Message::Membership(Membership::NotHome { attempt, key }) => {
                library.on_not_home(ctx, node, (attempt, key));
            }
            Message::Membership(Membership::Pong { .. }) => {}
            _other => unreachable!("nodes send clients replies, answers and memberships"),
        }
    }

    /// A node answers: nothing is held against it any more.
    pub(super) fn heard_of(&mut self, ctx: &mut ClientCtx<'_>, node: NodeId) {
        let suspects = |library: &&mut Box<Library>| library.parts.view.suspects_anybody();
        if let Some(library) = self.library.as_mut().filter(suspects) {
            let _none = library.work(ctx, |Parts { view, detector, .. }, ctx| {
                detector.on_answer(ctx, view, node);
            });
        }
    }

    /// The node that an operation was sent to last does not answer, or knows of no place of its own
    /// on the ring.
    pub(super) fn doubt_last(&mut self, ctx: &mut ClientCtx<'_>, place: usize) {
        let operation = &self.open[place];
        let Some(library) = &mut self.library else { return };
        let by_node = !library.parts.coordinates(&operation.action);
        let last = operation.tried.last().copied().filter(|_| by_node);
        library.on_silence(ctx, last.as_slice());
    }

    /// Coordinates an operation, or sends it to a node that will; returns the first that is asked.
    pub(super) fn send_by_library(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        operation: &Operation,
    ) -> Option<NodeId> {
        let me = self.name();
        let library = self.library.as_mut()?;
        let (attempt, key) = (operation.attempt_id(), operation.aim.key);
        let coordinates = library.parts.coordinates(&operation.action);
        let first = match &operation.action {
            Action::Put(put) if !coordinates => library.parts.coordinator(operation, put),
            Action::Put(_) | Action::Get => {
                let ring = library.parts.ring();
                ring.homes(ring.range_of(key))[0]
            }
        };
        if !coordinates {
            let (action, forwarded_by) = (operation.action.clone(), None);
            let request = Request { attempt, key, action, forwarded_by };
            ctx.send(Address::Node(first), Message::Request(request));
            return Some(first);
        }
        let stamp = ctx.now;
        let _later = library.work(ctx, |Parts { config, view, gets, puts, .. }, ctx| {
            let ring = view.ring().expect("a library comes with a membership");
            let scene = Scene { config, view, ring };
            match &operation.action {
                Action::Get => gets.begin(ctx, scene, attempt, key),
                Action::Put(put) => {
                    let set = stamped(me, attempt, stamp, put);
                    ctx.tell(|| made(me, attempt, put, &set));
                    puts.begin_made(ctx, scene, (attempt, key), Rc::clone(put), set);
                }
            }
        });
        Some(first)
    }

    fn take_replies(&mut self, ctx: &mut ClientCtx<'_>, replies: Replies) {
        for reply in replies {
            self.on_reply(ctx, None, reply);
        }
    }
}
