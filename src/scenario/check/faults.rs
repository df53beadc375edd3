//! Rules of each fault by itself.

use crate::faults::clock::{Clock, ClockTrouble, RIGHT_PPM};
use crate::faults::composed::{Repeat, STEP_LIMIT, TIMES_LIMIT};
use crate::faults::disk::{Disk, DiskTrouble};
use crate::faults::fault::Fault;
use crate::faults::nodes::{CrashLoop, GroupCrash, MOST_CRASHES, RollingRestart};
use crate::faults::schedule::schedule;
use crate::faults::spec::{Crash, Cut, Partition, Pause, Restart, Slow, Spec};
use crate::faults::target::Target;
use crate::id::{Address, Span};
use crate::random::luck::Luck;
use crate::time::Duration;
use crate::time::signed::SignedDuration;

use crate::scenario::check::parties::{Member, check_exist, check_exists, in_two_groups, shared};
use crate::scenario::check::{
    CLOCK_LIMIT, check_distribution, check_positive, check_share, entries,
};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    for (i, fault) in scenario.faults.iter().enumerate() {
        let mut rules = Rules { scenario, findings, path: path_of(i, &fault.what) };
        rules.check(&fault.what);
    }
}

/// Where the `i`-th fault's settings are written.
pub(super) fn path_of(i: usize, fault: &Spec) -> Path {
    Path::from("faults").index(i).name(fault.kind())
}

/// One fault, where it is written, and what is wrong with it.
pub(super) struct Rules<'r> {
    pub scenario: &'r Scenario,
    pub findings: &'r mut Findings,
    pub path: Path,
}

