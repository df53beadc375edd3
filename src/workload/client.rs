//! A client: begins operations, waits, tries again, carries contexts from read to write.

use std::collections::BTreeMap;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::plant::Planted;
use crate::dynamo::message::{Action, Message, Outcome, Reply};
use crate::id::{Address, AttemptId, ClientId, Key, NodeId, OperationId, Span};
use crate::process::deadlines::Deadlines;
use crate::process::{Input, Process};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::time::{Duration, Time};
use crate::workload::arrivals::{ArrivalClock, Pace};
use crate::workload::attempts::Persistence;
use crate::workload::intent::{Intent, IntentSampler};
use crate::workload::keys::KeySampler;
use crate::workload::library::{Library, Outset};
use crate::workload::moves::Itinerary;
use crate::workload::operation::{Aim, Operation};
use crate::workload::ownership::Ownership;
use crate::workload::read_back::{Awaited, ReadBack};
use crate::workload::recording::{Recorded, Replay};
use crate::workload::routing::{Router, Site};
use crate::workload::session::Memory;
use crate::workload::size::SizeSampler;
use crate::workload::spec::{Routing, Spec, Writes};
use crate::workload::words::{
    CartChange, ClientCtx, ClientFact, ClientTimer, ClientWords, Function, Invocation,
    OperationResult,
};

/// What all clients of a run share.
#[derive(Debug)]
pub struct Habits {
    spec: Spec,
    pace: Pace,
    /// What clients do instead of drawing it, if they replay a trace.
    replay: Option<Replay>,
    keys: KeySampler,
    /// Who writes which key, if not all write all.
    ownership: Option<Ownership>,
    intents: IntentSampler,
    pub(super) sizes: SizeSampler,
    pub router: Router,
    /// How clients move, if they do.
    pub(super) itinerary: Option<Itinerary>,
    pub(super) persistence: Persistence,
    /// What clients that coordinate begin with.
    outset: Option<Outset>,
    /// A bug in the code that runs.
    pub(super) planted: Planted,
    /// When clients begin nothing more.
    until: Time,
}

/// A client process.
#[derive(Debug)]
pub struct Client {
    me: ClientId,
    pub(super) habits: Rc<Habits>,
    // A generator is large, and a closed loop has no use for it.
    arrivals: Box<ArrivalClock>,
    /// How many intents it has begun.
    intents: u32,
    /// Operations that have not ended. Few, so that a list does.
    pub(super) open: SmallVec<[Operation; 1]>,
    pub(super) memory: Memory,
    pub(super) deadlines: Deadlines<ClientWords, AttemptId>,
    /// Where it is, among the sites of the network.
    pub(super) site: Option<usize>,
    /// How often it has moved on by itself.
    pub(super) roamed: u64,
    /// Of a client that coordinates.
    pub(super) library: Option<Box<Library>>,
    /// Reads of what it has written.
    pub(super) awaited: Awaited,
}

/// What a client sets out to do, with which key, and the size of a value that is not drawn.
type Wish = (Intent, Key, Option<u32>);

impl Habits {
    /// The habits of a checked spec.
    pub fn new(
        spec: &Spec,
        sites: &BTreeMap<String, Vec<Span>>,
        outset: Outset,
        until: Time,
    ) -> Habits {
        let (nodes, planted) = (outset.config.nodes, outset.config.planted);
        let ring = outset.history.ring(&outset.placement);
        let site = |(name, members): (&String, &Vec<Span>)| Site::new(name, members);
        let sites = sites.iter().map(site).collect();
        let balanced = spec.load_balancer.is_some();
        let router = Router::new((spec.routing, balanced), nodes, ring, sites);
        Habits {
            pace: Pace::new(&spec.arrivals),
            replay: spec.trace.as_ref().map(|file| Replay::new(&file.content, spec.clients)),
            keys: KeySampler::new(&spec.keys),
            ownership: spec.writers_per_key.map(|writers| {
                let (clients, keys) = (spec.clients, spec.key_count());
                Ownership { writers, clients, keys }
            }),
            intents: IntentSampler::new(&spec.mix),
            sizes: SizeSampler::new(&spec.value),
            itinerary: spec.moves.as_ref().map(|moves| Itinerary::new(moves, &router)),
            router,
            persistence: Persistence::new(&spec.retry, spec.retries),
            spec: spec.clone(),
            planted,
            outset: (spec.routing == Routing::ClientDriven).then_some(outset),
            until,
        }
    }
}

impl Habits {
    /// Which reads follow a write, if any.
    pub(super) fn read_back(&self) -> Option<&ReadBack> {
        self.spec.read_back.as_ref()
    }

    /// When clients begin nothing more.
    pub(super) fn until(&self) -> Time {
        self.until
    }
}

