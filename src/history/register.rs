//! The history of one key: its writes, and which of them each read returned.
//!
//! A write that surely failed is none. One whose end is unknown may take effect at any later time,
//! or never: it obliges nobody until somebody has read it. Where a value was written more than
//! once, or a key was deleted so that nothing can mean two things, a read returned one of several
//! writes; it is then judged by the one that speaks most for it.

use crate::history::clock::{Clock, Dot, covers};
use crate::history::model::{Ending, Function, History, Moment, NEVER, Operation, Shape, Span};
use crate::history::value::Value;

/// The first of the writes: that there is nothing yet.
pub const ABSENCE: u32 = 0;

/// A write to the key.
#[derive(Clone, Debug)]
pub struct Write {
    /// Number of the operation; that of [`ABSENCE`] means nothing.
    pub operation: u32,
    /// The client, by its place among those of this key.
    pub client: u32,
    pub start: u32,
    /// When it was acknowledged, or [`NEVER`].
    pub end: u32,
    /// From when it surely had taken effect: its end, or the end of a read that returned it.
    pub settled: u32,
    /// Did a read of another client surely return it?
    pub by_others: bool,
    pub dot: Option<Dot>,
    pub value: Option<Value>,
}

/// A successful read of the key.
#[derive(Clone, Debug)]
pub struct Read {
    pub operation: u32,
    pub client: u32,
    pub start: u32,
    pub end: u32,
    /// The writes that it returned, in [`Register::shown`].
    pub shown: Span,
    /// What its context covers, in [`Register::contexts`].
    pub context: Span,
    /// The latest moment at which something that it returned surely was there: only what began
    /// later than that is surely newer than all that it returned.
    pub freshness: u32,
    /// It returned one of them, not all.
    pub one_of: bool,
    /// Why it cannot be: it returned what nobody had written.
    pub strange: Option<Strange>,
}

/// A value that a read cannot have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strange {
    NeverWritten(Value),
    /// By this operation, which surely had no effect.
    Failed(u32),
    /// By this operation, which began after the read had ended.
    FromTheFuture(u32),
}

/// A beginning or an end, by place in the lists of the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    ReadBegins(u32),
    ReadEnds(u32),
    WriteBegins(u32),
    WriteEnds(u32),
}

/// The history of one key.
#[derive(Debug)]
pub struct Register<'h> {
    pub history: &'h History,
    pub key: u32,
    /// In the order in which they began; the first is [`ABSENCE`].
    pub writes: Vec<Write>,
    /// In the order in which they began.
    pub reads: Vec<Read>,
    pub shown: Vec<u32>,
    /// The contexts of the reads, one after the other.
    pub contexts: Vec<Dot>,
    /// All beginnings and ends, in order.
    pub steps: Vec<Step>,
    /// How many clients use the key.
    pub clients: u32,
    /// Can each value have come from one write only?
    pub unique: bool,
    /// Names of writes with their places, sorted.
    pub dots: Vec<(Dot, u32)>,
}

/// The writes of a key by value, to look them up.
#[derive(Default)]
struct Written {
    /// Sorted by value, then by beginning.
    by_value: Vec<(Value, u32)>,
    failed: Vec<(Value, u32)>,
    deletes: Vec<u32>,
    /// Where the last value was found: the next is seldom far from it.
    near: usize,
}

impl History {
    /// The histories of all keys. They are made side by side, in the order in which everything
    /// stands in memory.
    pub fn registers(&self) -> Vec<Register<'_>> {
        let mut registers: Vec<Register<'_>> = self.empty();
        let mut written: Vec<Written> = self.keys.iter().map(|_| Written::default()).collect();
        // By operation: its place among the reads or writes of its key.
        let mut places = vec![0; self.operations.len()];
        for moment in &self.moments {
            let key = self.operations[moment.operation as usize].key as usize;
            let place = &mut places[moment.operation as usize];
            registers[key].step(*moment, place, &mut written[key]);
        }
        for (register, written) in registers.iter_mut().zip(&mut written) {
            written.by_value.sort_unstable();
            let twice = written.by_value.windows(2).any(|pair| pair[0].0 == pair[1].0);
            register.unique &= !twice;
        }
        for moment in self.moments.iter().filter(|moment| moment.begins) {
            let told = &self.operations[moment.operation as usize];
            if !told.writes() && told.ending == Ending::Ok {
                let (key, at) = (told.key as usize, places[moment.operation as usize]);
                registers[key].resolve(at as usize, told, &mut written[key]);
            }
        }
        let mut clients = vec![(0, 0); self.clients.count()];
        registers.iter_mut().for_each(|register| register.finish(&mut clients));
        registers
    }

    /// Registers with room for all that will come.
    fn empty(&self) -> Vec<Register<'_>> {
        let mut rooms = vec![(1, 0, 0); self.keys.len()];
        for told in &self.operations {
            let (writes, reads, steps) = &mut rooms[told.key as usize];
            let counts = u32::from(told.writes() || told.ending == Ending::Ok);
            *steps += 2 * counts;
            match told.writes() {
                true => *writes += 1,
                false => *reads += counts,
            }
        }
        let empty = |(key, (writes, reads, steps)): (u32, (u32, u32, u32))| Register {
            history: self,
            key,
            writes: Vec::with_capacity(writes as usize),
            reads: Vec::with_capacity(reads as usize),
            shown: Vec::with_capacity(reads as usize),
            contexts: Vec::new(),
            steps: Vec::with_capacity(steps as usize),
            clients: 0,
            unique: true,
            dots: Vec::new(),
        };
        let mut registers: Vec<Register<'_>> = (0..).zip(rooms).map(empty).collect();
        registers.iter_mut().for_each(|register| register.writes.push(absence()));
        registers
    }
}