impl Rules<'_> {
    /// Whatever fault it is.
    pub fn check(&mut self, fault: &Spec) {
        match fault {
            Spec::Partition(partition) => self.check_partition(partition),
            Spec::Cut(cut) => self.check_cut(cut),
            Spec::Degrade(degrade) => self.check_degrade(degrade),
            Spec::Crash(crash) => self.check_crash(crash),
            Spec::Restart(restart) => self.check_restart(restart),
            Spec::Pause(pause) => self.check_pause(pause),
            Spec::Slow(slow) => self.check_slow(slow),
            Spec::Clock(clock) => self.check_clock(clock),
            Spec::Disk(disk) => self.check_disk(disk),
            Spec::CrashLoop(crashes) => self.check_crash_loop(crashes),
            Spec::RollingRestart(restarts) => self.check_rolling_restart(restarts),
            Spec::GroupCrash(crashes) => self.check_group_crash(crashes),
            Spec::Isolate(isolate) => self.check_isolate(isolate),
            Spec::Bridge(bridge) => self.check_bridge(bridge),
            Spec::MajoritiesRing(ring) => self.check_majorities_ring(ring),
            Spec::Clog(clog) => self.check_clog(clog),
            Spec::Flap(flap) => self.check_flap(flap),
            Spec::RollingIsolation(rolling) => self.check_rolling_isolation(rolling),
            Spec::Swizzle(swizzle) => self.check_swizzle(swizzle),
            Spec::Bandwidth(bandwidth) => self.check_bandwidth(bandwidth),
            Spec::Named(named) => self.check_inner(&named.fault.what, self.path.name("fault")),
            Spec::Repeat(repeat) => self.check_repeat(repeat),
        }
    }

    fn check_inner(&mut self, inner: &Spec, path: Path) {
        let (scenario, findings) = (self.scenario, &mut *self.findings);
        Rules { scenario, findings, path: path.name(inner.kind()) }.check(inner);
    }

    fn check_repeat(&mut self, repeat: &Repeat) {
        check_positive(repeat.every, self.path.name("every"), self.findings);
        let (times, path) = (repeat.times, self.path.name("times"));
        let message = format!("a fault is repeated 1 to {TIMES_LIMIT} times, not {times}");
        self.findings.require((1..=TIMES_LIMIT).contains(&times), path.clone(), message);
        let fault = self.path.name("fault");
        let message = "a fault that is repeated does not itself repeat";
        let plain = !repeat.fault.what.repeats();
        self.findings.require(plain, fault.clone(), message);
        self.check_inner(&repeat.fault.what, fault.clone());
        // What is wrong with the last and not with the first is wrong with its time.
        let problems = |spec: &Spec| {
            let (scenario, mut findings) = (self.scenario, Findings::default());
            Rules { scenario, findings: &mut findings, path: fault.clone() }.check(spec);
            findings.problems()
        };
        let last = times.saturating_sub(1).min(TIMES_LIMIT);
        if plain && problems(&repeat.fault.what).is_empty() {
            let one = [Fault::clone(&repeat.fault)];
            let steps = schedule(&one, self.scenario.duration, &Luck::new(0)).len();
            let steps = steps.saturating_mul(times as usize);
            let message = format!("it would take {steps} steps; at most {STEP_LIMIT}");
            self.findings.require(steps <= STEP_LIMIT, path.clone(), message);
            for problem in problems(&repeat.one(last)) {
                let message = format!("the last of them comes too late: {}", problem.message);
                self.findings.require_with(false, path.clone(), ["duration"], message);
            }
        }
    }

    pub fn check_partition(&mut self, partition: &Partition) {
        self.check_window(partition.from, partition.to);
        let count = partition.sides.len();
        let message = format!("a partition has at least 2 sides, not {count}");
        self.findings.require(count >= 2, self.path.name("sides"), message);
        let members = self.check_sides(&partition.sides);
        self.check_apart(members);
    }

    /// Sides have members, and those exist.
    pub fn check_sides(&mut self, sides: &[Vec<Span>]) -> Vec<Member> {
        let mut members = Vec::new();
        for (group, side) in sides.iter().enumerate() {
            let path = self.path.name("sides").index(group);
            self.findings.require(!side.is_empty(), path.clone(), "nobody stands on this side");
            let entries = entries(side, &path);
            check_exist(&entries, self.scenario, self.findings);
            members.extend(entries.into_iter().map(|(span, path)| Member { span, group, path }));
        }
        members
    }

    /// Nobody stands on two sides.
    pub fn check_apart(&mut self, members: Vec<Member>) {
        for (member, other) in in_two_groups(members) {
            let who = shared(member.span, other.span);
            let message = format!("{who} would be on two sides at once: also on {}", other.path);
            self.findings.require_with(false, member.path, [other.path], message);
        }
    }

    pub fn check_cut(&mut self, cut: &Cut) {
        self.check_window(cut.from, cut.to);
        self.check_ends(&cut.senders, &cut.receivers);
    }

    fn check_crash(&mut self, crash: &Crash) {
        self.check_node(crash.node);
        self.check_moment(crash.at);
        if let Some(after) = crash.restart_after {
            check_positive(after, self.path.name("restart_after"), self.findings);
        }
    }

    fn check_restart(&mut self, restart: &Restart) {
        self.check_node(restart.node);
        self.check_moment(restart.at);
    }

    fn check_pause(&mut self, pause: &Pause) {
        self.check_node(pause.node);
        self.check_window(pause.from, pause.to);
    }

    fn check_slow(&mut self, slow: &Slow) {
        self.check_node(slow.node);
        self.check_window(slow.from, slow.to);
        self.findings.require(
            slow.disk >= 1.0 && slow.disk.is_finite(),
            self.path.name("disk"),
            format!("a slow disk takes 1 or more times as long, not {} times", slow.disk),
        );
        if let Some(delay) = &slow.delay {
            check_distribution(delay, &self.path.name("delay"), self.findings);
        }
        let changes = slow.delay.is_some() || slow.disk != 1.0;
        let message = "it changes nothing: give delay, or a disk factor above 1, or both";
        self.findings.require(changes, self.path.clone(), message);
    }

    fn check_crash_loop(&mut self, crashes: &CrashLoop) {
        self.check_node(crashes.node);
        check_positive(crashes.down, self.path.name("down"), self.findings);
        let CrashLoop { every, down, times, .. } = *crashes;
        let message = format!("it starts again before the next crash: sooner than {every}");
        let (path, other) = (self.path.name("down"), self.path.name("every"));
        self.findings.require_with(down < every, path, [other], message);
        let fits = (1..=MOST_CRASHES).contains(&times);
        let message = format!("it crashes 1 to {MOST_CRASHES} times, not {times}");
        self.findings.require(fits, self.path.name("times"), message);
        if fits {
            self.check_moment(crashes.at + Duration(every.0.saturating_mul((times - 1).into())));
        }
    }

    fn check_rolling_restart(&mut self, restarts: &RollingRestart) {
        self.check_who_stops(&restarts.nodes);
        check_positive(restarts.down, self.path.name("down"), self.findings);
        let last = restarts.outages().last().map_or(restarts.at, |outage| outage.at);
        self.check_moment(last);
    }

    fn check_group_crash(&mut self, crashes: &GroupCrash) {
        self.check_who_stops(&crashes.nodes);
        self.check_moment(crashes.at);
        if let Some(after) = crashes.restart_after {
            check_positive(after, self.path.name("restart_after"), self.findings);
        }
    }

    fn check_who_stops(&mut self, nodes: &[Span]) {
        let path = self.path.name("nodes");
        self.findings.require(!nodes.is_empty(), path.clone(), "name at least one node");
        for (span, path) in entries(nodes, &path) {
            let is_node = matches!(span.first, Address::Node(_));
            let message = format!("{span}: only nodes crash, no clients");
            self.findings.require(is_node, path.clone(), message);
            check_exist(&[(span, path)], self.scenario, self.findings);
        }
    }

    fn check_disk(&mut self, disk: &Disk) {
        self.check_node(disk.node);
        self.check_window(disk.from, disk.to);
        let path = self.path.name("is");
        let changes = match disk.is {
            DiskTrouble::Slow(factor) => {
                let message =
                    format!("a slow disk takes 1 or more times as long, not {factor} times");
                let fits = factor >= 1.0 && factor.is_finite();
                self.findings.require(fits, path.name("slow"), message);
                factor != 1.0
            }
            DiskTrouble::Stalled | DiskTrouble::Full | DiskTrouble::LyingFlush => true,
            DiskTrouble::ReadErrors(share) => self.check_some(share, path.name("read_errors")),
            DiskTrouble::WriteErrors(share) => self.check_some(share, path.name("write_errors")),
            DiskTrouble::Corrupt(share) => self.check_some(share, path.name("corrupt")),
        };
        self.findings.require(changes, path, "it changes nothing");
    }

    /// A share; is it more than none?
    fn check_some(&mut self, share: f64, path: Path) -> bool {
        check_share(share, path, self.findings);
        share != 0.0
    }

    fn check_clock(&mut self, clock: &Clock) {
        self.check_node(clock.node);
        let path = self.path.name("is");
        let by = match clock.is {
            ClockTrouble::Offset(by) | ClockTrouble::Step(by) => by,
            ClockTrouble::Frozen => SignedDuration(1),
            ClockTrouble::DriftPpm(by) => {
                let message = format!("a clock drifts by -999999 to 1000000 ppm, not {by}");
                self.findings.require(-RIGHT_PPM < by && by <= RIGHT_PPM, path.clone(), message);
                SignedDuration(by)
            }
        };
        let message = "it changes nothing: the clock would be off by 0";
        self.findings.require(by != SignedDuration::ZERO, path.clone(), message);
        let message = format!("a clock is off by at most a day (24h), not {by}");
        self.findings.require(by.length() <= CLOCK_LIMIT, path.clone(), message);
        match (clock.is, clock.to) {
            (ClockTrouble::Step(_), Some(_)) => {
                let message = "a step stays: it has no end; for an end, use offset";
                self.findings.require_with(false, self.path.name("to"), [path], message);
            }
            (_, Some(to)) => self.check_window(clock.from, to),
            (_, None) => self.check_beginning(clock.from, "from"),
        }
    }

    pub fn check_node(&mut self, target: impl Into<Target>) {
        let path = self.path.name("node");
        if let Some(node) = target.into().known() {
            check_exists(Address::Node(node), &path, self.scenario, self.findings);
        }
    }

    pub fn check_ends(&mut self, senders: &[Span], receivers: &[Span]) {
        for (name, spans) in [("senders", senders), ("receivers", receivers)] {
            let path = self.path.name(name);
            let message = format!("there are no {name}; name at least one");
            self.findings.require(!spans.is_empty(), path.clone(), message);
            check_exist(&entries(spans, &path), self.scenario, self.findings);
        }
    }

    fn check_moment(&mut self, at: Duration) {
        self.check_beginning(at, "at");
    }

    fn check_beginning(&mut self, at: Duration, name: &str) {
        let duration = self.scenario.duration;
        let message = format!("faults happen before the end of duration, which is {duration}");
        let holds = at < duration;
        self.findings.require_with(holds, self.path.name(name), ["duration"], message);
    }

    pub fn check_window(&mut self, from: Duration, to: Duration) {
        let duration = self.scenario.duration;
        let (start, end) = (self.path.name("from"), self.path.name("to"));
        let message = format!("a fault ends after it begins: later than from, which is {from}");
        self.findings.require_with(from < to, end.clone(), [start], message);
        let message = format!("faults end with duration at the latest, which is {duration}");
        self.findings.require_with(to <= duration, end, ["duration"], message);
    }
}
