//! Rules of the faults that take links away.

use crate::faults::cuts::{Bridge, Clog, Flap, Isolate, MajoritiesRing, RollingIsolation, Swizzle};
use crate::id::{Address, Span};
use crate::time::Duration;

use crate::scenario::check::faults::Rules;
use crate::scenario::check::parties::{Member, check_exist, in_two_groups};
use crate::scenario::check::{check_positive, entries};

/// Most times that one fault comes and goes.
const SPELL_LIMIT: u64 = 100_000;

impl Rules<'_> {
    pub fn check_isolate(&mut self, isolate: &Isolate) {
        self.check_window(isolate.from, isolate.to);
        self.check_nodes("group", &isolate.group, 1);
        let all = self.scenario.cluster.nodes as usize;
        let others = isolate.clients || count(&isolate.group) < all as u64;
        let message = format!("all {all} nodes are in the group: nobody is left to lose sight of");
        self.findings.require_with(others, self.path.name("group"), ["cluster.nodes"], message);
    }

    pub fn check_bridge(&mut self, bridge: &Bridge) {
        self.check_window(bridge.from, bridge.to);
        self.check_node(bridge.node);
        let sides = bridge.sides.len();
        let message = format!("a bridge has 2 sides, not {sides}");
        self.findings.require(sides == 2, self.path.name("sides"), message);
        let mut members = self.check_sides(&bridge.sides);
        let node = Address::Node(bridge.node);
        let span = Span { first: node, last: node };
        members.push(Member { span, group: sides, path: self.path.name("node") });
        self.check_apart(members);
    }

    pub fn check_majorities_ring(&mut self, ring: &MajoritiesRing) {
        self.check_window(ring.from, ring.to);
        self.check_nodes("nodes", &ring.nodes, 4);
    }

    pub fn check_clog(&mut self, clog: &Clog) {
        self.check_window(clog.from, clog.to);
        self.check_ends(&clog.senders, &clog.receivers);
    }

    pub fn check_flap(&mut self, flap: &Flap) {
        check_positive(flap.period, self.path.name("period"), self.findings);
        let share = flap.share_cut;
        let message = format!("it comes and goes: a share above 0 and below 1, not {share}");
        let some = share > 0.0 && share < 1.0;
        self.findings.require(some, self.path.name("share_cut"), message);
        let inner = flap.fault.to_spec();
        let path = self.path.name("fault").name(inner.kind());
        let (scenario, findings) = (self.scenario, &mut *self.findings);
        Rules { scenario, findings, path }.check(&inner);
        let (from, to) = flap.fault.window();
        self.check_count(flap.period, to.0.saturating_sub(from.0));
    }

    fn check_count(&mut self, period: Duration, length: u64) {
        let times = length.checked_div(period.0).unwrap_or(0);
        let message = format!("it would come {times} times; at most {SPELL_LIMIT}");
        self.findings.require(times <= SPELL_LIMIT, self.path.name("period"), message);
    }

    pub fn check_rolling_isolation(&mut self, rolling: &RollingIsolation) {
        check_positive(rolling.each, self.path.name("each"), self.findings);
        self.check_nodes("nodes", &rolling.nodes, 1);
        let times = count(&rolling.nodes);
        let pauses = rolling.pause.0.saturating_mul(times.saturating_sub(1));
        let lasts = rolling.each.0.saturating_mul(times).saturating_add(pauses);
        let (end, duration) = (rolling.from.0.saturating_add(lasts), self.scenario.duration);
        let message = format!(
            "{times} nodes take until {}; faults end with duration at the latest, which is \
             {duration}",
            Duration(end)
        );
        let because = ["duration".into(), self.path.name("nodes"), self.path.name("from")];
        self.findings.require_with(end <= duration.0, self.path.name("each"), because, message);
    }

    pub fn check_swizzle(&mut self, swizzle: &Swizzle) {
        self.check_window(swizzle.from, swizzle.to);
        self.check_nodes("nodes", &swizzle.nodes, 2);
    }

    /// So many different nodes, no clients.
    fn check_nodes(&mut self, name: &str, spans: &[Span], least: u64) {
        let path = self.path.name(name);
        let listed = count(spans);
        let message = format!("it takes at least {least} of the nodes, not {listed}");
        self.findings.require(listed >= least, path.clone(), message);
        let entries = entries(spans, &path);
        check_exist(&entries, self.scenario, self.findings);
        for (span, path) in &entries {
            let node = matches!(span.first, Address::Node(_));
            let message = format!("{span} is no node; clients have no place here");
            self.findings.require(node, path.clone(), message);
        }
        let member = |(group, (span, path))| Member { span, group, path };
        for (twice, other) in in_two_groups(entries.into_iter().enumerate().map(member).collect()) {
            let message = format!("named twice: also in {}", other.path);
            self.findings.require_with(false, twice.path, [other.path], message);
        }
    }
}

/// How many nodes are listed.
fn count(spans: &[Span]) -> u64 {
    let count = |span: &Span| match (span.first, span.last) {
        (Address::Node(first), Address::Node(last)) => u64::from(last.0 - first.0) + 1,
        (Address::Node(_) | Address::Client(_), Address::Node(_) | Address::Client(_)) => 0,
    };
    spans.iter().map(count).sum()
}
