//! Section 4.9: what nodes say to each other while ranges change hands.
//!
//! A join or a leave has one node that carries it through: the one that comes or goes. Whoever
//! holds a range that is to move offers it to its new home, sends what is in it, and says to the
//! one that carries the change through when all has arrived. When all have said so, that one lets
//! them give the ranges away, and then announces the change. Each message may be lost or come
//! twice: all are repeated until what they ask for has happened. A repeated one has another `turn`,
//! so that it does not meet the fate of the one before it; an answer has that of its question.

use std::rc::Rc;

use crate::digest::digest_of;
use crate::dynamo::message::{
    DIGEST_BYTES, Gist, KEY_BYTES, Kind, NODE_BYTES, ToCoordinator, ToReplica, fold, of_set,
};
use crate::dynamo::ring::history::Transition;
use crate::dynamo::ring::range::KeyRange;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Address, AttemptId, Key, NodeId, OperationId};

/// Bytes of a range: its two ends.
const RANGE_BYTES: u64 = 32;

/// About ranges that move.
#[derive(Clone, Debug)]
pub enum Moving {
    /// To a new home: you are to have these ranges, which I hold.
    Offer { deal: DealName, turn: u32, ranges: Vec<KeyRange> },
    /// From the new home: I expect them from you, and from nobody else.
    Confirm { deal: DealName, turn: u32 },
    /// To the new home: this is in them, or has changed in them since.
    Transfer { deal: DealName, batch: u32, sets: Vec<(Key, Rc<VersionSet>)> },
    /// From the new home: I keep what was in that batch.
    Transferred { deal: DealName, batch: u32, digests: Vec<(Key, u64)> },
    /// To the node that comes or goes: all that I am to give has arrived.
    Prepared { deal: DealName, turn: u32 },
    /// From it: all of you are ready, so give it away.
    TakeOver { deal: DealName, turn: u32 },
    /// From it: an earlier change came to light, go on with that.
    Withdraw { deal: DealName, turn: u32 },
    /// To it: it is given away, and all has arrived.
    Given { deal: DealName, turn: u32 },
    /// To the new home: somebody asked me for what is yours now. What I hold and you may not goes
    /// with it. You answer in my place.
    Pass(Pass),
    /// To one that survived a dead home: what do you hold in this range, from the key after that
    /// one?
    Ask { range: KeyRange, after: Option<Key>, serial: u32 },
    /// From it: this; and there is more after that key.
    Filled { range: KeyRange, sets: Vec<(Key, Rc<VersionSet>)>, more: Option<Key>, serial: u32 },
}

/// Names what two nodes have to do with each other in one transition, under one ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DealName {
    pub transition: Transition,
    /// Fingerprint of the members by whose ring the ranges are cut.
    pub membership: u64,
}

/// A request for what was given away.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Who was asked, and is answered for.
    pub home: NodeId,
    /// Who asked.
    pub to: Address,
    /// Who has passed it on until now, first who was asked.
    pub through: Vec<NodeId>,
    pub held: Option<Rc<VersionSet>>,
    pub request: ToReplica,
}

/// An answer in another's place.
#[derive(Clone, Debug)]
pub struct Passed {
    pub home: NodeId,
    pub attempt: AttemptId,
    pub answer: ToCoordinator,
}

impl DealName {
    /// One number that tells deals apart: the name by which luck knows them.
    pub fn number(self) -> u64 {
        let Transition { issued, node } = self.transition;
        digest_of([issued.0, u64::from(node.0), self.membership])
    }
}

impl Moving {
    /// The client operation that it works for.
    pub fn operation(&self) -> Option<OperationId> {
        match self {
            Moving::Pass(pass) => pass.request.attempt().map(|attempt| attempt.operation),
            Moving::Offer { .. }
            | Moving::Confirm { .. }
            | Moving::Transfer { .. }
            | Moving::Transferred { .. }
            | Moving::Prepared { .. }
            | Moving::TakeOver { .. }
            | Moving::Withdraw { .. }
            | Moving::Given { .. }
            | Moving::Ask { .. }
            | Moving::Filled { .. } => None,
        }
    }

    pub(super) fn gist(&self) -> Gist {
        let plain = |kind, (deal, turn): (&DealName, &u32), bytes| {
            let luck = deal.number().wrapping_add(u64::from(*turn));
            Gist { kind, bytes: bytes + DIGEST_BYTES, luck, content: luck }
        };
        match self {
            Moving::Offer { deal, turn, ranges } => {
                plain(Kind::Offer, (deal, turn), RANGE_BYTES * ranges.len() as u64)
            }
            Moving::Confirm { deal, turn } => plain(Kind::Confirm, (deal, turn), 0),
            Moving::Prepared { deal, turn } => plain(Kind::Prepared, (deal, turn), 0),
            Moving::TakeOver { deal, turn } => plain(Kind::TakeOver, (deal, turn), 0),
            Moving::Withdraw { deal, turn } => plain(Kind::Withdraw, (deal, turn), 0),
            Moving::Given { deal, turn } => plain(Kind::Given, (deal, turn), 0),
            Moving::Transfer { deal, batch, sets } => {
                sets_gist(Kind::Transfer, digest_of([deal.number(), u64::from(*batch)]), sets)
            }
            Moving::Transferred { deal, batch, digests } => Gist {
                kind: Kind::Transferred,
                bytes: (KEY_BYTES + DIGEST_BYTES) * digests.len() as u64,
                luck: digest_of([deal.number(), u64::from(*batch)]),
                content: fold(digests.iter().map(|(_, digest)| *digest)),
            },
            Moving::Pass(pass) => {
                let inner = pass.request.gist();
                let (bytes, content) = of_set(pass.held.as_ref());
                let content = digest_of([inner.content, content]);
                // One attempt may have several requests passed on, and by several coordinators.
                let luck = digest_of([inner.luck, inner.kind as u64, pass.to.number()]);
                // The first who has passed it on is the home, which goes with each.
                let through = NODE_BYTES * (pass.through.len() as u64).saturating_sub(1);
                Gist { kind: Kind::Pass, bytes: inner.bytes + bytes + through, luck, content }
            }
            Moving::Ask { range, after, serial } => Gist {
                kind: Kind::Ask,
                bytes: RANGE_BYTES + KEY_BYTES,
                luck: asked(*range, *after, *serial),
                content: 0,
            },
            Moving::Filled { range, sets, more, serial } => {
                sets_gist(Kind::Filled, asked(*range, *more, *serial), sets)
            }
        }
    }
}

fn sets_gist(kind: Kind, luck: u64, sets: &[(Key, Rc<VersionSet>)]) -> Gist {
    let bytes = sets.iter().map(|(_, set)| KEY_BYTES + u64::from(set.bytes())).sum();
    Gist { kind, bytes, luck, content: fold(sets.iter().map(|(_, set)| set.digest())) }
}

fn asked(range: KeyRange, after: Option<Key>, serial: u32) -> u64 {
    let after = after.map_or(0, |key| 1 + u64::from(key.0));
    digest_of([range.to as u64, (range.to >> 64) as u64, after, u64::from(serial)])
}
