//! Section 4.8.3: the failure detector, purely local.
//!
//! A peer that leaves requests unanswered is believed down, whatever others think of it; it is
//! tried again now and then, and any answer of it clears it. Without traffic nobody is suspected,
//! and nobody needs to be. Other evidence than silence comes from `watch.rs`, where it is wanted.

use crate::digest::digest_of;
use crate::dynamo::config::FailureDetection;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::message::{Membership, Message};
use crate::dynamo::timer::Timer;
use crate::dynamo::view::{Suspicion, View};
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};
use crate::time::Duration;

/// Where no request was left unanswered.
const NOTHING: Suspicion = Suspicion { unanswered: 0, down: false, serial: 0 };

/// The part of a node that decides who is believed down.
#[derive(Debug)]
pub struct Detector {
    settings: FailureDetection,
    last_serial: u32,
    planted: Planted,
}

impl Detector {
    /// Suspects nobody yet.
    pub fn new(settings: FailureDetection, planted: Planted) -> Detector {
        Detector { settings, last_serial: 0, planted }
    }

    /// A peer has left a request unanswered.
    pub fn on_silence(&mut self, ctx: &mut NodeCtx<'_>, view: &mut View, peer: NodeId) {
        let mut held = view.suspicion(peer).unwrap_or(NOTHING);
        held.unanswered += 1;
        ctx.tell(|| Fact::Member(MemberFact::Unanswered { peer }));
        if !held.down && held.unanswered >= self.settings.after {
            self.believe_down(ctx, peer, &mut held);
        }
        view.set_suspicion(peer, Some(held));
    }

    /// There is other evidence that a peer is down (`probing.rs`, `accrual.rs`).
    pub fn on_evidence(&mut self, ctx: &mut NodeCtx<'_>, view: &mut View, peer: NodeId) {
        let mut held = view.suspicion(peer).unwrap_or(NOTHING);
        if !held.down {
            self.believe_down(ctx, peer, &mut held);
            view.set_suspicion(peer, Some(held));
        }
    }

    fn believe_down(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId, held: &mut Suspicion) {
        self.last_serial += 1;
        held.down = true;
        held.serial = self.last_serial;
        ctx.tell(|| Fact::Suspected { peer });
        self.arm_probe(ctx, peer, held.serial, 0);
    }

    /// A peer has answered something: nothing is held against it any more. True if it was believed
    /// down.
    pub fn on_answer(&self, ctx: &mut NodeCtx<'_>, view: &mut View, peer: NodeId) -> bool {
        let Some(held) = view.suspicion(peer) else { return false };
        if held.down && self.planted.is(Plant::FdNeverRecovers) {
            return false;
        }
        view.set_suspicion(peer, None);
        ctx.tell(|| match held.down {
            true => Fact::Cleared { peer },
            false => Fact::Member(MemberFact::Answered { peer }),
        });
        held.down
    }

    /// Time to try a peer again, if it is still the same suspicion.
    pub fn on_probe(
        &self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        (peer, serial, count): (NodeId, u32, u32),
    ) {
        if view.suspicion(peer).is_none_or(|held| !held.down || held.serial != serial) {
            return;
        }
        let probe = digest_of([u64::from(serial), u64::from(count)]);
        ctx.send(Address::Node(peer), Message::Membership(Membership::Ping { probe }));
        self.arm_probe(ctx, peer, serial, count + 1);
    }

    fn arm_probe(&self, ctx: &mut NodeCtx<'_>, peer: NodeId, serial: u32, count: u32) {
        let doubled = self.settings.retry.0.saturating_mul(1 << count.min(32));
        let pause = Duration(doubled).min(self.settings.retry_limit);
        ctx.arm(pause, Timer::Probe { peer, serial, count });
    }
}
