//! Versions, and the set of concurrent versions that a replica holds of a key.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::digest::Digest;
use crate::dynamo::versioning::clock::{Clock, DOT_BYTES, Dot};
use crate::ghost::{Ghost, Past};
use crate::id::EventId;
use crate::time::Time;

/// Bytes of a version beside its value: its dot and its time stamp.
const VERSION_BYTES: u32 = DOT_BYTES + 8;

/// So many versions side by side are few.
const FEW: usize = 4;

/// What a put writes: opaque to the store, which knows its size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// Size of the value in bytes.
    pub bytes: u32,
    pub content: Content,
}

impl Value {
    /// How it compares with what was written: 0 if it is that.
    pub fn damage(&self) -> i64 {
        match self.content {
            Content::Damaged(mark) => mark,
            Content::Blob | Content::Tombstone | Content::Cart(_) => 0,
        }
    }
}

/// What is in a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Bytes that nobody looks at.
    Blob,
    /// A delete. The paper has none; a put of an empty value stands for it.
    Tombstone,
    /// A shopping cart.
    Cart(Rc<Cart>),
    /// What a disk has made of it, as far as it compares with other bytes: positive is larger than
    /// what was written, negative is smaller.
    Damaged(i64),
}

/// A shopping cart, to which the store is blind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cart {
    /// The items in it, sorted.
    pub items: Vec<u32>,
    /// Items that were taken out, sorted, where the application keeps a note of them.
    pub removed: Vec<u32>,
}

/// One version of a key. Immutable (section 4.4).
#[derive(Clone, Debug)]
pub struct Version {
    /// The name that this version alone has; under literal clocks, the pair that was incremented.
    pub dot: Dot,
    /// The coordinator's clock when it was written; decides where the last write wins.
    pub stamp: Time,
    /// The version's own clock, under literal clocks only.
    pub clock: Option<Box<Clock>>,
    pub value: Value,
    /// Which client event wrote it. The protocol never looks.
    pub ghost: Ghost,
}

/// All versions of a key that a replica holds, none of which supersedes another, and the clock of
/// everything that it has ever known of the key. Shared by all replicas that hold the same.
#[derive(Debug)]
// In this order: what is asked for most comes first, beside the counts of those who share it, so
// that most look at one line of memory only.
#[repr(C)]
pub struct VersionSet {
    digest: u64,
    bytes: u32,
    damaged: bool,
    clock: Clock,
    // Sorted by dot, so that equal sets are equal lists.
    versions: SmallVec<[Version; 1]>,
    // What judges ask again and again of many versions, made when they first do.
    history: OnceCell<Box<Past>>,
}

impl VersionSet {
    /// A set of versions that know `clock` between them.
    pub fn new(clock: Clock, mut versions: SmallVec<[Version; 1]>) -> VersionSet {
        if versions.len() > 1 {
            versions.sort_unstable_by_key(|v| {
                (v.dot, v.stamp, version_digest(Digest::EMPTY, v).value())
            });
        }
        let digest = fingerprint(&clock, &versions);
        let data: u32 = versions.iter().map(version_bytes).sum();
        let bytes = data + clock.bytes();
        let damaged = versions.iter().any(|version| version.value.damage() != 0);
        VersionSet { digest, bytes, damaged, clock, versions, history: OnceCell::new() }
    }

    /// Is any of its values not what was written?
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The same as a disk changes it silently: one of its values has other bytes. None if it has
    /// no bytes to change.
    pub fn damage(&self, mark: u64) -> Option<VersionSet> {
        let has_bytes = |version: &Version| version.value.content != Content::Tombstone;
        let count = self.versions.iter().filter(|version| has_bytes(version)).count() as u64;
        let place = mark.checked_rem(count)? as usize;
        let mut versions = self.versions.clone();
        let chosen = versions.iter_mut().filter(|version| has_bytes(version)).nth(place)?;
        chosen.value.content = Content::Damaged(mark as i64 | 1);
        Some(VersionSet::new(self.clock.clone(), versions))
    }

    /// Everything known of the key: the context of a read (section 4.4).
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The concurrent versions.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Two sets are equal exactly if their digests are (to the chance of a 64-bit collision).
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// Size on the wire: values, dots, stamps and clock.
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Versions of this very write; for judges.
    pub fn written_by(&self, ghost: &Ghost) -> impl Iterator<Item = &Version> {
        let event = ghost.event();
        self.versions.iter().filter(move |version| version.ghost.event() == event)
    }

    /// Versions that a reader sees: all that are no tombstones.
    pub fn visible(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| version.value.content != Content::Tombstone)
    }

    /// Does a reader of this set know of an event of the key, as the ghosts have it?
    pub fn knows(&self, event: u32) -> bool {
        let ghosts = self.versions.iter().map(|version| &version.ghost);
        ghosts.into_iter().any(|g| g.event().number == event || g.past().contains(event))
    }

    /// Writes of `other` of which a reader of this set does not know, as the ghosts have it.
    pub fn missing_of<'a>(&'a self, other: &'a VersionSet) -> impl Iterator<Item = EventId> + 'a {
        // Sets may hold hundreds of versions: each is asked once, not once for each of the other.
        let known = self.history();
        let events = other.versions.iter().map(|version| version.ghost.event());
        events.filter(move |event| !known.contains(event.number))
    }

    /// The events that a reader of this set knows, for the ghost oracle.
    pub fn history(&self) -> Cow<'_, Past> {
        let make = || {
            let mut history = Past::default();
            for version in &self.versions {
                version.ghost.add_to(&mut history);
            }
            history
        };
        // To make it of a few is cheaper than to keep it.
        match self.versions.len() {
            0..=FEW => Cow::Owned(make()),
            _many => Cow::Borrowed(self.history.get_or_init(|| Box::new(make()))),
        }
    }
}

fn version_bytes(version: &Version) -> u32 {
    let clock = version.clock.as_ref().map_or(0, |clock| clock.bytes());
    version.value.bytes + VERSION_BYTES + clock
}

fn fingerprint(clock: &Clock, versions: &[Version]) -> u64 {
    let digest = versions.iter().fold(Digest::EMPTY.with(versions.len() as u64), version_digest);
    with_clock(digest, clock).value()
}

fn version_digest(digest: Digest, version: &Version) -> Digest {
    let named = digest.with(version.dot.actor.number()).with(version.dot.counter);
    let stamped = match version.value.damage() {
        0 => named.with(version.stamp.0),
        mark => named.with(version.stamp.0).with(mark as u64),
    };
    version.clock.as_ref().map_or(stamped, |own| with_clock(stamped, own))
}

fn with_clock(digest: Digest, clock: &Clock) -> Digest {
    let dots = clock.entries().iter();
    dots.fold(digest, |digest, dot| digest.with(dot.actor.number()).with(dot.counter))
}
