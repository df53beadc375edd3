//! Which node a client turns to (sections 4.5 and 6.4).

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::ring::placement::Ring;
use crate::id::{Address, ClientId, NodeId, Span};
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::workload::operation::Operation;
use crate::workload::spec::Routing;
use crate::workload::words::ClientCtx;

/// What clients go by.
#[derive(Debug)]
pub struct Router {
    pub routing: Routing,
    /// Does a request pass a load balancer that takes time?
    pub balanced: bool,
    pub nodes: u32,
    /// The ring, for clients that know it (section 4.5).
    pub ring: Rc<Ring>,
    pub sites: Vec<Site>,
}

/// Who stands at one place, at first.
#[derive(Debug)]
pub struct Site {
    pub name: Rc<str>,
    members: Vec<Span>,
    /// In order.
    nodes: Vec<NodeId>,
}

impl Site {
    /// The site of these parties, of a cluster with so many nodes.
    pub fn new(name: &str, members: &[Span], nodes: u32) -> Site {
        let here = |node: &NodeId| members.iter().any(|span| span.contains(Address::Node(*node)));
        let nodes = (0..nodes).map(NodeId).filter(here).collect();
        Site { name: name.into(), members: members.to_vec(), nodes }
    }

    fn holds(&self, client: ClientId) -> bool {
        self.members.iter().any(|span| span.contains(Address::Client(client)))
    }
}

impl Router {
    /// Where a client is at first.
    pub fn site_of(&self, client: ClientId) -> Option<usize> {
        self.sites.iter().position(|site| site.holds(client))
    }

    /// The site of this name.
    pub fn site_named(&self, name: &str) -> Option<usize> {
        self.sites.iter().position(|site| *site.name == *name)
    }

    /// Sites where nodes stand.
    pub fn sites_with_nodes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.sites.len()).filter(|site| !self.sites[*site].nodes.is_empty())
    }

    /// The node for the next attempt of a client at this site: another than before, as long as
    /// there is one.
    pub fn choose(
        &self,
        ctx: &ClientCtx<'_>,
        (me, site): (ClientId, Option<usize>),
        operation: &Operation,
    ) -> NodeId {
        let tried = operation.tried.len() % self.nodes as usize;
        let tried = &operation.tried[operation.tried.len() - tried..];
        match self.routing {
            Routing::LoadBalancer => self.any(ctx, me, operation, tried),
            Routing::Sticky if tried.is_empty() => NodeId(me.0 % self.nodes),
            Routing::Sticky => self.any(ctx, me, operation, tried),
            Routing::OwnSite => self
                .near(ctx, (me, site), operation, tried)
                .unwrap_or_else(|| self.any(ctx, me, operation, tried)),
            Routing::ClientDriven => unreachable!("a client that coordinates has its own view"),
            Routing::PartitionAware => {
                let mut list = self.ring.walk(self.ring.range_of(operation.aim.key));
                list.find(|node| !tried.contains(node)).expect("fewer were tried than there are")
            }
        }
    }

    /// A random one of those that were not tried.
    fn any(
        &self,
        ctx: &ClientCtx<'_>,
        me: ClientId,
        operation: &Operation,
        tried: &[NodeId],
    ) -> NodeId {
        let tried = tried.iter().map(|node| u64::from(node.0)).collect();
        let place = untried(ctx, me, operation, u64::from(self.nodes), tried);
        NodeId(place.expect("fewer were tried than there are") as u32)
    }

    /// A random one of the client's own site that was not tried, if there is one.
    fn near(
        &self,
        ctx: &ClientCtx<'_>,
        (me, site): (ClientId, Option<usize>),
        operation: &Operation,
        tried: &[NodeId],
    ) -> Option<NodeId> {
        let nodes = &self.sites[site?].nodes;
        let place = |node: &NodeId| nodes.binary_search(node).ok().map(|place| place as u64);
        let tried = tried.iter().filter_map(place).collect();
        let place = untried(ctx, me, operation, nodes.len() as u64, tried)?;
        Some(nodes[place as usize])
    }
}

/// A random place among so many, without those that were tried and without making a list; none if
/// all were.
fn untried(
    ctx: &ClientCtx<'_>,
    me: ClientId,
    operation: &Operation,
    count: u64,
    mut tried: SmallVec<[u64; 4]>,
) -> Option<u64> {
    let left = count - tried.len() as u64;
    if left == 0 {
        return None;
    }
    let which = operation.attempt_id().number();
    let mut place = ctx.luck.draw(Purpose::Routing, u64::from(me.0), which).below(left);
    tried.sort_unstable();
    for skipped in tried {
        place += u64::from(place >= skipped);
    }
    Some(place)
}
