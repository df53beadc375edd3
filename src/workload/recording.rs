//! Operations that were recorded elsewhere, to be replayed: each client begins its own at their
//! times, whatever became of those before.

use crate::id::{ClientId, Key};
use crate::time::{Duration, Time};
use crate::workload::intent::Intent;

/// A recorded trace.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recording {
    /// How many keys it names; they are numbered in the order in which they first come.
    pub keys: u32,
    /// In the order of time.
    pub operations: Vec<Recorded>,
}

/// One operation of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Recorded {
    pub at: Time,
    pub client: ClientId,
    pub intent: Intent,
    pub key: Key,
    /// Size of the value that a put brings, where it was recorded.
    pub bytes: Option<u32>,
}

/// A trace by client.
#[derive(Debug)]
pub struct Replay {
    /// By client, then in the order of time.
    operations: Vec<Recorded>,
    /// Where the operations of each client begin, and where the last ones end.
    starts: Vec<usize>,
}

impl Replay {
    /// The replay of a checked trace to so many clients.
    pub fn new(recording: &Recording, clients: u32) -> Replay {
        let mut operations = recording.operations.clone();
        operations.sort_by_key(|recorded| recorded.client);
        let before =
            |client: u32| operations.partition_point(|recorded| recorded.client.0 < client);
        let starts = (0..=clients).map(before).collect();
        Replay { operations, starts }
    }

    /// What a client does as its `number`-th intent, counted from 0; none if it does no more.
    pub fn operation(&self, client: ClientId, number: u32) -> Option<&Recorded> {
        let (start, end) = (self.starts[client.index()], self.starts[client.index() + 1]);
        self.operations[start..end].get(number as usize)
    }

    /// How long it is until then; none if it does no more.
    pub fn pause(&self, client: ClientId, number: u32, now: Time) -> Option<Duration> {
        self.operation(client, number).map(|recorded| recorded.at.since(now))
    }
}
