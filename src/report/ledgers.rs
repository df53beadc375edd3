//! Messages by kind, and the ledgers that must close.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dynamo::message::Kind;
use crate::metrics::handoff::HandoffFigures;
use crate::trace::record::{Account, Drop, KindTotals};

/// The name under which the sums over all kinds stand.
pub const TOTAL: &str = "total";

/// Section `messages` of a report: by the name of the kind, and [`TOTAL`].
pub type Messages = BTreeMap<&'static str, Traffic>;

/// What became of the messages of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Traffic {
    pub sent: u64,
    pub bytes: u64,
    pub delivered: u64,
    pub copies: u64,
    pub in_flight: u64,
    /// By cause.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// Section `ledgers` of a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Ledgers {
    pub messages: MessageLedger,
    pub hints: HintLedger,
}

/// Messages come from somewhere and go somewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MessageLedger {
    pub sent: u64,
    pub copies: u64,
    pub delivered: u64,
    pub dropped: u64,
    pub in_flight: u64,
    /// Messages of nodes to themselves, which are not in the ledger.
    pub local: u64,
    pub closed: bool,
}

/// So do hints. The pending ones are counted by looking at them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HintLedger {
    pub created: u64,
    pub revived: u64,
    pub delivered: u64,
    pub superseded: u64,
    pub lost: u64,
    pub pending: u64,
    pub closed: bool,
}

/// Messages by kind.
pub fn messages(account: &Account) -> Messages {
    let mut messages = Messages::new();
    let mut total = Traffic::default();
    for kind in Kind::ALL {
        let place = kind as usize;
        let traffic = traffic(&account.totals.kinds[place], account.in_flight[place]);
        total.add(&traffic);
        messages.insert(kind.name(), traffic);
    }
    messages.insert(TOTAL, total);
    messages
}

/// The ledgers of a run with this traffic and these hints.
pub fn ledgers(messages: &Messages, handoff: &HandoffFigures, account: &Account) -> Ledgers {
    let total = &messages[TOTAL];
    let dropped = total.dropped.values().sum();
    let pending = account.nodes.iter().map(|node| node.hints.len() as u64).sum();
    let gone = handoff.delivered + handoff.superseded + handoff.lost;
    Ledgers {
        messages: MessageLedger {
            sent: total.sent,
            copies: total.copies,
            delivered: total.delivered,
            dropped,
            in_flight: total.in_flight,
            local: account.totals.local,
            closed: total.sent + total.copies == total.delivered + dropped + total.in_flight,
        },
        hints: HintLedger {
            created: handoff.created,
            revived: handoff.revived,
            delivered: handoff.delivered,
            superseded: handoff.superseded,
            lost: handoff.lost,
            pending,
            closed: handoff.created + handoff.revived == gone + pending,
        },
    }
}

fn traffic(totals: &KindTotals, in_flight: u64) -> Traffic {
    let causes = Drop::ALL.iter().zip(totals.dropped);
    Traffic {
        sent: totals.sent,
        bytes: totals.bytes,
        delivered: totals.delivered,
        copies: totals.copies,
        in_flight,
        dropped: causes.map(|(cause, count)| (cause.name(), count)).collect(),
    }
}

impl Traffic {
    fn add(&mut self, other: &Traffic) {
        self.sent += other.sent;
        self.bytes += other.bytes;
        self.delivered += other.delivered;
        self.copies += other.copies;
        self.in_flight += other.in_flight;
        for (cause, count) in &other.dropped {
            *self.dropped.entry(cause).or_default() += count;
        }
    }
}
