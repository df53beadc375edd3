//! Tombstones that go. The paper has no deletes; a put of an empty value stands for one, and by
//! default it is kept for ever, since nothing else tells a copy that was away that its value is
//! gone.
//!
//! Timed, as Cassandra does: each home drops a tombstone of a certain age, whatever the others
//! hold. When all homes have it, as Riak does: after a delay the first home asks the others, and
//! only if all hold the very same do all of them drop it; else it asks again. What a stand-in still
//! keeps is not asked for, and comes back when it is delivered. Left out here: tombstones whose
//! first home left before it had asked.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use crate::dynamo::config::Cluster;
use crate::dynamo::config::modes::Tombstones;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::job::Job;
use crate::dynamo::message::{Message, Reaping};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::storage::store::Store;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};
use crate::time::Duration;

/// After what time one that the disk did not drop is looked at again.
const RETRY: Duration = Duration::from_secs(1);

/// The part of a node that drops tombstones.
#[derive(Debug, Default)]
pub struct Reaper {
    /// Tombstones about which the other homes were asked, by key: which one, and who holds it too.
    asked: BTreeMap<Key, (u64, SmallVec<[NodeId; 4]>)>,
    /// How often it has asked.
    turn: u32,
}

/// What is held of a key: is it this, and a tombstone?
fn holds(store: &Store, key: Key, digest: u64) -> bool {
    store.get(key).is_some_and(|set| set.digest() == digest && set.visible().next().is_none())
}

impl Reaper {
    /// Reminders were lost in a crash; tombstones were not.
    pub fn start(ctx: &mut NodeCtx<'_>, config: &Cluster, store: &Store) {
        if config.tombstones == Tombstones::Keep {
            return;
        }
        for (key, set) in store.held().filter(|(_, set)| set.visible().next().is_none()) {
            ctx.arm(Duration::from_millis(1), Timer::Reap { key, digest: set.digest() });
        }
    }

    /// A tombstone is old enough, if it is still what is held.
    pub fn on_due(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (config, view, store): (&Cluster, &View, &Store),
        (key, digest): (Key, u64),
    ) {
        self.asked.remove(&key);
        let looks = !config.planted.is(Plant::ReapWithoutRecheck);
        if store.get(key).is_none() || looks && !holds(store, key, digest) {
            return;
        }
        match config.tombstones {
            Tombstones::Keep => {}
            Tombstones::Timed(lifetime) => {
                let set = store.get(key).expect("it is held");
                let newest = set.versions().iter().map(|version| version.stamp).max();
                let due = newest.unwrap_or(ctx.now) + lifetime;
                match due > ctx.now {
                    true => ctx.arm(due.since(ctx.now), Timer::Reap { key, digest }),
                    false => ctx.submit(Job::Reap { key, digest }),
                }
            }
            Tombstones::WhenAllHomes(delay) => {
                if let Some(ring) = view.ring() {
                    self.ask(ctx, config, (ring, view.me), (key, digest), delay);
                }
            }
        }
    }

    /// The disk did not drop it: it is looked at again.
    pub fn on_failed(ctx: &mut NodeCtx<'_>, key: Key, digest: u64) {
        ctx.arm(RETRY, Timer::Reap { key, digest });
    }

    fn ask(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        (ring, me): (&Ring, NodeId),
        (key, digest): (Key, u64),
        delay: Duration,
    ) {
        let homes = ring.homes(ring.range_of(key));
        if homes.first() != Some(&me) {
            return;
        }
        if homes.len() == 1 {
            return ctx.submit(Job::Reap { key, digest });
        }
        self.asked.insert(key, (digest, SmallVec::new()));
        self.turn += 1;
        send_to_others(ctx, (homes, me), Reaping::Ask { key, digest, turn: self.turn });
        if config.planted.is(Plant::TombstoneNeverRetried) {
            return;
        }
        // Some answer no, in that they do not.
        ctx.arm(delay.max(Duration::from_millis(1)), Timer::Reap { key, digest });
    }

    /// Another home asks, answers or has decided.
    pub fn on_message(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        (view, store): (&View, &Store),
        from: NodeId,
        message: Reaping,
    ) {
        match message {
            Reaping::Ask { key, digest, turn } => {
                if holds(store, key, digest) {
                    let held = Reaping::Held { key, digest, turn };
                    ctx.send(Address::Node(from), Message::Reaping(held));
                }
            }
            Reaping::Held { key, digest, turn } => {
                self.on_held(ctx, (config, view), (from, turn), (key, digest));
            }
            Reaping::Reap { key, digest, .. } => ctx.submit(Job::Reap { key, digest }),
        }
    }

    fn on_held(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (config, view): (&Cluster, &View),
        (from, turn): (NodeId, u32),
        (key, digest): (Key, u64),
    ) {
        let Some(ring) = view.ring() else { return };
        let homes = ring.homes(ring.range_of(key));
        let asked = self.asked.get_mut(&key).filter(|(asked, _)| *asked == digest);
        let Some((_, agreed)) = asked.filter(|(_, agreed)| !agreed.contains(&from)) else { return };
        agreed.push(from);
        let all = homes.iter().all(|home| *home == view.me || agreed.contains(home));
        let early = config.planted.is(Plant::TombstoneReapWithoutAllAcks);
        if all || early && agreed.len() + 1 >= config.w as usize {
            self.asked.remove(&key);
            send_to_others(ctx, (homes, view.me), Reaping::Reap { key, digest, turn });
            ctx.submit(Job::Reap { key, digest });
        }
    }
}

fn send_to_others(ctx: &mut NodeCtx<'_>, (homes, me): (&[NodeId], NodeId), message: Reaping) {
    for home in homes.iter().filter(|home| **home != me) {
        ctx.send(Address::Node(*home), Message::Reaping(message));
    }
}
