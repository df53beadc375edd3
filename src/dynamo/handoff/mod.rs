//! Section 4.6: replicas kept for absent homes go to them when they are back.
//!
//! The store of hints is scanned at intervals. For each target that is believed up, hints are read
//! and sent, a bounded number at a time; a hint goes only after its delivery is confirmed, so that
//! the number of copies never falls. Ranges that move when nodes join or leave (section 4.9) have
//! files of their own.

pub mod carrying;
pub mod giving;
pub mod refill;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

use crate::dynamo::config::handoff::HintedHandoff;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::job::Job;
use crate::dynamo::message::{Handoff, Message};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::ring::history::History;
use crate::dynamo::storage::hint_store::HintStore;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};
use crate::time::Time;

/// The part of a node that hands hints over.
#[derive(Debug)]
pub struct HintDelivery {
    settings: HintedHandoff,
    rhythm: Rhythm,
    windows: BTreeMap<NodeId, Window>,
    /// When something was last kept for each home, where that must be long ago.
    used: BTreeMap<NodeId, Time>,
    planted: Planted,
    /// The membership that a pusher goes by which never looks again.
    first_known: Option<Rc<History>>,
}

/// What is on its way to one target.
#[derive(Debug)]
struct Window {
    /// The scan that opened it.
    scan: u64,
    /// What was not confirmed yet, and when it was sent, if it was read by now.
    outstanding: BTreeMap<Key, Option<Time>>,
    /// The last key that was sent; the scan goes on behind it.
    cursor: Option<Key>,
}

impl HintDelivery {
    /// Hands over in this rhythm.
    pub fn new(settings: HintedHandoff, rhythm: Rhythm, planted: Planted) -> HintDelivery {
        let (windows, used) = (BTreeMap::new(), BTreeMap::new());
        HintDelivery { settings, rhythm, windows, used, planted, first_known: None }
    }

    /// Takes note of the membership as the node starts, if it is ever to go by that.
    pub fn note_first(&mut self, history: &Rc<History>) {
        let stays = self.planted.is(Plant::HintPusherStaleView);
        self.first_known = stays.then(|| Rc::clone(history));
    }

    /// The membership by which hints find their homes, if it is not the one that is known by now.
    pub fn first_known(&self) -> Option<&Rc<History>> {
        self.first_known.as_ref()
    }

