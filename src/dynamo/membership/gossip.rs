//! Section 4.8.1: each second, each node reconciles its membership history with a random peer's.
//!
//! Digests first, as it is set by default; only histories that differ travel. With `rumours` nodes
//! tell what interests them instead (`rumours.rs`), and reconcile now and then at most.

use std::rc::Rc;

use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::config::{Exchange, Gossip as Settings, Spread};
use crate::dynamo::membership::groups;
use crate::dynamo::membership::rumours::Interest;
use crate::dynamo::message::{Membership, Message, Rumour};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::ring::history::History;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, NodeId};
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// One round in this many goes to a seed instead of a random member, so that nobody drifts apart.
const SEED_ROUND: u64 = 10;

/// The part of a node that gossips.
#[derive(Debug)]
pub struct Gossip {
    settings: Settings,
    rhythm: Rhythm,
    planted: Planted,
    /// Where it can be lost.
    interest: Option<Box<Interest>>,
}

impl Gossip {
    /// Gossips in this rhythm.
    pub fn new(settings: Settings, rhythm: Rhythm, planted: Planted) -> Gossip {
        let interest = settings.rumours.clone().map(|rumours| Box::new(Interest::new(rumours)));
        Gossip { settings, rhythm, planted, interest }
    }

    /// Waits for the first round. A node that knows nobody asks a seed at once.
    pub fn start(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        ctx.arm(self.rhythm.until_next(ctx.ran), Timer::Gossip);
        if !view.history().is_founding() {
            self.on_news();
        }
        if view.ring().is_none() {
            let round = self.rhythm.round(ctx.ran);
            self.contact(ctx, view, (round, round));
        }
    }

    /// The history has changed, by whatever way.
    pub fn on_news(&mut self) {
        if let Some(interest) = &mut self.interest {
            interest.take();
        }
    }

    /// Contacts one peer.
    pub fn on_round(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        ctx.arm(self.rhythm.until_another(ctx.ran), Timer::Gossip);
        let round = self.rhythm.round(ctx.ran);
        let reconciliation = match &self.interest {
            Some(interest) if view.ring().is_some() => interest.reconciliation(round),
            Some(_) | None => Some(round),
        };
        match reconciliation {
            Some(turn) => self.contact(ctx, view, (round, turn)),
            None => self.on_rumour_round(ctx, view, round),
        }
    }

    /// Tells what is of interest, or asks for it.
    fn on_rumour_round(&mut self, ctx: &mut NodeCtx<'_>, view: &View, round: u64) {
        let Some(interest) = &mut self.interest else { return };
        let asks = self.settings.spread == Spread::Pull;
        interest.begin_round();
        if asks {
            interest.end_asking(ctx, view.me, round);
        }
        if !asks && !interest.is_hot() {
            return;
        }
        let mut draw = ctx.luck.draw(Purpose::GossipPeer, u64::from(view.me.0), round);
        let Some(peer) = any_peer(&mut draw, view) else { return };
        let history = Rc::clone(view.history());
        if !asks && !interest.feedback() {
            interest.on_vain(ctx, view.me, round);
        }
        let rumour = if asks { Rumour::Asked { round } } else { Rumour::Told { round, history } };
        send(ctx, peer, Membership::Rumour(Box::new(rumour)));
    }

    /// A peer tells what interests it, or asks. Returns a newer history if it brought one.
    fn on_rumour(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        (from, rumour): (NodeId, Rumour),
    ) -> Option<Rc<History>> {
        let interest = self.interest.as_mut()?;
        let mine = view.history();
        match rumour {
            Rumour::Asked { round } => {
                if interest.is_hot() {
                    interest.on_told();
                    let told = Rumour::Told { round, history: Rc::clone(mine) };
                    send(ctx, from, Membership::Rumour(Box::new(told)));
                }
                None
            }
            Rumour::Known { round, digest } => {
                // What was told may be old by now, and what is new not known at all.
                match self.settings.spread {
                    _any if digest != mine.digest() => {}
                    Spread::Pull => interest.on_known(),
                    Spread::Push | Spread::PushPull => interest.on_vain(ctx, view.me, round),
                }
                None
            }
            Rumour::Told { round, history } => {
                let feedback = interest.feedback() && !interest.is_fresh();
                let joined = self.joined(mine, &history);
                let news = joined.digest() != mine.digest();
                if !news && feedback {
                    let known = Rumour::Known { round, digest: history.digest() };
                    send(ctx, from, Membership::Rumour(Box::new(known)));
                }
                news.then_some(joined)
            }
        }
    }

    /// A peer gossips. Returns a newer history if it brought one.
    pub fn on_message(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        from: NodeId,
        message: Membership,
    ) -> Option<Rc<History>> {
        let mine = view.history();
        match message {
            Membership::Digest { round, digest } if digest == mine.digest() => {
                send(ctx, from, Membership::Same { round });
                None
            }
            Membership::Digest { round, .. } if self.settings.exchange == Exchange::TwoLevel => {
                send(ctx, from, groups::compare(round, mine));
                None
            }
            Membership::Digest { round, .. } => {
                let history = Rc::clone(mine);
                send(ctx, from, Membership::History { round, history, answer: true });
                None
            }
            Membership::History { round, history, answer } => {
                self.on_history(ctx, view, (from, round), (history, answer))
            }
            Membership::Grouped(grouped) => {
                let (answer, joined) = groups::reconcile(mine, *grouped);
                answer.into_iter().for_each(|answer| send(ctx, from, answer));
                joined
            }
            Membership::Rumour(rumour) => self.on_rumour(ctx, view, (from, *rumour)),
            Membership::Ping { probe } => {
                send(ctx, from, Membership::Pong { probe });
                None
            }
            Membership::Same { .. } | Membership::Pong { .. } => None,
            Membership::Command(_) | Membership::Heartbeat { .. } | Membership::Relay(_) => {
                unreachable!("it is no gossip")
            }
            Membership::Pull { .. } | Membership::Pulled { .. } | Membership::NotHome { .. } => {
                unreachable!("only clients ask nodes for it")
            }
        }
    }

