//! Who belongs and who answers: messages about it, and what follows for the parts of a node.

use crate::dynamo::membership::probing::on_relay;
use crate::dynamo::message::Membership;
use crate::dynamo::node::Node;
use crate::dynamo::timer::Watch as Due;
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;

impl Node {
    pub(super) fn on_membership(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        from: NodeId,
        message: Membership,
    ) {
        match (message, &mut self.watch) {
            (Membership::Command(command), _) => self.on_command(ctx, command),
            (Membership::Relay(relay), watch) => {
                let Some(target) = on_relay(ctx, from, relay) else { return };
                if let Some(watch) = watch {
                    watch.on_pong(ctx, target);
                }
                self.on_sign_of_life(ctx, target);
            }
            (Membership::Heartbeat { .. }, watch) => {
                watch.iter_mut().for_each(|watch| watch.on_heartbeat(ctx, from));
            }
            (Membership::Pong { .. }, Some(watch)) => watch.on_pong(ctx, from),
            (message, _) => {
                let learnt = self.gossip.on_message(ctx, &self.view, from, message);
                learnt.into_iter().for_each(|history| self.learn(ctx, history));
            }
        }
    }

    /// A peer shows that it answers: whatever waited for that goes on.
    pub(super) fn on_sign_of_life(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        if !self.detector.on_answer(ctx, &mut self.view, peer) {
            return;
        }
        if let Some(part) = &mut self.handoff {
            part.on_up(ctx, &self.view, &self.disk.hints);
        }
        if let Some(watch) = &mut self.watch {
            watch.on_back(ctx, peer);
        }
    }

    pub(super) fn start_watch(&mut self, ctx: &mut NodeCtx<'_>) {
        if let Some(watch) = &mut self.watch {
            watch.start(ctx, &self.view);
        }
    }

    pub(super) fn on_watch_due(&mut self, ctx: &mut NodeCtx<'_>, due: Due) {
        let Some(watch) = &mut self.watch else { return };
        if let Some(peer) = watch.on_due(ctx, &self.view, due) {
            self.detector.on_evidence(ctx, &mut self.view, peer);
            self.react_to_belief(ctx, peer);
        }
    }
}
