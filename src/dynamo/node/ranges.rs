//! What a change of the membership sets going at a node: tokens are chosen, ranges given, taken and
//! released, and requests for what was given are passed on.

use std::rc::Rc;

use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::handoff::carrying::on_offer;
use crate::dynamo::handoff::giving::send;
use crate::dynamo::job::{Job, Receipt, Receive};
use crate::dynamo::membership::administration::{Choice, ended, obeyed, prepared};
use crate::dynamo::membership::gossip;
use crate::dynamo::message::Command;
use crate::dynamo::message::moving::{DealName, Moving};
use crate::dynamo::node::Node;
use crate::dynamo::replica::hinted::add_hint;
use crate::dynamo::ring::history::{History, Status};
use crate::dynamo::ring::range::{Ranges, moves};
use crate::dynamo::storage::disk::{Given, Lack};
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::words::NodeCtx;
use crate::id::{Key, NodeId};

impl Node {
    /// A peer has left a request unanswered: that is this node's own affair, and changes nobody's
    /// membership. It is held against nobody where there is other evidence.
    pub(super) fn on_silence(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        if self.watch.is_none() {
            self.detector.on_silence(ctx, &mut self.view, peer);
            self.react_to_belief(ctx, peer);
        }
    }

    /// What a planted bug makes of one who is believed down.
    pub(super) fn react_to_belief(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        if self.config.planted.is(Plant::FdDownChangesRing) && !self.view.believes_up(peer) {
            let removal = Command::Remove(peer);
            let history = obeyed(self.view.history(), &removal, ctx.now, self.choice(ctx));
            history.into_iter().for_each(|history| self.adopt(ctx, history));
        }
    }

    pub(super) fn choice<'a>(&'a self, ctx: &NodeCtx<'a>) -> Choice<'a> {
        let (settings, planted) = (&self.config.partitioning, self.config.planted);
        Choice { settings, luck: ctx.luck, planted }
    }

    /// Changes the membership.
    pub(super) fn adopt(&mut self, ctx: &mut NodeCtx<'_>, history: Rc<History>) {
        ctx.announce(Fact::Announced { history: Rc::clone(&history) });
        self.learn(ctx, history);
    }

    /// Takes a newer history for true, and does what follows.
    pub(super) fn learn(&mut self, ctx: &mut NodeCtx<'_>, history: Rc<History>) {
        let before = Rc::clone(self.view.history());
        let history = match self.config.planted.is(Plant::GossipResurrectsRemoved) {
            true => history.without_removed(),
            false => history,
        };
        self.disk.history = Rc::clone(&history);
        self.view.learn(history);
        self.gossip.on_news();
        self.tell_belief(ctx);
        if before.membership() != self.view.history().membership() {
            ctx.tell(|| Fact::Believes { history: Rc::clone(self.view.history()) });
        }
        self.note_lacking(&before);
        let (ranges, keys) = self.cut_trees();
        if ranges > 0 {
            ctx.tell(|| Fact::Replanted { ranges, keys });
        }
        if let Some(watch) = &mut self.watch {
            watch.look(ctx, &self.view);
        }
        self.settle_ranges(ctx);
    }

    /// Tells what it takes for true.
    pub(super) fn tell_belief(&self, ctx: &mut NodeCtx<'_>) {
        let (history, ring) = (self.view.history(), self.view.ring());
        let belief = || MemberFact::Believes { history: history.clone(), ring: ring.cloned() };
        ctx.tell(|| Fact::Member(belief()));
    }

    /// Goes on with whatever the membership asks for.
    pub(super) fn settle_ranges(&mut self, ctx: &mut NodeCtx<'_>) {
        let choice = self.choice(ctx);
        let known = self.view.history();
        if !self.is_bound()
            && let Some(history) = prepared(known, self.view.me, choice)
        {
            return self.adopt(ctx, history);
        }
        self.disk.confirmed.retain(|it| known.is_under_way(it.transition));
        self.expected = self.expected_ranges();
        if self.view.history().transition().is_none() {
            self.relayed.clear();
        }
        self.release_strays(ctx);
        self.giving.look(ctx, &self.view, &mut self.disk);
        let over = self.carrying.look(ctx, &self.view, &mut self.disk);
        self.refill.look(ctx, &self.view, &mut self.disk);
        if over {
            self.end_transition(ctx);
        }
    }

