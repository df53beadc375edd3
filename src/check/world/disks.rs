//! Verifies (Z6): what a disk holds after a crash is what was flushed, no more and no less: each
//! copy and hint as it was at the last flush, and after a torn write all but one copy; nothing on a
//! disk that is wiped; all of it where a crash spares the disk.
//!
//! Does not verify what a restored backup holds, nor object buffers, whose losses are counted
//! (`buffer`), nor membership histories. Knows when devices feign flushes, from the world itself.
//! No knob breaks this: it is a bug of the simulator. Examines each crash and each copy and hint
//! that was not flushed then; not met without crashes.

use std::collections::BTreeMap;

use crate::check::holdings::{Holdings, Step, Why};
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::Flush;
use crate::dynamo::fact::{Fact, FlushFact};
use crate::dynamo::storage::disk::Place;
use crate::dynamo::versioning::version::VersionSet;
use crate::faults::spec::DiskAfterCrash;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Copies and hints, by digest; none where nothing was held.
type Contents = BTreeMap<Place, Option<u64>>;

/// The judge.
#[derive(Debug)]
pub struct Disks {
    flush: Flush,
    devices: Vec<Device>,
    /// The crash that was seen last, until all that it took has been told.
    crash: Option<Crash>,
    examined: u64,
    findings: Findings,
}

/// What is known of one disk.
#[derive(Clone, Debug, Default)]
struct Device {
    /// What it held before the writes since its last flush, where that is something else.
    flushed: Contents,
    feigns: bool,
}

/// A node that has just stopped.
#[derive(Debug)]
struct Crash {
    time: Time,
    node: NodeId,
    disk: DiskAfterCrash,
    /// What was not flushed, as it is to be from now on.
    back: Contents,
    /// What was flushed, and is lost nevertheless.
    others: Vec<Place>,
}

impl Disks {
    /// Empty disks.
    pub fn new(layout: &Layout) -> Disks {
        Disks {
            flush: layout.cluster.flush,
            devices: vec![Device::default(); layout.machines as usize],
            crash: None,
            examined: 0,
            findings: Findings::default(),
        }
    }

    fn on_flush(&mut self, node: NodeId, told: FlushFact) {
        let device = &mut self.devices[node.index()];
        let is_made = match told {
            FlushFact::Done => !device.feigns,
            FlushFact::Feigned | FlushFact::Honest => {
                device.feigns = told == FlushFact::Feigned;
                told == FlushFact::Honest && self.flush == Flush::Always
            }
        };
        if is_made {
            device.flushed.clear();
        }
    }

    fn on_step(&mut self, step: &Step) {
        match step.why {
            Why::Kept(_) | Why::Hinted | Why::Delivered | Why::Reaped | Why::Dropped => {
                self.on_write(step.node, (step.key, step.target), digest(step.before.as_deref()));
            }
            Why::Lost => {
                if let Some(crash) = self.crash.as_mut().filter(|crash| crash.node == step.node) {
                    let place = (step.key, step.target);
                    if !crash.back.contains_key(&place) {
                        crash.others.push(place);
                    }
                }
            }
            // No write: the disk, or its owner, drops it for good.
            Why::Damaged | Why::Released => {}
        }
    }

    fn on_write(&mut self, node: NodeId, place: Place, before: Option<u64>) {
        let device = &mut self.devices[node.index()];
        let waits = match self.flush {
            Flush::Always => device.feigns,
            Flush::Every(_) => true,
            Flush::Buffered(_) => false,
        };
        if waits {
            device.flushed.entry(place).or_insert(before);
        }
    }

    fn on_crash(&mut self, time: Time, node: NodeId, disk: DiskAfterCrash) {
        let device = &mut self.devices[node.index()];
        let back = match disk {
            DiskAfterCrash::Kept => Contents::new(),
            _ => std::mem::take(&mut device.flushed),
        };
        self.crash = Some(Crash { time, node, disk, back, others: Vec::new() });
    }

    /// All that the crash took has been told.
    fn look_at(&mut self, crash: &Crash, holdings: &Holdings) {
        self.examined += 1;
        match crash.disk {
            DiskAfterCrash::Wiped => self.look_at_wiped(crash, holdings),
            DiskAfterCrash::Restored(_) => {}
            DiskAfterCrash::Kept | DiskAfterCrash::UnflushedLost => {
                self.look_at_unflushed(crash, holdings);
                self.look_at_flushed(crash, 0);
            }
            DiskAfterCrash::Torn => {
                // The torn write may be one that a place went back to.
                let torn = usize::from(!self.look_at_torn(crash, holdings));
                self.look_at_flushed(crash, torn);
            }
        }
    }

