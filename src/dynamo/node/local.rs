//! What a node does for itself: its buffer's writer, and background work with its gate.

use crate::dynamo::config::Flush;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::Fact;
use crate::dynamo::job::Job;
use crate::dynamo::message::AntiEntropy;
use crate::dynamo::node::Node;
use crate::dynamo::storage::disk::{Place, Snapshot};
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::{Key, NodeId};

impl Node {
    /// What is on the disk now.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.disk.snapshot();
        self.replica.correct(&mut snapshot);
        snapshot
    }

    /// Is what is held at a place in memory only (section 6.1)?
    pub fn is_in_memory_only(&self, place: Place) -> bool {
        self.replica.is_in_memory_only(place)
    }

    /// Ranges whose trees had to be made, and the keys in them.
    pub(super) fn cut_trees(&mut self) -> (u32, u32) {
        match (&self.anti_entropy, self.view.ring()) {
            (Some(part), Some(ring)) => self.disk.store.cut_trees(self.view.me, ring, part.shape()),
            _without => (0, 0),
        }
    }

    /// Begins a comparison, unless work of earlier ones still waits for the disk.
    pub(super) fn on_anti_entropy(&mut self, ctx: &mut NodeCtx<'_>) {
        let Some(part) = &self.anti_entropy else { return };
        if self.admission.as_ref().is_some_and(|admission| admission.is_behind()) {
            return part.wait(ctx);
        }
        self.disk.store.note_in_trees();
        part.on_interval(ctx, &self.view, &self.disk.store);
    }

    pub(super) fn on_synchronisation(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        from: NodeId,
        message: AntiEntropy,
    ) {
        if let Some(handoff) = &mut self.handoff {
            handoff.on_background(ctx, &self.disk.hints);
        }
        let Some(part) = &self.anti_entropy else { return };
        if !self.config.planted.is(Plant::AeSnapshotRace) {
            self.disk.store.note_in_trees();
        }
        part.on_message(ctx, &self.view, &self.disk, from, message);
    }

    /// Hints that are too old to be delivered go.
    pub(super) fn drop_old_hints(&mut self, ctx: &mut NodeCtx<'_>) {
        let settings = self.config.hinted_handoff.on();
        let Some(window) = settings.and_then(|settings| settings.window) else { return };
        let newest = |set: &VersionSet| set.versions().iter().map(|version| version.stamp).max();
        let is_old = |set| newest(set).is_some_and(|stamp| stamp + window < ctx.now);
        let old = self.disk.hints.iter().filter(|(.., set)| is_old(set));
        let old: Vec<(Key, NodeId)> = old.map(|(key, target, _)| (key, target)).collect();
        for (key, target) in old {
            self.replica.writes_to_disk(&mut self.disk, (key, Some(target)));
            self.replica.forget(key, Some(target));
            let Some(set) = self.disk.hints.remove(key, target) else { continue };
            if !self.config.planted.is(Plant::HintDropUncounted) {
                ctx.tell(|| Fact::HintDropped { hint: Hint { target, key, set } });
            }
        }
    }

    pub(super) fn on_admission(&mut self, ctx: &mut NodeCtx<'_>, timer: Timer) {
        match (&mut self.admission, timer) {
            (Some(admission), Timer::Slice) => admission.on_slice(ctx),
            (Some(admission), _interval) => admission.on_interval(ctx),
            (None, _never) => unreachable!("only a controller waits for slices"),
        }
    }

    pub(super) fn on_flush_due(&mut self, ctx: &mut NodeCtx<'_>) {
        match self.config.flush {
            Flush::Always | Flush::Every(_) => ctx.submit(Job::Flush),
            Flush::Buffered(_) => {
                self.replica.start(ctx, &self.config);
                self.replica.begin_writing(ctx, &self.disk);
            }
        }
    }
}
