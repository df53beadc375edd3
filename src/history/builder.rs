//! From lines to operations: each end finds its beginning, and all get their order.
//!
//! The order is that of the times, and within one instant that of the lines. A history without
//! times is in the order of its lines.

use smallvec::SmallVec;

use crate::history::clock::{Clock, Dot};
use crate::history::malformed::Malformed;
use crate::history::model::{Ending, Function, History, Moment, NEVER, Operation, Shape, Span};
use crate::history::places::Places;
use crate::history::value::{Names, Value};

/// What a line tells. Jepsen's `type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Invoke,
    Ok,
    Fail,
    Info,
}

/// The values of a line.
#[derive(Clone, PartialEq, Debug)]
pub enum Values {
    /// None, or nil.
    Nothing,
    One(Value),
    /// A set of siblings.
    Set(SmallVec<[Value; 2]>),
}

/// Entries of a context, as they come.
pub type Entries = SmallVec<[Dot; 4]>;

/// A line about a client.
#[derive(Clone, Debug)]
pub struct Event {
    pub line: usize,
    pub time: Option<u64>,
    pub client: u32,
    /// Tells a client's operations apart, where it may have several under way.
    pub number: Option<u64>,
    pub kind: Kind,
    pub function: Function,
    pub key: Option<Value>,
    pub values: Values,
    pub dot: Option<Dot>,
    /// Entries of the context.
    pub clock: Option<Entries>,
}

/// A history in the making.
#[derive(Debug, Default)]
pub struct Builder {
    pub texts: Names,
    pub clients: Names,
    pub actors: Names,
    pub troubles: u64,
    operations: Vec<Operation>,
    values: Vec<Value>,
    clocks: Vec<Dot>,
    keys: Vec<Option<Value>>,
    places: Places,
    open: Vec<Vec<(Option<u64>, u32)>>,
    /// Time and what of each event so far.
    moments: Vec<(u64, Moment)>,
    timed: Option<bool>,
    sets: bool,
    contexts: bool,
}

impl Builder {
    /// Takes the next line.
    pub fn add(&mut self, event: &Event) -> Result<(), Malformed> {
        let time = self.time(event)?;
        let client = event.client as usize;
        if self.open.len() <= client {
            self.open.resize_with(client + 1, Vec::new);
        }
        match event.kind {
            Kind::Invoke => self.begin(event, time),
            Kind::Ok | Kind::Fail | Kind::Info => self.end(event, time),
        }
    }

    /// The history; operations without an end have an unknown one.
    pub fn finish(mut self) -> History {
        let ordered = self.moments.windows(2).all(|pair| pair[0].0 <= pair[1].0);
        if !ordered {
            self.moments.sort_by_key(|(time, _)| *time);
        }
        let moments: Vec<Moment> = self.moments.into_iter().map(|(_, moment)| moment).collect();
        for (place, moment) in (1..).zip(&moments) {
            let operation = &mut self.operations[moment.operation as usize];
            match moment.begins {
                true => operation.start = place,
                false => operation.end = place,
            }
        }
        let shape = match (self.contexts, self.sets) {
            (true, _) => Shape::Contexts,
            (false, true) => Shape::Sets,
            (false, false) => Shape::Registers,
        };
        History {
            operations: self.operations,
            values: self.values,
            clocks: self.clocks,
            texts: self.texts,
            clients: self.clients,
            actors: self.actors,
            keys: self.keys,
            moments,
            shape,
            timed: self.timed.unwrap_or(true),
            troubles: self.troubles,
        }
    }

    fn time(&mut self, event: &Event) -> Result<u64, Malformed> {
        let timed = *self.timed.get_or_insert(event.time.is_some());
        if timed != event.time.is_some() {
            let wanted = "either every line tells a time, in nanoseconds, or none does";
            let found = if timed { "no time" } else { "a time, unlike before" };
            return Err(Malformed::new(event.line, "time", found, wanted));
        }
        Ok(event.time.unwrap_or(self.moments.len() as u64))
    }

