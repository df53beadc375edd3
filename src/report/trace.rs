//! The trace: everything that happened, a JSON object a line, messages with Maelstrom's names
//! for them (`src`, `dest`, `body` with `type` and `msg_id`). For looking closely at short runs.
//!
//! Every line has `t`, in nanoseconds, and `what`: `sent`, `copied`, `delivered`, `dropped`,
//! `fact`, `down`, `up`, `fault_began`, `fault_ended` or `settling`.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::fact::request::{Heard, Unanswered};
use crate::dynamo::message::{Handoff, Message, ToReplica};
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{AttemptId, Key};
use crate::metrics::faults::full_label;
use crate::report::history::name;
use crate::report::lines::Lines;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, OperationResult};

/// Writes every record of a run.
#[derive(Debug)]
pub struct Trace<W> {
    layout: Layout,
    lines: Lines<W>,
}

impl<W: Write> Trace<W> {
    /// The trace of a run with this layout goes to this writer.
    pub fn new(layout: &Layout, writer: W) -> Trace<W> {
        Trace { layout: layout.clone(), lines: Lines::new(writer) }
    }

    /// The writer, flushed; or why a line could not be written.
    pub fn finish(self) -> io::Result<W> {
        self.lines.finish()
    }

    fn line(&self, record: &Record<'_>) -> Value {
        let label = |fault: &usize| full_label(&self.layout.faults[*fault]);
        match record {
            Record::Sent { number, from, to, message, due } => json!({
                "what": "sent", "src": text(from), "dest": text(to), "due": due.0,
                "body": body(*number, message),
            }),
            Record::Copied { number, due } => {
                json!({ "what": "copied", "body": { "msg_id": number }, "due": due.0 })
            }
            Record::Delivered { number, from, to, message } => json!({
                "what": "delivered", "src": text(from), "dest": text(to),
                "body": body(*number, message),
            }),
            Record::Dropped { number, from, to, message, cause } => json!({
                "what": "dropped", "src": text(from), "dest": text(to), "cause": cause.name(),
                "body": body(*number, message),
            }),
            Record::Node { node, fact } => told(text(node), node_fact(fact)),
            Record::Client { client, fact } => told(text(client), client_fact(fact)),
            Record::Down { node, disk } => {
                json!({ "what": "down", "node": text(node), "disk": disk })
            }
            Record::Up { node } => json!({ "what": "up", "node": text(node) }),
            Record::FaultBegan { fault } => json!({ "what": "fault_began", "fault": label(fault) }),
            Record::FaultEnded { fault } => json!({ "what": "fault_ended", "fault": label(fault) }),
            Record::Rehomed { .. } => json!({ "what": "rehomed" }),
            Record::Settling => json!({ "what": "settling" }),
        }
    }
}

impl<W: Write> Observer for Trace<W> {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let mut line = self.line(record);
        line["t"] = json!(now.0);
        self.lines.write(&line);
    }
}

fn told(who: String, (fact, details): (&str, Value)) -> Value {
    json!({ "what": "fact", "src": who, "fact": fact, "details": details })
}

fn body(number: u64, message: &Message) -> Value {
    let mut body = Map::new();
    body.insert("type".to_string(), json!(message.kind().name()));
    body.insert("msg_id".to_string(), json!(number));
    body.insert("bytes".to_string(), json!(message.bytes()));
    if let Some(key) = key_of(message) {
        body.insert("key".to_string(), json!(text(&key)));
    }
    if let Some(attempt) = attempt_of(message) {
        body.insert("attempt".to_string(), json!(text(&attempt)));
    }
    Value::Object(body)
}

fn key_of(message: &Message) -> Option<Key> {
    match message {
        Message::Request(request) => Some(request.key),
        Message::Reply(reply) => Some(reply.key),
        Message::Replica(
            ToReplica::Fetch { key, .. }
            | ToReplica::Write { key, .. }
            | ToReplica::Store { key, .. }
            | ToReplica::Repair { key, .. },
        )
        | Message::Handoff(Handoff::Deliver { key, .. } | Handoff::Delivered { key, .. }) => {
            Some(*key)
        }
        Message::Coordinator(_) | Message::AntiEntropy(_) | Message::Membership(_) => None,
        Message::Moving(_) | Message::Reaping(_) => None,
    }
}