    fn look_at_unflushed(&mut self, crash: &Crash, holdings: &Holdings) -> bool {
        let held = |place: &Place| held(holdings, crash.node, *place);
        self.examined += crash.back.len() as u64;
        let wrong = crash.back.iter().filter(|(place, flushed)| held(place) != **flushed);
        let wrong: Vec<Place> = wrong.map(|(place, _)| *place).collect();
        for place in &wrong {
            self.find(crash, *place, "a crash leaves something else than was flushed");
        }
        wrong.is_empty()
    }

    /// Has the torn write taken a copy that went back to what was flushed?
    fn look_at_torn(&mut self, crash: &Crash, holdings: &Holdings) -> bool {
        let gone = |(place, flushed): &(&Place, &Option<u64>)| {
            place.1.is_none() && flushed.is_some() && held(holdings, crash.node, **place).is_none()
        };
        let torn = crash.back.iter().find(gone).map(|(place, _)| *place);
        let mut back = crash.back.clone();
        if let Some(torn) = torn {
            back.remove(&torn);
        }
        let rest = Crash { back, others: Vec::new(), ..*crash };
        self.look_at_unflushed(&rest, holdings);
        torn.is_some()
    }

    fn look_at_flushed(&mut self, crash: &Crash, may_be_torn: usize) {
        let (copies, hints): (Vec<Place>, Vec<Place>) =
            crash.others.iter().partition(|(_, target)| target.is_none());
        for place in copies.into_iter().skip(may_be_torn).chain(hints) {
            self.find(crash, place, "a crash takes what was flushed");
        }
    }

    fn look_at_wiped(&mut self, crash: &Crash, holdings: &Holdings) {
        let keys = (0..holdings.keys()).map(Key);
        let left: Vec<Place> = keys
            .flat_map(|key| holdings.all(key).map(move |(node, target, _)| (node, (key, target))))
            .filter(|(node, _)| *node == crash.node)
            .map(|(_, place)| place)
            .collect();
        for place in left {
            self.find(crash, place, "a disk that was wiped holds something");
        }
    }

    fn find(&mut self, crash: &Crash, (key, target): Place, mechanism: &'static str) {
        let (time, node) = (crash.time, crash.node);
        let what = match target {
            None => format!("its copy of {key}"),
            Some(target) => format!("its hint of {key} for {target}"),
        };
        self.findings.add(|| Finding {
            time: Some(time),
            key: Some(key),
            nodes: vec![node],
            mechanism,
            ..Finding::story(format!("{node} stops, and {what} is not as the last flush left it"))
        });
    }
}

impl Judge for Disks {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        if let Some(crash) = self.crash.take_if(|crash| !crash.is_told_of(now, record)) {
            self.look_at(&crash, holdings);
        }
        match record {
            Record::Down { node, disk } => self.on_crash(now, *node, *disk),
            Record::Node { node, fact: Fact::Flush(told) } => self.on_flush(*node, *told),
            // Its place may stay empty, of which no step tells.
            Record::Node { node, fact: Fact::HintSuperseded { hint } } => {
                let place = (hint.key, Some(hint.target));
                self.on_write(*node, place, Some(hint.set.digest()));
            }
            Record::Node { .. } => {
                if let Some(step) = holdings.step() {
                    self.on_step(step);
                }
            }
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        if matches!(self.flush, Flush::Buffered(_)) {
            return None;
        }
        Some(self.findings.verdict_if_met("disks", self.examined, Outcome::Violated))
    }
}

impl Crash {
    /// May this record tell what the crash took, or precede that?
    fn is_told_of(&self, now: Time, record: &Record<'_>) -> bool {
        let is_part = match record {
            Record::Dropped { .. } => true,
            Record::Node { node, fact } => {
                let lost = matches!(
                    fact,
                    Fact::Lost { .. } | Fact::HintLost { .. } | Fact::HintRevived { .. }
                );
                *node == self.node && lost
            }
            _other => false,
        };
        is_part && now == self.time
    }
}

fn digest(set: Option<&VersionSet>) -> Option<u64> {
    set.map(|set| set.digest())
}

