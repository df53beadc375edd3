//! Copies that a node keeps for others, and what becomes of them at either end (section 4.6).

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::{Cause, Fact, Merge, Merger};
use crate::dynamo::job::Job;
use crate::dynamo::message::{Handoff, Message};
use crate::dynamo::replica::Replica;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::words::NodeCtx;
use crate::id::Address;

impl Replica {
    /// Keeps what a stand-in delivered and confirms it, so that the hint may go.
    pub fn accept(&self, ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk, job: Job) {
        let Job::Accept { from, scan, key, set } = job else {
            unreachable!("only an accept keeps what a stand-in delivered");
        };
        let digest = set.digest();
        if config.planted.is(Plant::HintOverwritesNewer) {
            let change = disk.store.replace(key, set);
            self.kept(ctx, config, change, Cause::Handoff);
        } else {
            self.keep(ctx, config, disk, (key, set), Cause::Handoff);
        }
        let delivered = Handoff::Delivered { scan, key, digest };
        ctx.send(Address::Node(from), Message::Handoff(delivered));
    }

    /// Removes a hint that was delivered, unless a later write has melted into it meanwhile, or the
    /// same was kept once more since it was sent: its target itself may have given it back.
    pub fn drop_hint(&mut self, ctx: &mut NodeCtx<'_>, disk: &mut Disk, job: Job) {
        let Job::DropHint { target, key, digest, sent } = job else {
            unreachable!("only a drop removes a hint that was delivered");
        };
        let is_other = disk.hints.get(key, target).is_none_or(|set| set.digest() != digest);
        if is_other || !disk.hints.is_as_of(sent, key, target) {
            return;
        }
        self.serials.remove(&(key, target));
        self.writes_to_disk(disk, (key, Some(target)));
        if let Some(set) = disk.hints.remove(key, target) {
            ctx.tell(|| Fact::HintDelivered { hint: Hint { target, key, set } });
        }
    }
}

/// Keeps a copy for another, beside what is kept for it already.
pub fn add_hint(ctx: &mut NodeCtx<'_>, config: &Cluster, disk: &mut Disk, hint: Hint) {
    let Hint { target, key, set } = hint;
    let set = match disk.hints.get(key, target) {
        None => set,
        Some(held) => {
            let merged = merge(config.rules(), held, &set);
            if held.digest() != set.digest() {
                ctx.tell(|| Merge::told(key, [held, &set], &merged, Merger::StandIn));
            }
            merged
        }
    };
    keep_hint(ctx, disk, Hint { target, key, set });
}

/// Keeps a copy for another.
pub fn keep_hint(ctx: &mut NodeCtx<'_>, disk: &mut Disk, hint: Hint) {
    let held = disk.hints.get(hint.key, hint.target);
    let (target, key) = (hint.target, hint.key);
    if held.is_some_and(|held| held.digest() == hint.set.digest()) {
        return disk.hints.keep_again(ctx.ran, key, target);
    }
    if let Some(set) = disk.hints.put(ctx.ran, hint.clone()) {
        ctx.tell(|| Fact::HintSuperseded { hint: Hint { target, key, set } });
    }
    ctx.tell(|| Fact::HintCreated { hint });
}