    /// Waits for the first scan.
    pub fn start(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.rhythm.until_next(ctx.ran), Timer::HandoffScan);
    }

    /// Looks through the hints and begins to deliver to everybody who is believed up.
    pub fn on_scan(&mut self, ctx: &mut NodeCtx<'_>, view: &View, hints: &HintStore) {
        ctx.arm(self.rhythm.until_another(ctx.ran), Timer::HandoffScan);
        if !self.planted.is(Plant::HintOnlyOnUpEvent) {
            self.look(ctx, view, hints);
        }
    }

    /// A peer that was believed down has answered. Scans find it soon enough.
    pub fn on_up(&mut self, ctx: &mut NodeCtx<'_>, view: &View, hints: &HintStore) {
        if self.planted.is(Plant::HintOnlyOnUpEvent) {
            self.look(ctx, view, hints);
        }
    }

    fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View, hints: &HintStore) {
        let scan = self.rhythm.round(ctx.ran);
        for target in hints.targets() {
            if !view.believes_up(target) || !self.is_idle(ctx.ran, target) {
                match self.planted.is(Plant::HintHeadOfLineBlock) {
                    true => return,
                    false => continue,
                }
            }
            if let Entry::Vacant(free) = self.windows.entry(target) {
                free.insert(Window { scan, outstanding: BTreeMap::new(), cursor: None });
                self.fill(ctx, target, hints);
            }
        }
    }

    /// Something was kept for a home.
    pub fn on_used(&mut self, ctx: &NodeCtx<'_>, target: NodeId) {
        if self.settings.idle.is_some() {
            self.used.insert(target, ctx.ran);
        }
    }

    /// The node did something for the store itself: that uses no hint.
    pub fn on_background(&mut self, ctx: &NodeCtx<'_>, hints: &HintStore) {
        if self.planted.is(Plant::IdleTimerResetByBackground) {
            hints.targets().for_each(|target| self.on_used(ctx, target));
        }
    }

    fn is_idle(&self, now: Time, target: NodeId) -> bool {
        let last = self.used.get(&target);
        self.settings.idle.zip(last).is_none_or(|(idle, last)| *last + idle <= now)
    }

    /// A hint was read: off it goes, unless it is gone.
    pub fn on_read(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        hints: &HintStore,
        (target, scan, key): (NodeId, u64, Key),
    ) {
        match hints.get(key, target) {
            Some(set) => {
                let deliver = Handoff::Deliver { scan, key, set: set.clone() };
                ctx.send(Address::Node(target), Message::Handoff(deliver));
                if self.planted.is(Plant::HintDeleteBeforeAck) {
                    let (digest, sent) = (set.digest(), Time(u64::MAX));
                    ctx.submit(Job::DropHint { target, key, digest, sent });
                }
                self.note_sent(ctx.ran, (target, scan, key));
                // Only from now on is it the target that lets us wait, and not our own disk.
                ctx.arm(self.settings.timeout, Timer::Delivery { target, key, scan });
            }
            None => self.advance(ctx, hints, target, key),
        }
    }

    /// The target keeps it now: the hint may go, the next may come.
    pub fn on_delivered(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        hints: &HintStore,
        target: NodeId,
        (scan, key, digest): (u64, Key, u64),
    ) {
        let sent = self.sent_at((target, scan, key));
        ctx.submit(Job::DropHint { target, key, digest, sent });
        self.advance(ctx, hints, target, key);
    }

    fn note_sent(&mut self, now: Time, (target, scan, key): (NodeId, u64, Key)) {
        let window = self.windows.get_mut(&target).filter(|window| window.scan == scan);
        if let Some(sent) = window.and_then(|window| window.outstanding.get_mut(&key)) {
            *sent = Some(now);
        }
    }

    /// When a hint was sent that is confirmed now; if that is forgotten, when its scan began.
    fn sent_at(&self, (target, scan, key): (NodeId, u64, Key)) -> Time {
        let window = self.windows.get(&target).filter(|window| window.scan == scan);
        let known = window.and_then(|window| window.outstanding.get(&key).copied().flatten());
        known.unwrap_or(self.rhythm.beat(scan))
    }

    /// If this delivery was not confirmed, the target is given up until a later scan.
    pub fn on_due(&mut self, target: NodeId, key: Key, scan: u64) -> Option<NodeId> {
        let window = self.windows.get(&target)?;
        if window.scan != scan || !window.outstanding.contains_key(&key) {
            return None;
        }
        self.windows.remove(&target);
        Some(target)
    }

    fn advance(&mut self, ctx: &mut NodeCtx<'_>, hints: &HintStore, target: NodeId, key: Key) {
        let Some(window) = self.windows.get_mut(&target) else { return };
        if window.outstanding.remove(&key).is_some() {
            self.fill(ctx, target, hints);
        }
    }

    fn fill(&mut self, ctx: &mut NodeCtx<'_>, target: NodeId, hints: &HintStore) {
        let window = self.windows.get_mut(&target).expect("only an open window is filled");
        let room = (self.settings.batch as usize).saturating_sub(window.outstanding.len());
        let next: Vec<Key> = hints.keys_for(target, window.cursor).take(room).collect();
        for key in next {
            window.cursor = Some(key);
            window.outstanding.insert(key, None);
            ctx.submit(Job::ReadHint { target, scan: window.scan, key });
        }
        if window.outstanding.is_empty() {
            self.windows.remove(&target);
        }
    }
}
