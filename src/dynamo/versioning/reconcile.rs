//! Syntactic reconciliation under the four ways of ordering versions (section 4.4, section 6).
//!
//! Dotted: a set has one clock for all that it knows, and a version is obsolete for whoever knows
//! its dot without holding it (dotted version vector sets; Riak since 2.0). Vectors: the same
//! without the dots (Riak before). Literal: the paper's own rule, each version with a clock in
//! which its coordinator incremented its entry. Last write wins: the largest (stamp, dot) stays.
//!
//! Truncation (section 4.4) takes the oldest pairs out of a clock that has too many. Literal: out
//! of the clock of a version as it is made; what it descends from is then no longer all in it, and
//! wherever an ancestor with that pair is held, the two look concurrent. Dotted and vectors: out of
//! what a set knows, whenever that grows; versions that it superseded under a name that it forgot
//! come back as siblings. The names of versions that it holds stay.

mod vectors;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use crate::dynamo::config::Versioning;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::config::rules::Rules;
use crate::dynamo::versioning::clock::{Actor, Causality, Clock, Dot};
use crate::dynamo::versioning::version::{Value, Version, VersionSet};
use crate::ghost::Ghost;
use crate::time::Time;

/// Who mints a version, and when by its own clock.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    pub actor: Actor,
    pub stamp: Time,
    /// Most pairs of the clock, where clocks are truncated.
    pub most_pairs: Option<u32>,
    /// A bug in the code that makes versions.
    pub planted: Planted,
}

impl Author {
    /// Notes in a clock what it has made.
    fn count(self, clock: &mut Clock, dot: Dot) {
        match self.most_pairs {
            None => clock.add(dot),
            Some(most) => clock.add_at(dot, self.stamp, most),
        }
    }

    /// What a client says that it has seen.
    fn token(self, context: &VersionSet) -> Cow<'_, Clock> {
        match self.planted.is(Plant::CausalityTokenTruncated) {
            false => Cow::Borrowed(context.clock()),
            true => Cow::Owned(context.clock().entries().iter().take(8).copied().collect()),
        }
    }
}

/// What the coordinator's replica holds after a put: the new version, and those of `local` that the
/// put's context did not cover.
pub fn write(
    versioning: Versioning,
    local: Option<&VersionSet>,
    context: Option<&VersionSet>,
    author: Author,
    value: Value,
    ghost: Ghost,
) -> VersionSet {
    match versioning {
        Versioning::Dotted => write_dotted(local, context, author, value, ghost),
        Versioning::Vectors => vectors::write(local, context, author, value, ghost),
        Versioning::Literal => write_literal(local, context, author, value, ghost),
        Versioning::LastWriteWins => write_stamped(local, author, value, ghost),
    }
}

/// What a replica holds that held `mine` and is sent `theirs`. Shares instead of copying wherever
/// one side has it all.
pub fn merge(
    rules: impl Into<Rules>,
    mine: &Rc<VersionSet>,
    theirs: &Rc<VersionSet>,
) -> Rc<VersionSet> {
    if Rc::ptr_eq(mine, theirs) || mine.digest() == theirs.digest() {
        return Rc::clone(mine);
    }
    let Rules { versioning, planted } = rules.into();
    let covers = |set: &VersionSet, other: &VersionSet| set.clock().covers(other.clock());
    if planted.is(Plant::VvEqualTreatedAsNewer) && covers(theirs, mine) {
        return Rc::clone(theirs);
    }
    let merged = match versioning {
        Versioning::Dotted => merge_dotted(mine, theirs, planted),
        Versioning::Vectors => vectors::merge(mine, theirs, planted),
        Versioning::Literal => merge_literal(mine, theirs),
        Versioning::LastWriteWins => merge_stamped(mine, theirs),
    };
    if mine.is_damaged() || theirs.is_damaged() {
        return agree_on_bytes(&merged, mine, theirs);
    }
    merged
}

