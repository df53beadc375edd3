//! Rules of `cluster.gossip`.

use crate::dynamo::config::rumours::Rumours;
use crate::dynamo::config::{Exchange, Gossip, Spread};
use crate::scenario::check::check_positive;
use crate::scenario::problem::Findings;

/// Most contacts in vain, and rounds from one reconciliation to the next.
pub const PATIENCE_LIMIT: u32 = 10_000;

pub(super) fn check(gossip: &Gossip, findings: &mut Findings) {
    check_positive(gossip.interval, "cluster.gossip.interval", findings);
    findings.require_with(
        gossip.spread == Spread::PushPull || gossip.exchange == Exchange::Digest,
        "cluster.gossip.spread",
        ["cluster.gossip.exchange"],
        "one-way gossip sends whole histories or one digest: leave `exchange` at \"digest\"",
    );
    if let Some(rumours) = &gossip.rumours {
        check_rumours(rumours, gossip.spread, findings);
    }
}

fn check_rumours(rumours: &Rumours, spread: Spread, findings: &mut Findings) {
    let Rumours { k, feedback, reconcile_every, .. } = *rumours;
    findings.require(
        (1..=PATIENCE_LIMIT).contains(&k),
        "cluster.gossip.rumours.k",
        format!("interest goes after 1 to {PATIENCE_LIMIT} contacts in vain, not {k}"),
    );
    findings.require_with(
        spread != Spread::PushPull,
        "cluster.gossip.rumours",
        ["cluster.gossip.spread"],
        "rumours go one way: set `spread` to \"push\" or \"pull\", and `reconcile_every` for \
         rounds that go both ways",
    );
    findings.require_with(
        feedback || spread != Spread::Pull,
        "cluster.gossip.rumours.feedback",
        ["cluster.gossip.spread"],
        "whoever pulls has asked, and says whether it knew: leave `feedback` at true, or push",
    );
    if let Some(every) = reconcile_every {
        findings.require(
            (2..=PATIENCE_LIMIT).contains(&every),
            "cluster.gossip.rumours.reconcile_every",
            format!(
                "one round in 2 to {PATIENCE_LIMIT} reconciles, not in {every}; for all of them, \
                 leave `rumours` out; for none, `reconcile_every`"
            ),
        );
    }
}
