//! The world that faults are laid out in: who there is, and who is responsible for what.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::faults::cuts::nodes_of;
use crate::id::{Address, ClientId, Key, NodeId, Span};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::draw::targets::Crowd;
use crate::scenario::files::fnv_1a;
use crate::scenario::path::shortened;
use crate::scenario::plan::plan_of;
use crate::scenario::spec::Scenario;
use crate::sim::administration::Order;
use crate::sim::plan::Plan;
use crate::time::Duration;
use crate::trace::layout::Layout;

/// Who there is.
pub(super) struct World {
    plan: Plan,
    pub luck: Luck,
    pub groups: BTreeMap<String, Vec<Span>>,
    /// Made when somebody asks for a home.
    layout: OnceCell<Layout>,
}

impl World {
    /// The world of a scenario without faults.
    pub fn new(base: &Scenario) -> World {
        let (plan, luck) = (plan_of(base), Luck::new(base.seed));
        World { plan, luck, groups: BTreeMap::new(), layout: OnceCell::new() }
    }

    /// How long faults happen.
    pub fn duration(&self) -> Duration {
        self.plan.duration
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> u32 {
        self.plan.cluster.nodes
    }

    /// Who belongs to a crowd; the error says why there is none.
    /// Some depend on when the fault begins.
    pub fn members(&self, crowd: &Crowd, begins: Option<Duration>) -> Result<Vec<Span>, String> {
        let nodes = |first, last| vec![span(NodeId(first), NodeId(last))];
        match crowd {
            Crowd::Span(span) => self.existing(*span).map(|span| vec![span]),
            Crowd::Nodes => Ok(nodes(0, self.nodes() - 1)),
            Crowd::Seeds => match self.plan.cluster.gossip.seeds {
                0 => Err("there are no seeds: cluster.gossip.seeds is 0".to_string()),
                seeds => Ok(nodes(0, seeds - 1)),
            },
            Crowd::Seed(which) => {
                let seeds = self.plan.cluster.gossip.seeds;
                let message =
                    || format!("there is no seed {which}: there are {seeds}, and the first is 0");
                (*which < seeds).then(|| nodes(*which, *which)).ok_or_else(message)
            }
            Crowd::Site(name) => known(&self.plan.network.sites, "site", name, "network.sites"),
            Crowd::Group(name) => known(&self.groups, "group", name, "groups"),
            Crowd::NextToJoin => self.next_to_join(begins).map(|node| vec![span(node, node)]),
            Crowd::Homes(key) => {
                Ok(self.homes(*key)?.iter().map(|home| span(*home, *home)).collect())
            }
            Crowd::Home(which, key) => {
                let homes = self.homes(*key)?;
                let place = (*which as usize).checked_sub(1);
                let home = place.and_then(|place| homes.get(place));
                let count = homes.len();
                let message = || format!("there is no home {which} of {key}: it has 1 to {count}");
                home.map(|home| vec![span(*home, *home)]).ok_or_else(message)
            }
        }
    }

    /// The first who is told to join when the fault begins or later; if there is none, the last
    /// before, who may be about it still.
    fn next_to_join(&self, begins: Option<Duration>) -> Result<NodeId, String> {
        let begins = begins.ok_or("who is next to join depends on when the fault begins")?;
        let join = |order: &Order| match order {
            Order::Join(join) => Some((join.at, join.node)),
            Order::Leave(_) | Order::Remove(_) | Order::Replace(_) | Order::Start(_) => None,
        };
        let joins = || self.plan.administration.iter().filter_map(join);
        let next = joins().filter(|(at, _)| *at >= begins).min_by_key(|(at, _)| *at);
        let next = next.or_else(|| joins().max_by_key(|(at, _)| *at));
        let none = "nobody is told to join: see `administration`";
        next.map(|(_, node)| node).ok_or_else(|| none.to_string())
    }

    fn homes(&self, key: Key) -> Result<&[NodeId], String> {
        let keys = self.plan.workload.key_count();
        if key.0 >= keys {
            return Err(format!(
                "there is no {key}: the {keys} keys of the workload are k0 to k{}",
                keys.saturating_sub(1)
            ));
        }
        Ok(self.layout.get_or_init(|| self.plan.layout()).homes.of(key))
    }

    fn existing(&self, span: Span) -> Result<Span, String> {
        let (number, count, kind) = match span.last {
            Address::Node(node) => (node.0, self.plan.machines(), "nodes"),
            Address::Client(client) => (client.0, self.plan.workload.clients, "clients"),
        };
        let message = || format!("there is no {}: there are {count} {kind}", span.last);
        (number < count).then_some(span).ok_or_else(message)
    }

    /// A source of luck for the draw of this name.
    pub fn source(&self, purpose: Purpose, name: &str) -> impl Source + use<> {
        self.luck.stream(purpose, fnv_1a(name.as_bytes()))
    }
}

/// One node, or a run of them.
pub(super) fn span(first: NodeId, last: NodeId) -> Span {
    Span { first: Address::Node(first), last: Address::Node(last) }
}

fn known(
    named: &BTreeMap<String, Vec<Span>>,
    kind: &str,
    name: &str,
    place: &str,
) -> Result<Vec<Span>, String> {
    let near = did_you_mean(name, named.keys().map(String::as_str));
    let near = near.map_or(String::new(), |near| format!("; {near}"));
    let message = || format!("{place} has no {kind} `{}`{near}", shortened(name));
    named.get(name).cloned().ok_or_else(message)
}

/// Each party of some spans, once: its nodes, or its clients where there are no nodes.
pub(super) fn parties(spans: &[Span]) -> Vec<Address> {
    let nodes = nodes_of(spans);
    let clients = |span: &Span| match (span.first, span.last) {
        (Address::Client(first), Address::Client(last)) => {
            (first.0..=last.0).map(ClientId).map(Address::Client).collect()
        }
        (Address::Node(_) | Address::Client(_), Address::Node(_) | Address::Client(_)) => {
            Vec::new()
        }
    };
    let mut all: Vec<Address> = match nodes.is_empty() {
        true => spans.iter().flat_map(clients).collect(),
        false => nodes.into_iter().map(Address::Node).collect(),
    };
    all.sort_unstable();
    all.dedup();
    all
}
