//! From faults as written to actions at exact times.

use crate::faults::clock::{Clock, ClockTrouble};
use crate::faults::disk::{Disk, DiskTrouble};
use crate::faults::nodes::Outage;
use crate::faults::rules::{CutRule, DegradeRule, Links};
use crate::faults::spec::{DiskAfterCrash, Spec};
use crate::id::NodeId;
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
    Mend,
    Degrade(DegradeRule),
    Restore,
    /// Keeps what is on the disk, for the next crash by this fault to go back to.
    Snapshot {
        node: NodeId,
    },
    Crash {
        node: NodeId,
        disk: DiskAfterCrash,
    },
    Start {
        node: NodeId,
    },
    Restart {
        node: NodeId,
    },
    Pause {
        node: NodeId,
    },
    Resume {
        node: NodeId,
    },
    Slow {
        node: NodeId,
        disk: f64,
        delay: Option<Sampler>,
    },
    Hurry {
        node: NodeId,
    },
    AilDisk {
        node: NodeId,
        trouble: DiskTrouble,
    },
    HealDisk {
        node: NodeId,
    },
    MisleadClock {
        node: NodeId,
        trouble: ClockTrouble,
    },
    SetClock {
        node: NodeId,
    },
}

impl Step {
    /// Does it end something, be it not the whole fault?
    fn finishes(&self) -> bool {
        self.ends || matches!(self.action, Action::Start { .. })
    }
}

/// All steps of all faults, by time; at one time what ends comes before what begins, then in the
/// order of the scenario. What still lasts at `duration` ends there.
pub fn schedule(faults: &[Spec], duration: Duration) -> Vec<Step> {
    let end = Time::ZERO + duration;
    let all = faults.iter().enumerate();
    let mut steps: Vec<Step> = all.flat_map(|(fault, spec)| steps_of(fault, spec, end)).collect();
    steps.sort_by_key(|step| (step.at, !step.finishes(), step.fault));
    steps
}

/// From when to when a fault holds; the same moment twice for one that takes no time.
pub fn window(spec: &Spec, duration: Duration) -> (Time, Time) {
    let end = Time::ZERO + duration;
    let steps = steps_of(0, spec, end);
    let snapshot = |step: &&Step| matches!(step.action, Action::Snapshot { .. });
    let times = || steps.iter().filter(|step| !snapshot(step)).map(|step| step.at);
    (times().min().unwrap_or(end), times().max().unwrap_or(end))
}

