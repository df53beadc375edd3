//! Which node a client turns to (sections 4.5 and 6.4).

use std::cell::RefCell;
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
    known: RefCell<Known>,
    pub sites: Vec<Site>,
}

/// Whom clients can turn to at present. What a load balancer knows is not a matter of the protocol:
/// it learns of each change at once.
#[derive(Debug)]
struct Known {
    /// The members, by name.
    members: Vec<NodeId>,
    /// The ring, for clients that know it (section 4.5).
    ring: Rc<Ring>,
    /// By site, the members that stand there.
    by_site: Vec<Vec<NodeId>>,
}

/// Who stands at one place, at first.
#[derive(Debug)]
pub struct Site {
    pub name: Rc<str>,
    members: Vec<Span>,
}

impl Site {
    /// The site of these parties.
    pub fn new(name: &str, members: &[Span]) -> Site {
        Site { name: name.into(), members: members.to_vec() }
    }

    /// Those of these nodes that stand here.
    fn nodes(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let here =
            |node: &NodeId| self.members.iter().any(|span| span.contains(Address::Node(*node)));
        nodes.iter().copied().filter(here).collect()
    }

    fn holds(&self, client: ClientId) -> bool {
        self.members.iter().any(|span| span.contains(Address::Client(client)))
    }
}

impl Router {
    /// A router among so many members, from n0 on; `balanced` if requests pass a load balancer that
    /// takes time.
    pub fn new(
        (routing, balanced): (Routing, bool),
        members: u32,
        ring: Rc<Ring>,
        sites: Vec<Site>,
    ) -> Router {
        let members: Vec<NodeId> = (0..members).map(NodeId).collect();
        let by_site = sites.iter().map(|site| site.nodes(&members)).collect();
        let known = RefCell::new(Known { members, ring, by_site });
        Router { routing, balanced, known, sites }
    }

    /// Members have come or gone.
    pub fn update(&self, members: &[NodeId], ring: &Rc<Ring>) {
        let by_site = self.sites.iter().map(|site| site.nodes(members)).collect();
        let (members, ring) = (members.to_vec(), Rc::clone(ring));
        self.known.replace(Known { members, ring, by_site });
    }

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
        (0..self.sites.len()).filter(|site| !self.known.borrow().by_site[*site].is_empty())
    }

    /// The node for the next attempt of a client at this site: another than before, as long as
    /// there is one.
    pub fn choose(
        &self,
        ctx: &ClientCtx<'_>,
        (me, site): (ClientId, Option<usize>),
        operation: &Operation,
    ) -> NodeId {
        let known = self.known.borrow();
        let members = &known.members;
        let tried = operation.tried.len() % members.len();
        let tried = &operation.tried[operation.tried.len() - tried..];
        match self.routing {
            Routing::LoadBalancer => any(ctx, me, operation, (members, tried)),
            Routing::Sticky if tried.is_empty() => members[me.index() % members.len()],
            Routing::Sticky => any(ctx, me, operation, (members, tried)),
            Routing::OwnSite => {
                let near = site.map_or(&[][..], |site| &known.by_site[site]);
                one_of(ctx, me, operation, (near, tried))
                    .unwrap_or_else(|| any(ctx, me, operation, (members, tried)))
            }
            Routing::ClientDriven => unreachable!("a client that coordinates has its own view"),
            Routing::PartitionAware => {
                let mut list = known.ring.walk(known.ring.range_of(operation.aim.key));
                // A member that owns nothing yet is on no list, and coordinates all the same.
                list.find(|node| !tried.contains(node))
                    .unwrap_or_else(|| any(ctx, me, operation, (members, tried)))
            }
        }
    }
}

/// A random one of the members that were not tried.
fn any(
    ctx: &ClientCtx<'_>,
    me: ClientId,
    operation: &Operation,
    choice: (&[NodeId], &[NodeId]),
) -> NodeId {
    one_of(ctx, me, operation, choice).expect("fewer were tried than there are")
}

/// A random one of these nodes that was not tried, if there is one.
fn one_of(
    ctx: &ClientCtx<'_>,
    me: ClientId,
    operation: &Operation,
    (nodes, tried): (&[NodeId], &[NodeId]),
) -> Option<NodeId> {
    let place = |node: &NodeId| nodes.binary_search(node).ok().map(|place| place as u64);
    let tried = tried.iter().filter_map(place).collect();
    let place = untried(ctx, me, operation, nodes.len() as u64, tried)?;
    Some(nodes[place as usize])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::message::Action;
    use crate::dynamo::ring::position::{KeySpace, Position};
    use crate::dynamo::ring::strategy::Placement;
    use crate::ghost::Numbering;
    use crate::id::{Key, OperationId};
    use crate::random::luck::Luck;
    use crate::time::Time;
    use crate::workload::intent::Intent;
    use crate::workload::operation::Aim;
    use crate::workload::words::Function;

    // A member that owns nothing yet is on no preference list.
    #[test]
    fn whoever_is_on_no_list_is_asked_when_all_on_it_were() {
        let placement = Placement::by_tokens(3, Rc::new(KeySpace::new(1)));
        let tokens: Vec<[Position; 1]> = (0..3).map(|node| [node << 126 | 7]).collect();
        let owners = (0..3).map(|node| (NodeId(node as u32), &tokens[node][..]));
        let ring = Rc::new(Ring::new(owners, &placement));
        let router = Router::new((Routing::PartitionAware, false), 4, ring, Vec::new());

        let me = ClientId(0);
        let (luck, mut numbering, mut effects) = (Luck::new(1), Numbering::new(1), Vec::new());
        let ctx = ClientCtx {
            now: Time::ZERO,
            ran: Time::ZERO,
            me: Address::Client(me),
            luck: &luck,
            observed: false,
            numbering: &mut numbering,
            effects: &mut effects,
        };
        let id = OperationId { client: me, number: 0 };
        let aim = Aim { id, intent: Intent::Get, key: Key(0), bytes: None };
        let get = (Action::Get, None);
        let mut operation = Operation::new(aim, Function::Get, get, Time::ZERO);
        for _ in 0..4 {
            let next = router.choose(&ctx, (me, None), &operation);
            assert!(!operation.tried.contains(&next));
            operation.tried.push(next);
        }
        assert_eq!(operation.tried[3], NodeId(3));
    }
}
