//! What clients ask of a node: requests, and where they coordinate themselves (section 6.4) what
//! replicas hold and who belongs.

use std::rc::Rc;

use crate::dynamo::coordination::Scene;
use crate::dynamo::message::{Action, Membership, Message, Outcome, Reply, Request, ToReplica};
use crate::dynamo::node::Node;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, Key};

impl Node {
    /// Clients that coordinate talk to replicas, and ask for the membership (section 6.4).
    pub(super) fn on_client_message(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        from: Address,
        message: Message,
    ) {
        let answer = match message {
            Message::Request(request) => return self.on_request(ctx, request),
            Message::Replica(message) => return self.on_client_asking(ctx, from, message),
            Message::Membership(Membership::Ping { probe }) => Membership::Pong { probe },
            Message::Membership(Membership::Pull { number }) => {
                Membership::Pulled { number, history: Rc::clone(self.view.history()) }
            }
            _other => unreachable!("clients send requests, and ask replicas and for memberships"),
        };
        ctx.send(from, Message::Membership(answer));
    }

    /// Whoever does not know better takes this node for a home. A stand-in may still be meant, or
    /// have something to say; but nobody stores as a home who is none.
    fn on_client_asking(&mut self, ctx: &mut NodeCtx<'_>, from: Address, message: ToReplica) {
        let (attempt, key, as_home) = message.subject();
        let is_home = self.is_home(key);
        if !is_home {
            self.say_not_home(ctx, from, (attempt, key));
        }
        if self.view.ring().is_some() && (is_home || !as_home) {
            self.on_replica(ctx, from, message);
        }
    }

    fn is_home(&self, key: Key) -> bool {
        self.view.ring().is_some_and(|ring| ring.is_home(self.view.me, ring.range_of(key)))
    }

    fn say_not_home(&self, ctx: &mut NodeCtx<'_>, to: Address, (attempt, key): (AttemptId, Key)) {
        ctx.send(to, Message::Membership(Membership::NotHome { attempt, key }));
    }

    pub(super) fn on_request(&mut self, ctx: &mut NodeCtx<'_>, request: Request) {
        let aimed = matches!(&request.action, Action::Put(put) if put.client_driven);
        if aimed && request.forwarded_by.is_none() && !self.is_home(request.key) {
            let client = Address::Client(request.attempt.operation.client);
            self.say_not_home(ctx, client, (request.attempt, request.key));
        }
        match self.view.ring() {
            Some(ring) => {
                let scene = Scene { config: &self.config, view: &self.view, ring };
                self.coordination.on_request(ctx, scene, request);
            }
            None => {
                let (attempt, key) = (request.attempt, request.key);
                let reply = Reply { attempt, key, outcome: Outcome::Refused };
                ctx.send(Address::Client(attempt.operation.client), Message::Reply(reply));
            }
        }
    }
}
