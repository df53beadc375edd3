//! An administrator's commands as they reach a node (section 4.8.1).
//!
//! A leave of a node that is about to come in calls the join off, and only the node itself knows
//! whether it may: once others hold back for it what they have given, it goes by coming in first.
//! Whoever else is told so remembers it, and tells that node again and again until it goes.

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::membership::administration::obeyed;
use crate::dynamo::membership::gossip;
use crate::dynamo::message::{Command, Membership, Message};
use crate::dynamo::node::Node;
use crate::dynamo::ring::history::{Change, Status};
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};
use crate::time::Time;

impl Node {
    /// An administrator's command: who is concerned learns of it at once, the others by gossip.
    pub(super) fn on_command(&mut self, ctx: &mut NodeCtx<'_>, command: Command) {
        ctx.tell(|| Fact::Member(MemberFact::Commanded(command.clone())));
        if let Command::Leave(node) | Command::LeaveAgain { node, .. } = command
            && let Some(issued) = self.unfinished_join(node)
        {
            let is_that_join = match command {
                Command::LeaveAgain { issued: meant, .. } => meant == issued,
                _first => true,
            };
            if is_that_join {
                self.disk.leavers.insert(node, issued);
                self.pass_leave_on(ctx, (node, issued));
            }
            return;
        }
        let choice = self.choice(ctx);
        let Some(history) = obeyed(self.view.history(), &command, ctx.now, choice) else { return };
        self.adopt(ctx, history);
        let concerned = match command {
            Command::Join(node) | Command::Leave(node) => node,
            Command::Settle(settler) => settler.node,
            Command::Remove(_) | Command::LeaveAgain { .. } => return,
            Command::Replace { by, .. } => by,
        };
        if concerned != self.view.me {
            gossip::tell(ctx, concerned, self.view.history(), 0);
        }
    }

    /// Leaves that wait are told again to those who come, until these have begun to go.
    pub(super) fn repeat_leaves(&mut self, ctx: &mut NodeCtx<'_>) {
        for (node, issued) in self.disk.leavers.clone() {
            let is_in = |change: &&Change| {
                matches!(change.status, Status::Joining | Status::Member) && change.issued == issued
            };
            if self.view.history().change(node).filter(is_in).is_none() {
                self.disk.leavers.remove(&node);
            } else if node != self.view.me {
                self.pass_leave_on(ctx, (node, issued));
            } else if self.unfinished_join(node).is_none() {
                self.disk.leavers.remove(&node);
                self.on_command(ctx, Command::Leave(node));
            }
        }
    }

    /// Has it said to those who give that they shall give, so that its coming or going can no
    /// longer step back?
    pub(super) fn is_bound(&self) -> bool {
        let known = self.view.history();
        let committed = self.disk.committed.as_ref();
        committed.is_some_and(|committed| known.is_under_way(committed.transition))
    }

    /// When the join was issued by which a node comes in, if it cannot be called off from here.
    fn unfinished_join(&self, node: NodeId) -> Option<Time> {
        let change = self.view.history().change(node)?;
        let waits = node != self.view.me || self.is_bound();
        (change.status == Status::Joining && waits).then_some(change.issued)
    }

    fn pass_leave_on(&self, ctx: &mut NodeCtx<'_>, (node, issued): (NodeId, Time)) {
        if node != self.view.me {
            let command = Command::LeaveAgain { node, issued, turn: ctx.ran.0 };
            ctx.send(Address::Node(node), Message::Membership(Membership::Command(command)));
        }
    }
}
