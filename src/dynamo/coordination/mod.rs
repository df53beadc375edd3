//! Sections 4.5 and 5: has this get or put succeeded?
//!
//! One state machine for each client request, on the node that coordinates it, or in the library of
//! a client that does (section 6.4).

pub mod conditions;
pub mod forward;
pub mod get;
pub mod participants;
pub mod put;
pub mod repair;
pub mod route;
pub mod slab;

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::Cluster;
use crate::dynamo::coordination::conditions::can_be_met;
use crate::dynamo::coordination::forward::{Forward, Forwards};
use crate::dynamo::coordination::get::Gets;
use crate::dynamo::coordination::put::Puts;
use crate::dynamo::coordination::route::{Route, route};
use crate::dynamo::fact::Fact;
use crate::dynamo::message::{Action, Message, Outcome, Reply, Request, ToCoordinator};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, NodeId};

/// Peers that have left a request unanswered: something for the failure detector.
pub type Silent = SmallVec<[NodeId; 4]>;

/// What every step of a request reads.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub config: &'a Cluster,
    pub view: &'a View,
    pub ring: &'a Ring,
}

impl Scene<'_> {
    /// The ring, to keep.
    fn shared_ring(self) -> Rc<Ring> {
        Rc::clone(self.view.last_ring().expect("a request has a ring"))
    }
}

/// All requests that this node works on.
#[derive(Debug)]
pub struct Coordination {
    pub gets: Gets,
    pub puts: Puts,
    pub forwards: Forwards,
}

impl Coordination {
    /// No request yet, in the `life`-th life of this node.
    pub fn new(life: u32) -> Coordination {
        let forwards = Forwards::default();
        Coordination { gets: Gets::new(life), puts: Puts::new(life), forwards }
    }

    /// Attempts that wait for an answer.
    pub fn under_way(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.gets.under_way().chain(self.puts.under_way()).chain(self.forwards.under_way())
    }

    /// A request has arrived, from a client or forwarded.
    pub fn on_request(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, request: Request) {
        if let Some(node) = request.forwarded_by {
            let confirmed = ToCoordinator::Confirmed { attempt: request.attempt };
            ctx.send(Address::Node(node), Message::Coordinator(confirmed));
        }
        match route(ctx, scene, &request) {
            Route::Coordinate => self.coordinate(ctx, scene, request),
            Route::Forward(node) => {
                let (attempt, again) = (request.attempt, request.forwarded_by.is_some());
                ctx.tell(|| Fact::Forwarded { attempt, again });
                self.forwards.begin(ctx, scene, request, node);
            }
        }
    }

    /// A replica, or a node that took a request over, has answered.
    pub fn on_answer(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        from: NodeId,
        answer: ToCoordinator,
    ) {
        match answer {
            ToCoordinator::Fetched { ticket, set, .. } => {
                self.gets.on_fetched(ctx, scene, from, ticket, set);
            }
            ToCoordinator::Written { ticket, set, .. } => {
                self.puts.on_written(ctx, scene, from, ticket, set);
            }
            ToCoordinator::Stored { ticket, .. } => self.puts.on_stored(ctx, scene, from, ticket),
            ToCoordinator::Confirmed { attempt } => self.forwards.on_confirmed(attempt, from),
            ToCoordinator::Declined { ticket, attempt } => {
                self.gets.on_declined(ctx, scene, from, (ticket, attempt));
                self.puts.on_declined(ctx, from, (ticket, attempt));
            }
            ToCoordinator::For(passed) => {
                self.on_answer(ctx, scene, passed.home, passed.answer);
            }
        }
    }

    /// The node that was handed a request is silent: the next one gets it.
    pub fn go_on(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, forward: Forward) {
        match forward.next(scene) {
            next if next == scene.view.me => self.coordinate(ctx, scene, forward.into_request()),
            next => self.forwards.go_on(ctx, scene, forward, next),
        }
    }

    fn coordinate(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, request: Request) {
        if !can_be_met(scene, &request) {
            return reply(ctx, request.attempt, request.key, Outcome::Refused);
        }
        match request.action {
            Action::Get => self.gets.begin(ctx, scene, request.attempt, request.key),
            Action::Put(put) => self.puts.begin(ctx, scene, request.attempt, request.key, put),
        }
    }
}

/// Tells a client what became of its request.
pub(super) fn reply(
    ctx: &mut NodeCtx<'_>,
    attempt: AttemptId,
    key: crate::id::Key,
    outcome: Outcome,
) {
    let client = Address::Client(attempt.operation.client);
    ctx.send(client, Message::Reply(Reply { attempt, key, outcome }));
}
