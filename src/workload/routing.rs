//! Which node a client turns to (sections 4.5 and 6.4).

use std::rc::Rc;

use smallvec::SmallVec;

use crate::dynamo::ring::placement::Ring;
use crate::id::{ClientId, NodeId};
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::workload::operation::Operation;
use crate::workload::spec::Routing;
use crate::workload::words::ClientCtx;

/// What clients go by.
#[derive(Debug)]
pub struct Router {
    pub routing: Routing,
    pub nodes: u32,
    /// The ring, for clients that know it (section 4.5).
    pub ring: Rc<Ring>,
}

impl Router {
    /// The node for the next attempt: another than before, as long as there is one.
    pub fn choose(&self, ctx: &ClientCtx<'_>, me: ClientId, operation: &Operation) -> NodeId {
        let tried = operation.tried.len() % self.nodes as usize;
        let tried = &operation.tried[operation.tried.len() - tried..];
        match self.routing {
            Routing::LoadBalancer => self.any(ctx, me, operation, tried),
            Routing::PartitionAware => {
                let mut list = self.ring.walk(self.ring.range_of(operation.aim.key));
                list.find(|node| !tried.contains(node)).expect("fewer were tried than there are")
            }
        }
    }

    /// A random one of those that were not tried, without making a list of them.
    fn any(
        &self,
        ctx: &ClientCtx<'_>,
        me: ClientId,
        operation: &Operation,
        tried: &[NodeId],
    ) -> NodeId {
        let which = operation.attempt_id().number();
        let mut draw = ctx.luck.draw(Purpose::Routing, u64::from(me.0), which);
        let mut place = draw.below(u64::from(self.nodes) - tried.len() as u64) as u32;
        let mut skipped: SmallVec<[NodeId; 4]> = tried.into();
        skipped.sort_unstable();
        for node in skipped {
            place += u32::from(place >= node.0);
        }
        NodeId(place)
    }
}
