//! Verifies: when a join or a leave is over and a range changes hands, its new home covers all that
//! the former home covered as it said that everything has arrived: what it held, what was written
//! meanwhile, tombstones. And no batch that arrives makes a copy cover less than before.
//!
//! The switch here is the moment at which the end of the join or leave is announced. What came to
//! the former home after its last word (by background work) may still be on its way: it passes
//! requests on with what it holds, and ranges_dropped watches it. Homes that take the place of the
//! dead have nobody to give them anything: they are filled later, and view_overlap watches what
//! they answer. Knobs that legitimately break it, and make it an anomaly: `versioning` `literal`
//! and `last_write_wins`. Keys of which a disk of the two lost something meanwhile, or of which a
//! tombstone was dropped, are passed over, and so are changes during which somebody was removed.
//! Two changes that were both past stepping back before either node heard of the other move ranges
//! by rings that leave the other out: what is not whole then comes by hints, and is an anomaly.
//! Examines each key that changes hands.
//! Rings that did not know of each other and merge (section 4.8.1) make it an anomaly.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::members::switching::{Switch, Switching, pairs};
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug, Default)]
pub struct RangesWhole {
    switching: Switching,
    examined: u64,
    findings: Findings,
    /// The same in changes that were past stepping back before they heard of each other.
    crossed: Findings,
}

impl Judge for RangesWhole {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let switch = self.switching.see(now, record);
        if let Some(switch) = switch.filter(|switch| self.switching.is_undisturbed(*switch)) {
            self.look(now, switch, holdings);
        }
        if let Record::Node { node, fact: Fact::Kept { change, cause: Cause::Transfer } } = record {
            self.on_transfer(now, *node, change);
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        let otherwise = match layout.cluster.versioning {
            Versioning::Dotted | Versioning::Vectors => Outcome::Violated,
            Versioning::Literal | Versioning::LastWriteWins => Outcome::Anomaly,
        };
        let (wrong, otherwise) = match self.findings.is_empty() && !self.crossed.is_empty() {
            true => (self.crossed, Outcome::Anomaly),
            false => (self.findings, otherwise),
        };
        let otherwise = self.switching.outcome(otherwise);
        let verdict = wrong.verdict_if_met("ranges_whole", self.examined, otherwise);
        if_met_or_administered(layout, verdict)
    }
}

impl RangesWhole {
    fn on_transfer(&mut self, now: Time, node: NodeId, change: &Change) {
        let past = |set: Option<&VersionSet>| {
            set.map_or_else(Past::default, |set| set.history().into_owned())
        };
        let (before, after) = (past(change.before.as_deref()), past(change.after.as_deref()));
        if before.count_missing_from(&after) > 0 {
            let gone = before.iter().find(|number| !after.contains(*number));
            self.findings.add(|| Finding {
                time: Some(now),
                key: Some(change.key),
                nodes: vec![node],
                event: gone.map(|number| EventId { key: change.key, number }),
                mechanism: "a batch that makes a copy forget",
                ..Finding::story(format!(
                    "{node} covers less of {} than before a batch of its range arrived",
                    change.key
                ))
            });
        }
    }

    /// Where findings of this change belong.
    fn found_in(&mut self, switch: Switch) -> &mut Findings {
        if switch.alone { &mut self.findings } else { &mut self.crossed }
    }

    fn look(&mut self, now: Time, switch: Switch, holdings: &Holdings) {
        for key in (0..holdings.keys()).map(Key) {
            for pair in pairs(holdings, key) {
                let unharmed = |node| self.switching.is_unharmed(node, switch.begun);
                let late = self.switching.is_late(pair.from, key);
                let passed_over = late || self.switching.is_reaped(key);
                if passed_over || !unharmed(pair.from) || !unharmed(pair.to) {
                    continue;
                }
                self.examined += 1;
                let (has, gets) = (holdings.knows(pair.from, key), holdings.knows(pair.to, key));
                let Some(number) = has.iter().find(|number| !gets.contains(*number)) else {
                    continue;
                };
                let event = EventId { key, number };
                self.found_in(switch).add(|| Finding {
                    time: Some(now),
                    key: Some(key),
                    nodes: vec![pair.from, pair.to],
                    event: Some(event),
                    mechanism: "a range that is not whole at its new home",
                    ..Finding::story(format!(
                        "{key} goes from {} to {}, which lacks {event}",
                        pair.from, pair.to
                    ))
                });
            }
        }
    }
}
