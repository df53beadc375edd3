//! Who coordinates a request (sections 4.5, 5 and 6.4; the paper gives three rules).

use crate::dynamo::config::plant::Plant;
use crate::dynamo::config::{Coordinator, ReadCoordinator};
use crate::dynamo::coordination::Scene;
use crate::dynamo::message::{Action, Put, Request};
use crate::dynamo::ring::placement::RangeId;
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// What to do with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Route {
    /// Coordinate it here.
    Coordinate,
    /// Hand it to this node.
    Forward(NodeId),
}

/// Decides for a request that arrived at this node. A request is forwarded at most once, so that
/// nodes of different beliefs cannot send it round in circles.
pub fn route(ctx: &NodeCtx<'_>, scene: Scene<'_>, request: &Request) -> Route {
    let limited = !scene.config.planted.is(Plant::ForwardWithoutHopLimit);
    if request.forwarded_by.is_some() && limited {
        return Route::Coordinate;
    }
    let range = scene.ring.range_of(request.key);
    let at_home = scene.ring.is_home(scene.view.me, range);
    let node = match &request.action {
        Action::Get => coordinator_of_get(scene, range),
        // The client has chosen among the homes already.
        Action::Put(put) if put.client_driven && at_home => return Route::Coordinate,
        Action::Put(put) => coordinator_of_put(ctx, scene, range, request, put),
    };
    if node == scene.view.me { Route::Coordinate } else { Route::Forward(node) }
}

/// The first node of the preference list that is believed up: the first of the top N, normally.
/// Whoever looks is up itself, so there always is one.
pub fn first_healthy(scene: Scene<'_>, range: RangeId) -> NodeId {
    // Nearly always all are believed up.
    if let (false, Some(first)) = (scene.view.suspects_anybody(), scene.ring.homes(range).first()) {
        return *first;
    }
    let mut list = scene.ring.walk(range);
    list.find(|node| scene.view.believes_up(*node)).unwrap_or(scene.view.me)
}

fn coordinator_of_get(scene: Scene<'_>, range: RangeId) -> NodeId {
    let me = scene.view.me;
    let anywhere = scene.config.read_coordinator == ReadCoordinator::Receiver;
    if anywhere || scene.ring.is_home(me, range) { me } else { first_healthy(scene, range) }
}

fn coordinator_of_put(
    ctx: &NodeCtx<'_>,
    scene: Scene<'_>,
    range: RangeId,
    request: &Request,
    put: &Put,
) -> NodeId {
    let healthy = |node: &NodeId| scene.view.believes_up(*node);
    match scene.config.coordinator {
        Coordinator::First => first_healthy(scene, range),
        Coordinator::Fastest => {
            // It may have left the top N, or failed, since the read (section 5).
            let fastest = put.fastest.filter(|node| scene.ring.is_home(*node, range));
            fastest.filter(healthy).unwrap_or_else(|| nearest_home(scene, range))
        }
        Coordinator::Random => {
            let homes = scene.ring.homes(range).iter().copied().filter(healthy);
            let homes: smallvec::SmallVec<[NodeId; 4]> = homes.collect();
            let mut draw = ctx.luck.draw(Purpose::Coordinator, request.attempt.number(), 0);
            match homes.is_empty() {
                true => first_healthy(scene, range),
                false => *draw.pick(&homes),
            }
        }
    }
}

/// This node if it is one of the top N, else the first of them.
fn nearest_home(scene: Scene<'_>, range: RangeId) -> NodeId {
    let me = scene.view.me;
    if scene.ring.is_home(me, range) { me } else { first_healthy(scene, range) }
}
