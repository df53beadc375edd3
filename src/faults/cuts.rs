//! Faults that take links away: what a scenario says of each, and the links that it means.
//!
//! Whole sets of links that are down from one moment to another are a [`CutLike`]; such a set can
//! flap. Groups that go down one after another have parts, each with moments of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::faults::rules::{CutRule, Links, WhileCut};
use crate::faults::spec::{Cut, InFlight, Partition, Spec};
use crate::id::{Address, NodeId, Span};
use crate::random::source::Source;
use crate::time::Duration;

/// A node or a group loses sight of all other nodes; inside the group all stays well.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Isolate {
    /// Who loses sight of all others.
    pub group: Vec<Span>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// Do clients lose sight of the group as well?
    #[serde(default)]
    pub clients: bool,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// Two sides that cannot speak to each other, and one node that both can still speak to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bridge {
    /// Which node.
    pub node: NodeId,
    /// Two, without the bridge.
    pub sides: Vec<Vec<Span>>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// Each of the nodes sees the nearest others on a ring of them, in the order listed: enough for a
/// majority, itself included, but no two see the same one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MajoritiesRing {
    /// Which nodes, in this order.
    pub nodes: Vec<Span>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// Links that hold back all that they carry and let it go when they open, in the order in which it
/// would have come.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Clog {
    /// Whose messages.
    pub senders: Vec<Span>,
    /// To whom.
    pub receivers: Vec<Span>,
    /// Does it hold in the other direction as well?
    #[serde(default)]
    pub both_ways: bool,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// Time over which what was held comes out, evenly; all at once without it.
    #[serde(default)]
    pub spread: Duration,
    /// What becomes of messages sent before it began. Those sent later are always held.
    #[serde(default = "hold")]
    pub in_flight: InFlight,
}

/// What can come and go as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CutLike {
    /// Sides that cannot speak to each other.
    Partition(Partition),
    /// Links that carry nothing in one direction.
    Cut(Cut),
    /// A group that other nodes cannot reach.
    Isolate(Isolate),
    /// Two sides, and one node that sees both.
    Bridge(Bridge),
    /// Majorities that overlap, no two of them the same.
    MajoritiesRing(MajoritiesRing),
    /// Links that hold everything back, and then let it go.
    Clog(Clog),
}

/// A cut that goes on and off from its `from` to its `to`: each period begins with it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flap {
    /// From one beginning to the next.
    pub period: Duration,
    /// Share of each period for which it is on, above 0 and below 1.
    pub share_cut: f64,
    /// What comes and goes.
    pub fault: CutLike,
}

/// Nodes are isolated one after another, in the order listed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollingIsolation {
    /// Which nodes, in this order.
    pub nodes: Vec<Span>,
    /// When it begins.
    pub from: Duration,
    /// How long each is isolated.
    pub each: Duration,
    /// Time in which all is well between one and the next.
    #[serde(default)]
    pub pause: Duration,
    /// Do clients lose sight of it as well?
    #[serde(default)]
    pub clients: bool,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// The links of the nodes go down node by node in a drawn order, evenly over the first half of the
/// time, and come back in another over the second half.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Swizzle {
    /// Which nodes.
    pub nodes: Vec<Span>,
    /// When it begins.
    pub from: Duration,
    /// When it ends; with `duration` at the latest.
    pub to: Duration,
    /// Do clients lose sight of them as well?
    #[serde(default)]
    pub clients: bool,
    /// What becomes of messages that are on their way when it begins.
    #[serde(default)]
    pub in_flight: InFlight,
}

/// A cut with the time for which it holds.
#[derive(Clone, Debug)]
pub struct Spell {
    pub from: Duration,
    pub to: Duration,
    pub rule: CutRule,
}

fn hold() -> InFlight {
    InFlight::Hold
}

fn lost(from: Duration, to: Duration, links: Links, in_flight: InFlight) -> Spell {
    let while_cut = WhileCut::Lost;
    Spell { from, to, rule: CutRule { part: 0, links, in_flight, while_cut } }
}

impl Partition {
    /// All links between its sides.
    pub fn spell(&self) -> Spell {
        lost(self.from, self.to, Links::BetweenSides(self.sides.clone()), self.in_flight)
    }
}

impl Cut {
    /// The links in its direction.
    pub fn spell(&self) -> Spell {
        let (senders, receivers) = (self.senders.clone(), self.receivers.clone());
        let links = Links::Directed { senders, receivers, both_ways: false };
        lost(self.from, self.to, links, self.in_flight)
    }
}

