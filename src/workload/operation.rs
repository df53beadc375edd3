//! One operation of a client, from its first request to its end.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::message::{Action, Put};
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId, OperationId};
use crate::time::Time;
use crate::workload::intent::Intent;
use crate::workload::words::{
    CartChange, ClientCtx, ClientFact, Ending, Function, OperationResult,
};

/// What an operation is about: its name, what it is for, and its key.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    pub id: OperationId,
    pub intent: Intent,
    pub key: Key,
    /// Size of a plain value that it writes, if that is not to be drawn.
    pub bytes: Option<u32>,
}

/// An operation that has not ended.
#[derive(Debug)]
pub struct Operation {
    pub aim: Aim,
    pub function: Function,
    pub action: Action,
    pub began: Time,
    pub attempt: u8,
    /// Might an earlier attempt of this put have had an effect?
    pub uncertain: bool,
    /// Is it between two attempts?
    pub pauses: bool,
    /// What it does to a cart.
    pub cart: Option<CartChange>,
    /// Is the attempt before the latest under way as well?
    pub hedged: bool,
    /// Was it ever sent twice to be quicker? That is no further attempt of `workload.retries`.
    pub was_hedged: bool,
    /// Whom it was sent to, in order.
    pub tried: SmallVec<[NodeId; 4]>,
}

impl Aim {
    /// The aim of the operation that follows this one: its name does not depend on whether and how
    /// this one went.
    pub fn second(self) -> Aim {
        let id = OperationId { number: self.id.number + 1, ..self.id };
        Aim { id, ..self }
    }
}

impl Operation {
    /// An operation that begins now.
    pub fn new(
        aim: Aim,
        function: Function,
        (action, cart): (Action, Option<CartChange>),
        began: Time,
    ) -> Operation {
        Operation {
            aim,
            function,
            action,
            began,
            attempt: 0,
            uncertain: false,
            pauses: false,
            cart,
            hedged: false,
            was_hedged: false,
            tried: SmallVec::new(),
        }
    }

    /// The name of its latest attempt.
    pub fn attempt_id(&self) -> AttemptId {
        AttemptId { operation: self.aim.id, attempt: self.attempt }
    }

    /// Steps of an attempt's request from the client to its coordinator: none if that is the client
    /// itself, one if it was asked directly, one more if the request was forwarded.
    pub fn hops(&self, attempt: u8, coordinator: Option<NodeId>) -> u8 {
        let Some(coordinator) = coordinator else { return 0 };
        let later = usize::from(self.attempt.saturating_sub(attempt));
        let asked = self.tried.len().checked_sub(1 + later).map(|place| self.tried[place]);
        1 + u8::from(asked != Some(coordinator))
    }

    /// The same write begun as another one, which does not go where this one went.
    pub fn anew(&self, id: OperationId, action: Action, began: Time) -> Operation {
        let aim = Aim { id, ..self.aim };
        let operation = Operation::new(aim, self.function, (action, self.cart), began);
        Operation { tried: self.tried.clone(), ..operation }
    }

    /// Attempts before the latest, those under other names included.
    pub fn tries(&self) -> u8 {
        self.attempt + self.aim.id.times_anew()
    }

    /// The put that follows this read, if its intent goes on.
    pub fn next(&self) -> Option<Aim> {
        let follows = self.function == Function::Get && self.aim.intent.second().is_some();
        follows.then(|| self.aim.second())
    }

    /// What a put writes: its ghost, and how many bytes.
    pub fn written(&self) -> (Option<Ghost>, u32) {
        match &self.action {
            Action::Get => (None, 0),
            Action::Put(put) => (Some(put.ghost.clone()), put.value.bytes),
        }
    }

    /// A bug: what the client had read is not told any more.
    pub fn forget_context(&mut self) {
        if let Action::Put(put) = &self.action {
            self.action = Action::Put(Rc::new(Put { context: None, ..(**put).clone() }));
        }
    }

    /// A get without an answer had no effect; a put may have had.
    pub fn without_answer(&self) -> OperationResult {
        let harmless = self.function == Function::Get || !self.uncertain;
        if harmless { OperationResult::Failed } else { OperationResult::Unknown }
    }

    /// Tells how it ended.
    pub fn end(self, ctx: &mut ClientCtx<'_>, result: OperationResult) {
        ctx.tell(|| {
            ClientFact::Ended(Ending {
                operation: self.aim.id,
                function: self.function,
                key: self.aim.key,
                began: self.began,
                attempts: self.attempt + 1,
                result,
            })
        });
    }
}
