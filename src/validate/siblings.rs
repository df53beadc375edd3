//! Versions beside each other: two clients that put in turn through one coordinator, each with the
//! context of its own last put alone. Dotted versions keep two, whatever the number of puts; plain
//! version vectors that keep what they cannot order keep them all.

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
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;

/// The name of the group.
pub const GROUP: &str = "siblings";

const PUTS: u64 = 100;

/// One job.
pub fn jobs(_: Effort) -> Vec<Job> {
    vec![Job::new(GROUP, |_| rows())]
}

fn rows() -> Vec<Row> {
    let case = "two clients in turn, 100 puts, each with its own last put as context";
    let what = || "versions in the end".to_string();
    let dotted = alternate() as f64;
    let why = "this simulator has no version vectors that keep what they cannot order: the paper's \
               literal clocks lose the first of two puts instead";
    vec![
        Row::number((GROUP, case, what()), dotted, (2.0, 0.0), "dotted: 2"),
        Row::not_simulated((GROUP, case, what()), Some(PUTS as f64), why),
    ]
}

/// Versions that the coordinator holds in the end, by the store's own code.
fn alternate() -> usize {
    let mut numbering = Numbering::new(1);
    let mut held: Option<Rc<VersionSet>> = None;
    let mut own: [Option<VersionSet>; 2] = [None, None];
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
        let context = own[client].as_ref();
        let set = write(Versioning::Dotted, held.as_deref(), context, author, value, ghost);
        let mut written = set.versions().iter().filter(|version| version.ghost.event() == event);
        let version = written.next().expect("what was put is held").clone();
        own[client] = Some(VersionSet::new(Clock::from_iter([version.dot]), smallvec![version]));
        held = Some(Rc::new(set));
    }
    held.map_or(0, |set| set.versions().len())
}
