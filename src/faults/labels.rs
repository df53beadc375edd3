//! Faults in a few words, for reports and plots.

use crate::faults::clock::{Clock, ClockTrouble};
use crate::faults::disk::{Disk, DiskTrouble};
use crate::faults::spec::{DiskAfterCrash, Spec};
use crate::id::Span;

/// What a fault does to whom.
pub fn describe(spec: &Spec) -> String {
    match spec {
        Spec::Partition(p) => format!("partition {}", sides(&p.sides)),
        Spec::Cut(c) => format!("cut {}", ends(&c.senders, &c.receivers, false)),
        Spec::Degrade(d) => {
            let what = if d.kinds.is_empty() { String::new() } else { d.kinds.join(",") + " " };
            let nth = d.nth.map_or(String::new(), |nth| format!(", only message {nth}"));
            format!("degrade {what}{}{nth}", ends(&d.senders, &d.receivers, d.both_ways))
        }
        Spec::Crash(c) => format!("crash {}{}", c.node, describe_loss(c.disk)),
        Spec::CrashLoop(c) => {
            format!("crash_loop {}, {} times{}", c.node, c.times, describe_loss(c.disk))
        }
        Spec::RollingRestart(r) => format!("rolling_restart {}", list(&r.nodes)),
        Spec::GroupCrash(g) => {
            format!("group_crash {}{}", list(&g.nodes), describe_loss(g.disk))
        }
        Spec::Restart(r) => format!("restart {}", r.node),
        Spec::Pause(p) => format!("pause {}", p.node),
        Spec::Slow(s) => format!("slow {}", s.node),
        Spec::Clock(c) => describe_clock(c),
        Spec::Disk(d) => describe_disk(d),
        Spec::Isolate(i) => format!("isolate {}", list(&i.group)),
        Spec::Bridge(b) => format!("bridge {} between {}", b.node, sides(&b.sides)),
        Spec::MajoritiesRing(r) => format!("majorities_ring {}", list(&r.nodes)),
        Spec::Clog(c) => format!("clog {}", ends(&c.senders, &c.receivers, c.both_ways)),
        Spec::Flap(f) => format!("flap every {}: {}", f.period, describe(&f.fault.to_spec())),
        Spec::RollingIsolation(r) => format!("rolling_isolation {}", list(&r.nodes)),
        Spec::Swizzle(s) => format!("swizzle {}", list(&s.nodes)),
        Spec::Bandwidth(b) => {
            let links = ends(&b.senders, &b.receivers, b.both_ways);
            format!("bandwidth {}/s {links}", b.per_second)
        }
        Spec::Named(n) => format!("{} ({})", describe(&n.fault.what), n.name),
        Spec::Repeat(r) => format!("{} ({} times)", describe(&r.fault.what), r.times),
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

fn list(spans: &[Span]) -> String {
    spans.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn sides(sides: &[Vec<Span>]) -> String {
    sides.iter().map(|side| list(side)).collect::<Vec<_>>().join(" | ")
}

fn ends(senders: &[Span], receivers: &[Span], both_ways: bool) -> String {
    let arrow = if both_ways { "<->" } else { "->" };
    format!("{} {arrow} {}", list(senders), list(receivers))
}
