//! Verifies: gossip costs what it may. Each node contacts one peer in a round and one more as it
//! starts, and a contact takes at most four messages: digest, history or digests of groups, answer,
//! and what that brings back.
//!
//! Histories that are told out of turn, after an order or to somebody who has missed the end of a
//! change, are not gossip rounds, and where membership changes only digests are counted. Knob that
//! legitimately breaks it: clocks that run fast, by whose time rounds come (an anomaly). Says
//! nothing of bytes: those are in the report. Examines each message of gossip.

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Exchange;
use crate::dynamo::message::Kind;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::record::{Account, Record};

/// Messages that one contact takes at most.
const MOST_PER_CONTACT: u64 = 4;

/// The judge.
#[derive(Debug, Default)]
pub struct GossipCost {
    starts: u64,
}

impl Judge for GossipCost {
    fn see(&mut self, _: Time, record: &Record<'_>) {
        self.starts += u64::from(matches!(record, Record::Up { .. }));
    }

    fn verdict(self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        let sent = |kind: Kind| account.totals.kinds[kind as usize].sent;
        let digests = match layout.cluster.gossip.exchange {
            Exchange::Digest => sent(Kind::GossipDigest),
            Exchange::TwoLevel => sent(Kind::GossipDigest).div_ceil(2),
            Exchange::Full => 0,
        };
        let all = sent(Kind::GossipDigest) + sent(Kind::GossipSame) + sent(Kind::GossipHistory);
        let rounds = account.now.since(Time::ZERO).0 / layout.cluster.gossip.interval.0.max(1);
        // A life may begin in the middle of a round, and hear the end of it. With two levels the
        // answer to a digest is digests, of groups.
        let contacts = u64::from(layout.machines) * (rounds + 1) + 2 * self.starts;
        let mut findings = Findings::default();
        if digests > contacts {
            findings.add(|| Finding {
                mechanism: "more contacts than rounds",
                ..Finding::story(format!("{digests} contacts, and rounds for {contacts}"))
            });
        }
        if !layout.administered && all > contacts * MOST_PER_CONTACT {
            findings.add(|| Finding {
                mechanism: "more messages than contacts take",
                ..Finding::story(format!("{all} messages of gossip for {contacts} contacts"))
            });
        }
        let fast = layout.faults.iter().any(|fault| fault.kind == "clock");
        let otherwise = if fast { Outcome::Anomaly } else { Outcome::Violated };
        let verdict = findings.verdict_if_met("gossip_cost", all, otherwise);
        if_met_or_administered(layout, verdict)
    }
}
