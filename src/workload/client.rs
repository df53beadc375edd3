//! A client: begins operations, waits, tries again, carries contexts from read to write.

use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use crate::dynamo::message::{Action, Message, Outcome, Put, Reply, Request};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::versioning::version::{Content, Value, VersionSet};
use crate::ghost::Ghost;
use crate::id::{Address, AttemptId, ClientId, Key, NodeId, OperationId};
use crate::process::{Input, Process};
use crate::random::luck::{Luck, Stream};
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::time::{Duration, Time};
use crate::workload::cart::{cart_value, merged_items};
use crate::workload::intent::{Intent, IntentSampler};
use crate::workload::keys::KeySampler;
use crate::workload::spec::{Arrivals, Routing, Spec};
use crate::workload::words::{
    CartChange, ClientCtx, ClientFact, ClientTimer, ClientWords, Ending, Function, Invocation,
    OperationResult,
};

/// What all clients of a run share.
#[derive(Debug)]
pub struct Habits {
    pub spec: Spec,
    pub keys: KeySampler,
    pub intents: IntentSampler,
    /// The pause of a closed loop.
    pub think: Option<Sampler>,
    pub nodes: u32,
    /// The ring, for clients that know it (section 4.5).
    pub ring: Rc<Ring>,
    /// When clients begin nothing more.
    pub until: Time,
}

/// A client process.
#[derive(Debug)]
pub struct Client {
    me: ClientId,
    habits: Rc<Habits>,
    arrivals: Stream,
    /// How many intents it has begun.
    intents: u32,
    /// Operations that have not ended. Few, so that a list does.
    open: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    id: OperationId,
    intent: Intent,
    function: Function,
    key: Key,
    action: Action,
    began: Time,
    attempt: u8,
    /// Might an earlier attempt of this put have had an effect?
    uncertain: bool,
    tried: SmallVec<[NodeId; 4]>,
}

impl Habits {
    /// The habits of a checked spec.
    pub fn new(spec: Spec, nodes: u32, ring: Rc<Ring>, until: Time) -> Habits {
        let think = match &spec.arrivals {
            Arrivals::Closed { think } => Some(Sampler::new(think)),
            Arrivals::Poisson(_) | Arrivals::Constant(_) => None,
        };
        let (keys, intents) = (KeySampler::new(&spec.keys), IntentSampler::new(&spec.mix));
        Habits { spec, keys, intents, think, nodes, ring, until }
    }
}

impl Client {
    /// A client that has not begun anything.
    pub fn new(me: ClientId, habits: Rc<Habits>, luck: &Luck) -> Client {
        let arrivals = luck.stream(Purpose::Arrival, u64::from(me.0));
        Client { me, habits, arrivals, intents: 0, open: Vec::new() }
    }

    /// How many operations have not ended.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// The run is over: whatever is open ends as it stands.
    pub fn close(&mut self, ctx: &mut ClientCtx<'_>) {
        while let Some(mut operation) = self.open.pop() {
            operation.uncertain = true;
            let result = operation.without_answer();
            tell_end(ctx, operation, result);
        }
    }

    fn on_start(&mut self, ctx: &mut ClientCtx<'_>) {
        // Clients begin at phases of their own, not all in the first instant.
        let first = match &self.habits.spec.arrivals {
            Arrivals::Poisson(_) => self.gap(),
            Arrivals::Constant(rate) => Duration((self.arrivals.unit() * rate.mean_gap()) as u64),
            Arrivals::Closed { .. } => self.pause(ctx),
        };
        ctx.arm(first, ClientTimer::Arrival);
    }

    fn on_arrival(&mut self, ctx: &mut ClientCtx<'_>) {
        if ctx.now >= self.habits.until {
            return;
        }
        match &self.habits.spec.arrivals {
            Arrivals::Poisson(_) | Arrivals::Constant(_) => {
                let gap = self.gap();
                ctx.arm(gap, ClientTimer::Arrival);
            }
            Arrivals::Closed { .. } => {}
        }
        self.begin_intent(ctx);
    }

    /// The time to the next arrival of an open loop.
    fn gap(&mut self) -> Duration {
        match &self.habits.spec.arrivals {
            Arrivals::Poisson(rate) => {
                let nanoseconds = -libm::log(self.arrivals.open_unit()) * rate.mean_gap();
                Duration(nanoseconds as u64)
            }
            Arrivals::Constant(rate) => Duration(rate.mean_gap() as u64),
            Arrivals::Closed { .. } => unreachable!("a closed loop has pauses instead"),
        }
    }

    fn pause(&self, ctx: &ClientCtx<'_>) -> Duration {
        let think = self.habits.think.as_ref().expect("a closed loop has a pause");
        let (who, which) = (u64::from(self.me.0), u64::from(self.intents));
        think.sample(&mut ctx.luck.draw(Purpose::Think, who, which))
    }

