//! The attempts at one operation: whom they go to, when one is given up, and what follows.

use std::rc::Rc;

use crate::dynamo::config::plant::Plant;
use crate::dynamo::message::{Action, Message, Put, Reply, Request};
use crate::id::{Address, AttemptId, NodeId, OperationId};
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::time::Duration;
use crate::workload::client::Client;
use crate::workload::operation::Operation;
use crate::workload::spec::{Retry, RetryPolicy};
use crate::workload::words::{ClientCtx, ClientFact, ClientTimer};

/// How clients try again.
#[derive(Debug)]
pub struct Persistence {
    policy: RetryPolicy,
    /// Further attempts after the first.
    most: u8,
    pause: Option<Sampler>,
    factor: f64,
    longest: Duration,
}

impl Persistence {
    /// As a checked scenario says.
    pub fn new(retry: &Retry, retries: u8) -> Persistence {
        Persistence {
            policy: retry.policy,
            most: if retry.policy == RetryPolicy::None { 0 } else { retries },
            pause: retry.pause.as_ref().map(Sampler::new),
            factor: retry.factor,
            longest: retry.longest,
        }
    }

    /// Does a write say which one it is?
    pub fn gives_identity(&self) -> bool {
        self.policy == RetryPolicy::SameId
    }

    /// How long a client waits before it tries again; none if it does so at once.
    fn pause(&self, ctx: &ClientCtx<'_>, operation: &Operation) -> Option<Duration> {
        let sampler = self.pause.as_ref()?;
        let (who, which) = (u64::from(operation.aim.id.client.0), operation.attempt_id().number());
        let mut pause = sampler.sample(&mut ctx.luck.draw(Purpose::Backoff, who, which));
        for _ in 0..operation.tries() {
            pause = Duration((pause.0 as f64 * self.factor) as u64).min(self.longest);
        }
        Some(pause.min(self.longest))
    }
}

impl Client {
    /// Which open operation a reply answers. A late answer to an earlier attempt is an answer too.
    pub(super) fn answered_by(&self, reply: &Reply) -> Option<usize> {
        let planted = self.habits.planted;
        let any = planted.is(Plant::StaleReplyAccepted);
        let answered = |operation: &Operation| {
            operation.aim.id == reply.attempt.operation || any && operation.aim.key == reply.key
        };
        let next = (planted.is(Plant::DoubleResponse) && !self.open.is_empty()).then_some(0);
        self.open.iter().position(answered).or(next)
    }

    pub(super) fn send(&mut self, ctx: &mut ClientCtx<'_>, operation: &mut Operation) -> NodeId {
        let attempt = operation.attempt_id();
        let to = match self.send_by_library(ctx, operation) {
            Some(to) => to,
            None => self.send_to_node(ctx, operation),
        };
        operation.tried.push(to);
        let timeout = self.spec().timeout;
        self.deadlines.set(ctx, timeout, attempt);
        to
    }

    fn send_to_node(&self, ctx: &mut ClientCtx<'_>, operation: &Operation) -> NodeId {
        let to = self.habits.router.choose(ctx, (self.name(), self.site), operation);
        let (attempt, key) = (operation.attempt_id(), operation.aim.key);
        let request =
            Request { attempt, key, action: operation.action.clone(), forwarded_by: None };
        ctx.send(Address::Node(to), Message::Request(request));
        to
    }

    /// A node could not do it. Of two attempts under way the other may still be answered.
    pub(super) fn on_failure(&mut self, ctx: &mut ClientCtx<'_>, place: usize, attempt: u8) {
        let operation = &mut self.open[place];
        let one_of_two = attempt == operation.attempt || attempt + 1 == operation.attempt;
        if operation.hedged && one_of_two {
            operation.hedged = false;
        } else {
            self.retry(ctx, place, attempt);
        }
    }

