//! What coordinators ask of a node as a home: done here, passed on to whom the range was given to,
//! or declined.

use std::rc::Rc;

use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::{MemberFact, Unfit};
use crate::dynamo::handoff::giving::send;
use crate::dynamo::handoff::refill::is_lacking;
use crate::dynamo::job::Job;
use crate::dynamo::membership::gossip;
use crate::dynamo::message::moving::{Moving, Pass, Passed};
use crate::dynamo::message::{Message, ToCoordinator, ToReplica};
use crate::dynamo::node::Node;
use crate::dynamo::ring::history::Status;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};

impl Node {
    /// A coordinator wants something of this replica: it is done here, or by the home that the
    /// range was given to, or declined.
    pub(super) fn on_replica(&mut self, ctx: &mut NodeCtx<'_>, from: Address, asked: ToReplica) {
        let plain = self.disk.given.is_empty() && self.disk.lacking.is_empty();
        if plain || asked.stand_in_for().is_some() {
            return self.do_here(ctx, from, asked);
        }
        let (key, position) = (asked.key(), self.disk.store.position(asked.key()));
        let partner = self.given_to(key).filter(|_| !self.keeps_to_itself(&asked));
        if let Some(partner) = partner {
            let held = self.disk.store.get(key).map(Rc::clone);
            let (home, through) = (self.view.me, Vec::new());
            let pass = Pass { home, to: from, through, held, request: asked };
            ctx.tell(|| Fact::Passed);
            return self.pass_on(ctx, partner, pass);
        }
        let answers_early = self.config.planted.is(Plant::HandoffServeBeforeComplete);
        match asked {
            ToReplica::Fetch { ticket, attempt, .. }
                if is_lacking(&self.view, &self.disk, position) && !answers_early =>
            {
                ctx.tell(|| Fact::Declined);
                let declined = ToCoordinator::Declined { ticket, attempt };
                ctx.send(from, Message::Coordinator(declined));
            }
            asked => {
                self.tell_unfit(ctx, &asked);
                self.do_here(ctx, from, asked);
            }
        }
    }

    /// Somebody passes a request on to this node, which passes it on in turn if it has given the
    /// range away since.
    pub(super) fn on_pass(&mut self, ctx: &mut NodeCtx<'_>, from: NodeId, pass: Pass) {
        let key = pass.request.key();
        // Who gave it to this node must not get it back.
        let partner = self.given_to(key).filter(|_| !self.expects(key));
        match partner {
            Some(partner) if pass.through.contains(&partner) && !self.passes_back() => {
                self.on_passed_back(ctx, from, pass);
            }
            Some(partner) => self.pass_on(ctx, partner, pass),
            None => ctx.submit(Job::Passed(Box::new(pass))),
        }
    }

    /// Nodes take each other for the new home of a range that none of them has any more: one has
    /// not heard of the last changes, or one was taken for dead after all the others had given it
    /// away. A read is declined, and a write is taken here, to go on from here as a stray.
    fn on_passed_back(&self, ctx: &mut NodeCtx<'_>, from: NodeId, pass: Pass) {
        gossip::tell(ctx, from, self.view.history(), 0);
        let Pass { home, to, request, .. } = &pass;
        let ToReplica::Fetch { ticket, attempt, .. } = *request else {
            return ctx.submit(Job::Passed(Box::new(pass)));
        };
        ctx.tell(|| Fact::Declined);
        let answer = ToCoordinator::Declined { ticket, attempt };
        let passed = Passed { home: *home, attempt, answer };
        ctx.send(*to, Message::Coordinator(ToCoordinator::For(Box::new(passed))));
    }

    /// Does it, by a bug, pass on to who has just passed it on?
    fn passes_back(&self) -> bool {
        self.config.planted.is(Plant::PassedBackAndForth)
    }

    /// Does it, by a bug, itself what it should pass on?
    fn keeps_to_itself(&self, asked: &ToReplica) -> bool {
        let left = || {
            let change = self.view.history().change(self.view.me);
            change.is_some_and(|change| change.status == Status::Left)
        };
        match self.config.planted.plant() {
            Some(Plant::LeaveBeforeOthersKnow) => left(),
            Some(Plant::WriteOnlyToOldOwners) => !matches!(asked, ToReplica::Fetch { .. }),
            _none => false,
        }
    }

    /// Tells, if so, that what is asked is done with a copy that is not whole.
    fn tell_unfit(&self, ctx: &mut NodeCtx<'_>, asked: &ToReplica) {
        let (key, read) = (asked.key(), matches!(asked, ToReplica::Fetch { .. }));
        let position = self.disk.store.position(key);
        let open = self.disk.lacking.iter().filter(|lack| lack.range.contains(position));
        let survivors: Vec<NodeId> = open.map(|lack| lack.survivor).collect();
        let why = match (self.given_to(key), survivors) {
            (Some(_), _) => Unfit::GivenAway,
            (None, survivors) if survivors.is_empty() => return,
            (None, survivors) => Unfit::Unfilled { survivors },
        };
        ctx.tell(|| Fact::Member(MemberFact::Unfit { key, why, read }));
    }

    fn do_here(&mut self, ctx: &mut NodeCtx<'_>, from: Address, asked: ToReplica) {
        let (key, for_another) = (asked.key(), asked.stand_in_for());
        if let (Some(part), Some(target)) = (&mut self.handoff, for_another) {
            part.on_used(ctx, target);
        }
        let (config, disk) = (&*self.config, &mut self.disk);
        self.replica.on_message(ctx, config, disk, (from, asked));
        // What is kept in memory is no job that would be finished later.
        let at_once = self.replica.is_buffered() && for_another.is_none();
        if at_once {
            self.on_written(ctx, key);
        }
    }

    /// Passes a request on to the home that the range was given to.
    fn pass_on(&self, ctx: &mut NodeCtx<'_>, partner: NodeId, mut pass: Pass) {
        pass.through.push(self.view.me);
        let (attempt, home) = (pass.request.attempt(), pass.home);
        let (to, times) = (partner, pass.through.len() as u32);
        ctx.tell(|| Fact::Member(MemberFact::PassedOn { attempt, home, to, times }));
        send(ctx, partner, Moving::Pass(pass));
    }
}