impl Isolate {
    /// The links around its group.
    pub fn spell(&self) -> Spell {
        let links = Links::Around { group: self.group.clone(), clients: self.clients };
        lost(self.from, self.to, links, self.in_flight)
    }
}

impl Bridge {
    /// The links between its sides: the bridge stands on neither.
    pub fn spell(&self) -> Spell {
        lost(self.from, self.to, Links::BetweenSides(self.sides.clone()), self.in_flight)
    }
}

impl MajoritiesRing {
    /// The links between nodes too far apart on the ring.
    pub fn spell(&self) -> Spell {
        let ring = nodes_of(&self.nodes);
        let reach = reach(ring.len());
        let places: BTreeMap<NodeId, usize> = ring.into_iter().zip(0..).collect();
        lost(self.from, self.to, Links::FarOnRing { places, reach }, self.in_flight)
    }
}

/// How far to each side a node on a ring of so many must see for a majority, itself included.
pub fn reach(nodes: usize) -> usize {
    (nodes / 2).div_ceil(2)
}

impl Clog {
    /// The links in its direction.
    pub fn spell(&self) -> Spell {
        let (senders, receivers) = (self.senders.clone(), self.receivers.clone());
        let links = Links::Directed { senders, receivers, both_ways: self.both_ways };
        let while_cut = WhileCut::Held { spread: self.spread };
        let rule = CutRule { part: 0, links, in_flight: self.in_flight, while_cut };
        Spell { from: self.from, to: self.to, rule }
    }
}

impl CutLike {
    /// As if it held all the time.
    pub fn spell(&self) -> Spell {
        match self {
            CutLike::Partition(partition) => partition.spell(),
            CutLike::Cut(cut) => cut.spell(),
            CutLike::Isolate(isolate) => isolate.spell(),
            CutLike::Bridge(bridge) => bridge.spell(),
            CutLike::MajoritiesRing(ring) => ring.spell(),
            CutLike::Clog(clog) => clog.spell(),
        }
    }
}

impl CutLike {
    /// The same as a fault by itself.
    pub fn to_spec(&self) -> Spec {
        match self.clone() {
            CutLike::Partition(partition) => Spec::Partition(partition),
            CutLike::Cut(cut) => Spec::Cut(cut),
            CutLike::Isolate(isolate) => Spec::Isolate(isolate),
            CutLike::Bridge(bridge) => Spec::Bridge(bridge),
            CutLike::MajoritiesRing(ring) => Spec::MajoritiesRing(ring),
            CutLike::Clog(clog) => Spec::Clog(clog),
        }
    }

    /// From when to when.
    pub fn window(&self) -> (Duration, Duration) {
        match self {
            CutLike::Partition(partition) => (partition.from, partition.to),
            CutLike::Cut(cut) => (cut.from, cut.to),
            CutLike::Isolate(isolate) => (isolate.from, isolate.to),
            CutLike::Bridge(bridge) => (bridge.from, bridge.to),
            CutLike::MajoritiesRing(ring) => (ring.from, ring.to),
            CutLike::Clog(clog) => (clog.from, clog.to),
        }
    }
}

impl Flap {
    /// Each time that it is on.
    pub fn spells(&self) -> Vec<Spell> {
        let whole = self.fault.spell();
        let on = Duration((self.period.0 as f64 * self.share_cut) as u64);
        let starts = (whole.from.0..whole.to.0).step_by(self.period.0 as usize);
        let spell = |from| {
            let (from, to) = (Duration(from), Duration(from) + on);
            Spell { from, to: to.min(whole.to), ..whole.clone() }
        };
        starts.map(spell).collect()
    }
}

impl RollingIsolation {
    /// The time of each node.
    pub fn spells(&self) -> Vec<Spell> {
        let mut from = self.from;
        let mut spell = |(part, node)| {
            let rule = alone(node, part, self.clients, self.in_flight);
            let spell = Spell { from, to: from + self.each, rule };
            from = spell.to + self.pause;
            spell
        };
        nodes_of(&self.nodes).into_iter().enumerate().map(&mut spell).collect()
    }

    /// When the last is back.
    pub fn end(&self) -> Duration {
        self.spells().last().map_or(self.from, |last| last.to)
    }
}