    /// A get that is still without its first answer is sent to a second node as well.
    pub(super) fn on_hedge_due(&mut self, ctx: &mut ClientCtx<'_>, attempt: AttemptId) {
        if let Some(place) = self.open.iter().position(|o| o.attempt_id() == attempt) {
            (self.open[place].hedged, self.open[place].was_hedged) = (true, true);
            self.send_again(ctx, place);
        }
    }

    pub(super) fn on_attempts_due(&mut self, ctx: &mut ClientCtx<'_>) {
        let place_of =
            |open: &[Operation], attempt| open.iter().position(|o| o.attempt_id() == attempt);
        while let Some(attempt) =
            self.deadlines.next_due(ctx, |attempt| place_of(&self.open, attempt).is_some())
            && let Some(place) = place_of(&self.open, attempt)
        {
            self.open[place].uncertain = true;
            self.doubt_last(ctx, place);
            self.retry(ctx, place, attempt.attempt);
        }
    }

    /// The attempt has failed; unless a later one is under way already, or will be after a pause,
    /// try again or give up.
    fn retry(&mut self, ctx: &mut ClientCtx<'_>, place: usize, attempt: u8) {
        let operation = &self.open[place];
        if operation.attempt != attempt || operation.pauses {
            return;
        }
        let persistence = &self.habits.persistence;
        if operation.tries() >= persistence.most + u8::from(operation.was_hedged) {
            let operation = self.open.swap_remove(place);
            let result = operation.without_answer();
            operation.end(ctx, result);
            return self.rest(ctx);
        }
        let pause = persistence.pause(ctx, operation);
        self.open[place].hedged = false;
        match pause {
            Some(pause) => {
                self.open[place].pauses = true;
                ctx.arm(pause, ClientTimer::Retry(self.open[place].attempt_id()));
            }
            None => self.try_again(ctx, place),
        }
    }

    /// The pause before a further attempt is over, unless an answer has come after all.
    pub(super) fn on_retry_due(&mut self, ctx: &mut ClientCtx<'_>, attempt: AttemptId) {
        let waits = |o: &Operation| o.pauses && o.attempt_id() == attempt;
        if let Some(place) = self.open.iter().position(waits) {
            self.try_again(ctx, place);
        }
    }

    fn try_again(&mut self, ctx: &mut ClientCtx<'_>, place: usize) {
        let anew = self.habits.persistence.policy == RetryPolicy::NewId;
        let Operation { aim, action, .. } = &self.open[place];
        match (action, aim.id.anew().filter(|_| anew)) {
            (Action::Put(put), Some(id)) => {
                let put = Rc::clone(put);
                self.begin_anew(ctx, place, (id, &put));
            }
            (Action::Put(_), None) | (Action::Get, _) => self.send_again(ctx, place),
        }
    }

    fn send_again(&mut self, ctx: &mut ClientCtx<'_>, place: usize) {
        let mut operation = self.open.swap_remove(place);
        operation.attempt += 1;
        operation.pauses = false;
        if self.habits.planted.is(Plant::SessionContextLostOnFailover) {
            operation.forget_context();
        }
        let to = self.send(ctx, &mut operation);
        let attempt = operation.attempt_id();
        ctx.tell(|| ClientFact::Retried { attempt, to });
        self.open.push(operation);
    }

    /// The write is given up, and begun as another one with the same value and context.
    fn begin_anew(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        place: usize,
        (id, put): (OperationId, &Put),
    ) {
        let given_up = self.open.swap_remove(place);
        let event = ctx.new_event(given_up.aim.key);
        let put = Put { ghost: put.ghost.renamed(event), ..put.clone() };
        let mut operation = given_up.anew(id, Action::Put(Rc::new(put)), ctx.now);
        let to = self.send(ctx, &mut operation);
        let attempt = operation.attempt_id();
        ctx.tell(|| ClientFact::Retried { attempt, to });
        let result = given_up.without_answer();
        given_up.end(ctx, result);
        self.invoke(ctx, operation, to);
    }
}
