//! Versions beside each other: two clients that put in turn, each with the context of its own last
//! answer. Dotted versions keep two, whatever the number of puts; version vectors without dots
//! keep what they cannot order, and that is every put.
//!
//! By the code of one store alone, through which nobody reads; and in whole runs, where the clients
//! ask over the network and three homes hold what comes of it. There the client that comes second
//! has read what the first one put, and replaces it: one version less than puts.

use std::rc::Rc;

use smallvec::smallvec;

use crate::dynamo::config::Versioning;
use crate::dynamo::config::plant::Planted;
use crate::dynamo::versioning::clock::{Actor, Clock};
use crate::dynamo::versioning::reconcile::{Author, write};
use crate::dynamo::versioning::version::{Content, Value, VersionSet};
use crate::ghost::{Ghost, Numbering};
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::wars::read;
use crate::validate::worlds::drive;
use crate::workload::words::{ClientFact, Function, OperationResult};

/// The name of the group.
pub const GROUP: &str = "siblings";

const PUTS: u64 = 100;

/// A job for the store, and one for each whole run.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = vec![Job::new(GROUP, |_| rows())];
    let seconds: &[u32] = effort.choose(&[50, 200], &[50]);
    for seconds in seconds.iter().copied() {
        for coordinator in ["first", "random"] {
            let work = move |seed| whole_runs((seconds, coordinator), seed);
            jobs.push(Job::new(GROUP, work));
        }
    }
    jobs
}

fn rows() -> Vec<Row> {
    let case = "two clients in turn, 100 puts, each with its own last put as context";
    let row = |versioning, expected: f64, note: &str| {
        let name = (GROUP, case, "versions in the end".to_string());
        Row::number(name, alternate(versioning) as f64, (expected, 0.0), note)
    };
    vec![
        row(Versioning::Dotted, 2.0, "dotted: 2"),
        row(Versioning::Vectors, PUTS as f64, "vectors: all of them"),
    ]
}

/// Versions that the coordinator holds in the end, by the store's own code.
fn alternate(versioning: Versioning) -> usize {
    let mut numbering = Numbering::new(1);
    let mut held: Option<Rc<VersionSet>> = None;
    let mut own: [Option<Rc<VersionSet>>; 2] = [None, None];
    for put in 0..PUTS {
        let client = (put % 2) as usize;
        let author = Author {
            actor: Actor::of_node(NodeId(0)),
            stamp: Time(put),
            most_pairs: None,
            planted: Planted::NONE,
        };
        let ghost = Ghost::new(numbering.next(Key(0)), std::iter::empty());
        let event = ghost.event();
        let value = Value { bytes: 1, content: Content::Blob };
        let context = own[client].as_deref();
        let set = Rc::new(write(versioning, held.as_deref(), context, author, value, ghost));
        own[client] = Some(match versioning {
            // The name of its own put alone.
            Versioning::Dotted => {
                let mut written = set.versions().iter().filter(|it| it.ghost.event() == event);
                let version = written.next().expect("what was put is held").clone();
                Rc::new(VersionSet::new(Clock::from_iter([version.dot]), smallvec![version]))
            }
            // A put has no other context than the vector of all that was held with it.
            Versioning::Vectors | Versioning::Literal | Versioning::LastWriteWins => {
                Rc::clone(&set)
            }
        });
        held = Some(set);
    }
    held.map_or(0, |set| set.versions().len())
}

/// Puts that succeeded.
#[derive(Default)]
struct Puts(u64);

impl Observer for Puts {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        let Record::Client { fact: ClientFact::Ended(ending), .. } = record else { return };
        let ok = matches!(ending.result, OperationResult::Ok { .. });
        self.0 += u64::from(ok && ending.function == Function::Put);
    }
}

/// Each client puts once a second, at its own phase of the second, and so both in turn.
fn whole_runs((seconds, coordinator): (u32, &str), seed: u64) -> Vec<Row> {
    let row = |versioning: &str| {
        let text = format!(
            r#"{{ "name": "siblings", "seed": {seed}, "duration": "{seconds}s",
            "cluster": {{ "nodes": 3, "n": 3, "r": 2, "w": 2, "versioning": "{versioning}",
                "coordinator": "{coordinator}" }},
            "network": {{ "latency": {{ "exponential": {{ "mean": "1ms" }} }} }},
            "workload": {{ "clients": 2, "keys": {{ "uniform": {{ "count": 1 }} }},
                "arrivals": {{ "constant": "1/s" }}, "mix": {{ "put": 1 }}, "value": "128B",
                "session": {{ "writes": "from_memory" }} }} }}"#
        );
        let mut puts = Puts::default();
        let account = drive(&read(&text).plan(), &mut puts, |_, _| true);
        let held = account.nodes.iter().flat_map(|node| &node.copies);
        let held: Vec<usize> = held.map(|(_, set)| set.versions().len()).collect();
        let (most, homes) = (held.iter().max().copied().unwrap_or(0), held.len());
        let Puts(puts) = puts;
        let (expected, note) = match versioning {
            "dotted" => (2, "dotted: 2"),
            _vectors => (puts - 1, "vectors: all but the one that was read before anything"),
        };
        let case =
            format!("whole run, {puts} puts by two clients in turn, coordinator {coordinator}");
        let name = (GROUP, &*case, format!("versions at most at {homes} homes in the end"));
        Row::number(name, most as f64, (expected as f64, 0.0), note)
    };
    ["dotted", "vectors"].map(row).to_vec()
}
