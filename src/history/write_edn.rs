//! A history as Jepsen's EDN, an event on each line.
//!
//! A process has one operation at a time and none after one whose end is unknown, as Jepsen wants
//! it; `:client` says whose it is. Values are pairs `[key value]`; siblings are a set. `:ctx` and
//! `:dot` keep what the store told beside.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::history::model::{Ending, Function, History, Operation};
use crate::history::value::quoted;

/// The history as EDN.
pub fn write(history: &History) -> String {
    let mut processes = Processes::default();
    let (mut text, mut index) = (String::new(), 0u64);
    for (time, number, begins) in events(history) {
        let operation = &history.operations[number as usize];
        let process = processes.of(number, operation, begins);
        let kind = match (begins, operation.ending) {
            (true, _) => "invoke",
            (false, Ending::Ok) => "ok",
            (false, Ending::Fail) => "fail",
            (false, Ending::Unknown) => "info",
        };
        let (f, value) = told(history, operation, begins);
        let client = history.clients.text(operation.client);
        let client = client.parse::<i64>().map_or_else(|_| quoted(client), |n| n.to_string());
        let time = if history.timed { format!(":time {time}, ") } else { String::new() };
        let _ = write!(
            text,
            "{{:index {index}, {time}:process {process}, :type :{kind}, :f :{f}, :value {value}, \
             :client {client}"
        );
        if !begins {
            text.push_str(&beside(history, operation));
        }
        text.push_str("}\n");
        index += 1;
    }
    text
}

/// All beginnings and ends, those too that tell nothing, in their order.
fn events(history: &History) -> Vec<(u64, u32, bool)> {
    let mut unknown: Vec<(u64, u32)> = Vec::new();
    for (number, operation) in (0..).zip(&history.operations) {
        if let (Ending::Unknown, Some(ended)) = (operation.ending, operation.ended) {
            unknown.push((ended, number));
        }
    }
    unknown.sort_unstable();
    let mut unknown = unknown.into_iter().peekable();
    let mut events = Vec::with_capacity(history.moments.len());
    for moment in &history.moments {
        let operation = &history.operations[moment.operation as usize];
        let ended = operation.ended.unwrap_or(operation.began);
        let time = if moment.begins { operation.began } else { ended };
        while let Some((at, number)) = unknown.next_if(|(at, _)| *at < time) {
            events.push((at, number, false));
        }
        events.push((time, moment.operation, moment.begins));
    }
    events.extend(unknown.map(|(at, number)| (at, number, false)));
    events
}

/// Which process an operation belongs to.
#[derive(Default)]
struct Processes {
    next: u32,
    free: BTreeMap<u32, Vec<u32>>,
    busy: BTreeMap<u32, u32>,
}

impl Processes {
    fn of(&mut self, number: u32, operation: &Operation, begins: bool) -> u32 {
        let free = self.free.entry(operation.client).or_default();
        if begins {
            let process = free.pop().unwrap_or_else(|| {
                self.next += 1;
                self.next - 1
            });
            self.busy.insert(number, process);
            return process;
        }
        let process = self.busy.remove(&number).expect("what ends has begun");
        if operation.ending != Ending::Unknown {
            free.push(process);
        }
        process
    }
}

/// The function and the value of an event.
fn told(history: &History, operation: &Operation, begins: bool) -> (&'static str, String) {
    let values = operation.values.of(&history.values);
    let texts: Vec<String> = values.iter().map(|v| history.texts.written(*v)).collect();
    let read = |texts: Vec<String>| match texts.as_slice() {
        [] => "nil".to_string(),
        [one] => one.clone(),
        many => format!("#{{{}}}", many.join(" ")),
    };
    let (f, value) = match operation.function {
        Function::Read if begins => ("read", "nil".to_string()),
        Function::Read => ("read", read(texts)),
        Function::Write => ("write", texts.concat()),
        Function::Delete => ("delete", "nil".to_string()),
        Function::Swap => ("cas", format!("[{}]", texts.join(" "))),
    };
    match history.keys[operation.key as usize] {
        Some(key) => (f, format!("[{} {value}]", history.texts.written(key))),
        None => (f, value),
    }
}

/// What the store told beside the value.
fn beside(history: &History, operation: &Operation) -> String {
    let actor = |actor: u32| quoted(history.actors.text(actor));
    let mut text = String::new();
    if let Some(clock) = operation.clock {
        let entries = clock.of(&history.clocks).iter();
        let entries: Vec<String> = entries.map(|(a, n)| format!("{} {n}", actor(*a))).collect();
        let _ = write!(text, ", :ctx {{{}}}", entries.join(", "));
    }
    if let Some((by, count)) = operation.dot {
        let _ = write!(text, ", :dot [{} {count}]", actor(by));
    }
    text
}
