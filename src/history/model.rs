//! A history as the checkers see it: operations with the order of their beginnings and ends.

use crate::history::clock::Dot;
use crate::history::value::{Names, Value};

/// The place of an end that is not known: a write that may take effect at any later time.
pub const NEVER: u32 = u32::MAX;

/// What an operation does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Function {
    Read,
    Write,
    /// A write after which there is no value.
    Delete,
    /// A write that happens only if the value is as expected.
    Swap,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ending {
    /// It succeeded.
    Ok,
    /// It surely had no effect.
    Fail,
    /// Nobody knows, or the history ends before it did.
    Unknown,
}

/// Some neighbours in a common list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub from: u32,
    pub to: u32,
}

/// What a client asked and was told.
#[derive(Clone, Debug)]
pub struct Operation {
    pub client: u32,
    pub key: u32,
    pub function: Function,
    pub ending: Ending,
    /// Place of its beginning among all beginnings and ends, from 1.
    pub start: u32,
    /// Place of its end; [`NEVER`] unless it succeeded or failed.
    pub end: u32,
    pub began: u64,
    /// When it ended; that of an unknown end is when the client gave up, if the history says so.
    pub ended: Option<u64>,
    /// What was written or read.
    pub values: Span,
    /// The name under which the store took a write.
    pub dot: Option<Dot>,
    /// What the answer's context covers; none if the store tells none.
    pub clock: Option<Span>,
    /// Line of its beginning in the file.
    pub line: u32,
}

/// The beginning or end of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    pub operation: u32,
    pub begins: bool,
}

/// How to take the values that reads return.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One value, or none.
    Registers,
    /// Sets of values without a word about what they replace.
    Sets,
    /// Sets of values with a context that says what their writers had known.
    Contexts,
}

/// What clients did, in order.
#[derive(Clone, Debug)]
pub struct History {
    pub operations: Vec<Operation>,
    pub values: Vec<Value>,
    pub clocks: Vec<Dot>,
    pub texts: Names,
    pub clients: Names,
    pub actors: Names,
    pub keys: Vec<Option<Value>>,
    /// All beginnings and known ends in their order.
    pub moments: Vec<Moment>,
    pub shape: Shape,
    /// Does the history tell times? Else its times are places in the file.
    pub timed: bool,
    /// Lines about trouble, which no checker looks at.
    pub troubles: u64,
}

impl Span {
    /// The neighbours themselves.
    pub fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.from as usize..self.to as usize]
    }
}

impl Operation {
    /// Was it a write, of whatever kind?
    pub fn writes(&self) -> bool {
        match self.function {
            Function::Read => false,
            Function::Write | Function::Delete | Function::Swap => true,
        }
    }
}

impl History {
    /// How a key is called.
    pub fn key_name(&self, key: u32) -> String {
        match self.keys[key as usize] {
            Some(value) => self.texts.written(value),
            None => "(the register)".to_string(),
        }
    }

    /// The time between two moments as a person reads it.
    pub fn span_text(&self, nanoseconds: u64) -> String {
        if !self.timed {
            return format!("{nanoseconds} events");
        }
        let (unit, size) = match nanoseconds {
            0..=999 => ("ns", 1.0),
            1_000..=999_999 => ("us", 1e3),
            1_000_000..=999_999_999 => ("ms", 1e6),
            _ => ("s", 1e9),
        };
        let number = format!("{:.3}", nanoseconds as f64 / size);
        let number = number.trim_end_matches('0').trim_end_matches('.');
        format!("{number} {unit}")
    }
}