/// What a fault does to whom, in a few words.
pub fn describe(spec: &Spec) -> String {
    let list = |spans: &[crate::id::Span]| {
        spans.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    match spec {
        Spec::Partition(p) => {
            let sides: Vec<String> = p.sides.iter().map(|side| list(side)).collect();
            format!("partition {}", sides.join(" | "))
        }
        Spec::Cut(c) => format!("cut {} -> {}", list(&c.senders), list(&c.receivers)),
        Spec::Degrade(d) => {
            let arrow = if d.both_ways { "<->" } else { "->" };
            format!("degrade {} {arrow} {}", list(&d.senders), list(&d.receivers))
        }
        Spec::Crash(c) => format!("crash {}{}", c.node, describe_loss(c.disk)),
        Spec::CrashLoop(c) => {
            format!("crash {} {} times{}", c.node, c.times, describe_loss(c.disk))
        }
        Spec::RollingRestart(r) => format!("restart {} in turn", list(&r.nodes)),
        Spec::GroupCrash(g) => {
            format!("crash {} at once{}", list(&g.nodes), describe_loss(g.disk))
        }
        Spec::Restart(r) => format!("restart {}", r.node),
        Spec::Pause(p) => format!("pause {}", p.node),
        Spec::Slow(s) => format!("slow {}", s.node),
        Spec::Clock(c) => describe_clock(c),
        Spec::Disk(d) => describe_disk(d),
    }
}

fn describe_loss(disk: DiskAfterCrash) -> String {
    match disk {
        DiskAfterCrash::Kept => String::new(),
        DiskAfterCrash::UnflushedLost => ", unflushed lost".to_string(),
        DiskAfterCrash::Torn => ", last write torn".to_string(),
        DiskAfterCrash::Restored(ago) => format!(", disk of {ago} before"),
        DiskAfterCrash::Wiped => ", disk wiped".to_string(),
    }
}

/// All steps of a fault that stops nodes, by time. Snapshots come before it begins.
fn steps_of_outages(fault: usize, outages: Vec<Outage>, end: Time) -> Vec<Step> {
    let actions = outages.into_iter().flat_map(|outage| outage.actions(Duration(end.0)));
    let step = |(at, action)| {
        let at = (Time::ZERO + at).min(end);
        Step { at, fault, action, begins: false, ends: false }
    };
    let mut steps: Vec<Step> = actions.map(step).collect();
    steps.sort_by_key(|step| (step.at, !step.finishes()));
    let crash = |step: &&mut Step| matches!(step.action, Action::Crash { .. });
    if let Some(first) = steps.iter_mut().find(crash) {
        first.begins = true;
    }
    if let Some(last) = steps.last_mut() {
        last.ends = true;
    }
    steps
}

fn describe_disk(disk: &Disk) -> String {
    let node = disk.node;
    match disk.is {
        DiskTrouble::Slow(factor) => format!("disk of {node} {factor} times as slow"),
        DiskTrouble::Stalled => format!("disk of {node} stalled"),
        DiskTrouble::Full => format!("disk of {node} full"),
        DiskTrouble::ReadErrors(share) => format!("disk of {node} fails {share} of reads"),
        DiskTrouble::WriteErrors(share) => format!("disk of {node} fails {share} of writes"),
        DiskTrouble::LyingFlush => format!("disk of {node} lies about flushes"),
        DiskTrouble::Corrupt(share) => format!("disk of {node} corrupts {share} of values"),
    }
}

fn describe_clock(clock: &Clock) -> String {
    let node = clock.node;
    match clock.is {
        ClockTrouble::Offset(by) => format!("clock of {node} off by {by}"),
        ClockTrouble::DriftPpm(by) => format!("clock of {node} drifts by {by} ppm"),
        ClockTrouble::Step(by) => format!("clock of {node} steps by {by}"),
        ClockTrouble::Frozen => format!("clock of {node} frozen"),
    }
}

fn steps_of(fault: usize, spec: &Spec, end: Time) -> Vec<Step> {
    let at = |moment: Duration| (Time::ZERO + moment).min(end);
    let pair = |from: Duration, to: Duration, begin: Action, finish: Action| {
        vec![
            Step { at: at(from), fault, action: begin, begins: true, ends: false },
            Step { at: at(to), fault, action: finish, begins: false, ends: true },
        ]
    };
    let once = |moment: Duration, action: Action| {
        vec![Step { at: at(moment), fault, action, begins: true, ends: true }]
    };
    match spec {
        Spec::Partition(p) => {
            let links = Links::BetweenSides(p.sides.clone());
            let rule = CutRule { links, in_flight: p.in_flight };
            pair(p.from, p.to, Action::Cut(rule), Action::Mend)
        }
        Spec::Cut(c) => {
            let (senders, receivers) = (c.senders.clone(), c.receivers.clone());
            let links = Links::Directed { senders, receivers, both_ways: false };
            pair(c.from, c.to, Action::Cut(CutRule { links, in_flight: c.in_flight }), Action::Mend)
        }
        Spec::Degrade(d) => {
            let (senders, receivers) = (d.senders.clone(), d.receivers.clone());
            let links = Links::Directed { senders, receivers, both_ways: d.both_ways };
            let delay = d.latency.as_ref().map(Sampler::new);
            let rule = DegradeRule { links, delay, loss: d.loss };
            pair(d.from, d.to, Action::Degrade(rule), Action::Restore)
        }
        Spec::Crash(c) => {
            let until = c.restart_after.map(|after| c.at + after);
            let outage = Outage { node: c.node, at: c.at, until, disk: c.disk };
            steps_of_outages(fault, vec![outage], end)
        }
        Spec::CrashLoop(c) => steps_of_outages(fault, c.outages(), end),
        Spec::RollingRestart(r) => steps_of_outages(fault, r.outages(), end),
        Spec::GroupCrash(g) => steps_of_outages(fault, g.outages(), end),
        Spec::Restart(r) => once(r.at, Action::Restart { node: r.node }),
        Spec::Pause(p) => {
            let node = p.node;
            pair(p.from, p.to, Action::Pause { node }, Action::Resume { node })
        }
        Spec::Slow(s) => {
            let (node, delay) = (s.node, s.delay.as_ref().map(Sampler::new));
            let slow = Action::Slow { node, disk: s.disk, delay };
            pair(s.from, s.to, slow, Action::Hurry { node })
        }
        Spec::Disk(d) => {
            let (node, trouble) = (d.node, d.is);
            pair(d.from, d.to, Action::AilDisk { node, trouble }, Action::HealDisk { node })
        }
        Spec::Clock(c) => {
            let node = c.node;
            let mislead = Action::MisleadClock { node, trouble: c.is };
            match c.is {
                ClockTrouble::Step(_) => once(c.from, mislead),
                ClockTrouble::Offset(_) | ClockTrouble::DriftPpm(_) | ClockTrouble::Frozen => {
                    let to = c.to.unwrap_or(Duration(end.0));
                    pair(c.from, to, mislead, Action::SetClock { node })
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::spec::{Crash, Pause, Restart};

    #[test]
    fn steps_come_by_time_and_ends_before_beginnings() {
        let seconds = Duration::from_secs;
        let crash = |node, at, restart_after| {
            Spec::Crash(Crash {
                node: NodeId(node),
                at: seconds(at),
                restart_after,
                disk: DiskAfterCrash::Kept,
            })
        };
        let faults = [
            Spec::Pause(Pause { node: NodeId(1), from: seconds(20), to: seconds(25) }),
            crash(2, 10, Some(seconds(10))),
            crash(3, 30, None),
            Spec::Restart(Restart { node: NodeId(4), at: seconds(20) }),
        ];
        let steps = schedule(&faults, seconds(60));
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
        assert_eq!(window(&faults[2], seconds(60)), (Time(30_000_000_000), Time(60_000_000_000)));
    }
}
