//! Faults of machines: nodes, disks and clocks.

use crate::faults::clock::{Clock, ClockTrouble};
use crate::faults::disk::{Disk, DiskTrouble};
use crate::faults::nodes::{CrashLoop, GroupCrash, RollingRestart};
use crate::faults::spec::{Crash, Pause, Restart, Slow, Spec};
use crate::faults::target::Target;
use crate::hunt::swarm::dice::{of_any_size, weighted};
use crate::hunt::swarm::faults::Chance;
use crate::hunt::swarm::nodes::each;
use crate::random::distribution::Distribution;
use crate::random::source::Source;
use crate::time::Duration;
use crate::time::signed::SignedDuration;

/// A fault of this kind, if it is one of machines.
pub fn fault(chance: &Chance, kind: &str, source: &mut impl Source) -> Option<Spec> {
    let Chance { from, to, disk, .. } = *chance;
    let (node, length) = (whom(chance, source), chance.length());
    Some(match kind {
        "crash" => {
            let restart_after = source.chance(0.8).then_some(length);
            Spec::Crash(Crash { node, at: from, restart_after, disk })
        }
        "restart" => Spec::Restart(Restart { node: chance.node().into(), at: from }),
        "pause" => Spec::Pause(Pause { node, from, to }),
        "slow" => {
            let (slower, delay) = (source.below(6), of_any_size(source, Duration::from_secs(1)));
            let delay = source.chance(0.5).then_some(Distribution::Constant(delay));
            Spec::Slow(Slow { node, from, to, disk: (2u64 << slower) as f64, delay })
        }
        "clock" => Spec::Clock(clock(chance, source)),
        "disk" => {
            let is = disk_trouble(chance.disk_loss, source);
            Spec::Disk(Disk { node, from, to, is })
        }
        "crash_loop" => {
            let times = 2 + source.below(5) as u32;
            let every = Duration((length.0 / u64::from(times)).max(4_000_000));
            let down = Duration(every.0 / 2);
            Spec::CrashLoop(CrashLoop { node, at: from, every, times, down, disk })
        }
        "rolling_restart" => {
            let down = Duration((length.0 / chance.some.len() as u64 / 2).max(1_000_000));
            let nodes = each(&chance.some);
            Spec::RollingRestart(RollingRestart { nodes, at: from, down, pause: down })
        }
        "group_crash" => {
            let restart_after = source.chance(0.8).then_some(length);
            Spec::GroupCrash(GroupCrash {
                nodes: each(&chance.some),
                at: from,
                restart_after,
                disk,
            })
        }
        _ => return None,
    })
}

/// One node, or whoever keeps most for others.
fn whom(chance: &Chance, source: &mut impl Source) -> Target {
    if source.chance(0.15) { Target::MostHints } else { chance.node().into() }
}

fn clock(chance: &Chance, source: &mut impl Source) -> Clock {
    let by = of_any_size(source, Duration::from_secs(60)).0 as i64;
    let by = SignedDuration(if source.chance(0.5) { by } else { -by });
    let drift = weighted(source, &[(1, 100_000), (1, -100_000), (1, 1_000_000), (1, -900_000)]);
    let is = match source.below(4) {
        0 => ClockTrouble::Offset(by),
        1 => ClockTrouble::Step(by),
        2 => ClockTrouble::DriftPpm(drift),
        _ => ClockTrouble::Frozen,
    };
    let stays = matches!(is, ClockTrouble::Step(_));
    let to = (!stays).then_some(chance.to);
    Clock { node: chance.node().into(), from: chance.from, to, is }
}

fn disk_trouble(may_lose: bool, source: &mut impl Source) -> DiskTrouble {
    let share = weighted(source, &[(1, 0.05), (1, 0.5), (1, 1.0)]);
    let mild = [
        DiskTrouble::Slow(20.0),
        DiskTrouble::Stalled,
        DiskTrouble::Full,
        DiskTrouble::ReadErrors(share),
        DiskTrouble::WriteErrors(share),
    ];
    let bad = [DiskTrouble::LyingFlush, DiskTrouble::Corrupt(share)];
    let (mild, bad) = (*source.pick(&mild), *source.pick(&bad));
    if may_lose && source.chance(0.25) { bad } else { mild }
}
