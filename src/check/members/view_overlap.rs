//! Verifies: write quorums under the membership before a join or a leave meet read quorums under
//! the one after it. Each write that was committed, and that so many homes covered that every read
//! would meet one, is covered by as many afterwards. A node that has given a range away does
//! nothing for it as if it were its home; one that takes the place of the dead answers no read with
//! less than a survivor holds whom it believes up.
//!
//! Until the change is over, the former home and the new one are one replica: what either covers
//! counts for both. Where there were fewer homes than N and one more comes, only what as many homes
//! held as a write quorum among the new ones is promised to be met: who comes gets what one of them
//! has. Knobs that legitimately break it: R + W not above N, and `versioning` `literal`
//! and `last_write_wins` (an anomaly). A sloppy quorum is no excuse, for writes that stand-ins hold
//! are not counted before either. Keys of which a disk lost something or a tombstone was dropped
//! are passed over, keys of which something came to a former home after its last word, and changes
//! during which somebody was removed. A home whose survivors are all
//! believed down answers with what it has, by design. Two changes that were both past stepping back
//! before either node heard of the other move ranges by rings that leave the other out: what is not
//! whole then comes by hints, and is an anomaly. Examines each key whose homes change by a join or
//! a leave, and each request to a copy that is not whole.
//! Rings that did not know of each other and merge (section 4.8.1) make it an anomaly.

use std::collections::BTreeSet;

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::members::switching::{Switch, Switching, pairs};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::{MemberFact, Unfit};
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct ViewOverlap {
    r: usize,
    switching: Switching,
    committed: Vec<Past>,
    /// Who believes whom down.
    suspected: BTreeSet<(NodeId, NodeId)>,
    examined: u64,
    findings: Findings,
    /// The same in changes that were past stepping back before they heard of each other.
    crossed: Findings,
}

impl ViewOverlap {
    /// Nothing is committed.
    pub fn new(layout: &Layout) -> ViewOverlap {
        ViewOverlap {
            r: layout.cluster.r as usize,
            switching: Switching::default(),
            committed: vec![Past::default(); layout.keys as usize],
            suspected: BTreeSet::new(),
            examined: 0,
            findings: Findings::default(),
            crossed: Findings::default(),
        }
    }
}

impl Judge for ViewOverlap {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Some(switch) = self.switching.see(now, record)
            && self.switching.is_undisturbed(switch)
        {
            self.look(now, switch, holdings);
        }
        if let Some(Fact::Committed { key, ghost, .. }) = record.of_store() {
            self.committed[key.index()].insert(ghost.event().number);
        }
        let Record::Node { node, fact } = record else { return };
        match fact {
            Fact::Suspected { peer } => {
                self.suspected.insert((*node, *peer));
            }
            Fact::Cleared { peer } => {
                self.suspected.remove(&(*node, *peer));
            }
            Fact::Member(MemberFact::Unfit { key, why, read }) => {
                self.on_unfit(now, (*node, *key), why, *read, holdings);
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let cluster = &layout.cluster;
        let keeps = match cluster.versioning {
            Versioning::Dotted | Versioning::Vectors => true,
            Versioning::Literal | Versioning::LastWriteWins => false,
        };
        let exact = keeps && cluster.r + cluster.w > cluster.n;
        let otherwise = if exact { Outcome::Violated } else { Outcome::Anomaly };
        let (wrong, otherwise) = match self.findings.is_empty() && !self.crossed.is_empty() {
            true => (self.crossed, Outcome::Anomaly),
            false => (self.findings, otherwise),
        };
        let otherwise = self.switching.outcome(otherwise);
        let verdict = wrong.verdict_if_met("view_overlap", self.examined, otherwise);
        if_met_or_administered(layout, verdict)
    }
}

impl ViewOverlap {
    fn on_unfit(
        &mut self,
        now: Time,
        (node, key): (NodeId, Key),
        why: &Unfit,
        read: bool,
        holdings: &Holdings,
    ) {
        self.examined += 1;
        let mechanism = match why {
            Unfit::GivenAway => Some("a former home that does for itself what it should pass on"),
            Unfit::Unfilled { survivors } if read => {
                let own = holdings.knows(node, key);
                let committed = &self.committed[key.index()];
                let more = |survivor: &NodeId| {
                    let theirs = holdings.knows(*survivor, key).common_with(committed);
                    let up = !self.suspected.contains(&(node, *survivor));
                    up && holdings.is_up(*survivor) && theirs.count_missing_from(&own) > 0
                };
                let lacks = survivors.iter().any(more);
                lacks.then_some("a new home that answers before it is filled")
            }
            Unfit::Unfilled { .. } => None,
        };
        let Some(mechanism) = mechanism else { return };
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(key),
            nodes: vec![node],
            mechanism,
            ..Finding::story(format!("{node}, asked for {key}: {mechanism}"))
        });
    }

    /// Where findings of this change belong.
    fn found_in(&mut self, switch: Switch) -> &mut Findings {
        if switch.alone { &mut self.findings } else { &mut self.crossed }
    }

    fn look(&mut self, now: Time, switch: Switch, holdings: &Holdings) {
        for key in (0..holdings.keys()).map(Key) {
            let pairs = pairs(holdings, key);
            let harmed = |node: &NodeId| !self.switching.is_unharmed(*node, switch.begun);
            let homes = [holdings.former_homes(key), holdings.homes(key)];
            let committed = &self.committed[key.index()];
            let late = pairs.iter().any(|pair| self.switching.is_late(pair.from, key));
            let nothing = pairs.is_empty() || committed.is_empty() || late;
            if nothing || self.switching.is_reaped(key) || homes.concat().iter().any(harmed) {
                continue;
            }
            self.examined += 1;
            // What either of two covers counts for both, as long as the change is not over.
            let before = |home: &NodeId| {
                let mut known = holdings.knows(*home, key);
                let heir = pairs.iter().filter(|pair| pair.from == *home);
                heir.for_each(|pair| known.join(&holdings.knows(pair.to, key)));
                known
            };
            let former: Vec<Past> = homes[0].iter().map(before).collect();
            let new: Vec<Past> = homes[1].iter().map(|home| holdings.knows(*home, key)).collect();
            let r = self.r;
            let met = |all: &[Past], number: u32, more: usize| {
                all.iter().filter(|known| !known.contains(number)).count() + more < r
            };
            // Who comes where there are fewer homes than N gets what one of them has, and a read
            // needs no more of them: what fewer than a write quorum held may be missed from now on.
            let grown = homes[1].len().saturating_sub(homes[0].len());
            let unmet = |number: &u32| met(&former, *number, grown) && !met(&new, *number, 0);
            let Some(number) = committed.iter().find(unmet) else { continue };
            let event = EventId { key, number };
            self.found_in(switch).add(|| Finding {
                time: Some(now),
                key: Some(key),
                nodes: homes[1].to_vec(),
                event: Some(event),
                mechanism: "a committed write that reads by the new membership can miss",
                ..Finding::story(format!(
                    "once {} has come or gone, {event} can be missed by a read quorum",
                    switch.node
                ))
            });
        }
    }
}
