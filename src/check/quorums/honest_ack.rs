//! Verifies: at the moment at which a coordinator counts W stored copies, W different nodes hold
//! the write, or cover it, as a copy or a hint.
//!
//! Does not verify that those are the nodes it has counted, nor that they are the homes. Knobs that
//! legitimately break it, and make it an anomaly: `flush` other than `always`, which acknowledges
//! what is in memory; `versioning` `literal` and `last_write_wins`, truncated clocks and tombstones
//! that go, which drop what was acknowledged; and whatever takes what was stored and tells so. An
//! honest limit makes changes of the membership one too: a home that has given its range away
//! answers through its new home, which may be counted for itself as well. Another is a stand-in
//! that was counted beside the home for which it stood in, or beside another stand-in for that, and
//! has handed its copy over by the time of the count: nodes count, as in the paper, and not homes.
//! Such a put is counted as an anomaly, too. Examines each successful put.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::quorums::promise::{Losses, counted, drops_only_seen, is_durable};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::request::{Asked, Heard};
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct HonestAck {
    w: u32,
    losses: Losses,
    examined: u64,
    findings: Findings,
    /// Puts of which stand-ins had handed their copies over already.
    handed: Findings,
}

impl HonestAck {
    /// Nothing is acknowledged.
    pub fn new(layout: &Layout) -> HonestAck {
        let (losses, w) = (Losses::default(), layout.cluster.w);
        let [findings, handed] = [Findings::default(), Findings::default()];
        HonestAck { w, losses, examined: 0, findings, handed }
    }
}

/// Did W nodes confirm it, of which each holds it still, or the home for which it stood in?
fn was_handed_over(w: usize, asked: &[Asked], holders: &[NodeId]) -> bool {
    let counted = || asked.iter().filter(|asked| asked.heard == Heard::Answer);
    let mut nodes: Vec<NodeId> = counted().map(|asked| asked.node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let holds = |it: &Asked| holders.contains(&it.node) || holders.contains(&it.home);
    nodes.len() >= w && counted().all(holds)
}

impl Judge for HonestAck {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        self.losses.see(record);
        let Some(counted) = counted(record) else { return };
        let Some(ghost) = &counted.request.ghost else { return };
        self.examined += 1;
        let event = ghost.event();
        let mut holders: Vec<NodeId> = holdings.holders(event).collect();
        holders.sort_unstable();
        holders.dedup();
        if holders.len() < self.w as usize {
            let (held, w) = (holders.len(), self.w);
            let excused = was_handed_over(w as usize, &counted.request.asked, &holders);
            let findings = if excused { &mut self.handed } else { &mut self.findings };
            findings.add(|| Finding {
                time: Some(now),
                key: Some(event.key),
                nodes: holders,
                event: Some(event),
                mechanism: "acknowledged before W nodes held it",
                story: format!(
                    "{event} was acknowledged as stored by W = {w}, and {held} nodes held it"
                ),
            });
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let kept = !self.losses.lost && !self.losses.moved && !layout.administered;
        let promised = drops_only_seen(layout) && is_durable(layout) && kept;
        let otherwise = if promised { Outcome::Violated } else { Outcome::Anomaly };
        let (findings, otherwise) = self.findings.or_excused(self.handed, otherwise);
        Some(findings.verdict_if_met("honest_ack", self.examined, otherwise))
    }
}
