//! Section 4.9: a node that comes or goes carries that through; and any node takes the ranges that
//! become its own.
//!
//! The one that comes or goes waits until all who give ranges are prepared, lets them all give at
//! once, and announces the change when they have. Until it has let them, it steps back for any
//! change that was issued earlier, and begins anew on another ring; from then on it does neither.

use std::collections::BTreeMap;

use crate::dynamo::config::RangeTransfer;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::dynamo::handoff::giving::send;
use crate::dynamo::message::moving::{DealName, Moving};
use crate::dynamo::ring::history::Transition;
use crate::dynamo::ring::range::KeyRange;
use crate::dynamo::storage::disk::{Committed, Confirmed, Disk};
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;

/// The part of a node that carries its own coming or going through.
#[derive(Debug)]
pub struct Carrying {
    settings: RangeTransfer,
    /// What each of those who give has said last.
    heard: BTreeMap<NodeId, Heard>,
    armed: bool,
    /// How often it has let somebody take over.
    turn: u32,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    deal: DealName,
    given: bool,
}

impl Carrying {
    /// Nothing to carry through yet.
    pub fn new(settings: RangeTransfer) -> Carrying {
        Carrying { settings, heard: BTreeMap::new(), armed: false, turn: 0 }
    }

    /// The membership has changed, or the node has just started. True if its own coming or going
    /// is over, because nobody has anything to give.
    pub fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View, disk: &mut Disk) -> bool {
        match mine(view) {
            Some(own) => {
                if !std::mem::replace(&mut self.armed, true) {
                    ctx.arm(self.settings.retry, Timer::Carrying);
                }
                self.go_on(ctx, view, disk, own)
            }
            None => {
                self.heard.clear();
                false
            }
        }
    }

    /// Somebody who gives is prepared.
    pub fn on_prepared(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (view, disk): (&View, &mut Disk),
        (from, deal, turn): (NodeId, DealName, u32),
    ) -> bool {
        let first = view.history().transition() == Some(deal.transition);
        let stands = first && view.history().membership() == deal.membership;
        if !stands && committed(disk, deal.transition).is_none() {
            send(ctx, from, Moving::Withdraw { deal, turn });
            return false;
        }
        self.hear(ctx, (view, disk), from, Heard { deal, given: false })
    }

    /// Somebody has given all that it had to give.
    pub fn on_given(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (view, disk): (&View, &mut Disk),
        (from, deal): (NodeId, DealName),
    ) -> bool {
        self.hear(ctx, (view, disk), from, Heard { deal, given: true })
    }

    /// Says again what may have been lost.
    pub fn on_due(&mut self, ctx: &mut NodeCtx<'_>, view: &View, disk: &mut Disk) -> bool {
        self.armed = false;
        self.look(ctx, view, disk)
    }

    fn hear(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        (view, disk): (&View, &mut Disk),
        from: NodeId,
        heard: Heard,
    ) -> bool {
        match mine(view) {
            Some(own) if own == heard.deal.transition => {
                self.heard.insert(from, heard);
                self.go_on(ctx, view, disk, own)
            }
            _ => false,
        }
    }

    /// Goes as far as what was heard allows. True if all is over.
    fn go_on(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        disk: &mut Disk,
        own: Transition,
    ) -> bool {
        let first = view.history().transition() == Some(own);
        let (mut givers, bound) = match committed(disk, own) {
            Some(committed) => (committed.givers.clone(), true),
            None if first => (givers(view), false),
            None => return false,
        };
        // Who was taken for dead before it gave may never come back to do so.
        givers.retain(|giver| !view.history().removed().contains(giver));
        let membership = view.history().membership();
        let stands = |heard: &Heard| heard.given || bound || heard.deal.membership == membership;
        let heard = |giver: &NodeId| self.heard.get(giver).copied().filter(stands);
        let all: Vec<Heard> = givers.iter().filter_map(heard).collect();
        if all.len() == givers.len() && all.iter().all(|heard| heard.given) {
            return true;
        }
        if all.len() == givers.len() && !bound {
            ctx.tell(|| Fact::Member(MemberFact::Bound { transition: own }));
            disk.committed = Some(Committed { transition: own, givers: givers.clone() });
        }
        if committed(disk, own).is_some() {
            let waiting = givers.iter().filter_map(|giver| Some((*giver, heard(giver)?)));
            for (giver, heard) in waiting.filter(|(_, heard)| !heard.given) {
                send(ctx, giver, Moving::TakeOver { deal: heard.deal, turn: self.turn });
            }
            self.turn += 1;
        }
        false
    }
}

/// Those who have to give something for the transition under way.
fn givers(view: &View) -> Vec<NodeId> {
    let mut givers: Vec<NodeId> = view.moves().iter().map(|it| it.from).collect();
    givers.sort_unstable();
    givers.dedup();
    givers
}

/// What was committed to, if it is this.
fn committed(disk: &Disk, transition: Transition) -> Option<&Committed> {
    disk.committed.as_ref().filter(|committed| committed.transition == transition)
}

/// The coming or going of this node itself, if it is told to and that is not over.
fn mine(view: &View) -> Option<Transition> {
    let issued = view.history().change(view.me)?.issued;
    let own = Transition { issued, node: view.me };
    view.history().is_under_way(own).then_some(own)
}

/// Ranges are offered to this node. It confirms them if it expects them from whom they come, which
/// only one node is: so nothing is sent twice.
pub fn on_offer(
    ctx: &mut NodeCtx<'_>,
    (view, disk): (&View, &mut Disk),
    (from, deal, turn): (NodeId, DealName, u32),
    ranges: Vec<KeyRange>,
) {
    let history = view.history();
    let same =
        history.transition() == Some(deal.transition) && history.membership() == deal.membership;
    let expected = |range: &KeyRange| {
        let moves = view.moves();
        moves.iter().any(|it| it.range == *range && it.from == from && it.to == view.me)
    };
    if same && ranges.iter().all(expected) {
        let confirmed = Confirmed { transition: deal.transition, ranges };
        if !disk.confirmed.contains(&confirmed) {
            disk.confirmed.push(confirmed);
        }
        send(ctx, from, Moving::Confirm { deal, turn });
    }
}
