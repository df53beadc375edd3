//! All that a run follows from.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Planted;
use crate::dynamo::ring::history::{Change, History};
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::{KeySpace, Position};
use crate::dynamo::ring::strategy::{Placement, first_tokens, partitions};
use crate::faults;
use crate::faults::clock::Clock;
use crate::faults::labels::describe;
use crate::faults::schedule::{cuts, window};
use crate::faults::target::Target;
use crate::id::{Address, NodeId, Span};
use crate::network;
use crate::network::fate::Network;
use crate::random::luck::Luck;
use crate::random::normal;
use crate::random::purpose::Purpose;
use crate::sim::administration::Order;
use crate::sim::clock::LocalClock;
use crate::sim::disk;
use crate::sim::pauses::{self, Pauses};
use crate::time::Duration;
use crate::time::signed::SignedDuration;
use crate::trace::layout::{FaultWindow, Homes, Layout, Placed};
use crate::workload;
use crate::workload::spec::{Context, RetryPolicy};

/// A run that has been checked and can begin. The same plan gives the same run, to the byte.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// From which all luck follows.
    pub seed: u64,
    /// How long clients ask and faults happen.
    pub duration: Duration,
    /// How long the run may go on after that until it is quiescent.
    pub settle_limit: Duration,
    /// From one sample to the next.
    pub sampling: Duration,
    pub cluster: Cluster,
    pub network: network::spec::Spec,
    pub disk: disk::Spec,
    pub pauses: pauses::Spec,
    pub workload: workload::spec::Spec,
    pub faults: Vec<faults::fault::Fault>,
    /// What an administrator does, by time.
    pub administration: Vec<Order>,
}

impl Plan {
    /// How keys are laid out over whoever belongs.
    pub fn placement(&self) -> Placement {
        Placement {
            keys: Rc::new(KeySpace::new(self.workload.key_count())),
            copies: self.cluster.n,
            partitions: partitions(&self.cluster.partitioning),
            sites: self.sites_of_nodes(),
            planted: self.cluster.planted,
        }
    }

    /// By node, the site where it stands, counted from 1; 0 where none is named.
    fn sites_of_nodes(&self) -> Vec<u32> {
        if !self.cluster.partitioning.span_sites {
            return Vec::new();
        }
        let site = |node| {
            let holds = |spans: &Vec<Span>| spans.iter().any(|span| span.contains(node));
            self.network.sites.values().position(holds).map_or(0, |site| site as u32 + 1)
        };
        (0..self.cluster.nodes).map(|node| site(Address::Node(NodeId(node)))).collect()
    }

    /// The membership that all nodes start with: everybody, each with its tokens.
    pub fn membership(&self) -> Rc<History> {
        let settings = &self.cluster.partitioning;
        let member =
            |(node, tokens): (NodeId, Vec<Position>)| (node, Change::founder(tokens.into()));
        let tokens = first_tokens(settings, self.cluster.nodes, &Luck::new(self.seed));
        let changes: BTreeMap<NodeId, Change> = tokens.into_iter().map(member).collect();
        let history = History::new(changes);
        Rc::new(if settings.strategy == 3 { history.in_partitions() } else { history })
    }

    /// The links between all parties.
    pub fn all_links(&self) -> Network {
        Network::new(&self.network, self.machines(), self.workload.clients)
    }

    /// The pauses of all processes, if any has some.
    pub fn all_pauses(&self) -> Option<Box<Pauses>> {
        let balancers = self.workload.load_balancer.as_ref().map_or(0, |balancer| balancer.count);
        Pauses::new(&self.pauses, [self.machines(), self.workload.clients, balancers])
    }

    /// What an administrator does, in order of time.
    pub fn orders(&self) -> Vec<Order> {
        let mut orders = self.administration.clone();
        orders.sort_by_key(Order::at);
        orders
    }

    /// How many machines there are: those of the members, and those that an administrator names.
    pub fn machines(&self) -> u32 {
        machines(self.cluster.nodes, &self.administration)
    }

    /// The clock of a node: right but for its skew.
    pub fn clock_of(&self, luck: &Luck, node: NodeId) -> LocalClock {
        let skew = self.cluster.clock_skew.map_or(SignedDuration::ZERO, |skew| {
            let deviations = normal::sample(&mut luck.draw(Purpose::ClockSkew, node.0.into(), 0));
            SignedDuration((deviations * skew.deviation.0 as f64) as i64)
        });
        let hit = |target: Target| target.known().is_none_or(|known| known == node);
        let drifts = |clock: &Clock| hit(clock.node) && clock.is.drift_ppm() != 0;
        let rate_may_change = self.faults.iter().any(
            |fault| matches!(fault.what.plain(), faults::spec::Spec::Clock(clock) if drifts(clock)),
        );
        LocalClock::new(skew, rate_may_change)
    }

    /// What judges and numbers must know of the run.
    pub fn layout(&self) -> Layout {
        let placement = self.placement();
        let history = self.membership();
        let ring = history.ring(&placement);
        self.layout_on(&ring, &placement.keys, self.placed(&ring, history.bytes()))
    }

    fn placed(&self, ring: &Ring, table_bytes: u64) -> Placed {
        let carried = ring.carried();
        let most = carried.iter().copied().fold(0.0, f64::max);
        Placed {
            strategy: self.cluster.partitioning.strategy,
            ranges: ring.ranges(),
            tokens: ring.tokens() as u64,
            table_bytes,
            efficiency: carried.iter().sum::<f64>() / carried.len() as f64 / most,
            carried,
        }
    }

    fn layout_on(&self, ring: &Ring, keys: &KeySpace, placement: Placed) -> Layout {
        let fault = |fault: &faults::fault::Fault| {
            let (from, to) = window(&fault.what, self.duration);
            let (kind, optional) = (fault.what.plain().kind(), fault.is_optional());
            FaultWindow { kind, label: describe(&fault.what), from, to, optional }
        };
        Layout {
            // Nobody who watches may know of a bug.
            cluster: Cluster { planted: Planted::NONE, ..self.cluster.clone() },
            clients: self.workload.clients,
            keys: keys.count(),
            cart_policy: self.workload.cart_policy,
            contexts_told: self.workload.session.context == Context::Kept
                && self.workload.cart_policy.carries_context(),
            writes_named: self.workload.retry.policy == RetryPolicy::SameId,
            duration: self.duration,
            sampling: self.sampling,
            machines: self.machines(),
            administered: !self.administration.is_empty(),
            homes: Homes::of_ring(ring, keys.count()),
            faults: self.faults.iter().map(fault).collect(),
            cuts: self.faults.iter().flat_map(|fault| cuts(&fault.what)).collect(),
            placement,
        }
    }
}

/// How many machines a cluster of so many members needs, given who else is named.
pub fn machines(members: u32, administration: &[Order]) -> u32 {
    let named = administration.iter().flat_map(Order::nodes).map(|node| node.0 + 1);
    named.fold(members, u32::max)
}