impl Swizzle {
    /// The time of each node, from a source of luck that belongs to this fault.
    pub fn spells(&self, source: &mut impl Source) -> Vec<Spell> {
        let mut nodes = nodes_of(&self.nodes);
        source.shuffle(&mut nodes);
        let mut returns: Vec<u64> = (0..nodes.len() as u64).collect();
        source.shuffle(&mut returns);
        // As many equal steps as there are moments, the first at `from`, the last at `to`.
        let steps = (2 * nodes.len() as u64).saturating_sub(1).max(1);
        let length = self.to.0.saturating_sub(self.from.0);
        let moment = |step: u64| {
            let share = u128::from(length) * u128::from(step) / u128::from(steps);
            Duration(self.from.0 + share as u64)
        };
        let count = nodes.len() as u64;
        let spell = |(part, (node, back)): (usize, (NodeId, u64))| Spell {
            from: moment(part as u64),
            to: moment(count + back),
            rule: alone(node, part, self.clients, self.in_flight),
        };
        nodes.into_iter().zip(returns).enumerate().map(spell).collect()
    }
}

fn alone(node: NodeId, part: usize, clients: bool, in_flight: InFlight) -> CutRule {
    let group = vec![Span { first: Address::Node(node), last: Address::Node(node) }];
    let links = Links::Around { group, clients };
    CutRule { part: part as u32, links, in_flight, while_cut: WhileCut::Lost }
}

/// The nodes of some spans, in the order in which they are listed.
pub fn nodes_of(spans: &[Span]) -> Vec<NodeId> {
    let nodes = |span: &Span| match (span.first, span.last) {
        (Address::Node(first), Address::Node(last)) => (first.0..=last.0).map(NodeId).collect(),
        // Clients are no nodes, and no span holds both.
        (Address::Node(_) | Address::Client(_), Address::Node(_) | Address::Client(_)) => {
            Vec::new()
        }
    };
    spans.iter().flat_map(nodes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    fn spans(texts: &[&str]) -> Vec<Span> {
        texts.iter().map(|text| Span::parse(text).unwrap()).collect()
    }

    fn times(spells: &[Spell]) -> Vec<(f64, f64)> {
        spells.iter().map(|spell| (spell.from.seconds(), spell.to.seconds())).collect()
    }

    #[test]
    fn a_flap_is_on_for_its_share_of_each_period() {
        let (from, to) = (Duration::from_secs(10), Duration::from_secs(19));
        let (group, in_flight) = (spans(&["n1"]), InFlight::Drop);
        let isolate = Isolate { group, from, to, clients: false, in_flight };
        let fault = CutLike::Isolate(isolate);
        let flap = Flap { period: Duration::from_secs(4), share_cut: 0.25, fault };
        assert_eq!(times(&flap.spells()), [(10.0, 11.0), (14.0, 15.0), (18.0, 19.0)]);
    }

    #[test]
    fn an_isolation_rolls_in_the_order_listed() {
        let rolling = RollingIsolation {
            nodes: spans(&["n4", "n0..n1"]),
            from: Duration::from_secs(5),
            each: Duration::from_secs(3),
            pause: Duration::from_secs(1),
            clients: true,
            in_flight: InFlight::Drop,
        };
        assert_eq!(times(&rolling.spells()), [(5.0, 8.0), (9.0, 12.0), (13.0, 16.0)]);
        assert_eq!(rolling.end(), Duration::from_secs(16));
    }

    #[test]
    fn a_swizzle_takes_all_down_before_the_first_is_back() {
        let swizzle = Swizzle {
            nodes: spans(&["n0..n3"]),
            from: Duration::from_secs(10),
            to: Duration::from_secs(17),
            clients: false,
            in_flight: InFlight::Drop,
        };
        let spells = swizzle.spells(&mut Luck::new(1).stream(Purpose::FaultPlan, 0));
        let (downs, mut ups): (Vec<f64>, Vec<f64>) = times(&spells).into_iter().unzip();
        assert_eq!(downs, [10.0, 11.0, 12.0, 13.0]);
        ups.sort_by(f64::total_cmp);
        assert_eq!(ups, [14.0, 15.0, 16.0, 17.0]);
    }

    #[test]
    fn on_a_ring_each_reaches_just_enough_for_a_majority() {
        for (nodes, expected) in [(4, 1), (5, 1), (6, 2), (7, 2), (9, 2), (11, 3)] {
            assert_eq!(reach(nodes), expected, "{nodes} nodes");
            assert!(2 * reach(nodes) + 1 > nodes / 2);
        }
    }
}