    fn begin(&mut self, event: &Event, time: u64) -> Result<(), Malformed> {
        let open = &mut self.open[event.client as usize];
        if open.iter().any(|(number, _)| *number == event.number) {
            let found = "a client that begins an operation while it has one under way";
            let wanted =
                "each process has one operation at a time, or else tells them apart by `op`";
            return Err(Malformed::new(event.line, "process", found, wanted));
        }
        let operation = self.operations.len() as u32;
        open.push((event.number, operation));
        let key = self.key(event.key);
        let mut function = event.function;
        if function == Function::Write && event.values == Values::Nothing {
            function = Function::Delete;
        }
        let values = match event.function {
            Function::Read => Span::default(),
            Function::Write => self.keep(event)?,
            Function::Swap if matches!(&event.values, Values::Set(pair) if pair.len() == 2) => {
                self.keep(event)?
            }
            Function::Swap => {
                let wanted = "a `cas` brings a pair: the value expected, and the new one";
                return Err(Malformed::new(event.line, "value", "something else", wanted));
            }
            Function::Delete => Span::default(),
        };
        self.moments.push((time, Moment { operation, begins: true }));
        self.operations.push(Operation {
            client: event.client,
            key,
            function,
            ending: Ending::Unknown,
            start: 0,
            end: NEVER,
            began: time,
            ended: None,
            values,
            dot: None,
            clock: None,
            line: event.line as u32,
        });
        Ok(())
    }

    fn end(&mut self, event: &Event, time: u64) -> Result<(), Malformed> {
        let open = &mut self.open[event.client as usize];
        let Some(place) = open.iter().position(|(number, _)| *number == event.number) else {
            let found = "the end of an operation that this client never began";
            let wanted = "each `ok`, `fail` or `info` follows an `invoke` of the same process";
            return Err(Malformed::new(event.line, "type", found, wanted));
        };
        let (_, number) = open.swap_remove(place);
        let key = self.key(event.key);
        let (values, clock) = match (event.kind, event.function) {
            (Kind::Ok, Function::Read) => (self.keep(event)?, self.keep_clock(event)),
            (Kind::Ok, Function::Write | Function::Delete | Function::Swap) => {
                (Span::default(), self.keep_clock(event))
            }
            (Kind::Invoke | Kind::Fail | Kind::Info, _) => (Span::default(), None),
        };
        let operation = &mut self.operations[number as usize];
        let same = operation.writes() == (event.function != Function::Read);
        if operation.key != key || !same {
            let found = "another key or function than the operation began with";
            let wanted = "an end names the same `f` and key as its `invoke`";
            return Err(Malformed::new(event.line, "f", found, wanted));
        }
        if time < operation.began {
            let found = "an end before its beginning";
            let wanted = "times in nanoseconds since the start, by one clock";
            return Err(Malformed::new(event.line, "time", found, wanted));
        }
        operation.ended = Some(time);
        operation.ending = match event.kind {
            Kind::Ok => Ending::Ok,
            Kind::Fail => Ending::Fail,
            Kind::Invoke | Kind::Info => Ending::Unknown,
        };
        if event.kind == Kind::Ok && event.function == Function::Read {
            operation.values = values;
        }
        (operation.dot, operation.clock) = (event.dot, clock);
        if operation.ending != Ending::Unknown {
            self.moments.push((time, Moment { operation: number, begins: false }));
        }
        Ok(())
    }

    fn key(&mut self, key: Option<Value>) -> u32 {
        let next = self.keys.len() as u32;
        let hash = key.map_or(0, Value::hash);
        let place = self.places.place(hash, next, |at| self.keys[at as usize] == key);
        if place == next {
            self.keys.push(key);
        }
        place
    }

    fn keep(&mut self, event: &Event) -> Result<Span, Malformed> {
        let from = self.values.len() as u32;
        match &event.values {
            Values::Nothing => {}
            Values::One(value) => self.values.push(*value),
            Values::Set(pair) if event.function == Function::Swap => self.values.extend(pair),
            Values::Set(_) if event.function != Function::Read => {
                let wanted = "a write brings one value";
                return Err(Malformed::new(event.line, "value", "a list", wanted));
            }
            Values::Set(values) => {
                self.sets |= values.len() > 1;
                self.values.extend(values);
                self.values[from as usize..].sort_unstable();
            }
        }
        Ok(Span { from, to: self.values.len() as u32 })
    }

    fn keep_clock(&mut self, event: &Event) -> Option<Span> {
        let entries = event.clock.as_ref()?;
        self.contexts = true;
        let from = self.clocks.len() as u32;
        match entries.is_sorted_by(|one, other| one.0 < other.0) {
            true => self.clocks.extend(entries),
            false => self.clocks.extend(Clock::of(entries).entries()),
        }
        Some(Span { from, to: self.clocks.len() as u32 })
    }
}
