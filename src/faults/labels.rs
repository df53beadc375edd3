//! Faults in a few words, for reports and plots.

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
        Spec::Crash(c) => match c.disk {
            DiskAfterCrash::Kept => format!("crash {}", c.node),
            DiskAfterCrash::UnflushedLost => format!("crash {}, unflushed lost", c.node),
            DiskAfterCrash::Wiped => format!("crash {}, disk wiped", c.node),
        },
        Spec::Restart(r) => format!("restart {}", r.node),
        Spec::Pause(p) => format!("pause {}", p.node),
        Spec::Slow(s) => format!("slow {}", s.node),
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
        Spec::Optional(inner) => describe(inner),
        Spec::Named(n) => format!("{} ({})", describe(&n.fault), n.name),
        Spec::Repeat(r) => format!("{} ({} times)", describe(&r.fault), r.times),
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
