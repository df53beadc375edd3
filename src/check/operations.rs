//! Verifies: each operation that a client began ended exactly once, and none ended that never
//! began; it succeeded with an answer that was given to it. Each coordinator answers a request
//! once, and not later than `timeouts.operation` after it began it; a request is handed on once at
//! most; and a node that keeps what it has made of a write makes nothing anew of it, where writes
//! say which they are.
//!
//! An answer may be late where a node stood still meanwhile (`pause`), and by as much again where
//! clocks change their pace (`clock`).
//!
//! Does not verify that the end is true (that a failed put had no effect, say), nor that an answer
//! is right (the judges of quorums do). One knob legitimately breaks the last of it, and makes that
//! an anomaly: `clock_truncation`, which cuts off what a node recognises its own version by.
//! Examines each operation.

use std::collections::{BTreeMap, VecDeque};

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Verdict};
use crate::check::weighed::Weighed;
use crate::dynamo::fact::request::Unanswered;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::store::Change;
use crate::id::{Address, AttemptId, Key, NodeId, OperationId};
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, Ending, Invocation, OperationResult};

/// Writes that a node is known to have made, the latest; fewer than a node itself remembers.
const MOST_MADE: usize = 512;

/// The judge.
#[derive(Debug)]
pub struct Operations {
    open: BTreeMap<OperationId, Open>,
    begun: u64,
    /// By coordinator, whether of puts, and the place of its request: the serial of the last that
    /// it answered.
    answered: BTreeMap<(Address, bool, u32, u32), u32>,
    /// Does any coordinator tell of its answers?
    told: bool,
    longest: Duration,
    /// By fault: does it make a node stand still? Then its answers may be late.
    pauses: Vec<bool>,
    /// How many nodes stand still, and when one did last.
    standing: u32,
    stood: Time,
    writes_named: bool,
    /// Do clocks lose what a node recognises its versions by?
    truncated: bool,
    /// What each node is about to keep, and has made and kept as a home, by the key of it.
    making: BTreeMap<NodeId, OperationId>,
    made: BTreeMap<(NodeId, OperationId), Key>,
    made_first: VecDeque<(NodeId, OperationId)>,
    findings: Weighed,
}

/// An operation under way.
#[derive(Debug, Default)]
struct Open {
    /// The number of the event that it writes.
    event: Option<u32>,
    /// Fingerprints of what coordinators have answered.
    answers: Vec<Option<u64>>,
}

/// How long a coordinator may take by its own clock.
fn longest(layout: &Layout) -> Duration {
    let stated = layout.cluster.timeouts.operation;
    let true_clocks = layout.faults.iter().all(|fault| fault.kind != "clock");
    if true_clocks { stated } else { stated + stated }
}

impl Operations {
    /// None has begun.
    pub fn new(layout: &Layout) -> Operations {
        Operations {
            open: BTreeMap::new(),
            begun: 0,
            answered: BTreeMap::new(),
            told: false,
            longest: longest(layout),
            pauses: layout.faults.iter().map(|fault| fault.kind == "pause").collect(),
            standing: 0,
            stood: Time::ZERO,
            writes_named: layout.writes_named,
            truncated: layout.cluster.clock_truncation.is_some(),
            making: BTreeMap::new(),
            made: BTreeMap::new(),
            made_first: VecDeque::new(),
            findings: Weighed::default(),
        }
    }

    fn on_invoked(&mut self, now: Time, invocation: &Invocation) {
        self.begun += 1;
        let event = invocation.ghost.as_ref().map(|ghost| ghost.event().number);
        let open = Open { event, answers: Vec::new() };
        if self.open.insert(invocation.operation, open).is_some() {
            self.find(now, invocation.operation, "began while it was under way");
        }
    }

    fn on_ended(&mut self, now: Time, ending: &Ending) {
        let Some(open) = self.open.remove(&ending.operation) else {
            return self.find(now, ending.operation, "ended while it was not under way");
        };
        let OperationResult::Ok { set, .. } = &ending.result else { return };
        let digest = set.as_ref().map(|set| set.digest());
        if self.told && !open.answers.contains(&digest) {
            self.find(now, ending.operation, "succeeded with an answer that was given to another");
        }
    }