    fn expected_ranges(&self) -> Ranges {
        if self.view.history().transition().is_none() {
            return Ranges::default();
        }
        let moves = self.view.moves();
        let mine = moves.iter().filter(|it| it.to == self.view.me);
        Ranges::new(mine.map(|it| (it.range, it.from)))
    }

    /// Is this key about to become this node's own?
    pub(super) fn expects(&self, key: Key) -> bool {
        let position = self.disk.store.position(key);
        let mut confirmed = self.disk.confirmed.iter().flat_map(|it| &it.ranges);
        self.expected.partner(position).is_some() || confirmed.any(|it| it.contains(position))
    }

    fn end_transition(&mut self, ctx: &mut NodeCtx<'_>) {
        self.disk.committed = None;
        let history = ended(self.view.history(), self.view.me);
        self.adopt(ctx, history);
    }

    /// What this node is a home of now in place of a dead one, and of which others hold copies.
    fn note_lacking(&mut self, before: &History) {
        let history = Rc::clone(self.view.history());
        let Some(ring) = self.view.ring().map(Rc::clone) else { return };
        let was_there = |node: NodeId| {
            let replaced = history.change(self.view.me).and_then(|own| own.in_place_of);
            before.is_member(node) || before.ring_is_unknown() && replaced == Some(node)
        };
        let removed = history.removed().iter().copied();
        let dead: Vec<NodeId> = removed.filter(|node| was_there(*node)).collect();
        if dead.is_empty() {
            return;
        }
        // As it was with the dead, and without those who came in their place.
        let heir = |node: &NodeId| {
            let place = history.change(*node).and_then(|change| change.in_place_of);
            place.is_some_and(|place| dead.contains(&place))
        };
        let mut nodes: Vec<NodeId> =
            history.members().iter().copied().filter(|node| !heir(node)).collect();
        nodes.extend(&dead);
        nodes.sort_unstable();
        let then = self.view.ring_of(&nodes);
        for gained in moves(&then, &ring).iter().filter(|it| it.to == self.view.me) {
            let range = gained.range;
            let others = ring.homes(ring.range_at(range.to)).iter();
            let held = then.homes(then.range_at(range.to));
            for &survivor in others.filter(|home| **home != self.view.me && held.contains(home)) {
                self.disk.lacking.push(Lack::new(range, survivor));
            }
        }
    }

    /// Copies that are no longer this node's go; those that may not have arrived where they belong
    /// are kept for their homes as hints.
    fn release_strays(&mut self, ctx: &mut NodeCtx<'_>) {
        let idle = self.view.history().is_founding() || self.disk.store.is_empty();
        if idle || self.view.ring().is_none() {
            return;
        }
        let keys: Vec<Key> = self.disk.store.held().map(|(key, _)| key).collect();
        keys.into_iter().for_each(|key| self.release_if_stray(ctx, key));
    }

    /// Lets a copy go that belongs to others, unless it may be about to become one's own.
    pub(super) fn release_if_stray(&mut self, ctx: &mut NodeCtx<'_>, key: Key) {
        let Some(ring) = self.view.ring() else { return };
        let position = self.disk.store.position(key);
        if self.config.planted.is(Plant::CleanupBeforeTransferDone)
            && self.giving.is_to_be_given(position)
        {
            let change = self.disk.store.release(key);
            return change.into_iter().for_each(|change| ctx.tell(|| Fact::Released { change }));
        }
        let range = ring.range_of(key);
        if ring.is_home(self.view.me, range) || self.expects(key) {
            return;
        }
        let moving = self.view.history().transition().is_some();
        let still_given = self.open_gift(key);
        // Who was taken for dead since may have taken along what was given to it, and where others
        // were, it may be no home any more.
        let stays = |to: &NodeId| !self.is_taken_out(*to) && ring.is_home(*to, range);
        let partner = self.given_to(key).filter(stays);
        if still_given || partner.is_none() && moving {
            return;
        }
        let Some(digest) = self.disk.store.get(key).map(|set| set.digest()) else { return };
        let gives = self.disk.store.to_give(key).is_some();
        let arrived = partner.is_some_and(|to| !gives || self.giving.has_arrived(to, key, digest));
        let homes: Vec<NodeId> = match partner {
            _ if arrived => Vec::new(),
            Some(partner) => vec![partner],
            None => ring.homes(range).to_vec(),
        };
        // Where nobody delivers hints, a stray copy is better than none.
        if !arrived && self.handoff.is_none() {
            return;
        }
        // Hints first: at no moment is there a copy less.
        if let Some(set) = self.disk.store.get(key).map(Rc::clone) {
            for target in homes {
                let hint = Hint { target, key, set: Rc::clone(&set) };
                add_hint(ctx, &self.config, &mut self.disk, hint);
            }
        }
        self.replica.writes_to_disk(&mut self.disk, (key, None));
        let Some(change) = self.disk.store.release(key) else { return };
        self.replica.forget(key, None);
        ctx.tell(|| Fact::Released { change });
    }

