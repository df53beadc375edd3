//! Session guarantees: does a client see its own writes, and never less than it saw before?
//!
//! Judged per client and key, by true histories. Only what had ended when a read began obliges it.
//! A client's memory holds the [`MOST_KEYS`] keys that it used last and, of each, up to
//! [`MOST_WRITES`] writes that it knows to have succeeded; violations beyond that are not seen.
//!
//! [`MOST_KEYS`]: crate::trace::memories::MOST_KEYS

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ghost::{Ghost, Past};
use crate::id::{ClientId, Key, OperationId};
use crate::metrics::read::Read;
use crate::trace::memories::Memories;
use crate::workload::words::{Ending, Function, Invocation, OperationResult};

/// Writes of a client to one key after which the older ones are forgotten.
pub const MOST_WRITES: u32 = 256;

/// Watches the sessions of all clients.
#[derive(Debug)]
pub struct Sessions {
    memories: Memories,
    open: BTreeMap<OperationId, Open>,
    figures: SessionsFigures,
}

/// An operation under way.
#[derive(Debug)]
enum Open {
    /// A read, and what its client knew when it began.
    Read { seen: Past, written: Past },
    /// A put or delete.
    Write(Ghost),
}

/// Section `sessions` of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct SessionsFigures {
    pub reads_examined: u64,
    pub read_your_writes_violations: u64,
    pub monotonic_reads_violations: u64,
}

impl Sessions {
    /// Nobody knows anything yet.
    pub fn new(clients: u32) -> Sessions {
        Sessions {
            memories: Memories::new(clients, MOST_WRITES),
            open: BTreeMap::new(),
            figures: SessionsFigures::default(),
        }
    }

    /// An operation began.
    pub fn invoked(&mut self, invocation: &Invocation) {
        let (operation, key) = (invocation.operation, invocation.key);
        let open = match &invocation.ghost {
            Some(ghost) => Some(Open::Write(ghost.clone())),
            None => self.known(operation.client, key),
        };
        if let Some(open) = open {
            self.open.insert(operation, open);
        }
    }

    /// A read succeeded.
    pub fn read(&mut self, read: &Read<'_>) {
        if let Some(Open::Read { seen, written }) = self.open.remove(&read.operation) {
            let lacks = |known: &Past| u64::from(known.count_missing_from(read.history) > 0);
            self.figures.reads_examined += 1;
            self.figures.read_your_writes_violations += lacks(&written);
            self.figures.monotonic_reads_violations += lacks(&seen);
        }
        self.memories.note_read(read.operation.client, read.key, read.history);
    }

    /// An operation ended; successful reads come by [`Sessions::read`].
    pub fn ended(&mut self, ending: &Ending) {
        let open = self.open.remove(&ending.operation);
        let success = matches!(ending.result, OperationResult::Ok { .. });
        match (ending.function, open) {
            (Function::Put | Function::Delete, Some(Open::Write(ghost))) if success => {
                // The write's past is remembered with it: histories are closed, so that whoever
                // knows the write knows its past, and with the past the set stays a few intervals.
                let client = ending.operation.client;
                self.memories.note_write(client, ending.key, |written| ghost.add_to(written));
            }
            (Function::Get | Function::Put | Function::Delete, _) => {}
        }
    }

    /// What it comes to.
    pub fn figures(&self) -> SessionsFigures {
        self.figures
    }

    fn known(&self, client: ClientId, key: Key) -> Option<Open> {
        let memory = self.memories.known(client, key)?;
        Some(Open::Read { seen: memory.seen.clone(), written: memory.written.clone() })
    }
}