    /// A peer sends its whole history, and may want an answer.
    fn on_history(
        &self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        (from, round): (NodeId, u64),
        (theirs, answer): (Rc<History>, bool),
    ) -> Option<Rc<History>> {
        let mine = view.history();
        let joined = self.joined(mine, &theirs);
        let tell = self.settings.exchange == Exchange::Full;
        let differs = joined.digest() != theirs.digest();
        let back = self.settings.spread == Spread::PushPull || self.interest.is_some();
        let asked = answer && back && (tell || differs);
        // Nobody chooses a stranger: gossip that goes one way would never bring it what is new, or
        // take from it what it was told. Nor can who knows nobody choose whom to learn from.
        let strange = |node, to: &History| to.peers().binary_search(&node).is_err();
        let unreached = || {
            let me = strange(view.me, &theirs) || strange(view.me, &joined);
            me || strange(from, &joined) || theirs.ring_is_unknown()
        };
        let one_way = self.settings.spread != Spread::PushPull;
        if asked || (one_way && differs && unreached()) {
            let history = Rc::clone(&joined);
            send(ctx, from, Membership::History { round, history, answer: false });
        }
        (joined.digest() != mine.digest()).then_some(joined)
    }

    /// What two histories come to.
    fn joined(&self, mine: &Rc<History>, theirs: &Rc<History>) -> Rc<History> {
        let joined = History::join(mine, theirs);
        let concurrent = [mine, theirs].iter().all(|one| one.digest() != joined.digest());
        match self.planted.plant() {
            Some(Plant::GossipAcceptOlder) => Rc::clone(theirs),
            Some(Plant::RingConcurrentPickOne) if concurrent => {
                Rc::clone(if mine.digest() < theirs.digest() { mine } else { theirs })
            }
            Some(Plant::GenerationGuardVsStored) if theirs.is_far_ahead_of(mine) => Rc::clone(mine),
            _right => joined,
        }
    }

    /// Contacts a peer with the whole history or a digest; in which turn of those that do.
    fn contact(&self, ctx: &mut NodeCtx<'_>, view: &View, (round, turn): (u64, u64)) {
        let Some(peer) = self.choose_peer(ctx, view, (round, turn)) else { return };
        let history = view.history();
        let whole = |answer| Membership::History { round, history: Rc::clone(history), answer };
        let digest = || Membership::Digest { round, digest: history.digest() };
        let message = match (self.settings.spread, self.settings.exchange) {
            _any if self.interest.is_some() => digest(),
            (Spread::Push, _) => whole(false),
            (Spread::PushPull | Spread::Pull, Exchange::Digest | Exchange::TwoLevel) => digest(),
            (Spread::PushPull | Spread::Pull, Exchange::Full) => whole(true),
        };
        send(ctx, peer, message);
    }

    fn choose_peer(
        &self,
        ctx: &NodeCtx<'_>,
        view: &View,
        (round, turn): (u64, u64),
    ) -> Option<NodeId> {
        let mut draw = ctx.luck.draw(Purpose::GossipPeer, u64::from(view.me.0), round);
        let seeds = (0..self.settings.seeds).map(NodeId);
        let alone = view.ring().is_none();
        let seeded = !self.planted.is(Plant::SeedsNotContacted);
        if seeded && (alone || turn.is_multiple_of(SEED_ROUND)) {
            let others: Vec<NodeId> = seeds.filter(|seed| *seed != view.me).collect();
            // With no seed but itself, a node gossips in this round as in any other.
            if !others.is_empty() {
                return Some(*draw.pick(&others));
            }
        }
        any_peer(&mut draw, view)
    }
}

/// Uniform over the others without making a list of them.
fn any_peer(draw: &mut impl Source, view: &View) -> Option<NodeId> {
    let peers = view.history().peers();
    let (mine, others) = match peers.binary_search(&view.me) {
        Ok(mine) => (mine, peers.len() - 1),
        Err(_) => (peers.len(), peers.len()),
    };
    if others == 0 {
        return None;
    }
    let place = draw.below(others as u64) as usize;
    Some(peers[place + usize::from(place >= mine)])
}

/// Tells a peer the history at once, and asks for its own if that differs; `turn` tells this from
/// other times that it is told the same.
pub fn tell(ctx: &mut NodeCtx<'_>, to: NodeId, history: &Rc<History>, turn: u32) {
    let round = history.digest().wrapping_add(u64::from(turn));
    let history = Rc::clone(history);
    send(ctx, to, Membership::History { round, history, answer: true });
}

fn send(ctx: &mut NodeCtx<'_>, to: NodeId, message: Membership) {
    ctx.send(Address::Node(to), Message::Membership(message));
}