    fn is_taken_out(&self, node: NodeId) -> bool {
        let change = self.view.history().change(node);
        change.is_some_and(|change| change.status == Status::Removed)
    }

    /// Hints for those who are no members any more go to the homes that there are now.
    pub(super) fn retarget_hints(&mut self, ctx: &mut NodeCtx<'_>) {
        if self.view.history().is_founding() || self.disk.hints.is_empty() {
            return;
        }
        let hints = self.disk.hints.iter().map(|(key, target, _)| (key, target));
        let lost: Vec<(Key, NodeId)> = hints.filter(|(_, target)| self.is_gone(*target)).collect();
        lost.into_iter().for_each(|(key, target)| self.retarget(ctx, key, target));
    }

    /// A hint was read: its target may have gone while the disk was busy.
    pub(super) fn on_hint_read(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (target, scan, key): (NodeId, u64, Key),
    ) {
        if self.is_gone(target) {
            self.retarget(ctx, key, target);
        }
        if let Some(part) = &mut self.handoff {
            part.on_read(ctx, &self.disk.hints, (target, scan, key));
        }
    }

    /// Is the target of a hint no member any more?
    fn is_gone(&self, target: NodeId) -> bool {
        let first = self.handoff.as_ref().and_then(|part| part.first_known());
        let history = first.unwrap_or(self.view.history());
        let status = history.change(target).map(|change| change.status);
        matches!(status, Some(Status::Removed | Status::Left))
    }

    fn retarget(&mut self, ctx: &mut NodeCtx<'_>, key: Key, target: NodeId) {
        let Some(ring) = self.view.ring().map(Rc::clone) else { return };
        let Some(set) = self.disk.hints.get(key, target).map(Rc::clone) else { return };
        // What it melts into is told of next.
        ctx.tell(|| Fact::HintSuperseded { hint: Hint { target, key, set: Rc::clone(&set) } });
        let purged = self.config.planted.is(Plant::HintPurgedWhenTargetRemoved);
        let homes = ring.homes(ring.range_of(key)).iter().filter(|_| !purged);
        for &home in homes {
            let set = Rc::clone(&set);
            if home == self.view.me {
                let (config, disk) = (&self.config, &mut self.disk);
                self.replica.keep(ctx, config, disk, (key, set), Cause::Handoff);
                // Part of it may be promised to another by now.
                self.giving.on_changed(ctx, &mut self.disk, key);
            } else {
                let hint = Hint { target: home, key, set };
                add_hint(ctx, &self.config, &mut self.disk, hint);
            }
        }
        self.replica.writes_to_disk(&mut self.disk, (key, Some(target)));
        self.disk.hints.remove(key, target);
        self.replica.forget(key, Some(target));
    }

    /// Is this key in a range that was given for a transition which is not over?
    pub(super) fn open_gift(&self, key: Key) -> bool {
        let position = self.disk.store.position(key);
        let open = |given: &Given| {
            given.ranges.partner(position).is_some()
                && self.view.history().is_under_way(given.transition)
        };
        self.disk.given.iter().any(open)
    }

