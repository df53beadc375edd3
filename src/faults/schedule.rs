//! From faults as written to actions at exact times.

use crate::faults::clock::ClockTrouble;
use crate::faults::cuts::Spell;
use crate::faults::disk::DiskTrouble;
use crate::faults::fault::Fault;
use crate::faults::nodes::Outage;
use crate::faults::rules::{BandwidthRule, CutRule, DegradeRule, WhileCut};
use crate::faults::spec::{DiskAfterCrash, Spec};
use crate::faults::target::Target;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::time::{Duration, Time};

/// One step of a fault.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Time,
    /// Which fault of the scenario, by its place.
    pub fault: usize,
    pub action: Action,
    /// Is it the first step of its fault?
    pub begins: bool,
    /// Is it the last?
    pub ends: bool,
}

/// What is done to the world.
#[derive(Clone, Debug)]
pub enum Action {
    Cut(CutRule),
    /// Ends this part of a cut; what it held comes out over a time.
    Mend {
        part: u32,
        spread: Duration,
    },
    Degrade(DegradeRule),
    Narrow(BandwidthRule),
    /// Ends what made links worse.
    Restore,
    /// Something is done to one node.
    To {
        whom: Target,
        deed: Deed,
    },
}

/// What is done to a node.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Keeps what is on the disk, for the next crash by this fault to go back to.
    Snapshot,
    Crash {
        disk: DiskAfterCrash,
    },
    /// It starts again, if it was this fault that stopped it.
    Start,
    Restart,
    Pause,
    Resume,
    Slow {
        disk: f64,
        delay: Option<Sampler>,
    },
    Hurry,
    AilDisk {
        trouble: DiskTrouble,
    },
    HealDisk,
    MisleadClock {
        trouble: ClockTrouble,
    },
    SetClock,
}

impl Step {
    /// Does it end something, be it not the whole fault?
    fn finishes(&self) -> bool {
        let starts = matches!(self.action, Action::To { deed: Deed::Start, .. });
        self.ends || starts || matches!(self.action, Action::Mend { .. })
    }

    /// Does it do anything to the world?
    fn shows(&self) -> bool {
        !matches!(self.action, Action::To { deed: Deed::Snapshot, .. })
    }
}

/// All steps of all faults, by time; at one time what ends comes before what begins, then in the
/// order of the scenario. What still lasts at `duration` ends there.
pub fn schedule(faults: &[Fault], duration: Duration, luck: &Luck) -> Vec<Step> {
    let end = Time::ZERO + duration;
    let all = faults.iter().enumerate();
    let mut steps: Vec<Step> =
        all.flat_map(|(fault, spec)| in_order(steps_of(fault, &spec.what, end, luck))).collect();
    steps.sort_by_key(|step| (step.at, !step.finishes(), step.fault));
    steps
}

/// The steps of one fault by time, its first and its last marked. Snapshots come before it begins.
fn in_order(mut steps: Vec<Step>) -> Vec<Step> {
    steps.sort_by_key(|step| (step.at, !step.finishes()));
    if let Some(first) = steps.iter_mut().find(|step| step.shows()) {
        first.begins = true;
    }
    if let Some(last) = steps.last_mut() {
        last.ends = true;
    }
    steps
}

/// From when to when a fault holds; the same moment twice for one that takes no time.
pub fn window(spec: &Spec, duration: Duration) -> (Time, Time) {
    let end = Time::ZERO + duration;
    // Luck decides who is next, never when.
    let steps = steps_of(0, spec, end, &Luck::new(0));
    let times = || steps.iter().filter(|step| step.shows()).map(|step| step.at);
    (times().min().unwrap_or(end), times().max().unwrap_or(end))
}

/// The cuts that a fault comes to, where luck has no part in when they are.
pub fn cuts(spec: &Spec) -> Vec<Spell> {
    match spec {
        Spec::Partition(it) => vec![it.spell()],
        Spec::Cut(it) => vec![it.spell()],
        Spec::Isolate(it) => vec![it.spell()],
        Spec::Bridge(it) => vec![it.spell()],
        Spec::MajoritiesRing(it) => vec![it.spell()],
        Spec::Clog(it) => vec![it.spell()],
        Spec::Flap(it) => it.spells(),
        Spec::RollingIsolation(it) => it.spells(),
        Spec::Named(_) | Spec::Repeat(_) => cuts(spec.plain()),
        Spec::Swizzle(_) | Spec::Degrade(_) | Spec::Bandwidth(_) => Vec::new(),
        Spec::Crash(_) | Spec::Restart(_) | Spec::CrashLoop(_) | Spec::GroupCrash(_) => Vec::new(),
        Spec::RollingRestart(_) | Spec::Pause(_) | Spec::Slow(_) => Vec::new(),
        Spec::Clock(_) | Spec::Disk(_) => Vec::new(),
    }
}

/// What a cut does, and when.
fn actions_of(spell: Spell) -> [(Duration, Action); 2] {
    let Spell { from, to, rule } = spell;
    let spread = match rule.while_cut {
        WhileCut::Lost => Duration::ZERO,
        WhileCut::Held { spread } => spread,
    };
    let mend = Action::Mend { part: rule.part, spread };
    [(from, Action::Cut(rule)), (to, mend)]
}

