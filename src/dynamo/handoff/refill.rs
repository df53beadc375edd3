//! Section 4.9, for a home that is dead: whoever takes its place fetches what the others hold.
//!
//! The paper's removal has the node that goes hand everything over; a dead one cannot. A new home
//! asks each of the other homes for all that they hold in the range, a page at a time. Until all of
//! them have answered it declines reads, since what a quorum of two wrote may be at one of them
//! alone; writes it takes at once. Homes that it believes down it does not wait for.

use crate::dynamo::config::RangeTransfer;
use crate::dynamo::handoff::giving::send;
use crate::dynamo::job::{Job, ReadAsked};
use crate::dynamo::message::moving::Moving;
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::range::KeyRange;
use crate::dynamo::storage::disk::{Disk, Lack};
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Key, NodeId};

/// The part of a node that fetches what it lacks.
#[derive(Debug)]
pub struct Refill {
    settings: RangeTransfer,
    armed: bool,
}

impl Refill {
    /// Lacks nothing yet.
    pub fn new(settings: RangeTransfer) -> Refill {
        Refill { settings, armed: false }
    }

    /// The membership has changed, or the node has just started: asks for what is lacking.
    pub fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View, disk: &mut Disk) {
        let members = view.history();
        // Who was taken out meanwhile is no home of anything.
        let mine = members.is_member(view.me);
        disk.lacking.retain(|lack| mine && members.is_member(lack.survivor));
        if !disk.lacking.is_empty() && !std::mem::replace(&mut self.armed, true) {
            self.ask(ctx, disk);
            ctx.arm(self.settings.retry, Timer::Refill);
        }
    }

    /// Asks again for what has not come.
    pub fn on_due(&mut self, ctx: &mut NodeCtx<'_>, view: &View, disk: &mut Disk) {
        self.armed = false;
        self.look(ctx, view, disk);
    }

    /// Asks each survivor for the first page that is open with it.
    fn ask(&self, ctx: &mut NodeCtx<'_>, disk: &mut Disk) {
        let mut asked: Vec<NodeId> = Vec::new();
        for lack in &mut disk.lacking {
            if !asked.contains(&lack.survivor) {
                asked.push(lack.survivor);
                ask(ctx, lack);
            }
        }
    }

    /// Somebody asks what this node holds in a range.
    pub fn on_ask(
        &self,
        ctx: &mut NodeCtx<'_>,
        disk: &Disk,
        to: NodeId,
        (range, after, serial): (KeyRange, Option<Key>, u32),
    ) {
        let inside = |key: &Key| range.contains(disk.store.position(*key));
        let rest = disk.store.held().map(|(key, _)| key).filter(inside);
        let mut keys = rest.filter(|key| after.is_none_or(|after| *key > after));
        let page: Vec<Key> = keys.by_ref().take(self.settings.batch as usize).collect();
        let more = keys.next().and_then(|_| page.last().copied());
        ctx.submit(Job::ReadAsked(Box::new(ReadAsked { to, range, keys: page, more, serial })));
    }

    /// What was asked for was read: off it goes.
    pub fn on_read(&self, ctx: &mut NodeCtx<'_>, disk: &Disk, read: ReadAsked) {
        let ReadAsked { to, range, keys, more, serial } = read;
        let held = |key: Key| disk.store.to_give(key).map(|set| (key, set.clone()));
        let sets = keys.into_iter().filter_map(held).collect();
        send(ctx, to, Moving::Filled { range, sets, more, serial });
    }

    /// A page is kept: on to the next, or the next range.
    pub fn on_kept(
        &self,
        ctx: &mut NodeCtx<'_>,
        disk: &mut Disk,
        from: NodeId,
        (range, more, serial): (KeyRange, Option<Key>, u32),
    ) {
        let matches = |lack: &Lack| lack.survivor == from && lack.range == range;
        let Some(place) = disk.lacking.iter().position(matches) else { return };
        let lack = &mut disk.lacking[place];
        // Where keeping a page takes longer than until it is asked for again, the first answer
        // counts: who waits for the last one waits for ever.
        if !(lack.first..=lack.serial).contains(&serial) {
            return;
        }
        match more {
            Some(_) => (lack.after, lack.first) = (more, lack.serial + 1),
            None => {
                disk.lacking.remove(place);
            }
        }
        if let Some(next) = disk.lacking.iter_mut().find(|lack| lack.survivor == from) {
            ask(ctx, next);
        }
    }
}

fn ask(ctx: &mut NodeCtx<'_>, lack: &mut Lack) {
    lack.serial += 1;
    let Lack { range, survivor, after, serial, .. } = *lack;
    send(ctx, survivor, Moving::Ask { range, after, serial });
}

/// Is this position in a range of which the node may not answer reads yet?
pub fn is_lacking(view: &View, disk: &Disk, position: Position) -> bool {
    let waits = |lack: &Lack| view.believes_up(lack.survivor) && lack.range.contains(position);
    disk.lacking.iter().any(waits)
}