    /// To whom this node has given the range of a key, if it is not its own again.
    pub(super) fn given_to(&self, key: Key) -> Option<NodeId> {
        let position = self.disk.store.position(key);
        let last = self.disk.given.iter().rev().find_map(|given| {
            let partner = given.ranges.partner(position)?;
            let open = self.view.history().is_under_way(given.transition);
            (open || !self.view.is_home(key)).then_some(partner)
        });
        last.filter(|partner| *partner != self.view.me)
    }

    /// Ranges are on the move.
    pub(super) fn on_moving(&mut self, ctx: &mut NodeCtx<'_>, from: NodeId, message: Moving) {
        match message {
            Moving::Offer { deal, turn, ranges } => {
                on_offer(ctx, (&self.view, &mut self.disk), (from, deal, turn), ranges);
            }
            Moving::Confirm { deal, .. } => {
                self.giving.on_confirmed(ctx, &mut self.disk, (from, deal))
            }
            Moving::Transfer { deal, batch, sets } => {
                let receipt = Receipt::Transfer { deal, batch };
                ctx.submit(Job::Receive(Box::new(Receive { from, sets, receipt })));
            }
            Moving::Transferred { deal, batch, digests } => {
                self.giving.on_transferred(ctx, &mut self.disk, (from, deal), batch, digests);
            }
            Moving::Prepared { deal, turn } | Moving::Given { deal, turn }
                if self.is_past(deal) =>
            {
                gossip::tell(ctx, from, self.view.history(), turn);
            }
            Moving::Prepared { deal, turn } => {
                let mine = (&self.view, &mut self.disk);
                if self.carrying.on_prepared(ctx, mine, (from, deal, turn)) {
                    self.end_transition(ctx);
                }
            }
            Moving::Given { deal, .. } => {
                let mine = (&self.view, &mut self.disk);
                if self.carrying.on_given(ctx, mine, (from, deal)) {
                    self.end_transition(ctx);
                }
            }
            Moving::TakeOver { deal, .. } => {
                self.giving.on_take_over(ctx, &self.view, &mut self.disk, deal);
            }
            Moving::Withdraw { deal, .. } => {
                self.giving.on_withdrawn(ctx, &self.view, &mut self.disk, deal);
            }
            Moving::Pass(pass) => self.on_pass(ctx, from, pass),
            Moving::Ask { range, after, serial } => {
                self.refill.on_ask(ctx, &self.disk, from, (range, after, serial));
            }
            Moving::Filled { range, sets, more, serial } => {
                let receipt = Receipt::Filled { range, more, serial };
                ctx.submit(Job::Receive(Box::new(Receive { from, sets, receipt })));
            }
        }
    }

    /// Is this node's coming or going that the deal is about over?
    fn is_past(&self, deal: DealName) -> bool {
        !self.view.history().is_under_way(deal.transition)
    }

    /// Copies of a range are kept.
    pub(super) fn on_received(&mut self, ctx: &mut NodeCtx<'_>, received: Receive) {
        let Receive { from, sets, receipt } = received;
        let digests: Vec<(Key, u64)> = sets.iter().map(|(key, set)| (*key, set.digest())).collect();
        self.replica.receive(ctx, &self.config, &mut self.disk, sets);
        // What has come late may belong to another by now.
        digests.iter().for_each(|(key, _)| self.on_written(ctx, *key));
        match receipt {
            Receipt::Transfer { deal, batch } => {
                send(ctx, from, Moving::Transferred { deal, batch, digests });
            }
            Receipt::Filled { range, more, serial } => {
                self.refill.on_kept(ctx, &mut self.disk, from, (range, more, serial));
            }
        }
    }

    /// A copy was written: who is to have it next gets it too, and a stray goes on.
    pub(super) fn on_written(&mut self, ctx: &mut NodeCtx<'_>, key: Key) {
        self.giving.on_changed(ctx, &mut self.disk, key);
        self.release_if_stray(ctx, key);
    }

    pub(super) fn on_carrying_due(&mut self, ctx: &mut NodeCtx<'_>) {
        if self.carrying.on_due(ctx, &self.view, &mut self.disk) {
            self.end_transition(ctx);
        }
    }
}
