//! Hints as they arrive, and as their arrival is confirmed (section 4.6).

use crate::dynamo::job::Job;
use crate::dynamo::message::{Handoff, Message};
use crate::dynamo::node::Node;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};

impl Node {
    pub(super) fn on_handoff(&mut self, ctx: &mut NodeCtx<'_>, from: NodeId, message: Handoff) {
        match message {
            // The range was given away: it is its new home that has to confirm.
            Handoff::Deliver { scan, key, set } if self.open_gift(key) => {
                match self.given_to(key) {
                    Some(partner) => {
                        self.relayed.insert((partner, key, scan), from);
                        let deliver = Handoff::Deliver { scan, key, set };
                        ctx.send(Address::Node(partner), Message::Handoff(deliver));
                    }
                    None => ctx.submit(Job::Accept { from, scan, key, set }),
                }
            }
            Handoff::Deliver { scan, key, set } => ctx.submit(Job::Accept { from, scan, key, set }),
            Handoff::Delivered { scan, key, digest } => {
                self.on_delivered(ctx, from, (scan, key, digest));
            }
        }
    }

    fn on_delivered(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        from: NodeId,
        (scan, key, digest): (u64, Key, u64),
    ) {
        if let Some(waits) = self.relayed.remove(&(from, key, scan)) {
            let delivered = Handoff::Delivered { scan, key, digest };
            ctx.send(Address::Node(waits), Message::Handoff(delivered));
        }
        if let Some(part) = &mut self.handoff {
            part.on_delivered(ctx, &self.disk.hints, from, (scan, key, digest));
        }
    }
}
