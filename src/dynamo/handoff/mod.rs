//! Section 4.6: replicas kept for absent homes go to them when they are back.
//!
//! The store of hints is scanned at intervals. For each target that is believed up, hints are read
//! and sent, a bounded number at a time; a hint goes only after its delivery is confirmed, so that
//! the number of copies never falls. Ranges that move when nodes join or leave (section 4.9) have
//! files of their own. Left out here: expiry of hints.

pub mod carrying;
pub mod giving;
pub mod refill;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::dynamo::config::HintedHandoff;
use crate::dynamo::job::Job;
use crate::dynamo::message::{Handoff, Message};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::storage::hint_store::HintStore;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};

/// The part of a node that hands hints over.
#[derive(Debug)]
pub struct HintDelivery {
    settings: HintedHandoff,
    rhythm: Rhythm,
    windows: BTreeMap<NodeId, Window>,
}

/// What is on its way to one target.
#[derive(Debug)]
struct Window {
    /// The scan that opened it.
    scan: u64,
    outstanding: BTreeSet<Key>,
    /// The last key that was sent; the scan goes on behind it.
    cursor: Option<Key>,
}

impl HintDelivery {
    /// Hands over in this rhythm.
    pub fn new(settings: HintedHandoff, rhythm: Rhythm) -> HintDelivery {
        HintDelivery { settings, rhythm, windows: BTreeMap::new() }
    }

    /// Waits for the first scan.
    pub fn start(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.rhythm.until_next(ctx.now), Timer::HandoffScan);
    }

    /// Looks through the hints and begins to deliver to everybody who is believed up.
    pub fn on_scan(&mut self, ctx: &mut NodeCtx<'_>, view: &View, hints: &HintStore) {
        self.start(ctx);
        let scan = self.rhythm.round(ctx.now);
        for target in hints.targets().filter(|target| view.believes_up(*target)) {
            if let Entry::Vacant(free) = self.windows.entry(target) {
                free.insert(Window { scan, outstanding: BTreeSet::new(), cursor: None });
                self.fill(ctx, target, hints);
            }
        }
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
        (key, digest): (Key, u64),
    ) {
        ctx.submit(Job::DropHint { target, key, digest });
        self.advance(ctx, hints, target, key);
    }

    /// If this delivery was not confirmed, the target is given up until a later scan.
    pub fn on_due(&mut self, target: NodeId, key: Key, scan: u64) -> Option<NodeId> {
        let window = self.windows.get(&target)?;
        if window.scan != scan || !window.outstanding.contains(&key) {
            return None;
        }
        self.windows.remove(&target);
        Some(target)
    }

    fn advance(&mut self, ctx: &mut NodeCtx<'_>, hints: &HintStore, target: NodeId, key: Key) {
        let Some(window) = self.windows.get_mut(&target) else { return };
        if window.outstanding.remove(&key) {
            self.fill(ctx, target, hints);
        }
    }

    fn fill(&mut self, ctx: &mut NodeCtx<'_>, target: NodeId, hints: &HintStore) {
        let window = self.windows.get_mut(&target).expect("only an open window is filled");
        let room = (self.settings.batch as usize).saturating_sub(window.outstanding.len());
        let next: Vec<Key> = hints.keys_for(target, window.cursor).take(room).collect();
        for key in next {
            window.cursor = Some(key);
            window.outstanding.insert(key);
            ctx.submit(Job::ReadHint { target, scan: window.scan, key });
        }
        if window.outstanding.is_empty() {
            self.windows.remove(&target);
        }
    }
}