impl Client {
    /// A client that has not begun anything.
    pub fn new(me: ClientId, habits: Rc<Habits>, luck: &Luck) -> Client {
        let arrivals = luck.stream(Purpose::Arrival, u64::from(me.0));
        let arrivals = Box::new(ArrivalClock::new(arrivals));
        let session = &habits.spec.session;
        let room = match session.writes {
            Writes::ReadFirst => 0,
            Writes::FromMemory => session.memory as usize,
        };
        let memory = Memory::new(room);
        let deadlines = Deadlines::new(ClientTimer::Attempt);
        let (intents, open, roamed) = (0, SmallVec::new(), 0);
        let site = habits.router.site_of(me);
        let library = habits.outset.as_ref().map(|outset| Box::new(Library::new(outset)));
        Client {
            me,
            habits,
            arrivals,
            intents,
            open,
            memory,
            deadlines,
            site,
            roamed,
            library,
            awaited: Awaited::default(),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> ClientId {
        self.me
    }

    /// Where it is.
    pub fn site(&self) -> Option<usize> {
        self.site
    }

    pub(super) fn spec(&self) -> &Spec {
        &self.habits.spec
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
            operation.end(ctx, result);
        }
    }

    fn on_start(&mut self, ctx: &mut ClientCtx<'_>) {
        self.start_moving(ctx);
        self.start_library(ctx);
        if self.habits.replay.is_some() {
            return self.await_recorded(ctx);
        }
        let first = match self.pause(ctx) {
            Some(pause) => pause,
            None => self.habits.pace.first(&mut self.arrivals, ctx.luck, self.habits.until),
        };
        ctx.arm(first, ClientTimer::Arrival);
    }

    fn on_arrival(&mut self, ctx: &mut ClientCtx<'_>) {
        let Habits { pace, replay, until, .. } = &*self.habits;
        if ctx.now >= *until {
            return;
        }
        if let Some(replay) = replay {
            let recorded = replay.operation(self.me, self.intents).copied();
            let Recorded { intent, key, bytes, .. } = recorded.expect("it was waited for");
            self.begin_aim(ctx, (intent, key, bytes));
            return self.await_recorded(ctx);
        }
        match pace {
            Pace::Poisson(_) | Pace::Constant(_) | Pace::Diurnal(_) | Pace::Bursts(_) => {
                let gap = pace.gap(&mut self.arrivals, ctx.luck, ctx.now, *until);
                ctx.arm(gap, ClientTimer::Arrival);
            }
            Pace::Closed(_) => {}
        }
        self.begin_intent(ctx);
    }

    /// The next of a client's recorded operations comes when it came.
    fn await_recorded(&self, ctx: &mut ClientCtx<'_>) {
        let replay = self.habits.replay.as_ref();
        let pause = replay.and_then(|replay| replay.pause(self.me, self.intents, ctx.now));
        pause.into_iter().for_each(|pause| ctx.arm(pause, ClientTimer::Arrival));
    }

    /// The pause of a closed loop; none in an open one.
    fn pause(&self, ctx: &ClientCtx<'_>) -> Option<Duration> {
        if self.habits.replay.is_some() {
            return None;
        }
        let (who, which) = (u64::from(self.me.0), u64::from(self.intents));
        match &self.habits.pace {
            Pace::Closed(think) => {
                Some(think.sample(&mut ctx.luck.draw(Purpose::Think, who, which)))
            }
            Pace::Poisson(_) | Pace::Constant(_) | Pace::Diurnal(_) | Pace::Bursts(_) => None,
        }
    }

    fn begin_intent(&mut self, ctx: &mut ClientCtx<'_>) {
        let (who, which) = (u64::from(self.me.0), u64::from(self.intents));
        let Habits { intents, keys, .. } = &*self.habits;
        let intent = intents.sample(&mut ctx.luck.draw(Purpose::OperationChoice, who, which));
        let mut draw = ctx.luck.draw(Purpose::KeyChoice, who, which);
        let writes = intent != Intent::Get;
        let drawn = keys.sample(&mut draw, ctx.now, writes);
        let ownership = self.habits.ownership.filter(|_| writes);
        let key = ownership.map_or(drawn, |ownership| ownership.nearest(drawn, self.me));
        self.begin_aim(ctx, (intent, key, None));
    }

    /// An intent has up to two operations; their numbers do not depend on how others went.
    pub(super) fn next_operation(&mut self) -> OperationId {
        let id = OperationId { client: self.me, number: 2 * self.intents };
        self.intents += 1;
        id
    }

    fn begin_aim(&mut self, ctx: &mut ClientCtx<'_>, (intent, key, bytes): Wish) {
        let id = self.next_operation();
        let aim = Aim { id, intent, key, bytes };
        let known = intent.second().and_then(|_| self.memory.recall(key));
        match intent.first() {
            Function::Get if known.is_some() => {
                self.begin_put(ctx, aim.second(), known.flatten(), None);
            }
            Function::Get => self.begin(ctx, aim, Function::Get, (Action::Get, None)),
            Function::Put | Function::Delete => self.begin_put(ctx, aim, None, None),
        }
    }

    pub(super) fn begin(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        aim: Aim,
        function: Function,
        written: (Action, Option<CartChange>),
    ) {
        self.deadlines.prune(|attempt| self.open.iter().any(|o| o.attempt_id() == attempt));
        let mut operation = Operation::new(aim, function, written, ctx.now);
        let to = self.send(ctx, &mut operation);
        if let Some(patience) = self.habits.spec.hedge_after.filter(|_| function == Function::Get) {
            ctx.arm(patience, ClientTimer::Hedge(operation.attempt_id()));
        }
        self.invoke(ctx, operation, to);
    }

    /// An operation has begun with a request to this node.
    pub(super) fn invoke(&mut self, ctx: &mut ClientCtx<'_>, operation: Operation, to: NodeId) {
        ctx.tell(|| {
            let Operation { aim, function, cart, began, .. } = operation;
            let (ghost, bytes) = operation.written();
            let (operation, key) = (aim.id, aim.key);
            let view_age = self.library.as_ref().map(|library| library.age(began));
            ClientFact::Invoked(Invocation {
                operation,
                function,
                key,
                ghost,
                bytes,
                cart,
                to,
                view_age,
            })
        });
        self.open.push(operation);
    }

    /// An answer from a node, or from the client's own library.
    pub(super) fn on_reply(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        coordinator: Option<NodeId>,
        reply: Reply,
    ) {
        let Some(place) = self.answered_by(&reply) else { return };
        let balancer = u8::from(self.habits.router.balanced);
        let hops = self.open[place].hops(reply.attempt.attempt, coordinator) + balancer;
        match reply.outcome {
            Outcome::Got { set, replied } => {
                let operation = self.open.swap_remove(place);
                self.memory.remember(operation.aim.key, set.clone());
                let (next, fastest) = (operation.next(), replied.first().copied());
                let context = set.clone();
                operation.end(ctx, OperationResult::Ok { set, coordinator, replied, hops });
                match next {
                    Some(next) => self.begin_put(ctx, next, context, fastest),
                    None => self.rest(ctx),
                }
            }
            Outcome::Stored { set, replied } => {
                let operation = self.open.swap_remove(place);
                let set = Some(set);
                self.memory.remember(operation.aim.key, set.clone());
                let key = operation.aim.key;
                operation.end(ctx, OperationResult::Ok { set, coordinator, replied, hops });
                self.plan_read_back(ctx, key);
                self.rest(ctx);
            }
            Outcome::Refused => {
                self.doubt_last(ctx, place);
                self.on_failure(ctx, place, reply.attempt.attempt);
            }
            Outcome::TimedOut => {
                self.open[place].uncertain = true;
                self.on_failure(ctx, place, reply.attempt.attempt);
            }
        }
    }

    /// An intent is over; in a closed loop the next one follows after a pause.
    pub(super) fn rest(&mut self, ctx: &mut ClientCtx<'_>) {
        if self.reads_back() {
            return;
        }
        if let Some(pause) = self.pause(ctx) {
            ctx.arm(pause, ClientTimer::Arrival);
        }
    }
}

impl Process for Client {
    type Words = ClientWords;