/// The attempt that a message belongs to, if it belongs to one.
pub fn attempt_of(message: &Message) -> Option<AttemptId> {
    match message {
        Message::Request(request) => Some(request.attempt),
        Message::Reply(reply) => Some(reply.attempt),
        Message::Replica(
            ToReplica::Fetch { attempt, .. }
            | ToReplica::Write { attempt, .. }
            | ToReplica::Store { attempt, .. }
            | ToReplica::Repair { attempt, .. },
        ) => Some(*attempt),
        Message::Coordinator(message) => Some(message.attempt()),
        Message::Handoff(_) | Message::AntiEntropy(_) | Message::Membership(_) => None,
        Message::Moving(_) | Message::Reaping(_) => None,
    }
}

fn node_fact(fact: &Fact) -> (&'static str, Value) {
    match fact {
        Fact::Kept { change, cause } => {
            ("kept", json!({ "change": of_change(change), "cause": format!("{cause:?}") }))
        }
        Fact::Damaged { change } => ("damaged", json!({ "change": of_change(change) })),
        Fact::Reaped { change } => ("reaped", json!({ "change": of_change(change) })),
        Fact::Lost { change } => ("lost", json!({ "change": of_change(change) })),
        Fact::Made { attempt, making } => {
            let event = text(&making.ghost.event());
            let dot = making.version().map(|own| format!("{}:{}", own.dot.actor, own.dot.counter));
            ("made", json!({ "attempt": text(attempt), "event": event, "dot": dot }))
        }
        Fact::Merged(merge) => {
            let [mine, theirs] = merge.parts.each_ref().map(|set| events(set));
            let (key, after) = (text(&merge.key), events(&merge.merged));
            ("merged", json!({ "key": key, "mine": mine, "theirs": theirs, "after": after }))
        }
        Fact::Recognised { attempt } => ("recognised", json!({ "attempt": text(attempt) })),
        Fact::Committed { ghost, set, .. } => {
            ("committed", json!({ "event": text(&ghost.event()), "events": events(set) }))
        }
        Fact::HintCreated { hint } => ("hint_created", of_hint(hint)),
        Fact::HintSuperseded { hint } => ("hint_superseded", of_hint(hint)),
        Fact::HintDelivered { hint } => ("hint_delivered", of_hint(hint)),
        Fact::HintLost { hint } => ("hint_lost", of_hint(hint)),
        Fact::HintRevived { hint } => ("hint_revived", of_hint(hint)),
        Fact::HintDropped { hint } => ("hint_dropped", of_hint(hint)),
        Fact::StandIn(fact) => ("stand_in", json!({ "what": format!("{fact:?}") })),
        Fact::Flush(fact) => ("flush", json!({ "what": format!("{fact:?}") })),
        Fact::Buffer(fact) => ("buffer", json!({ "what": format!("{fact:?}") })),
        Fact::Admission(fact) => ("admission", json!({ "what": format!("{fact:?}") })),
        Fact::Suspected { peer } => ("suspected", json!({ "peer": text(peer) })),
        Fact::Cleared { peer } => ("cleared", json!({ "peer": text(peer) })),
        Fact::Exchange(fact) => ("exchange", json!({ "what": format!("{fact:?}") })),
        Fact::Compared { peer, hashes, differing, .. } => {
            ("compared", json!({ "peer": text(peer), "hashes": hashes, "differing": differing }))
        }
        Fact::Announced { history } => {
            let members: Vec<String> = history.members().iter().map(text).collect();
            ("announced", json!({ "members": members }))
        }
        Fact::Believes { history } => {
            let membership = format!("{:016x}", history.membership());
            ("believes", json!({ "members": history.members().len(), "membership": membership }))
        }
        Fact::Released { change } => ("released", json!({ "change": of_change(change) })),
        Fact::Passed => ("passed", json!({})),
        Fact::Declined => ("declined", json!({})),
        Fact::Replanted { ranges, keys } => {
            ("replanted", json!({ "ranges": ranges, "keys": keys }))
        }
        Fact::Member(fact) => member_fact(fact),
        Fact::ReadRepaired { key, replicas } => {
            ("read_repaired", json!({ "key": text(key), "replicas": replicas }))
        }
        Fact::Counted(counted) => ("counted", of_request(&counted.request)),
        Fact::GivenUp(request) => ("given_up", of_request(request)),
        Fact::Forwarded { attempt, again } => {
            ("forwarded", json!({ "attempt": text(attempt), "again": again }))
        }
        Fact::Mended(mended) => {
            let to: Vec<String> = mended.to.iter().map(text).collect();
            (
                "mended",
                json!({ "key": text(&mended.key), "events": events(&mended.sent), "to": to }),
            )
        }
    }
}