impl<'h> Register<'h> {
    /// Notes a beginning or an end.
    fn step(&mut self, moment: Moment, place: &mut u32, written: &mut Written) {
        let number = moment.operation;
        let operation = &self.history.operations[number as usize];
        if !moment.begins {
            match (operation.writes(), operation.ending) {
                (_, Ending::Fail | Ending::Unknown) => {}
                (false, Ending::Ok) => self.steps.push(Step::ReadEnds(*place)),
                (true, Ending::Ok) => self.steps.push(Step::WriteEnds(*place)),
            }
            return;
        }
        match (operation.function, operation.ending) {
            (Function::Read, Ending::Ok) => {
                *place = self.reads.len() as u32;
                self.reads.push(read(number, operation));
                self.steps.push(Step::ReadBegins(*place));
            }
            (Function::Read, Ending::Fail | Ending::Unknown) => {}
            (Function::Write | Function::Delete | Function::Swap, Ending::Fail) => {
                let value = operation.values.of(&self.history.values).last();
                written.failed.extend(value.map(|value| (*value, number)));
            }
            (Function::Write | Function::Delete | Function::Swap, Ending::Ok | Ending::Unknown) => {
                // What a swap expects is for the search only.
                self.unique &= operation.function != Function::Swap;
                *place = self.writes.len() as u32;
                let value = operation.values.of(&self.history.values).last().copied();
                match value {
                    Some(value) => written.by_value.push((value, *place)),
                    None => written.deletes.push(*place),
                }
                self.writes.push(write(number, value, operation));
                self.steps.push(Step::WriteBegins(*place));
            }
        }
    }

    /// Finds the writes that a read returned.
    fn resolve(&mut self, place: usize, told: &Operation, written: &mut Written) {
        let from = self.shown.len() as u32;
        let values = told.values.of(&self.history.values);
        if values.is_empty() && self.history.shape != Shape::Contexts {
            self.nothing(place, written);
        }
        for value in values {
            self.value(place, *value, written);
        }
        let clock = told.clock.unwrap_or_default().of(&self.history.clocks);
        let before = self.contexts.len() as u32;
        self.contexts.extend_from_slice(clock);
        let read = &mut self.reads[place];
        read.shown = Span { from, to: self.shown.len() as u32 };
        read.context = Span { from: before, to: self.contexts.len() as u32 };
        if read.strange.is_none() && !read.one_of {
            for at in read.shown.of(&self.shown) {
                let write = &mut self.writes[*at as usize];
                write.settled = write.settled.min(read.end);
                write.by_others |= write.client != read.client;
            }
        }
    }

    /// What can be said once all is known. `clients` has for each the last key that it was seen to
    /// use, plus one, and its place there.
    fn finish(&mut self, clients: &mut [(u32, u32)]) {
        let Register { key, clients: count, reads, writes, shown, .. } = self;
        let mut place = |client: &mut u32| {
            let known = &mut clients[*client as usize];
            if known.0 != *key + 1 {
                *known = (*key + 1, *count);
                *count += 1;
            }
            *client = known.1;
        };
        for read in reads {
            let settled = |at: &u32| writes[*at as usize].settled;
            read.freshness = read.shown.of(shown).iter().map(settled).max().unwrap_or(0);
            place(&mut read.client);
        }
        writes[1..].iter_mut().for_each(|write| place(&mut write.client));
        let named = (0..).zip(writes);
        self.dots = named.filter_map(|(at, w): (u32, _)| Some((w.dot?, at))).collect();
        self.dots.sort_unstable();
    }

