//! Section 4.9: a node gives ranges to their new homes.
//!
//! It offers them, and once they are confirmed sends what is in them and whatever changes in them
//! meanwhile. All that time it goes on as their home, and nobody asks the new one. When it is told
//! that the new home takes over, it gives the ranges away in one step: from then on it passes on
//! every request for them, with what the new home may not have yet. So at every moment the two of
//! them are one replica, whatever others believe about who is responsible.

mod work;

use crate::dynamo::config::RangeTransfer;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::handoff::giving::work::{Stage, Work, held_in};
use crate::dynamo::job::ReadRange;
use crate::dynamo::message::Message;
use crate::dynamo::message::moving::{DealName, Moving};
use crate::dynamo::ring::history::Transition;
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::range::{Move, Ranges};
use crate::dynamo::storage::disk::{Disk, Given, Promise};
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};

/// So many bits number the batches of one life.
const LIFE_SHIFT: u32 = 16;

/// The part of a node that gives ranges away.
#[derive(Debug)]
pub struct Giving {
    settings: RangeTransfer,
    work: Option<Work>,
    /// The number before a life's first batch, and the last of each work that was left: an answer
    /// to those of an earlier life or work counts for no other.
    first_batch: u32,
    last_batches: Vec<(DealName, u32)>,
    /// Is the reminder set?
    armed: bool,
    /// How often it has said how far it is.
    turn: u32,
    planted: Planted,
}

impl Giving {
    /// Gives nothing yet, in the `life`-th life of this node.
    pub fn new(settings: RangeTransfer, life: u32, planted: Planted) -> Giving {
        let (work, last_batches, first_batch) = (None, Vec::new(), life << LIFE_SHIFT);
        Giving { settings, work, first_batch, last_batches, armed: false, turn: 0, planted }
    }