fn steps_of(fault: usize, spec: &Spec, end: Time, luck: &Luck) -> Vec<Step> {
    let step = |moment: Duration, action: Action| {
        let at = (Time::ZERO + moment).min(end);
        Step { at, fault, action, begins: false, ends: false }
    };
    let pair = |from: Duration, to: Duration, begin: Action, finish: Action| {
        vec![step(from, begin), step(to, finish)]
    };
    let each = |actions: Vec<(Duration, Action)>| -> Vec<Step> {
        actions.into_iter().map(|(at, action)| step(at, action)).collect()
    };
    let begins = |spell: &Spell| spell.from < spell.to && Time::ZERO + spell.from < end;
    let cuts = |spells: Vec<Spell>| {
        // What would only begin when all ends does not.
        each(spells.into_iter().filter(begins).flat_map(actions_of).collect())
    };
    let cut = |spell: Spell| cuts(vec![spell]);
    let outages = |outages: Vec<Outage>| {
        each(outages.into_iter().flat_map(|outage| outage.actions(Duration(end.0))).collect())
    };
    let to = |whom, deed| Action::To { whom, deed };
    match spec {
        Spec::Partition(partition) => cut(partition.spell()),
        Spec::Cut(one_way) => cut(one_way.spell()),
        Spec::Isolate(isolate) => cut(isolate.spell()),
        Spec::Bridge(bridge) => cut(bridge.spell()),
        Spec::MajoritiesRing(ring) => cut(ring.spell()),
        Spec::Clog(clog) => cut(clog.spell()),
        Spec::Flap(flap) => cuts(flap.spells()),
        Spec::RollingIsolation(rolling) => cuts(rolling.spells()),
        Spec::Swizzle(swizzle) => {
            cuts(swizzle.spells(&mut luck.stream(Purpose::FaultPlan, fault as u64)))
        }
        Spec::Degrade(d) => pair(d.from, d.to, Action::Degrade(d.rule()), Action::Restore),
        Spec::Named(_) | Spec::Repeat(_) => steps_of(fault, spec.plain(), end, luck),
        Spec::Bandwidth(b) => pair(b.from, b.to, Action::Narrow(b.rule()), Action::Restore),
        Spec::Crash(c) => outages(vec![c.outage()]),
        Spec::CrashLoop(c) => outages(c.outages()),
        Spec::RollingRestart(r) => outages(r.outages()),
        Spec::GroupCrash(g) => outages(g.outages()),
        Spec::Restart(r) => vec![step(r.at, to(r.node, Deed::Restart))],
        Spec::Pause(p) => pair(p.from, p.to, to(p.node, Deed::Pause), to(p.node, Deed::Resume)),
        Spec::Slow(s) => {
            let delay = s.delay.as_ref().map(Sampler::new);
            let slow = to(s.node, Deed::Slow { disk: s.disk, delay });
            pair(s.from, s.to, slow, to(s.node, Deed::Hurry))
        }
        Spec::Disk(d) => {
            let ail = to(d.node, Deed::AilDisk { trouble: d.is });
            pair(d.from, d.to, ail, to(d.node, Deed::HealDisk))
        }
        Spec::Clock(c) => {
            let mislead = to(c.node, Deed::MisleadClock { trouble: c.is });
            match c.is {
                ClockTrouble::Step(_) => vec![step(c.from, mislead)],
                ClockTrouble::Offset(_) | ClockTrouble::DriftPpm(_) | ClockTrouble::Frozen => {
                    let until = c.to.unwrap_or(Duration(end.0));
                    pair(c.from, until, mislead, to(c.node, Deed::SetClock))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::spec::{Crash, Pause, Restart};
    use crate::id::NodeId;

    #[test]
    fn steps_come_by_time_and_ends_before_beginnings() {
        let seconds = Duration::from_secs;
        let crash = |node, at, restart_after| {
            Spec::Crash(Crash {
                node: NodeId(node).into(),
                at: seconds(at),
                restart_after,
                disk: DiskAfterCrash::Kept,
            })
        };
        let faults = [
            Spec::Pause(Pause { node: NodeId(1).into(), from: seconds(20), to: seconds(25) }),
            crash(2, 10, Some(seconds(10))),
            crash(3, 30, None),
            Spec::Restart(Restart { node: NodeId(4).into(), at: seconds(20) }),
        ];
        let faults = faults.map(Fault::from);
        let steps = schedule(&faults, seconds(60), &Luck::new(0));
        let seen: Vec<(f64, usize, bool)> =
            steps.iter().map(|step| (step.at.seconds(), step.fault, step.ends)).collect();
        let expected = [
            (10.0, 1, false),
            (20.0, 1, true),
            (20.0, 3, true),
            (20.0, 0, false),
            (25.0, 0, true),
            (30.0, 2, false),
            (60.0, 2, true),
        ];
        assert_eq!(seen, expected);
        assert_eq!(
            window(&faults[2].what, seconds(60)),
            (Time(30_000_000_000), Time(60_000_000_000))
        );
    }
}