    /// A read found nothing: nothing was there yet, or one of the deletes had been.
    fn nothing(&mut self, place: usize, written: &Written) {
        let end = self.reads[place].end;
        let writes = &self.writes;
        let before = written.deletes.iter().filter(|at| writes[**at as usize].start < end);
        let deletes: Vec<u32> = before.copied().collect();
        self.reads[place].one_of = !deletes.is_empty();
        self.unique &= deletes.is_empty();
        self.shown.push(ABSENCE);
        self.shown.extend(deletes);
    }

    fn value(&mut self, place: usize, value: Value, written: &mut Written) {
        let first = written.first_of(value);
        let same = written.by_value[first..].iter().take_while(|(other, _)| *other == value);
        let end = self.reads[place].end;
        let begun = same.clone().filter(|(_, at)| self.writes[*at as usize].start < end);
        let before = self.shown.len();
        self.shown.extend(begun.map(|(_, at)| *at));
        let read = &mut self.reads[place];
        match (self.shown.len() - before, same.clone().next()) {
            (1, _) => {}
            (0, Some((_, at))) => {
                let operation = self.writes[*at as usize].operation;
                read.strange = Some(Strange::FromTheFuture(operation));
            }
            (0, None) => {
                let failed = written.failed.iter().find(|(other, _)| *other == value);
                read.strange = Some(match failed {
                    Some((_, operation)) => Strange::Failed(*operation),
                    None => Strange::NeverWritten(value),
                });
            }
            (_, _) => read.one_of = true,
        }
    }

    /// An operation of the history.
    pub fn operation(&self, number: u32) -> &'h Operation {
        &self.history.operations[number as usize]
    }

    /// The writes that a read returned.
    pub fn shown_by(&self, read: &Read) -> &[u32] {
        read.shown.of(&self.shown)
    }

    /// What a read's context covers.
    pub fn context(&self, read: &Read) -> &[Dot] {
        read.context.of(&self.contexts)
    }

    /// Was a write acknowledged?
    pub fn acknowledged(&self, write: u32) -> bool {
        write == ABSENCE || self.writes[write as usize].end != NEVER
    }

    /// Does a read surely not know a write? By its context if it has one; else if all that it
    /// returned was there before the write began.
    pub fn misses(&self, read: &Read, write: u32) -> bool {
        let wanted = &self.writes[write as usize];
        match (self.history.shape, wanted.dot) {
            (Shape::Contexts, Some(dot)) => {
                !covers(self.context(read), dot) && !self.shown_by(read).contains(&write)
            }
            (Shape::Contexts, None) => false,
            (Shape::Registers | Shape::Sets, _) => read.freshness < wanted.start,
        }
    }

    /// Did a read return one value, or nothing, and no siblings?
    pub fn is_single(&self, read: &Read) -> bool {
        let values = self.operation(read.operation).values;
        values.to - values.from <= 1
    }

    /// The write of this name.
    pub fn named(&self, dot: Dot) -> Option<u32> {
        let place = self.dots.binary_search_by_key(&dot, |entry| entry.0);
        place.ok().map(|place| self.dots[place].1)
    }

    /// The names of all writes of some, joined.
    pub fn joined(&self, writes: impl Iterator<Item = u32>) -> Clock {
        let mut clock = Clock::default();
        writes.filter_map(|at| self.writes[at as usize].dot).for_each(|dot| clock.add(dot));
        clock
    }
}

impl Written {
    /// The place of the first with this value, or where it would stand. Values mostly come in their
    /// order, so the search widens from where the last was.
    fn first_of(&mut self, value: Value) -> usize {
        let all = &self.by_value;
        let is_less = |at: usize| all[at].0 < value;
        let (mut low, mut high, mut step) = (self.near, self.near, 1);
        while low > 0 && !is_less(low - 1) {
            high = low - 1;
            low = low.saturating_sub(step);
            step *= 2;
        }
        while high < all.len() && is_less(high) {
            low = high + 1;
            high = (high + step).min(all.len());
            step *= 2;
        }
        self.near = low + all[low..high].partition_point(|(other, _)| *other < value);
        self.near
    }
}

fn absence() -> Write {
    let operation = NEVER;
    let (client, by_others, dot, value) = (NEVER, false, None, None);
    Write { operation, client, start: 0, end: 0, settled: 0, by_others, dot, value }
}

fn read(operation: u32, told: &Operation) -> Read {
    let Operation { client, start, end, .. } = *told;
    let (shown, context) = (Span::default(), Span::default());
    let (freshness, one_of, strange) = (0, false, None);
    Read { operation, client, start, end, shown, context, freshness, one_of, strange }
}

fn write(operation: u32, value: Option<Value>, told: &Operation) -> Write {
    let Operation { client, start, end, dot, .. } = *told;
    Write { operation, client, start, end, settled: end, by_others: false, dot, value }
}