    /// The membership has changed, or the node has just started: what is to be given now? Who has
    /// said that it is prepared waits for that transition to end, unless it is sent back.
    pub fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View, disk: &mut Disk) {
        let history = view.history();
        disk.promised.take_if(|promise| !history.is_under_way(promise.ranges.transition));
        let bound = |work: &&mut Work| {
            work.stage >= Stage::Prepared && history.is_under_way(work.name.transition)
        };
        if let Some(work) = self.work.as_mut().filter(bound) {
            // The ring is another now, so that it may be sent back: it asks at once.
            if work.stage == Stage::Prepared && work.name.membership != history.membership() {
                work.repeat(ctx, &mut self.turn);
            }
            return;
        }
        let given = disk.given.iter().find(|given| history.is_under_way(given.transition));
        let work = match (given, &disk.promised) {
            (Some(given), _) => {
                let membership = history.membership();
                Some(Work::after_restart(given, membership, Stage::Closing, disk))
            }
            (None, Some(Promise { ranges, membership })) => {
                Some(Work::after_restart(ranges, *membership, Stage::Sending, disk))
            }
            (None, None) => self.next_work(view),
        };
        let same = |old: &Work| work.as_ref().is_some_and(|new| new.name == old.name);
        if !self.work.as_ref().is_some_and(same) {
            self.take_up(ctx, work);
        }
    }

    fn take_up(&mut self, ctx: &mut NodeCtx<'_>, work: Option<Work>) {
        let before = self.leave_work();
        self.work = work;
        if let Some(work) = &mut self.work {
            let last = self.last_batches.iter().rev().find(|(name, _)| *name == work.name);
            work.last_batch = last.map_or(self.first_batch, |(_, last)| *last);
            work.remember(before);
            work.repeat(ctx, &mut self.turn);
            self.arm(ctx);
        }
    }

    fn leave_work(&mut self) -> Option<Work> {
        let work = self.work.take()?;
        self.last_batches.retain(|(name, _)| *name != work.name);
        self.last_batches.push((work.name, work.last_batch));
        Some(work)
    }

    fn next_work(&self, view: &View) -> Option<Work> {
        let transition = view.history().transition()?;
        let ranges = given_by(view.me, &view.moves());
        let membership = view.history().membership();
        let name = DealName { transition, membership };
        (!ranges.is_empty()).then(|| Work::new(name, Stage::Sending, ranges))
    }

    /// A new home expects the ranges.
    pub fn on_confirmed(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        disk: &mut Disk,
        (from, name): (NodeId, DealName),
    ) {
        let short = self.planted.is(Plant::HandoffBoundaryOffByOne);
        let Some(work) = self.work_on(name) else { return };
        let Some(deal) = work.deals.get_mut(&from).filter(|deal| !deal.confirmed) else { return };
        deal.confirmed = true;
        deal.waiting = held_in(disk, &work.ranges, from);
        let arrived = |key: &Key| {
            let digest = disk.store.get(*key).map(|set| set.digest());
            digest.is_some() && deal.arrived.get(key).copied() == digest
        };
        deal.waiting.retain(|key| !arrived(key));
        if short {
            deal.waiting.pop_last();
        }
        self.go_on(ctx, disk);
    }

    /// Copies were read for a new home: off they go.
    pub fn on_read(&mut self, ctx: &mut NodeCtx<'_>, disk: &mut Disk, read: ReadRange) {
        let ReadRange { to, deal, batch, keys } = read;
        let held = |key: Key| disk.store.to_give(key).map(|set| (key, set.clone()));
        let sets: Vec<_> = keys.into_iter().filter_map(held).collect();
        if self.planted.is(Plant::HandoffDeleteBeforeAck) {
            let digests = sets.iter().map(|(key, set)| (*key, set.digest())).collect();
            self.on_transferred(ctx, disk, (to, deal), batch, digests);
        }
        send(ctx, to, Moving::Transfer { deal, batch, sets });
    }

    /// A new home keeps a batch.
    pub fn on_transferred(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        disk: &mut Disk,
        (from, name): (NodeId, DealName),
        batch: u32,
        digests: Vec<(Key, u64)>,
    ) {
        let Some(work) = self.work_on(name) else { return };
        let Some(deal) = work.deals.get_mut(&from) else { return };
        if deal.under_way.as_ref().is_none_or(|under_way| under_way.number != batch) {
            return;
        }
        deal.under_way = None;
        deal.arrived.extend(digests);
        self.go_on(ctx, disk);
    }

    /// A copy has changed: its new home gets it, too.
    pub fn on_changed(&mut self, ctx: &mut NodeCtx<'_>, disk: &mut Disk, key: Key) {
        let position = disk.store.position(key);
        let Some(work) = &mut self.work else { return };
        let Some(partner) = work.ranges.partner(position) else { return };
        if self.planted.is(Plant::HandoffMissesConcurrentWrites) {
            return;
        }
        let Some(deal) = work.deals.get_mut(&partner).filter(|deal| deal.confirmed) else { return };
        deal.waiting.insert(key);
        self.go_on(ctx, disk);
    }

    /// All who give are prepared: the ranges change hands now.
    pub fn on_take_over(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        disk: &mut Disk,
        name: DealName,
    ) {
        let Some(work) = self.work_on(name) else {
            return self.give_at_once(ctx, view, disk, name.transition);
        };
        if work.stage == Stage::Prepared {
            work.stage = Stage::Closing;
            let ranges = work.ranges.clone();
            disk.given.push(Given { transition: name.transition, ranges });
            disk.promised = None;
        }
        self.go_on(ctx, disk);
    }

    /// A promise that is kept nowhere was lost with the disk. The one that comes or goes cannot
    /// step back any more and waits for this node, and so may another in whose favour this one is
    /// prepared by now. It gives at once, by the ring that it knows, what it holds by now.
    fn give_at_once(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        disk: &mut Disk,
        transition: Transition,
    ) {
        let history = view.history();
        let promised = disk.promised.as_ref().map(|promise| promise.ranges.transition);
        let busy = |work: &Work| work.stage == Stage::Closing || work.name.transition == transition;
        if promised == Some(transition)
            || self.work.as_ref().is_some_and(busy)
            || !history.is_under_way(transition)
            || view.ring().is_none()
        {
            return;
        }
        let before = disk.given.iter().find(|given| given.transition == transition).cloned();
        let given = before.unwrap_or_else(|| {
            let ranges = given_by(view.me, &view.moves_of(transition));
            let given = Given { transition, ranges };
            disk.given.push(given.clone());
            given
        });
        let work = Work::after_restart(&given, history.membership(), Stage::Closing, disk);
        self.take_up(ctx, Some(work));
        self.go_on(ctx, disk);
    }

    /// An earlier change has come to light.
    pub fn on_withdrawn(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        disk: &mut Disk,
        name: DealName,
    ) {
        if self.work_on(name).is_some_and(|work| work.stage == Stage::Prepared) {
            self.leave_work();
            disk.promised = None;
            self.look(ctx, view, disk);
        }
    }

    /// Says again what may have been lost.
    pub fn on_due(&mut self, ctx: &mut NodeCtx<'_>, disk: &mut Disk) {
        self.armed = false;
        let patience = self.settings.retry;
        let again = !self.planted.is(Plant::HandoffResumeSkipsBatch);
        let Some(work) = &mut self.work else { return };
        for deal in work.deals.values_mut() {
            // What was lost on its way is read and sent once more.
            if let Some(lost) = deal.under_way.take_if(|batch| batch.since + patience <= ctx.ran) {
                deal.waiting.extend(lost.keys.into_iter().filter(|_| again));
            }
        }
        work.repeat(ctx, &mut self.turn);
        self.go_on(ctx, disk);
        self.arm(ctx);
    }

    /// Has what is held of this key arrived at its new home?
    pub fn has_arrived(&self, partner: NodeId, key: Key, digest: u64) -> bool {
        let deal = self.work.as_ref().and_then(|work| work.deals.get(&partner));
        deal.is_some_and(|deal| deal.arrived.get(&key) == Some(&digest))
    }

    /// Is this position in a range that is to be given?
    pub fn is_to_be_given(&self, position: Position) -> bool {
        self.work.as_ref().is_some_and(|work| work.ranges.partner(position).is_some())
    }

    fn work_on(&mut self, name: DealName) -> Option<&mut Work> {
        self.work.as_mut().filter(|work| work.name == name)
    }

    fn go_on(&mut self, ctx: &mut NodeCtx<'_>, disk: &mut Disk) {
        let most = self.settings.batch as usize;
        let Some(work) = &mut self.work else { return };
        work.send_next(ctx, most);
        let was = work.stage;
        work.advance(ctx, &mut self.turn);
        if work.stage != was && work.stage == Stage::Prepared {
            let DealName { transition, membership } = work.name;
            let ranges = Given { transition, ranges: work.ranges.clone() };
            disk.promised = Some(Promise { ranges, membership });
        }
    }

    fn arm(&mut self, ctx: &mut NodeCtx<'_>) {
        if !std::mem::replace(&mut self.armed, true) {
            ctx.arm(self.settings.retry, Timer::Giving);
        }
    }
}

/// What a node gives of what moves, and to whom.
fn given_by(node: NodeId, moves: &[Move]) -> Ranges {
    let mine = moves.iter().filter(|it| it.from == node);
    Ranges::new(mine.map(|it| (it.range, it.to)))
}

/// Sends something about ranges that move.
pub fn send(ctx: &mut NodeCtx<'_>, to: NodeId, message: Moving) {
    ctx.send(Address::Node(to), Message::Moving(Box::new(message)));
}