fn write_dotted(
    local: Option<&VersionSet>,
    context: Option<&VersionSet>,
    author: Author,
    value: Value,
    ghost: Ghost,
) -> VersionSet {
    let mut clock = local.map_or_else(Clock::default, |set| set.clock().clone());
    let planted = author.planted;
    let context = context.filter(|_| !planted.is(Plant::PutIgnoresContext));
    let token = context.map(|set| author.token(set));
    let unseen = |version: &&Version| {
        let keeps = planted.is(Plant::DvvKeepCovered) && version.dot.actor == author.actor;
        keeps || !token.as_ref().is_some_and(|clock| clock.contains(version.dot))
    };
    let kept = local.into_iter().flat_map(VersionSet::versions).filter(unseen);
    let mut versions: SmallVec<[Version; 1]> = kept.cloned().collect();
    if let Some(clock_seen) = &token {
        clock.join(clock_seen);
    }
    let known = match (planted.is(Plant::VvIncrementContextOnly), &token) {
        (false, _) => clock.counter(author.actor),
        (true, seen) => seen.as_ref().map_or(0, |seen| seen.counter(author.actor)),
    };
    let dot = Dot { actor: author.actor, counter: known + 1 };
    author.count(&mut clock, dot);
    versions.push(Version { dot, stamp: author.stamp, clock: None, value, ghost });
    clock.truncate(planted, |dot| versions.iter().any(|version| version.dot.actor == dot.actor));
    VersionSet::new(clock, versions)
}

/// The wording of the paper's example: the coordinator increases its own sequence number, and the
/// new clock is the context with that entry. Nothing tells two puts with one context apart.
fn write_literal(
    local: Option<&VersionSet>,
    context: Option<&VersionSet>,
    author: Author,
    value: Value,
    ghost: Ghost,
) -> VersionSet {
    let mut clock = context.map_or_else(Clock::default, |set| set.clock().clone());
    let known = local.map_or(0, |set| set.clock().counter(author.actor));
    let counter = known.max(clock.counter(author.actor)) + 1;
    let dot = Dot { actor: author.actor, counter };
    author.count(&mut clock, dot);
    let survives = |version: &&Version| !clock.covers(own_clock(version));
    let kept = local.into_iter().flat_map(VersionSet::versions).filter(survives);
    let mut versions: SmallVec<[Version; 1]> = kept.cloned().collect();
    // Here all is still known that it descends from; whoever gets it knows less.
    clock.truncate(author.planted, |own| own == dot);
    let own = Some(Box::new(clock));
    versions.push(Version { dot, stamp: author.stamp, clock: own, value, ghost });
    VersionSet::new(joint_clock(&versions), versions)
}

fn write_stamped(
    local: Option<&VersionSet>,
    author: Author,
    value: Value,
    ghost: Ghost,
) -> VersionSet {
    // The counter only tells two writes of one node at one instant apart.
    let known = local.and_then(|set| set.versions().first());
    let counter = known.map_or(0, |version| version.dot.counter) + 1;
    let dot = Dot { actor: author.actor, counter };
    let version = Version { dot, stamp: author.stamp, clock: None, value, ghost };
    let winner = known.filter(|known| rank(known) > rank(&version)).cloned().unwrap_or(version);
    VersionSet::new(Clock::default(), smallvec![winner])
}

/// Versions picked from a set, without taking memory for a handful.
type Chosen<'a> = SmallVec<[&'a Version; 8]>;

/// Both sides are sorted by dot, and a dot names one version: one walk along both finds what they
/// share. What only one side holds stays unless the other side knows of it, and no longer holds it.
fn merge_dotted(
    mine: &Rc<VersionSet>,
    theirs: &Rc<VersionSet>,
    planted: Planted,
) -> Rc<VersionSet> {
    let lacks = |set: &VersionSet, dot: Dot| {
        let skips = planted.is(Plant::VvCompareIgnoresMissingActor);
        !(set.clock().contains(dot) || skips && set.clock().counter(dot.actor) == 0)
    };
    let (mut ours, mut others) = (mine.versions(), theirs.versions());
    let mut kept: Chosen<'_> = SmallVec::new();
    let (mut mine_is_all, mut theirs_is_all) = (true, true);
    loop {
        let order = match (ours.first(), others.first()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(our), Some(other)) => our.dot.cmp(&other.dot),
        };
        let version = match order {
            Ordering::Less | Ordering::Equal => &ours[0],
            Ordering::Greater => &others[0],
        };
        let stays = match order {
            Ordering::Less => lacks(theirs, version.dot),
            Ordering::Equal => true,
            Ordering::Greater => lacks(mine, version.dot),
        };
        if stays {
            kept.push(version);
        }
        // Whoever holds a version that goes, or lacks one that stays, does not hold the result.
        mine_is_all &= order == Ordering::Equal || stays == (order == Ordering::Less);
        theirs_is_all &= order == Ordering::Equal || stays == (order == Ordering::Greater);
        ours = &ours[usize::from(order != Ordering::Greater)..];
        others = &others[usize::from(order != Ordering::Less)..];
    }
    if mine_is_all && mine.clock().covers(theirs.clock()) {
        return Rc::clone(mine);
    }
    if theirs_is_all && theirs.clock().covers(mine.clock()) {
        return Rc::clone(theirs);
    }
    let mut clock = mine.clock().clone();
    clock.join(theirs.clock());
    clock.truncate(planted, |dot| kept.iter().any(|version| version.dot.actor == dot.actor));
    Rc::new(VersionSet::new(clock, kept.into_iter().cloned().collect()))
}

