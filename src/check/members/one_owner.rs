//! Verifies: in the view of every node, each token of the ring is claimed by one member only.
//!
//! Does not verify that two views agree (same_views does), nor whose claim a ring would go by if
//! there were two. Where tokens are numbered partitions (strategy 3) claims are dated, and the last
//! counts: that one owner comes of it is so by construction, and nothing is examined. No knob
//! breaks it; two administrators do who do not know of each other: who replace one node, each by
//! another, or of whom one replaces a node that the other has taken out and brought back. That is
//! an anomaly: all go by the lower name then, whose ring is one. Examines each distinct membership
//! that anybody believes in.

use std::collections::BTreeSet;

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Verdict};
use crate::check::weighed::Weighed;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::message::Command;
use crate::dynamo::ring::history::{Change, History};
use crate::dynamo::ring::position::Position;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct OneOwner {
    seen: BTreeSet<u64>,
    /// Who took the place of whom, and whom that took out.
    replaced: BTreeSet<(NodeId, NodeId)>,
    /// Who was told to join, and when.
    joins: BTreeSet<(NodeId, Time)>,
    findings: Weighed,
}

impl Judge for OneOwner {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Node { node, fact } = record else { return };
        match fact {
            Fact::Member(MemberFact::Commanded(Command::Join(joiner))) => {
                self.joins.insert((*joiner, now));
            }
            Fact::Announced { history } => {
                let taken = |(by, change): (NodeId, &Change)| Some((by, change.in_place_of?));
                let replaced = history.changes().filter_map(taken);
                self.replaced.extend(replaced.filter(|(_, dead)| !history.is_member(*dead)));
            }
            Fact::Member(MemberFact::Believes { history, .. })
                if !history.is_in_partitions() && self.seen.insert(history.membership()) =>
            {
                self.look(now, *node, history);
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let examined = self.seen.len() as u64;
        let verdict = self.findings.verdict("one_owner", examined);
        if_met_or_administered(layout, verdict)
    }
}

impl OneOwner {
    fn look(&mut self, now: Time, node: NodeId, history: &History) {
        let own = |(member, tokens): (NodeId, Vec<Position>)| {
            tokens.into_iter().map(move |token| (token, member))
        };
        let on_ring = history.changes().filter(|(_, change)| change.status.is_on_ring());
        let all = on_ring.map(|(member, change)| (member, change.tokens.to_vec()));
        let mut claims: Vec<(Position, NodeId)> = all.flat_map(own).collect();
        claims.sort_unstable();
        let twice = claims.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        for pair in twice {
            let (one, other) = (pair[0].1, pair[1].1);
            let place = |node| history.change(node).and_then(|change| change.in_place_of);
            let both_replace = place(one).is_some() && place(one) == place(other);
            let came_back = |by, dead| {
                let join = history.change(dead).map(|change| (dead, change.issued));
                let told = join.is_some_and(|join| self.joins.contains(&join));
                place(by) == Some(dead) && told && self.replaced.contains(&(by, dead))
            };
            let unaware = both_replace || came_back(one, other) || came_back(other, one);
            self.findings.add(unaware, || Finding {
                time: Some(now),
                nodes: vec![node, one, other],
                mechanism: "two members with one token",
                ..Finding::story(format!("{node} believes that {one} and {other} own one token"))
            });
        }
    }
}
