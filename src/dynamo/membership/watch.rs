//! Watching peers of one's own accord, whatever the traffic: not as in the paper, whose detector
//! goes by requests alone (section 4.8.3).
//!
//! What is found here is evidence; what follows from it, the tries and the end of a suspicion are
//! those of `detector.rs`.

use crate::dynamo::config::detection::Evidence;
use crate::dynamo::membership::accrual::Accrual;
use crate::dynamo::membership::probing::Probing;
use crate::dynamo::message::{Membership, Message};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::timer::Watch as Due;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;

/// The part of a node that watches its peers.
#[derive(Debug)]
pub enum Watch {
    Probing(Probing),
    Accrual(Box<Accrual>),
}

impl Watch {
    /// What a configuration asks for, if anything.
    pub fn new(evidence: &Evidence, me: NodeId, luck: &Luck) -> Option<Watch> {
        let rhythm = |interval| Rhythm::new(luck, Purpose::WatchPhase, u64::from(me.0), interval);
        match evidence {
            Evidence::Requests => None,
            Evidence::Probes(settings) => {
                Some(Watch::Probing(Probing::new(settings.clone(), rhythm(settings.period))))
            }
            Evidence::Accrual(settings) => {
                let accrual = Accrual::new(settings.clone(), rhythm(settings.heartbeat));
                Some(Watch::Accrual(Box::new(accrual)))
            }
        }
    }

    /// Waits for the first beat.
    pub fn start(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        match self {
            Watch::Probing(probing) => probing.start(ctx),
            Watch::Accrual(accrual) => accrual.start(ctx, view),
        }
    }

    /// The membership may have changed.
    pub fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        match self {
            Watch::Probing(_) => {}
            Watch::Accrual(accrual) => accrual.look(ctx, view),
        }
    }

    /// A timer is due. Returns the peer that has to be believed down for it, if any.
    pub fn on_due(&mut self, ctx: &mut NodeCtx<'_>, view: &View, due: Due) -> Option<NodeId> {
        match (self, due) {
            (Watch::Probing(probing), Due::Beat) => probing.on_beat(ctx, view),
            (Watch::Probing(probing), Due::Pinged { peer, round }) => {
                return probing.on_pinged(ctx, view, (peer, round));
            }
            (Watch::Probing(probing), Due::Relayed { peer, round }) => {
                return probing.give_up(view, (peer, round));
            }
            (Watch::Accrual(accrual), Due::Beat) => accrual.on_beat(ctx, view),
            (Watch::Accrual(accrual), Due::Overdue { peer, serial }) => {
                return accrual.on_overdue(ctx, view, (peer, serial));
            }
            (Watch::Probing(_), Due::Overdue { .. })
            | (Watch::Accrual(_), Due::Pinged { .. } | Due::Relayed { .. }) => {
                unreachable!("a node watches in one way only")
            }
        }
        None
    }

    /// A peer has answered a ping, of whatever round or purpose.
    pub fn on_pong(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        match self {
            Watch::Probing(probing) => probing.on_pong(peer),
            Watch::Accrual(accrual) => accrual.on_back(ctx, peer),
        }
    }

    /// A peer has sent a heartbeat.
    pub fn on_heartbeat(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        if let Watch::Accrual(accrual) = self {
            accrual.on_heartbeat(ctx, peer);
        }
    }

    /// A peer that was believed down has answered something.
    pub fn on_back(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        if let Watch::Accrual(accrual) = self {
            accrual.on_back(ctx, peer);
        }
    }
}

/// Sends a peer something about who answers.
pub(super) fn send(ctx: &mut NodeCtx<'_>, to: NodeId, message: Membership) {
    ctx.send(Address::Node(to), Message::Membership(message));
}