    fn handle(&mut self, ctx: &mut ClientCtx<'_>, input: Input<ClientWords>) {
        match input {
            Input::Start => self.on_start(ctx),
            Input::Message { from: Address::Node(node), message: Message::Reply(reply) } => {
                self.heard_of(ctx, node);
                self.on_reply(ctx, Some(node), reply);
            }
            Input::Message { from: Address::Node(node), message } => {
                self.on_library_message(ctx, node, message);
            }
            Input::Message { .. } => unreachable!("clients do not talk to each other"),
            Input::Timer(ClientTimer::Arrival) => self.on_arrival(ctx),
            Input::Timer(ClientTimer::Attempt) => self.on_attempts_due(ctx),
            Input::Timer(ClientTimer::Hedge(attempt)) => self.on_hedge_due(ctx, attempt),
            Input::Timer(ClientTimer::Retry(attempt)) => self.on_retry_due(ctx, attempt),
            Input::Timer(ClientTimer::Move(number)) => self.on_move(ctx, number),
            Input::Timer(ClientTimer::Roam) => self.on_roam(ctx),
            Input::Timer(ClientTimer::Refresh) => self.on_refresh(ctx),
            Input::Timer(ClientTimer::Pull(number)) => self.on_pull_due(ctx, number),
            Input::Timer(ClientTimer::ReadBack(id, key)) => self.on_read_back(ctx, id, key),
            Input::Timer(ClientTimer::ReadNow(id, key)) => self.begin_read_back(ctx, id, key),
            Input::Timer(ClientTimer::Library(timer)) => self.on_library_timer(ctx, timer),
            Input::Done(job) | Input::Failed(job) => match job {},
        }
    }
}
