//! Requests handed to another node (section 4.5), until that node confirms that it coordinates
//! them.
//!
//! The coordinator answers the client itself. Without the confirmation, which the paper does not
//! mention, a node outside the top N would never find out that the one inside is dead.

use smallvec::{SmallVec, smallvec};

use crate::dynamo::coordination::{Scene, Silent};
use crate::dynamo::message::{Message, Request};
use crate::dynamo::timer::Timer;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, NodeId};

/// Requests that were handed on and not confirmed yet. They are few, since each waits for one
/// round trip only.
#[derive(Debug, Default)]
pub struct Forwards {
    open: Vec<Forward>,
}

#[derive(Debug)]
struct Forward {
    request: Request,
    tried: SmallVec<[NodeId; 4]>,
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
        send(ctx, scene, &request, to);
        self.open.push(Forward { request, tried: smallvec![to] });
    }

    /// A node coordinates the request.
    pub fn on_confirmed(&mut self, attempt: AttemptId, from: NodeId) {
        let confirmed = |f: &Forward| f.request.attempt == attempt && f.tried.contains(&from);
        if let Some(place) = self.open.iter().position(confirmed) {
            self.open.swap_remove(place);
        }
    }

    /// A node was given its time. If it has not confirmed, the next healthy one is asked; with none
    /// left the client's own time-out has to do.
    pub fn on_due(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        scene: Scene<'_>,
        attempt: AttemptId,
        node: NodeId,
    ) -> Silent {
        let waits = |f: &Forward| f.request.attempt == attempt && f.tried.last() == Some(&node);
        let Some(place) = self.open.iter().position(waits) else {
            return Silent::new();
        };
        let forward = &mut self.open[place];
        let range = scene.ring.range_of(forward.request.key);
        let fresh = |next: &NodeId| {
            *next != scene.view.me && scene.view.believes_up(*next) && !forward.tried.contains(next)
        };
        match scene.ring.walk(range).find(fresh) {
            Some(next) => {
                forward.tried.push(next);
                send(ctx, scene, &forward.request, next);
            }
            None => {
                self.open.swap_remove(place);
            }
        }
        smallvec![node]
    }
}

fn send(ctx: &mut NodeCtx<'_>, scene: Scene<'_>, request: &Request, to: NodeId) {
    ctx.send(Address::Node(to), Message::Request(request.clone()));
    ctx.arm(scene.config.timeouts.forward, Timer::Forward(request.attempt, to));
}
