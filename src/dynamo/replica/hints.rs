//! Copies that a node keeps for others (section 4.6).

use crate::dynamo::config::Cluster;
use crate::dynamo::fact::{Fact, Merge, Merger};
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::words::NodeCtx;

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
    if held.is_some_and(|held| held.digest() == hint.set.digest()) {
        return;
    }
    let (target, key) = (hint.target, hint.key);
    if let Some(set) = disk.hints.put(hint.clone()) {
        ctx.tell(|| Fact::HintSuperseded { hint: Hint { target, key, set } });
    }
    ctx.tell(|| Fact::HintCreated { hint });
}