    fn begin_intent(&mut self, ctx: &mut ClientCtx<'_>) {
        let (who, which) = (u64::from(self.me.0), u64::from(self.intents));
        let intent =
            self.habits.intents.sample(&mut ctx.luck.draw(Purpose::OperationChoice, who, which));
        let key = self.habits.keys.sample(&mut ctx.luck.draw(Purpose::KeyChoice, who, which));
        // An intent has up to two operations; their numbers do not depend on how others went.
        let id = OperationId { client: self.me, number: 2 * self.intents };
        self.intents += 1;
        match intent.first() {
            Function::Get => self.begin(ctx, (id, intent, Function::Get, key), Action::Get, None),
            Function::Put | Function::Delete => self.begin_put(ctx, (id, intent, key), None, None),
        }
    }

    fn begin_put(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        (id, intent, key): (OperationId, Intent, Key),
        context: Option<Rc<VersionSet>>,
        fastest: Option<NodeId>,
    ) {
        // Nothing to take out: no write, and no event.
        if intent == Intent::Remove && merged_items(context.as_deref()).is_empty() {
            return self.rest(ctx);
        }
        let event = ctx.new_event(key);
        let seen = context.iter().flat_map(|set| set.versions()).map(|version| &version.ghost);
        let ghost = Ghost::new(event, seen);
        let mut draw = ctx.luck.draw(Purpose::CartItem, u64::from(self.me.0), u64::from(id.number));
        let (value, cart) = self.value(intent, context.as_deref(), event.number, &mut draw);
        let function = if intent == Intent::Delete { Function::Delete } else { Function::Put };
        let put = Put { context, fastest, value, ghost };
        self.begin(ctx, (id, intent, function, key), Action::Put(Rc::new(put)), cart);
    }

    /// What this intent writes, and what that does to a cart.
    fn value(
        &self,
        intent: Intent,
        context: Option<&VersionSet>,
        event: u32,
        source: &mut impl Source,
    ) -> (Value, Option<CartChange>) {
        match intent {
            Intent::Get => unreachable!("a read writes nothing"),
            Intent::Put | Intent::Blind => {
                let bytes = self.habits.spec.value.0 as u32;
                (Value { bytes, content: Content::Blob }, None)
            }
            Intent::Delete => (Value { bytes: 0, content: Content::Tombstone }, None),
            Intent::Add => {
                // The event's number is an item that was never in this cart before.
                let mut items = merged_items(context);
                items.push(event);
                items.sort_unstable();
                (cart_value(items), Some(CartChange::Add(event)))
            }
            Intent::Remove => {
                let mut items = merged_items(context);
                let item = items.remove(source.below(items.len() as u64) as usize);
                (cart_value(items), Some(CartChange::Remove(item)))
            }
        }
    }

    fn begin(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        (id, intent, function, key): (OperationId, Intent, Function, Key),
        action: Action,
        cart: Option<CartChange>,
    ) {
        let (began, tried) = (ctx.now, smallvec![]);
        let mut operation = Operation {
            id,
            intent,
            function,
            key,
            action,
            began,
            attempt: 0,
            uncertain: false,
            tried,
        };
        let to = self.send(ctx, &mut operation);
        ctx.tell(|| {
            let (ghost, bytes) = operation.written();
            ClientFact::Invoked(Invocation { operation: id, function, key, ghost, bytes, cart, to })
        });
        self.open.push(operation);
    }

    fn send(&self, ctx: &mut ClientCtx<'_>, operation: &mut Operation) -> NodeId {
        let attempt = operation.attempt_id();
        let to = self.choose_node(ctx, operation);
        operation.tried.push(to);
        let action = operation.action.clone();
        let request = Request { attempt, key: operation.key, action, forwarded_by: None };
        ctx.send(Address::Node(to), Message::Request(request));
        ctx.arm(self.habits.spec.timeout, ClientTimer::Attempt(attempt));
        to
    }

    /// Another node than before, as long as there is one.
    fn choose_node(&self, ctx: &ClientCtx<'_>, operation: &Operation) -> NodeId {
        let nodes = self.habits.nodes;
        let tried = operation.tried.len() % nodes as usize;
        let tried = &operation.tried[operation.tried.len() - tried..];
        match self.habits.spec.routing {
            Routing::LoadBalancer => {
                let which = operation.attempt_id().number();
                let mut draw = ctx.luck.draw(Purpose::Routing, u64::from(self.me.0), which);
                let mut place = draw.below(u64::from(nodes) - tried.len() as u64) as u32;
                // The place-th of those that were not tried, without making a list of them.
                let mut skipped: SmallVec<[NodeId; 4]> = tried.into();
                skipped.sort_unstable();
                for node in skipped {
                    place += u32::from(place >= node.0);
                }
                NodeId(place)
            }
            Routing::PartitionAware => {
                let mut list = self.habits.ring.walk(self.habits.ring.range_of(operation.key));
                list.find(|node| !tried.contains(node)).expect("fewer were tried than there are")
            }
        }
    }

