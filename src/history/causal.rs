//! Causal consistency (Ahamad et al. 1995): a read knows each write to its key that came before it
//! by the order within clients and from writes to those who read them, over all keys.
//!
//! By vector clocks over lanes: a client's operations that follow one another. With more clients
//! than memory allows, each key is judged on its own, which is weaker; `scope` says so.

use crate::history::duty::Duty;
use crate::history::model::{Ending, History, Moment};
use crate::history::register::{ABSENCE, Read, Register, Step};
use crate::history::verdict::{Findings, Story};

const WHY: &str = "this came before it, through what its client had done and read";

/// Most entries of all clocks together.
const ENTRIES: usize = 100_000_000;

/// Which operations may come before one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    AllKeys,
    EachKey,
}

/// The lane of each operation and its place in it, from 1.
struct Lanes {
    of: Vec<(u32, u32)>,
    count: usize,
}

/// The writes of one key in one lane, and what they oblige to.
struct Column {
    lane: u32,
    /// Their places in the lane.
    places: Vec<u32>,
    /// Of each and all before it.
    duties: Vec<Duty>,
}

/// Everything of one key that a read is judged by.
struct Page {
    columns: Vec<Column>,
}

/// Examines all successful reads.
pub fn check(history: &History, registers: &[Register<'_>]) -> (Findings, Scope) {
    let lanes = Lanes::new(history);
    let writes = history.operations.iter().filter(|operation| operation.writes()).count();
    let rows = writes + history.clients.count();
    if lanes.count.saturating_mul(rows) <= ENTRIES {
        return (all_keys(history, registers, &lanes), Scope::AllKeys);
    }
    let mut findings = Findings::default();
    registers.iter().for_each(|register| findings.join(each_key(register)));
    (findings, Scope::EachKey)
}

/// As if there were no other key.
fn each_key(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    let mut clients = vec![Duty::default(); register.clients as usize];
    let mut needs = vec![Duty::default(); register.writes.len()];
    for step in &register.steps {
        match *step {
            Step::ReadBegins(at) => {
                let read = &register.reads[at as usize];
                if read.strange.is_some() {
                    continue;
                }
                findings.examined += 1;
                let missed = clients[read.client as usize].missed_by(register, read);
                if let Some(missed) = missed {
                    let story = || Story::of_missed(register, read, missed, &[], WHY);
                    findings.broken(read.start, story);
                }
            }
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                let client = &mut clients[read.client as usize];
                client.add_read(register, read);
                if !read.one_of && read.strange.is_none() {
                    let shown = register.shown_by(read).iter();
                    shown.for_each(|at| client.join(&needs[*at as usize]));
                }
            }
            Step::WriteBegins(at) => {
                let client = register.writes[at as usize].client;
                needs[at as usize] = clients[client as usize].clone();
            }
            Step::WriteEnds(at) => {
                let client = register.writes[at as usize].client;
                clients[client as usize].add_write(register, at);
            }
        }
    }
    findings
}

impl Lanes {
    /// A lane is free again when its operation has ended; not if nobody knows how.
    fn new(history: &History) -> Lanes {
        let mut of = vec![(0, 0); history.operations.len()];
        let mut free: Vec<Vec<u32>> = vec![Vec::new(); history.clients.count()];
        let mut lengths: Vec<u32> = Vec::new();
        for Moment { operation, begins } in &history.moments {
            let told = &history.operations[*operation as usize];
            // A read that did not succeed tells nothing and is left out.
            if !told.writes() && told.ending != Ending::Ok {
                continue;
            }
            let free = &mut free[told.client as usize];
            if !begins {
                free.push(of[*operation as usize].0);
                continue;
            }
            let lane = free.pop().unwrap_or_else(|| {
                lengths.push(0);
                lengths.len() as u32 - 1
            });
            lengths[lane as usize] += 1;
            of[*operation as usize] = (lane, lengths[lane as usize]);
        }
        Lanes { count: lengths.len(), of }
    }
}

fn all_keys(history: &History, registers: &[Register<'_>], lanes: &Lanes) -> Findings {
    let mut walk = Walk::new(history, registers, lanes);
    let mut findings = Findings::default();
    for moment in &history.moments {
        let told = &history.operations[moment.operation as usize];
        let register = &registers[told.key as usize];
        match (told.writes(), told.ending) {
            (true, Ending::Fail) | (false, Ending::Fail | Ending::Unknown) => continue,
            (true, Ending::Ok | Ending::Unknown) | (false, Ending::Ok) => {}
        }
        if !moment.begins {
            let at = walk.places[moment.operation as usize];
            match told.writes() {
                true => walk.write_ends(register, at),
                false => walk.read_ends(register, &register.reads[at as usize]),
            }
            continue;
        }
        let at = walk.place(moment.operation);
        if told.writes() {
            walk.write_begins(register, at);
            continue;
        }
        let read = &register.reads[at as usize];
        if read.strange.is_none() {
            findings.examined += 1;
            walk.read_begins(register, read, &mut findings);
        }
    }
    findings
}

/// What each client and each write has behind it.
struct Walk<'l> {
    lanes: &'l Lanes,
    history: &'l History,
    /// By operation that has begun: its place among the reads or writes of its key.
    places: Vec<u32>,
    /// By key: how many have begun.
    reads: Vec<u32>,
    writes: Vec<u32>,
    /// By client.
    clients: Vec<u32>,
    /// By row of a write.
    pasts: Vec<u32>,
    /// By key and write: its row. Only a write that others read has one, for a client knows its own
    /// past already.
    rows: Vec<Vec<u32>>,
    /// By key: all that anybody can know of it. Who knows that has missed nothing.
    all: Vec<Duty>,
    /// By key, once a read lacked something of that.
    pages: Vec<Option<Page>>,
    scratch: Vec<u32>,
}

