//! The history: what clients asked and were told, and what went wrong meanwhile. JSON Lines in the
//! shape of Jepsen, enough to derive every export from.
//!
//! | field | meaning |
//! |---|---|
//! | `i` | number of the line |
//! | `t` | nanoseconds since the start of the run |
//! | `p` | the client, or `"nemesis"` for trouble |
//! | `type` | `invoke`, `ok`, `fail` (surely no effect), `info` (unknown; always for trouble) |
//! | `f` | `get`, `put`, `delete`; for trouble the kind of fault, `down`, `up` or `settling` |
//! | `op` | the client's operation: an open-loop client has several under way at a time |
//! | `key` | the key's number |
//! | `v` | the write's event number, or those of the visible versions read; for trouble, what |
//! | `items`, `cart` | items of the cart as the shop sees it; the item that a put adds or removes |
//! | `dots` | names of the versions read or stored |
//! | `ctx` | the clock that covers them and all that they replace; none where the last write wins |
//! | `dot` | the name under which a write was stored |
//! | `coord`, `replied` | the coordinator, and the nodes whose answers counted |
//! | `n`, `r`, `w` | the quorum settings |

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::dynamo::config::Versioning;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::OperationId;
use crate::metrics::faults::full_label;
use crate::report::lines::Lines;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{
    CartChange, ClientFact, Ending, Function, Invocation, OperationResult,
};

/// Writes the history of a run.
#[derive(Debug)]
pub struct History<W> {
    layout: Layout,
    lines: Lines<W>,
    next: u64,
    /// Event numbers of puts and deletes under way.
    open: BTreeMap<OperationId, u32>,
}

#[derive(Serialize)]
struct Line<'a> {
    i: u64,
    t: u64,
    p: Process,
    r#type: &'static str,
    f: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    op: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<u32>,
    v: Value<'a>,
    #[serde(flatten)]
    details: Details,
}

/// Who did it.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum Process {
    Client(u32),
    Nemesis(&'static str),
}

/// What it was about.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Nothing,
    Event(u32),
    Events(Vec<u32>),
    Story(&'a str),
}

/// What the answer tells beside its value.
#[derive(Default, Serialize)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    cart: Option<Cart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dots: Option<Vec<(String, u64)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dot: Option<(String, u64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Context>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coord: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replied: Option<Vec<u32>>,
    #[serde(flatten)]
    quorum: Option<Quorum>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Cart {
    Add(u32),
    Remove(u32),
}

#[derive(Clone, Copy, Serialize)]
struct Quorum {
    n: u32,
    r: u32,
    w: u32,
}

/// A clock, as an object.
struct Context(Vec<(String, u64)>);

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(actor, counter)| (actor, counter)))
    }
}

impl<W: Write> History<W> {
    /// The history of a run with this layout goes to this writer.
    pub fn new(layout: &Layout, writer: W) -> History<W> {
        let open = BTreeMap::new();
        History { layout: layout.clone(), lines: Lines::new(writer), next: 0, open }
    }

    /// The writer, flushed; or why a line could not be written.
    pub fn finish(self) -> io::Result<W> {
        self.lines.finish()
    }

    fn invoked(&mut self, now: Time, invocation: &Invocation) {
        let event = invocation.ghost.as_ref().map(|ghost| ghost.event().number);
        if let Some(number) = event {
            self.open.insert(invocation.operation, number);
        }
        let cart = invocation.cart.map(|change| match change {
            CartChange::Add(item) => Cart::Add(item),
            CartChange::Remove(item) => Cart::Remove(item),
        });
        self.write(Line {
            i: 0,
            t: now.0,
            p: Process::Client(invocation.operation.client.0),
            r#type: "invoke",
            f: name(invocation.function),
            op: Some(invocation.operation.number),
            key: Some(invocation.key.0),
            v: event.map_or(Value::Nothing, Value::Event),
            details: Details { cart, ..Details::default() },
        });
    }

    fn ended(&mut self, now: Time, ending: &Ending) {
        let event = self.open.remove(&ending.operation);
        let written = event.map_or(Value::Nothing, Value::Event);
        let (r#type, v, details) = match &ending.result {
            OperationResult::Ok { set, .. } if ending.function == Function::Get => {
                ("ok", read_value(set.as_deref()), self.details(ending, None))
            }
            OperationResult::Ok { .. } => ("ok", written, self.details(ending, event)),
            OperationResult::Failed => ("fail", written, Details::default()),
            OperationResult::Unknown => ("info", written, Details::default()),
        };
        self.write(Line {
            i: 0,
            t: now.0,
            p: Process::Client(ending.operation.client.0),
            r#type,
            f: name(ending.function),
            op: Some(ending.operation.number),
            key: Some(ending.key.0),
            v,
            details,
        });
    }