    fn on_fact(&mut self, now: Time, who: Address, fact: &Fact) {
        match fact {
            Fact::Counted(counted) => {
                self.told = true;
                let digest = counted.reply.as_ref().map(|set| set.digest());
                if let Some(open) = self.open.get_mut(&counted.request.attempt.operation) {
                    open.answers.push(digest);
                }
                self.on_answer(now, who, &counted.request);
            }
            Fact::GivenUp(request) => self.on_answer(now, who, request),
            Fact::Forwarded { attempt, again: true } => {
                self.find(now, attempt.operation, "was handed on more than once");
            }
            Fact::Made { attempt, .. } => self.on_made(who, *attempt),
            Fact::Kept { change, cause: Cause::Put } => self.on_kept(now, who, change),
            Fact::HintCreated { .. } => self.on_hint(who),
            // What a disk has lost or changed may be made anew,
            Fact::Lost { .. } | Fact::Damaged { .. } => {
                self.made.retain(|(maker, _), _| who != Address::Node(*maker));
            }
            // and so may what went, even if another node's making of it came back.
            Fact::Reaped { change } | Fact::Released { change } => {
                let went =
                    |maker: NodeId, key: Key| who == Address::Node(maker) && key == change.key;
                self.made.retain(|(maker, _), key| !went(*maker, *key));
            }
            _other => {}
        }
    }

    fn on_hint(&mut self, who: Address) {
        if let Address::Node(node) = who {
            self.making.remove(&node);
        }
    }

    fn on_answer(&mut self, now: Time, who: Address, request: &Unanswered) {
        let Unanswered { attempt, ticket, ghost, took, .. } = request;
        let place = (who, ghost.is_some(), ticket.life, ticket.slot);
        if self.answered.insert(place, ticket.serial) == Some(ticket.serial) {
            self.find(now, attempt.operation, "was answered twice by one coordinator");
        }
        let moves = self.standing == 0 && (self.stood == Time::ZERO || self.stood + *took < now);
        if *took > self.longest && moves {
            self.find(now, attempt.operation, "was answered after its time was up");
        }
    }

    fn on_made(&mut self, who: Address, attempt: AttemptId) {
        if let Address::Node(node) = who {
            self.making.insert(node, attempt.operation);
        }
    }

    /// A home keeps what was put; it may have made that just now.
    fn on_kept(&mut self, now: Time, who: Address, change: &Change) {
        let Address::Node(node) = who else { return };
        let Some(operation) = self.making.remove(&node) else { return };
        let event = self.open.get(&operation).and_then(|open| open.event);
        let held = |event| change.before.as_deref().is_some_and(|set| set.knows(event));
        let again = self.made.insert((node, operation), change.key).is_some();
        if again && self.writes_named && event.is_some_and(held) {
            let what = "was done anew by the node that held it";
            self.findings.add(self.truncated, || told(now, operation, what));
        }
        if !again {
            self.made_first.push_back((node, operation));
            let oldest = self.made_first.len() > MOST_MADE;
            let oldest = if oldest { self.made_first.pop_front() } else { None };
            oldest.map(|oldest| self.made.remove(&oldest));
        }
    }

    fn find(&mut self, now: Time, operation: OperationId, what: &'static str) {
        self.findings.add(false, || told(now, operation, what));
    }
}

fn told(now: Time, operation: OperationId, mechanism: &'static str) -> Finding {
    let story = format!("operation {operation} {mechanism}");
    Finding { time: Some(now), mechanism, ..Finding::story(story) }
}

impl Judge for Operations {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_fact(now, Address::Node(*node), fact),
            Record::FaultBegan { fault } if self.pauses[*fault] => {
                (self.standing, self.stood) = (self.standing + 1, now);
            }
            Record::FaultEnded { fault } if self.pauses[*fault] => {
                (self.standing, self.stood) = (self.standing - 1, now);
            }
            // A node that starts anew remembers nothing that it has made.
            Record::Down { node, .. } => self.made.retain(|(maker, _), _| maker != node),
            Record::Client { client, fact } => match fact {
                ClientFact::Invoked(invocation) => self.on_invoked(now, invocation),
                ClientFact::Coordinated(fact) => {
                    self.on_fact(now, Address::Client(*client), fact);
                }
                ClientFact::Ended(ending) => self.on_ended(now, ending),
                ClientFact::Retried { .. } | ClientFact::Moved { .. } => {}
                ClientFact::Refreshed { .. } | ClientFact::Misrouted { .. } => {}
            },
            _other => {}
        }
    }

    fn verdict(mut self: Box<Self>, _: &Layout, account: &Account) -> Option<Verdict> {
        for operation in std::mem::take(&mut self.open).into_keys() {
            self.find(account.now, operation, "never ended");
        }
        Some(self.findings.verdict_of_all("operations", self.begun))
    }
}
