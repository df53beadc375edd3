//! What planted bugs make of what a replica keeps. Nothing here happens without them.

use std::rc::Rc;

use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::config::rules::Rules;
use crate::dynamo::storage::store::{Change, Store};
use crate::dynamo::versioning::clock::{Actor, Dot};
use crate::dynamo::versioning::reconcile::merge;
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::id::Key;
use crate::time::Time;

/// `DeleteNoTombstone`: a delete removes what is held, and nothing tells that it did.
#[inline]
pub fn leaves_nothing(planted: Planted, set: &VersionSet) -> bool {
    planted.is(Plant::DeleteNoTombstone) && set.visible().next().is_none()
}

/// What a replica makes of a version that a coordinator sent: with `LwwStampAtReplica` its own time
/// stamp, with `ReplicaBumpsClock` an event of its own in the clock.
#[inline]
pub fn as_stored(planted: Planted, name: Actor, now: Time, set: Rc<VersionSet>) -> Rc<VersionSet> {
    let [stamps, bumps] = [Plant::LwwStampAtReplica, Plant::ReplicaBumpsClock];
    if !planted.is(stamps) && !planted.is(bumps) {
        return set;
    }
    let mut clock = set.clock().clone();
    if planted.is(bumps) {
        clock.add(Dot { actor: name, counter: clock.counter(name) + 1 });
    }
    let stamp = |version: &Version| if planted.is(stamps) { now } else { version.stamp };
    let stamped = |version: &Version| Version { stamp: stamp(version), ..version.clone() };
    Rc::new(VersionSet::new(clock, set.versions().iter().map(stamped).collect()))
}

/// `PruneOnReadRepair`: the copy that a read has repaired loses its oldest pairs, to make room as
/// for a put of a client.
pub fn prune(rules: Rules, store: &mut Store, (key, set): (Key, &Rc<VersionSet>)) -> Change {
    let merged = match store.get(key) {
        None => Rc::clone(set),
        Some(held) => merge(rules, held, set),
    };
    let (mut clock, versions) = (merged.clock().clone(), merged.versions());
    let most = clock.most_pairs().map_or(usize::MAX, |most| most as usize - 1);
    let stays = |dot: Dot| versions.iter().any(|version| version.dot.actor == dot.actor);
    clock.shorten(most, rules.planted, stays);
    store.replace(key, Rc::new(VersionSet::new(clock, versions.iter().cloned().collect())))
}
