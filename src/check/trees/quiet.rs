//! Exchanges during which neither side has changed anything: what they say must be right.

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::record::Record;

/// Who has changed a copy when, and which exchange each node has begun last.
#[derive(Debug)]
pub struct Quiet {
    changed: Vec<Time>,
    began: Vec<Option<Began>>,
}

#[derive(Clone, Copy, Debug)]
struct Began {
    round: u64,
    at: Time,
}

impl Quiet {
    /// Nothing has happened.
    pub fn new(layout: &Layout) -> Quiet {
        let machines = layout.machines as usize;
        Quiet { changed: vec![Time::ZERO; machines], began: vec![None; machines] }
    }

    /// Something happened.
    pub fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_fact(now, *node, fact),
            Record::Rehomed { .. } => self.began.fill(None),
            _other => {}
        }
    }

    fn on_fact(&mut self, now: Time, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Kept { change, .. } if change.is_news() => self.changed[node.index()] = now,
            Fact::Lost { .. } | Fact::Reaped { .. } => self.changed[node.index()] = now,
            Fact::Released { .. } | Fact::Damaged { .. } => self.changed[node.index()] = now,
            Fact::Exchange(told) => {
                if let ExchangeFact::Began { round, .. } = **told {
                    self.began[node.index()] = Some(Began { round, at: now });
                }
            }
            _other => {}
        }
    }

    /// Has neither of the two changed a copy since this exchange began?
    pub fn is_quiet(&self, (by, round): (NodeId, u64), sides: [NodeId; 2]) -> bool {
        let began = self.began[by.index()].filter(|began| began.round == round);
        began.is_some_and(|began| sides.iter().all(|node| self.changed[node.index()] < began.at))
    }
}
