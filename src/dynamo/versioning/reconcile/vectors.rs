//! Version vectors by server, one for all that is held of a key, as Riak had them before its
//! release 2.0 (Preguiça et al., "Dotted version vectors", 2012, take them as what dots are for).
//!
//! A put whose context covers the vector that is held replaces everything. Any other is kept beside
//! everything, what it overwrites too: the vector knows how many versions each actor has made, not
//! which of them is which. So no write is lost, but two clients who write in turn with contexts
//! that are a little old leave as many versions as they write (sibling explosion). Of two replicas'
//! sets the one with the greater vector stays; otherwise all versions of both. Two ways to one
//! vector can leave more or fewer of the overwritten ones: under equal vectors as well all stay, so
//! that replicas agree, and the order of merges matters to what is kept beyond need.
//!
//! The dot of a version is its name alone here, and stands for the tag by which Riak told equal
//! values apart; no comparison of versions asks for it. Left out: sets with equal vectors that pass
//! for equal, and a pruning of vectors that takes the names of what is held.

use std::cmp::Ordering;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::versioning::clock::{Causality, Clock, Dot};
use crate::dynamo::versioning::reconcile::{Author, Chosen};
use crate::dynamo::versioning::version::{Value, Version, VersionSet};
use crate::ghost::Ghost;

/// What the coordinator's replica holds after a put.
pub(super) fn write(
    local: Option<&VersionSet>,
    context: Option<&VersionSet>,
    author: Author,
    value: Value,
    ghost: Ghost,
) -> VersionSet {
    let planted = author.planted;
    let context = context.filter(|_| !planted.is(Plant::PutIgnoresContext));
    let mut clock = local.map_or_else(Clock::default, |set| set.clock().clone());
    let seen = context.map(|set| author.token(set));
    let replaces_all = seen.as_ref().map_or(clock.is_empty(), |seen| seen.covers(&clock));
    let kept = local.filter(|_| !replaces_all).into_iter().flat_map(VersionSet::versions);
    let mut versions: SmallVec<[Version; 1]> = kept.cloned().collect();
    if let Some(seen) = &seen {
        clock.join(seen);
    }
    let dot = Dot { actor: author.actor, counter: clock.counter(author.actor) + 1 };
    author.count(&mut clock, dot);
    versions.push(Version { dot, stamp: author.stamp, clock: None, value, ghost });
    clock.truncate(planted, |dot| versions.iter().any(|version| version.dot.actor == dot.actor));
    VersionSet::new(clock, versions)
}

/// What a replica holds that held `mine` and is sent `theirs`.
pub(super) fn merge(
    mine: &Rc<VersionSet>,
    theirs: &Rc<VersionSet>,
    planted: Planted,
) -> Rc<VersionSet> {
    match mine.clock().compare(theirs.clock()) {
        Causality::After => Rc::clone(mine),
        Causality::Before => Rc::clone(theirs),
        Causality::Equal | Causality::Concurrent => union(mine, theirs, planted),
    }
}

/// The versions of both and one vector of all that either knows. Shares the set that is all of it.
fn union(mine: &Rc<VersionSet>, theirs: &Rc<VersionSet>, planted: Planted) -> Rc<VersionSet> {
    let (ours, others) = (mine.versions(), theirs.versions());
    let all = both(ours, others);
    let is_all = |set: &Rc<VersionSet>, other: &Rc<VersionSet>| {
        set.versions().len() == all.len() && set.clock().covers(other.clock())
    };
    if is_all(mine, theirs) {
        return Rc::clone(mine);
    }
    if is_all(theirs, mine) {
        return Rc::clone(theirs);
    }
    let mut clock = mine.clock().clone();
    clock.join(theirs.clock());
    clock.truncate(planted, |dot| all.iter().any(|version| version.dot.actor == dot.actor));
    Rc::new(VersionSet::new(clock, all.into_iter().cloned().collect()))
}

/// Two lists in the order of their names, with what is in both once.
fn both<'a>(mut ours: &'a [Version], mut others: &'a [Version]) -> Chosen<'a> {
    let mut all = Chosen::with_capacity(ours.len().max(others.len()));
    while let (Some(our), Some(other)) = (ours.first(), others.first()) {
        let order = (our.dot, our.stamp).cmp(&(other.dot, other.stamp));
        all.push(if order == Ordering::Greater { other } else { our });
        ours = &ours[usize::from(order != Ordering::Greater)..];
        others = &others[usize::from(order != Ordering::Less)..];
    }
    all.extend(ours.iter().chain(others));
    all
}