fn member_fact(fact: &MemberFact) -> (&'static str, Value) {
    match fact {
        MemberFact::Commanded(command) => {
            ("commanded", json!({ "command": format!("{command:?}") }))
        }
        MemberFact::Believes { history, .. } => {
            let members: Vec<String> = history.members().iter().map(text).collect();
            ("believes", json!({ "members": members, "digest": history.digest() }))
        }
        MemberFact::Unanswered { peer } => ("unanswered", json!({ "peer": text(peer) })),
        MemberFact::Answered { peer } => ("answered", json!({ "peer": text(peer) })),
        MemberFact::Waits { from } => ("waits", json!({ "from": from.as_ref().map(text) })),
        MemberFact::GoesOn => ("goes_on", json!({})),
        MemberFact::Bound { transition } => ("bound", json!({ "node": text(&transition.node) })),
        MemberFact::Given { transition } => ("given", json!({ "node": text(&transition.node) })),
        MemberFact::PassedOn { attempt, home, to, times } => {
            let (attempt, home, to) = (attempt.as_ref().map(text), text(home), text(to));
            let details = json!({ "attempt": attempt, "home": home, "to": to, "times": times });
            ("passed_on", details)
        }
        MemberFact::Unfit { key, why, read } => {
            let why = format!("{why:?}");
            ("unfit", json!({ "key": text(key), "why": why, "read": read }))
        }
    }
}

fn client_fact(fact: &ClientFact) -> (&'static str, Value) {
    match fact {
        ClientFact::Invoked(invocation) => (
            "invoked",
            json!({
                "operation": text(&invocation.operation), "f": name(invocation.function),
                "key": text(&invocation.key), "to": text(&invocation.to),
                "event": invocation.ghost.as_ref().map(|ghost| text(&ghost.event())),
            }),
        ),
        ClientFact::Retried { attempt, to } => {
            ("retried", json!({ "attempt": text(attempt), "to": text(to) }))
        }
        ClientFact::Moved { to } => ("moved", json!({ "to": text(to) })),
        ClientFact::Refreshed { at_once } => ("refreshed", json!({ "at_once": at_once })),
        ClientFact::Misrouted { attempt } => ("misrouted", json!({ "attempt": text(attempt) })),
        ClientFact::Coordinated(fact) => node_fact(fact),
        ClientFact::Ended(ending) => {
            let (result, set) = match &ending.result {
                OperationResult::Ok { set, .. } => ("ok", set.as_deref()),
                OperationResult::Failed => ("fail", None),
                OperationResult::Unknown => ("info", None),
            };
            let details = json!({
                "operation": text(&ending.operation), "f": name(ending.function),
                "key": text(&ending.key), "attempts": ending.attempts, "result": result,
                "events": set.map(events),
            });
            ("ended", details)
        }
    }
}

fn of_request(request: &Unanswered) -> Value {
    let asked = request.asked.iter().map(|asked| {
        let heard = match asked.heard {
            Heard::Answer => "answer",
            Heard::Silence => "silence",
            Heard::Nothing => "nothing",
        };
        json!({ "node": text(&asked.node), "home": text(&asked.home), "heard": heard })
    });
    json!({
        "attempt": text(&request.attempt), "key": text(&request.key),
        "asked": asked.collect::<Vec<Value>>(),
    })
}

fn of_change(change: &Change) -> Value {
    let side = |set: &Option<std::rc::Rc<VersionSet>>| set.as_deref().map(events);
    let (before, after) = (side(&change.before), side(&change.after));
    json!({ "key": text(&change.key), "before": before, "after": after })
}

fn of_hint(hint: &Hint) -> Value {
    json!({ "target": text(&hint.target), "key": text(&hint.key), "events": events(&hint.set) })
}

/// The versions of a set by the events that wrote them.
fn events(set: &VersionSet) -> Vec<u32> {
    set.versions().iter().map(|version| version.ghost.event().number).collect()
}

fn text(name: &impl ToString) -> String {
    name.to_string()
}