fn held(holdings: &Holdings, node: NodeId, (key, target): Place) -> Option<u64> {
    let set = match target {
        None => holdings.copies(key).get(&node),
        Some(target) => holdings.hints(key).get(&(node, target)),
    };
    digest(set.map(|set| &**set))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::judges::Judges;
    use crate::check::tests::{judged, with_fault};
    use crate::check::verdict::Verdict;
    use crate::dynamo::fact::Cause;
    use crate::dynamo::storage::store::Change;
    use crate::time::Duration;
    use crate::trace::rehearsal::{Stage, hint, set};

    /// n1 has flushed one version of k2 and one hint, and then stored a second version and another
    /// hint; it stops like this, and the rest is told.
    fn stops(
        flush: Flush,
        disk: DiskAfterCrash,
        tell: impl FnOnce(&mut Stage<Judges>, [Fact; 4]),
    ) -> Verdict {
        let mut layout = with_fault();
        layout.cluster.flush = flush;
        judged("disks", &layout, |stage, _, _| {
            let first = stage.ghost(2, &[]);
            let second = stage.ghost(2, &[&first]);
            let [old, new] = [set(&[&first]), set(&[&second])];
            stage.at(1000).fact(1, Fact::Flush(FlushFact::Done));
            stage.keep(1, &old, Cause::Put);
            stage.fact(1, Fact::HintCreated { hint: hint(0, &old) });
            stage.at(2000).fact(1, Fact::Flush(FlushFact::Done));
            stage.keep(1, &new, Cause::Put);
            stage.fact(1, Fact::HintCreated { hint: hint(2, &new) });
            stage.at(3000).see(Record::Down { node: NodeId(1), disk });
            let lost = |before, after| Fact::Lost { change: Change { key: Key(2), before, after } };
            let facts = [
                lost(Some(new.clone()), Some(old.clone())),
                Fact::HintLost { hint: hint(2, &new) },
                Fact::HintLost { hint: hint(0, &old) },
                lost(Some(old), None),
            ];
            tell(stage, facts);
            stage.at(4000).see(Record::Up { node: NodeId(1) });
        })
    }

    const EVERY: Flush = Flush::Every(Duration::from_secs(1));

    #[test]
    fn a_crash_takes_what_was_not_flushed_and_nothing_else() {
        let unflushed = DiskAfterCrash::UnflushedLost;
        let rows: [(&[usize], u64); 4] = [(&[0, 1], 0), (&[0], 1), (&[], 2), (&[0, 1, 2], 1)];
        for (told, wrong) in rows {
            let verdict = stops(EVERY, unflushed, |stage, facts| {
                told.iter().for_each(|fact| stage.fact(1, facts[*fact].clone()));
            });
            assert_eq!((verdict.found, verdict.examined), (wrong, 3), "{told:?}");
        }
    }

    #[test]
    fn a_torn_write_costs_one_copy() {
        let rows: [(&[usize], u64); 3] = [(&[0, 1], 0), (&[0, 1, 3], 0), (&[0, 1, 2], 1)];
        for (told, wrong) in rows {
            let verdict = stops(EVERY, DiskAfterCrash::Torn, |stage, facts| {
                told.iter().for_each(|fact| stage.fact(1, facts[*fact].clone()));
            });
            assert_eq!(verdict.found, wrong, "{told:?}");
        }
    }

    #[test]
    fn a_spared_disk_loses_nothing_and_a_wiped_one_all() {
        let spared = stops(EVERY, DiskAfterCrash::Kept, |_, _| {});
        assert_eq!(spared.outcome, Outcome::Held);
        let robbed = stops(EVERY, DiskAfterCrash::Kept, |stage, [_, hint, ..]| {
            stage.fact(1, hint);
        });
        assert_eq!((robbed.outcome, robbed.found), (Outcome::Violated, 1));
        // The copy that the good run has left on n1, that of k2, and both hints.
        let wiped = stops(EVERY, DiskAfterCrash::Wiped, |_, _| {});
        assert_eq!((wiped.outcome, wiped.found), (Outcome::Violated, 4));
    }

    #[test]
    fn what_is_written_through_is_safe_unless_flushes_are_feigned() {
        let unflushed = DiskAfterCrash::UnflushedLost;
        assert_eq!(stops(Flush::Always, unflushed, |_, _| {}).outcome, Outcome::Held);
        let mut layout = with_fault();
        layout.cluster.flush = Flush::Always;
        for (told, outcome) in
            [(FlushFact::Feigned, Outcome::Violated), (FlushFact::Honest, Outcome::Held)]
        {
            let verdict = judged("disks", &layout, |stage, _, _| {
                let ghost = stage.ghost(2, &[]);
                stage.at(1000).fact(1, Fact::Flush(FlushFact::Feigned));
                stage.keep(1, &set(&[&ghost]), Cause::Put);
                stage.fact(1, Fact::Flush(told));
                stage.at(3000).see(Record::Down { node: NodeId(1), disk: unflushed });
                stage.at(4000).see(Record::Up { node: NodeId(1) });
            });
            assert_eq!(verdict.outcome, outcome);
        }
    }
}