impl<'l> Walk<'l> {
    fn new(history: &'l History, registers: &[Register<'_>], lanes: &'l Lanes) -> Walk<'l> {
        let clients = vec![0; history.clients.count() * lanes.count];
        let (pasts, scratch) = (Vec::new(), vec![0; lanes.count]);
        let all = vec![Duty::default(); registers.len()];
        let pages = registers.iter().map(|_| None).collect();
        let rows = registers.iter().map(|register| vec![0; register.writes.len()]).collect();
        let (reads, writes) = (vec![0; registers.len()], vec![1; registers.len()]);
        let places = vec![0; history.operations.len()];
        Walk { lanes, history, places, reads, writes, clients, pasts, rows, all, pages, scratch }
    }

    fn client(&mut self, operation: u32) -> &mut [u32] {
        let client = self.history.operations[operation as usize].client as usize;
        let count = self.lanes.count;
        &mut self.clients[client * count..(client + 1) * count]
    }

    /// The place of an operation that begins.
    fn place(&mut self, operation: u32) -> u32 {
        let told = &self.history.operations[operation as usize];
        let next = match told.writes() {
            true => &mut self.writes[told.key as usize],
            false => &mut self.reads[told.key as usize],
        };
        self.places[operation as usize] = *next;
        *next += 1;
        *next - 1
    }

    fn write_begins(&mut self, register: &Register<'_>, at: u32) {
        let write = &register.writes[at as usize];
        if write.by_others {
            let count = self.lanes.count;
            let client = self.history.operations[write.operation as usize].client as usize;
            let row = (self.pasts.len() / count) as u32;
            self.rows[register.key as usize][at as usize] = row;
            self.pasts.extend_from_slice(&self.clients[client * count..(client + 1) * count]);
        }
    }

    fn write_ends(&mut self, register: &Register<'_>, at: u32) {
        let operation = register.writes[at as usize].operation;
        let (lane, place) = self.lanes.of[operation as usize];
        let own = &mut self.client(operation)[lane as usize];
        *own = (*own).max(place);
        self.all[register.key as usize].add_write(register, at);
    }

    /// Adds what the writes have behind them that a read surely returned. Who knows a write knows
    /// that already.
    fn add_shown(&self, register: &Register<'_>, read: &Read, clock: &mut [u32]) {
        if read.one_of || read.strange.is_some() {
            return;
        }
        let count = self.lanes.count;
        for at in register.shown_by(read).iter().filter(|at| **at != ABSENCE) {
            let write = &register.writes[*at as usize];
            let (lane, place) = self.lanes.of[write.operation as usize];
            if clock[lane as usize] >= place {
                continue;
            }
            clock[lane as usize] = place;
            if write.by_others {
                let row = self.rows[register.key as usize][*at as usize] as usize;
                let past = &self.pasts[row * count..(row + 1) * count];
                clock.iter_mut().zip(past).for_each(|(entry, past)| *entry = (*entry).max(*past));
            }
        }
    }

    fn read_ends(&mut self, register: &Register<'_>, read: &Read) {
        let count = self.lanes.count;
        let client = self.history.operations[read.operation as usize].client as usize;
        let mut clients = std::mem::take(&mut self.clients);
        self.add_shown(register, read, &mut clients[client * count..(client + 1) * count]);
        self.clients = clients;
        if !read.one_of && read.strange.is_none() {
            let all = &mut self.all[register.key as usize];
            register.shown_by(read).iter().for_each(|at| all.add_write(register, *at));
        }
    }

    fn read_begins(&mut self, register: &Register<'_>, read: &Read, findings: &mut Findings) {
        if self.all[register.key as usize].is_covered(register, read) {
            return;
        }
        let mut clock = std::mem::take(&mut self.scratch);
        clock.copy_from_slice(self.client(read.operation));
        // What began during the read is not known to this walk yet, and obliges nobody.
        let began = |at: &u32| register.writes[*at as usize].start < read.start;
        if register.shown_by(read).iter().all(began) {
            self.add_shown(register, read, &mut clock);
        }
        let page = &mut self.pages[register.key as usize];
        let page = page.get_or_insert_with(|| Page::new(register, self.lanes));
        for column in &page.columns {
            let reached = clock[column.lane as usize];
            let known = column.places.partition_point(|at| *at <= reached);
            let Some(duty) = known.checked_sub(1).map(|at| &column.duties[at]) else {
                continue;
            };
            if let Some(missed) = duty.missed_by(register, read) {
                let story = || Story::of_missed(register, read, missed, &[], WHY);
                findings.broken(read.start, story);
                break;
            }
        }
        self.scratch = clock;
    }
}

impl Page {
    fn new(register: &Register<'_>, lanes: &Lanes) -> Page {
        let numbered = (1u32..).zip(&register.writes[1..]);
        let mut order: Vec<(u32, u32, u32)> = numbered
            .map(|(at, write)| {
                let (lane, place) = lanes.of[write.operation as usize];
                (lane, place, at)
            })
            .collect();
        order.sort_unstable();
        let mut columns: Vec<Column> = Vec::new();
        for (lane, place, at) in order {
            if columns.last().is_none_or(|column| column.lane != lane) {
                columns.push(Column { lane, places: Vec::new(), duties: Vec::new() });
            }
            let column = columns.last_mut().expect("there is one");
            let mut duty = column.duties.last().cloned().unwrap_or_default();
            duty.add_write(register, at);
            column.places.push(place);
            column.duties.push(duty);
        }
        Page { columns }
    }
}
