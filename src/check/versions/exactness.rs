//! What the settings of a run promise of its clocks: not a judge, but what judges ask.

use crate::dynamo::config::modes::ClockTruncation;
use crate::dynamo::config::{Quorum, Versioning};
use crate::dynamo::versioning::version::{Version, VersionSet};
use crate::ghost::Past;
use crate::id::EventId;
use crate::trace::layout::Layout;

/// How far the order of versions is the true one.
#[derive(Clone, Copy, Debug)]
pub struct Exactness {
    pub versioning: Versioning,
    /// Most pairs of a clock, where clocks lose their oldest.
    pub most_pairs: Option<u32>,
    /// Do writes carry the context of what their clients have read?
    pub contexts_told: bool,
    /// Do all clocks of machines show the true time?
    pub right_time: bool,
    /// Does every read see every write that was acknowledged before it began?
    pub reads_see_writes: bool,
}

impl Exactness {
    /// As these settings have it.
    pub fn of(layout: &Layout) -> Exactness {
        let cluster = &layout.cluster;
        let strict = match cluster.quorum {
            Quorum::Strict => true,
            Quorum::Sloppy => false,
        };
        let overlap = cluster.r + cluster.w > cluster.n;
        let kept = cluster.tombstones.are_kept();
        Exactness {
            versioning: cluster.versioning,
            most_pairs: cluster.clock_truncation.map(ClockTruncation::most_pairs),
            contexts_told: layout.contexts_told,
            right_time: cluster.clock_skew.is_none()
                && !layout.faults.iter().any(|fault| fault.kind.contains("clock")),
            reads_see_writes: strict && overlap && kept && !layout.administered,
        }
    }

    /// Do clocks say exactly which version has seen which?
    pub fn is_exact(self) -> bool {
        self.versioning == Versioning::Dotted && self.drops_only_seen()
    }

    /// Does a version go only where it is seen by one that stays? It may stay all the same.
    pub fn drops_only_seen(self) -> bool {
        self.is_named() && self.most_pairs.is_none() && self.contexts_told
    }

    /// Has each version a name of its own?
    pub fn is_named(self) -> bool {
        match self.versioning {
            Versioning::Dotted | Versioning::Vectors => true,
            Versioning::Literal | Versioning::LastWriteWins => false,
        }
    }

    /// Are there clocks at all?
    pub fn has_clocks(self) -> bool {
        match self.versioning {
            Versioning::Dotted | Versioning::Vectors | Versioning::Literal => true,
            Versioning::LastWriteWins => false,
        }
    }
}

/// The versions of a set that are in the true past of another.
pub fn superseded(set: &VersionSet) -> impl Iterator<Item = &Version> {
    let versions = set.versions();
    let mut seen = Past::default();
    versions.iter().for_each(|version| seen.join(version.ghost.past()));
    versions.iter().filter(move |older| seen.contains(older.ghost.event().number))
}

/// The first version that saw this one. Sets may hold hundreds of both: ask only where it is told.
pub fn superseder<'a>(set: &'a VersionSet, older: &Version) -> &'a Version {
    let number = older.ghost.event().number;
    let sees = |by: &&Version| by.ghost.past().contains(number);
    set.versions().iter().find(sees).expect("only what was seen is asked for")
}

/// The first of them, by the names of both writes.
pub fn first_superseded(set: &VersionSet) -> Option<(EventId, EventId)> {
    let older = superseded(set).next()?;
    Some((older.ghost.event(), superseder(set, older).ghost.event()))
}