    /// What a successful answer tells; `event` is the write's, if it was one.
    fn details(&self, ending: &Ending, event: Option<u32>) -> Details {
        let OperationResult::Ok { set, coordinator, replied, .. } = &ending.result else {
            return Details::default();
        };
        let cluster = &self.layout.cluster;
        let set = set.as_deref();
        let seen = |set| self.layout.cart_policy.seen(set);
        let read = set.filter(|_| ending.function == Function::Get);
        // Where the last write wins, the clock of a version says nothing of others.
        let causal = cluster.versioning != Versioning::LastWriteWins;
        Details {
            cart: None,
            items: read.map(|set| seen(Some(set)).items).filter(|items| !items.is_empty()),
            dots: set.map(dots),
            dot: set.zip(event).and_then(|(set, event)| own_dot(set, event)),
            ctx: set.filter(|_| causal).map(context),
            coord: coordinator.map(|node| node.0),
            replied: Some(replied.iter().map(|node| node.0).collect()),
            quorum: Some(Quorum { n: cluster.n, r: cluster.r, w: cluster.w }),
        }
    }

    fn trouble(&mut self, now: Time, f: &str, story: &str) {
        let (p, v) = (Process::Nemesis("nemesis"), Value::Story(story));
        let (op, key, details) = (None, None, Details::default());
        self.write(Line { i: 0, t: now.0, p, r#type: "info", f, op, key, v, details });
    }

    fn fault(&mut self, now: Time, fault: usize, what: &str) {
        let window = &self.layout.faults[fault];
        let (kind, story) = (window.kind, format!("{what}: {}", full_label(window)));
        self.trouble(now, kind, &story);
    }

    fn write(&mut self, line: Line<'_>) {
        self.lines.write(&Line { i: self.next, ..line });
        self.next += 1;
    }
}

impl<W: Write> Observer for History<W> {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Client { fact: ClientFact::Invoked(invocation), .. } => {
                self.invoked(now, invocation);
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.ended(now, ending),
            Record::Client {
                fact:
                    ClientFact::Retried { .. }
                    | ClientFact::Moved { .. }
                    | ClientFact::Refreshed { .. }
                    | ClientFact::Misrouted { .. }
                    | ClientFact::Coordinated(_),
                ..
            } => {}
            Record::Down { node, .. } => self.trouble(now, "down", &node.to_string()),
            Record::Up { node } => self.trouble(now, "up", &node.to_string()),
            Record::FaultBegan { fault } => self.fault(now, *fault, "began"),
            Record::FaultEnded { fault } => self.fault(now, *fault, "ended"),
            Record::Settling => self.trouble(now, "settling", "no new operations, no more faults"),
            Record::Sent { .. }
            | Record::Copied { .. }
            | Record::Delivered { .. }
            | Record::Dropped { .. }
            | Record::Rehomed { .. }
            | Record::Node { .. } => {}
        }
    }
}

/// Jepsen's name for what an operation does.
pub fn name(function: Function) -> &'static str {
    match function {
        Function::Get => "get",
        Function::Put => "put",
        Function::Delete => "delete",
    }
}

fn read_value(set: Option<&VersionSet>) -> Value<'static> {
    let visible = set.into_iter().flat_map(VersionSet::visible);
    Value::Events(visible.map(|version| version.ghost.event().number).collect())
}

/// The name of the version that this event made, unless it is superseded already.
fn own_dot(set: &VersionSet, event: u32) -> Option<(String, u64)> {
    let own = set.versions().iter().find(|version| version.ghost.event().number == event);
    own.map(|version| (version.dot.actor.to_string(), version.dot.counter))
}

fn dots(set: &VersionSet) -> Vec<(String, u64)> {
    let dots = set.versions().iter().map(|version| version.dot);
    dots.map(|dot| (dot.actor.to_string(), dot.counter)).collect()
}

fn context(set: &VersionSet) -> Context {
    let entries = set.clock().entries().iter();
    Context(entries.map(|dot| (dot.actor.to_string(), dot.counter)).collect())
}