    fn on_reply(&mut self, ctx: &mut ClientCtx<'_>, coordinator: NodeId, reply: Reply) {
        // A late answer to an earlier attempt is an answer too.
        let answered = |operation: &Operation| operation.id == reply.attempt.operation;
        let Some(place) = self.open.iter().position(answered) else { return };
        match reply.outcome {
            Outcome::Got { set, fastest, replied } => {
                let operation = self.open.swap_remove(place);
                let next = operation.next();
                let context = set.clone();
                tell_end(ctx, operation, OperationResult::Ok { set, coordinator, replied });
                match next {
                    Some(next) => self.begin_put(ctx, next, context, fastest),
                    None => self.rest(ctx),
                }
            }
            Outcome::Stored { set, replied } => {
                let operation = self.open.swap_remove(place);
                let set = Some(set);
                tell_end(ctx, operation, OperationResult::Ok { set, coordinator, replied });
                self.rest(ctx);
            }
            Outcome::Refused => self.retry(ctx, place, reply.attempt.attempt),
            Outcome::TimedOut => {
                self.open[place].uncertain = true;
                self.retry(ctx, place, reply.attempt.attempt);
            }
        }
    }

    fn on_attempt_due(&mut self, ctx: &mut ClientCtx<'_>, attempt: AttemptId) {
        if let Some(place) = self.open.iter().position(|o| o.attempt_id() == attempt) {
            self.open[place].uncertain = true;
            self.retry(ctx, place, attempt.attempt);
        }
    }

    /// The attempt has failed; unless a later one is under way already, try again or give up.
    fn retry(&mut self, ctx: &mut ClientCtx<'_>, place: usize, attempt: u8) {
        if self.open[place].attempt != attempt {
            return;
        }
        let mut operation = self.open.swap_remove(place);
        if attempt >= self.habits.spec.retries {
            let result = operation.without_answer();
            tell_end(ctx, operation, result);
            return self.rest(ctx);
        }
        operation.attempt += 1;
        let to = self.send(ctx, &mut operation);
        let attempt = operation.attempt_id();
        ctx.tell(|| ClientFact::Retried { attempt, to });
        self.open.push(operation);
    }

    /// An intent is over; in a closed loop the next one follows after a pause.
    fn rest(&mut self, ctx: &mut ClientCtx<'_>) {
        if self.habits.think.is_some() {
            let pause = self.pause(ctx);
            ctx.arm(pause, ClientTimer::Arrival);
        }
    }
}

impl Operation {
    fn attempt_id(&self) -> AttemptId {
        AttemptId { operation: self.id, attempt: self.attempt }
    }

    /// The put that follows this read, if its intent goes on.
    fn next(&self) -> Option<(OperationId, Intent, Key)> {
        let follows = self.function == Function::Get && self.intent.second().is_some();
        let id = OperationId { number: self.id.number + 1, ..self.id };
        follows.then_some((id, self.intent, self.key))
    }

    fn written(&self) -> (Option<Ghost>, u32) {
        match &self.action {
            Action::Get => (None, 0),
            Action::Put(put) => (Some(put.ghost.clone()), put.value.bytes),
        }
    }

    /// A get without an answer had no effect; a put may have had.
    fn without_answer(&self) -> OperationResult {
        let harmless = self.function == Function::Get || !self.uncertain;
        if harmless { OperationResult::Failed } else { OperationResult::Unknown }
    }
}

fn tell_end(ctx: &mut ClientCtx<'_>, operation: Operation, result: OperationResult) {
    ctx.tell(|| {
        ClientFact::Ended(Ending {
            operation: operation.id,
            function: operation.function,
            key: operation.key,
            began: operation.began,
            attempts: operation.attempt + 1,
            result,
        })
    });
}

impl Process for Client {
    type Words = ClientWords;

    fn handle(&mut self, ctx: &mut ClientCtx<'_>, input: Input<ClientWords>) {
        match input {
            Input::Start => self.on_start(ctx),
            Input::Message { from: Address::Node(node), message: Message::Reply(reply) } => {
                self.on_reply(ctx, node, reply);
            }
            Input::Message { .. } => unreachable!("nodes send clients nothing but replies"),
            Input::Timer(ClientTimer::Arrival) => self.on_arrival(ctx),
            Input::Timer(ClientTimer::Attempt(attempt)) => self.on_attempt_due(ctx, attempt),
            Input::Done(job) | Input::Failed(job) => match job {},
        }
    }
}
