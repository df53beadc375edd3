//! What a node gives for one transition, and how far that has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::handoff::giving::send;
use crate::dynamo::job::{Job, ReadRange};
use crate::dynamo::message::moving::{DealName, Moving};
use crate::dynamo::ring::range::{KeyRange, Ranges};
use crate::dynamo::storage::disk::{Disk, Given};
use crate::dynamo::words::NodeCtx;
use crate::id::{Key, NodeId};
use crate::time::Time;

/// What it gives for one transition.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) name: DealName,
    pub(super) stage: Stage,
    pub(super) ranges: Ranges,
    pub(super) deals: BTreeMap<NodeId, Deal>,
    pub(super) last_batch: u32,
}

/// How far the giving has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Stage {
    /// What is in the ranges is on its way.
    Sending,
    /// It has all arrived once, and the one that comes or goes was told so.
    Prepared,
    /// The ranges are given away; what changed last is on its way.
    Closing,
    /// All is done.
    Given,
}

/// What goes to one new home.
#[derive(Debug, Default)]
pub(super) struct Deal {
    pub(super) ranges: Vec<KeyRange>,
    pub(super) confirmed: bool,
    /// Keys whose copies are still to be sent.
    pub(super) waiting: BTreeSet<Key>,
    pub(super) under_way: Option<Batch>,
    /// Digests of what has arrived.
    pub(super) arrived: BTreeMap<Key, u64>,
}

/// Copies that were sent together.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) number: u32,
    pub(super) keys: Vec<Key>,
    pub(super) since: Time,
}

impl Work {
    pub(super) fn new(name: DealName, stage: Stage, ranges: Ranges) -> Work {
        let mut deals: BTreeMap<NodeId, Deal> = BTreeMap::new();
        for (range, to) in ranges.iter() {
            deals.entry(to).or_default().ranges.push(range);
        }
        Work { name, stage, ranges, deals, last_batch: 0 }
    }

    /// What was promised or given away before a crash is sent once more: what had arrived is not
    /// known.
    pub(super) fn after_restart(given: &Given, membership: u64, stage: Stage, disk: &Disk) -> Work {
        let name = DealName { transition: given.transition, membership };
        let mut work = Work::new(name, stage, given.ranges.clone());
        for (to, deal) in &mut work.deals {
            deal.confirmed = true;
            deal.waiting = held_in(disk, &work.ranges, *to);
        }
        work
    }

    /// What has arrived for an earlier deal has arrived.
    pub(super) fn remember(&mut self, before: Option<Work>) {
        for (to, deal) in before.into_iter().flat_map(|work| work.deals) {
            if let Some(now) = self.deals.get_mut(&to) {
                now.arrived = deal.arrived;
            }
        }
    }

    pub(super) fn send_next(&mut self, ctx: &mut NodeCtx<'_>, most: usize) {
        for (to, deal) in &mut self.deals {
            if deal.waiting.is_empty() || deal.under_way.is_some() {
                continue;
            }
            self.last_batch += 1;
            let keys: Vec<Key> = deal.waiting.iter().copied().take(most).collect();
            keys.iter().for_each(|key| {
                deal.waiting.remove(key);
            });
            let batch = self.last_batch;
            let read = ReadRange { to: *to, deal: self.name, batch, keys: keys.clone() };
            ctx.submit(Job::ReadRange(Box::new(read)));
            deal.under_way = Some(Batch { number: batch, keys, since: ctx.ran });
        }
    }

    /// Has all that is to go arrived?
    fn has_arrived(&self) -> bool {
        let arrived =
            |deal: &Deal| deal.confirmed && deal.waiting.is_empty() && deal.under_way.is_none();
        self.deals.values().all(arrived)
    }

    pub(super) fn advance(&mut self, ctx: &mut NodeCtx<'_>, turn: &mut u32) {
        if !self.has_arrived() {
            return;
        }
        self.stage = match self.stage {
            Stage::Sending => Stage::Prepared,
            Stage::Closing => Stage::Given,
            Stage::Prepared | Stage::Given => return,
        };
        self.repeat(ctx, turn);
    }

    pub(super) fn repeat(&self, ctx: &mut NodeCtx<'_>, turns: &mut u32) {
        let (deal, turn) = (self.name, *turns);
        *turns += 1;
        match self.stage {
            Stage::Sending => {
                let open = self.deals.iter().filter(|(_, deal)| !deal.confirmed);
                for (to, Deal { ranges, .. }) in open {
                    send(ctx, *to, Moving::Offer { deal, turn, ranges: ranges.clone() });
                }
            }
            Stage::Prepared => send(ctx, deal.transition.node, Moving::Prepared { deal, turn }),
            Stage::Closing => {}
            // What has come since by background work goes first.
            Stage::Given if !self.has_arrived() => {}
            Stage::Given => {
                let transition = deal.transition;
                ctx.tell(|| Fact::Member(MemberFact::Given { transition }));
                send(ctx, transition.node, Moving::Given { deal, turn });
            }
        }
    }
}

/// The keys that are held in the ranges which go to a new home.
pub(super) fn held_in(disk: &Disk, ranges: &Ranges, to: NodeId) -> BTreeSet<Key> {
    let goes = |key: &Key| ranges.partner(disk.store.position(*key)) == Some(to);
    disk.store.held().map(|(key, _)| key).filter(goes).collect()
}
