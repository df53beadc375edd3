//! Verifies: in the view of every node, ranges follow each other around the whole ring, and each
//! has as many different members as homes as there are copies, or all members if they are fewer.
//!
//! Does not verify that two views agree (same_views does). A member that owns no token is none as
//! far as homes go: strategy 3 has such with more nodes than partitions. No knob breaks it.
//! Examines each distinct membership that anybody believes in.

use std::collections::BTreeSet;

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::ring::history::History;
use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct WholeRing {
    copies: usize,
    seen: BTreeSet<u64>,
    findings: Findings,
}

impl WholeRing {
    /// Where each key has so many copies.
    pub fn new(copies: u32) -> WholeRing {
        WholeRing { copies: copies as usize, seen: BTreeSet::new(), findings: Findings::default() }
    }

    fn look(&mut self, now: Time, node: NodeId, history: &History, ring: &Ring) {
        let wanted = self.copies.min(ring.members());
        for range in (0..ring.ranges()).map(RangeId) {
            let mut homes = ring.homes(range).to_vec();
            homes.sort_unstable();
            homes.dedup();
            homes.retain(|home| history.is_member(*home));
            let (after, to) = ring.bounds(range);
            let found = ring.range_at(to) == range;
            let follows = ring.range_at(after.wrapping_add(1)) == range;
            if homes.len() == wanted && found && follows {
                continue;
            }
            let mechanism = match homes.len() == wanted {
                true => "ranges with a gap or an overlap",
                false => "a range with too few different homes",
            };
            let number = range.0;
            self.findings.add(|| Finding {
                time: Some(now),
                nodes: homes.clone(),
                mechanism,
                ..Finding::story(format!(
                    "as {node} has it, range {number} has {} homes, and should have {wanted}",
                    homes.len()
                ))
            });
        }
    }
}

impl Judge for WholeRing {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact: Fact::Member(MemberFact::Believes { history, ring }) } =
            record
        else {
            return;
        };
        let Some(ring) = ring else { return };
        if self.seen.insert(history.membership()) {
            self.look(now, *node, history, ring);
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let examined = self.seen.len() as u64;
        let verdict = self.findings.verdict_if_met("whole_ring", examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}
