//! Gossip that ends (Demers et al., 1987): whoever learns a change tells of it, or is asked for it,
//! once a round, and loses interest once that has been in vain often enough.
//!
//! A node is interested in its history or it is not, and what travels is all of it: a later change
//! takes the earlier ones along to whoever has missed them. Interest is in memory only. Who starts
//! with a history in which anybody has come or gone is interested, since it cannot know who has
//! been told; of what was told while it was down it hears by a later change, or as nodes reconcile.
//! Who knows nobody asks a seed each round until it is told, and seeds are nobody else's choice.
//!
//! Pushing, a node that is interested tells a random peer. Pulling, every node asks one, which
//! tells if it is interested; rounds in which nobody asked do not count, and one in which anybody
//! learnt something takes all counts back. Who was told what it knew says so, if there is feedback;
//! silence is taken for interest, so that a peer that is down takes none away. Rounds are what all
//! this is counted in: to whom it was told twice before its own next round, both told it news.

use crate::dynamo::config::rumours::{LostBy, Rumours};
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// The interest of one node in what it knows.
#[derive(Debug)]
pub struct Interest {
    settings: Rumours,
    is_hot: bool,
    /// Has it had no round since it was taken?
    is_fresh: bool,
    /// Contacts, or rounds of being asked, in vain since it was last taken.
    in_vain: u32,
    /// Whom it has told in this round, and how many of them knew.
    told: u32,
    knew: u32,
}

impl Interest {
    /// In nothing yet.
    pub fn new(settings: Rumours) -> Interest {
        Interest { settings, is_hot: false, is_fresh: false, in_vain: 0, told: 0, knew: 0 }
    }

    /// There is something new.
    pub fn take(&mut self) {
        (self.is_hot, self.is_fresh) = (true, true);
        (self.in_vain, self.told, self.knew) = (0, 0, 0);
    }

    /// Is there anything to tell?
    pub fn is_hot(&self) -> bool {
        self.is_hot
    }

    /// Does one who knew say so?
    pub fn feedback(&self) -> bool {
        self.settings.feedback
    }

    /// Has it known for less than a round?
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// A round begins.
    pub fn begin_round(&mut self) {
        self.is_fresh = false;
    }

    /// Which reconciliation is due in this round, if one is.
    pub fn reconciliation(&self, round: u64) -> Option<u64> {
        let every = u64::from(self.settings.reconcile_every?);
        round.is_multiple_of(every).then_some(round / every)
    }

    /// It has told somebody.
    pub fn on_told(&mut self) {
        self.told += 1;
    }

    /// Somebody knew what it was told.
    pub fn on_known(&mut self) {
        self.knew += 1;
    }

    /// The round is over in which others asked.
    pub fn end_asking(&mut self, ctx: &NodeCtx<'_>, me: NodeId, round: u64) {
        let (told, knew) = (std::mem::take(&mut self.told), std::mem::take(&mut self.knew));
        match (told, knew >= told) {
            (0, _) => {}
            (_, false) => self.in_vain = 0,
            (_, true) => self.on_vain(ctx, me, round),
        }
    }

    /// It has told somebody in vain.
    pub fn on_vain(&mut self, ctx: &NodeCtx<'_>, me: NodeId, round: u64) {
        let k = self.settings.k;
        self.in_vain += 1;
        let over = match self.settings.lost_by {
            LostBy::Counter => self.in_vain >= k,
            LostBy::Coin => {
                let mut draw = ctx.luck.draw(Purpose::Interest, u64::from(me.0), round);
                draw.below(u64::from(k)) == 0
            }
        };
        self.is_hot &= !over;
    }
}