fn merge_literal(mine: &Rc<VersionSet>, theirs: &Rc<VersionSet>) -> Rc<VersionSet> {
    let absent =
        |version: &Version, set: &VersionSet| !set.versions().iter().any(|v| same(v, version));
    let kept: Chosen<'_> =
        mine.versions().iter().filter(|v| !obsolete_literal(v, theirs)).collect();
    let is_news = |v: &&Version| absent(v, mine) && !obsolete_literal(v, mine);
    let news: Chosen<'_> = theirs.versions().iter().filter(is_news).collect();
    if news.is_empty() && kept.len() == mine.versions().len() && mine.clock().covers(theirs.clock())
    {
        return Rc::clone(mine);
    }
    let shared = theirs.versions().len() - news.len();
    let theirs_only = kept.len() == shared && kept.iter().all(|v| !absent(v, theirs));
    if theirs_only && theirs.clock().covers(mine.clock()) {
        return Rc::clone(theirs);
    }
    let mut clock = mine.clock().clone();
    clock.join(theirs.clock());
    Rc::new(VersionSet::new(clock, kept.into_iter().chain(news).cloned().collect()))
}

/// An ancestor of a version that the other side holds; or the earlier of two under one clock. A
/// node that has forgotten what it minted, for a copy handed over or in a crash, gives a clock
/// twice. All that replicas can do then is to agree on one, or they would differ for ever.
fn obsolete_literal(version: &Version, other: &VersionSet) -> bool {
    let own = own_clock(version);
    other.versions().iter().any(|v| match own.compare(own_clock(v)) {
        Causality::Before => true,
        Causality::Equal => v.dot == version.dot && v.stamp > version.stamp,
        Causality::After | Causality::Concurrent => false,
    })
}

/// Two copies of one version whose bytes differ, since a disk changed one and nothing checks it: no
/// clock tells which is right. The larger bytes win, so that replicas agree at all.
fn agree_on_bytes(
    merged: &VersionSet,
    mine: &Rc<VersionSet>,
    theirs: &Rc<VersionSet>,
) -> Rc<VersionSet> {
    let larger = |version: &Version| {
        let both = mine.versions().iter().chain(theirs.versions());
        let copies = both.filter(|copy| same(copy, version));
        copies.max_by_key(|copy| copy.value.damage()).unwrap_or(version).clone()
    };
    let versions = merged.versions().iter().map(larger).collect();
    let agreed = VersionSet::new(merged.clock().clone(), versions);
    match agreed.digest() {
        digest if digest == mine.digest() => Rc::clone(mine),
        digest if digest == theirs.digest() => Rc::clone(theirs),
        _neither => Rc::new(agreed),
    }
}

fn merge_stamped(mine: &Rc<VersionSet>, theirs: &Rc<VersionSet>) -> Rc<VersionSet> {
    let best = |set: &VersionSet| set.versions().iter().map(rank).max();
    Rc::clone(if best(theirs) > best(mine) { theirs } else { mine })
}

fn rank(version: &Version) -> (Time, Dot) {
    (version.stamp, version.dot)
}

/// Replicas can tell two versions apart only by what the protocol shows them.
fn same(a: &Version, b: &Version) -> bool {
    a.dot == b.dot && a.stamp == b.stamp && a.clock == b.clock
}

fn own_clock(version: &Version) -> &Clock {
    version.clock.as_deref().expect("a version under literal clocks has a clock of its own")
}

fn joint_clock(versions: &[Version]) -> Clock {
    let mut joint = Clock::default();
    versions.iter().for_each(|version| joint.join(own_clock(version)));
    joint
}
