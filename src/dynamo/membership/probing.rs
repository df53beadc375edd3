//! Probing in the manner of SWIM (Das, Gupta, Motivala, DSN 2002): one member is pinged in each
//! period; where it does not answer, some others are asked to ping it, and where none of them
//! reaches it either, it is believed down.
//!
//! Left out: what SWIM tells to others. A suspicion is each node's own finding (section 4.8.3), so
//! that nothing has to be disseminated or refuted.

use crate::dynamo::config::detection::{ProbeOrder, Probes};
use crate::dynamo::membership::watch::send;
use crate::dynamo::message::{Membership, Relay, RelayLeg};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::timer::{Timer, Watch};
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::Duration;

/// The part of a node that pings others in turn.
#[derive(Debug)]
pub struct Probing {
    settings: Probes,
    rhythm: Rhythm,
    /// Whose answer is awaited, since which round: rarely more than one.
    awaited: Vec<(NodeId, u64)>,
    /// Those who still wait for their turn in this pass, the next one last.
    turn: Vec<NodeId>,
}

impl Probing {
    /// Pings in this rhythm.
    pub fn new(settings: Probes, rhythm: Rhythm) -> Probing {
        Probing { settings, rhythm, awaited: Vec::new(), turn: Vec::new() }
    }

    pub(super) fn start(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.rhythm.until_next(ctx.now), Timer::Watch(Watch::Beat));
    }

    /// Pings whose turn it is, as long as this node is a member itself.
    pub(super) fn on_beat(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        ctx.arm(self.rhythm.until_another(ctx.now), Timer::Watch(Watch::Beat));
        if !view.history().is_member(view.me) {
            return;
        }
        let round = self.rhythm.round(ctx.now);
        let next = match self.settings.order {
            ProbeOrder::Random => any_other(ctx, view, round),
            ProbeOrder::RoundRobin => self.next_in_turn(ctx, view, round),
        };
        let Some(peer) = next else { return };
        self.awaited.push((peer, round));
        send(ctx, peer, Membership::Ping { probe: round });
        ctx.arm(self.settings.timeout, Timer::Watch(Watch::Pinged { peer, round }));
    }

    /// A peer has answered, whichever ping.
    pub(super) fn on_pong(&mut self, peer: NodeId) {
        self.awaited.retain(|(awaited, _)| *awaited != peer);
    }

    /// A ping has had its time. Returns who is down for it; unless others are to try first.
    pub(super) fn on_pinged(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        (peer, round): (NodeId, u64),
    ) -> Option<NodeId> {
        if !self.awaited.contains(&(peer, round)) {
            return None;
        }
        let helpers = self.helpers(ctx, view, (peer, round));
        if helpers.is_empty() {
            return self.give_up(view, (peer, round));
        }
        let relay = Relay { asker: view.me, round, target: peer, leg: RelayLeg::Wanted };
        helpers.into_iter().for_each(|helper| send(ctx, helper, Membership::Relay(relay)));
        let patience = Duration(self.settings.timeout.0.saturating_mul(2));
        ctx.arm(patience, Timer::Watch(Watch::Relayed { peer, round }));
        None
    }

    /// Nobody has reached a peer in time: it is down, if it still belongs.
    pub(super) fn give_up(&mut self, view: &View, name: (NodeId, u64)) -> Option<NodeId> {
        let place = self.awaited.iter().position(|awaited| *awaited == name)?;
        self.awaited.swap_remove(place);
        view.history().is_member(name.0).then_some(name.0)
    }

    /// Other members, believed up, as many as are asked for or as there are.
    fn helpers(&self, ctx: &NodeCtx<'_>, view: &View, (peer, round): (NodeId, u64)) -> Vec<NodeId> {
        if self.settings.indirect == 0 {
            return Vec::new();
        }
        let fit = |node: &NodeId| *node != peer && view.believes_up(*node);
        let mut helpers: Vec<NodeId> = others(view).filter(fit).collect();
        ctx.luck.draw(Purpose::ProbeHelper, u64::from(view.me.0), round).shuffle(&mut helpers);
        helpers.truncate(self.settings.indirect as usize);
        helpers
    }

    /// The next of this pass, or of a new one; whoever has left meanwhile is passed over.
    fn next_in_turn(&mut self, ctx: &NodeCtx<'_>, view: &View, round: u64) -> Option<NodeId> {
        while let Some(next) = self.turn.pop() {
            if view.history().is_member(next) {
                return Some(next);
            }
        }
        self.turn.extend(others(view));
        ctx.luck.draw(Purpose::ProbePeer, u64::from(view.me.0), round).shuffle(&mut self.turn);
        self.turn.pop()
    }
}

/// All members but this node.
pub(super) fn others(view: &View) -> impl Iterator<Item = NodeId> + '_ {
    view.history().members().iter().copied().filter(|node| *node != view.me)
}

/// Uniform over the other members, without making a list of them.
fn any_other(ctx: &NodeCtx<'_>, view: &View, round: u64) -> Option<NodeId> {
    let members = view.history().members();
    let (mine, others) = match members.binary_search(&view.me) {
        Ok(mine) => (mine, members.len() - 1),
        Err(_) => (members.len(), members.len()),
    };
    if others == 0 {
        return None;
    }
    let mut draw = ctx.luck.draw(Purpose::ProbePeer, u64::from(view.me.0), round);
    let place = draw.below(others as u64) as usize;
    Some(members[place + usize::from(place >= mine)])
}

/// A leg of a ping by way of a third node has come to its end: begins the next one. Returns the
/// target once whoever wants to know has learnt that it answers.
pub fn on_relay(ctx: &mut NodeCtx<'_>, from: NodeId, relay: Relay) -> Option<NodeId> {
    let (to, leg) = match relay.leg {
        RelayLeg::Wanted => (relay.target, RelayLeg::Ping),
        RelayLeg::Ping => (from, RelayLeg::Pong),
        RelayLeg::Pong => (relay.asker, RelayLeg::Reached),
        RelayLeg::Reached => return Some(relay.target),
    };
    send(ctx, to, Membership::Relay(relay.then(leg)));
    None
}
