//! Requests handed to another node (section 4.5), until that node confirms that it coordinates
//! them.
//!
//! The coordinator answers the client itself. Without the confirmation, which the paper does not
//! mention, a node outside the top N would never find out that the one inside is dead.

use smallvec::{SmallVec, smallvec};

use crate::dynamo::coordination::Scene;
use crate::dynamo::message::{Message, Request};
use crate::dynamo::timer::Timer;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::id::{Address, AttemptId, NodeId};
use crate::process::deadlines::Deadlines;

/// Requests that were handed on and not confirmed yet. They are few, since each waits for one
/// round trip only.
#[derive(Debug)]
pub struct Forwards {
    open: Vec<Forward>,
    deadlines: Deadlines<NodeWords, (AttemptId, NodeId)>,
}

/// A request that was handed on.
#[derive(Debug)]
pub struct Forward {
    request: Request,
    tried: SmallVec<[NodeId; 4]>,
}

impl Default for Forwards {
    fn default() -> Forwards {
        Forwards { open: Vec::new(), deadlines: Deadlines::new(Timer::Forward) }
    }
}

impl Forwards {
    /// Hands a request to a node.
    pub fn begin(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        mut request: Request,
        to: NodeId,
    ) {
        request.forwarded_by = Some(scene.view.me);
        let open = &self.open;
        self.deadlines.prune(|(attempt, node)| open.iter().any(|f| f.waits_for(attempt, node)));
        self.send(ctx, scene, &request, to);
        self.open.push(Forward { request, tried: smallvec![to] });
    }

    /// Attempts that nobody has confirmed to coordinate.
    pub fn under_way(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.open.iter().map(|forward| forward.request.attempt)
    }

    /// A node coordinates the request.
    pub fn on_confirmed(&mut self, attempt: AttemptId, from: NodeId) {
        let confirmed = |f: &Forward| f.request.attempt == attempt && f.tried.contains(&from);
        if let Some(place) = self.open.iter().position(confirmed) {
            self.open.swap_remove(place);
        }
    }

    /// Takes out the next request that a node was given its time to confirm and has not, with that
    /// node; none once there is none.
    pub fn next_overdue(&mut self, ctx: &mut NodeCtx<'_>) -> Option<(Forward, NodeId)> {
        let place = |open: &[Forward], (attempt, node)| {
            open.iter().position(|forward| forward.waits_for(attempt, node))
        };
        let due = self.deadlines.next_due(ctx, |asked| place(&self.open, asked).is_some())?;
        Some((self.open.swap_remove(place(&self.open, due)?), due.1))
    }

    /// Hands a request on to the next node.
    pub fn go_on(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        mut forward: Forward,
        to: NodeId,
    ) {
        self.send(ctx, scene, &forward.request, to);
        forward.tried.push(to);
        self.open.push(forward);
    }

    fn send(&mut self, ctx: &mut NodeCtx<'_>, scene: Scene<'_>, request: &Request, to: NodeId) {
        ctx.send(Address::Node(to), Message::Request(request.clone()));
        self.deadlines.set(ctx, scene.config.timeouts.forward, (request.attempt, to));
    }
}

impl Forward {
    fn waits_for(&self, attempt: AttemptId, node: NodeId) -> bool {
        self.request.attempt == attempt && self.tried.last() == Some(&node)
    }

    /// The next node of the preference list that is believed up and was not tried: in the end this
    /// node itself, which is always up, so that a put fails only if nobody can be reached.
    pub fn next(&self, scene: Scene<'_>) -> NodeId {
        let range = scene.ring.range_of(self.request.key);
        let fresh = |next: &NodeId| scene.view.believes_up(*next) && !self.tried.contains(next);
        scene.ring.walk(range).find(fresh).unwrap_or(scene.view.me)
    }

    /// What was handed on.
    pub fn into_request(self) -> Request {
        self.request
    }
}
