//! Judges of membership, failure detection and transfer (M1 to M11, T1 to T5).
//!
//! This protocol has no generations and no versions of single nodes: it joins histories of changes,
//! each of which has a counter and a time of issue. How each invariant is meant here stands at the
//! head of its page.

pub mod chronicle;
pub mod forward_only;
pub mod gone_for_good;
pub mod gossip_cost;
pub mod home_copies;
pub mod honest_digests;
pub mod kept_changes;
pub mod one_owner;
pub mod ordered_changes;
pub mod pass_chains;
pub mod ranges_dropped;
pub mod ranges_whole;
pub mod same_views;
pub mod seeds_heal;
pub mod suspicion;
pub mod switching;
pub mod view_overlap;
pub mod whole_ring;

#[cfg(test)]
mod tests;

use crate::check::judges::Call;
use crate::check::members::forward_only::ForwardOnly;
use crate::check::members::gone_for_good::GoneForGood;
use crate::check::members::gossip_cost::GossipCost;
use crate::check::members::home_copies::HomeCopies;
use crate::check::members::honest_digests::HonestDigests;
use crate::check::members::kept_changes::KeptChanges;
use crate::check::members::one_owner::OneOwner;
use crate::check::members::ordered_changes::OrderedChanges;
use crate::check::members::pass_chains::PassChains;
use crate::check::members::ranges_dropped::RangesDropped;
use crate::check::members::ranges_whole::RangesWhole;
use crate::check::members::same_views::SameViews;
use crate::check::members::seeds_heal::SeedsHeal;
use crate::check::members::suspicion::Suspicion;
use crate::check::members::view_overlap::ViewOverlap;
use crate::check::members::whole_ring::WholeRing;
use crate::check::verdict::{Outcome, Verdict};
use crate::trace::layout::Layout;

/// All of them, in the order of their verdicts.
pub const ALL: [Call; 16] = [
    |_| Box::new(OneOwner::default()),
    |layout| Box::new(WholeRing::new(layout.cluster.n)),
    |_| Box::new(SameViews::default()),
    |_| Box::new(GoneForGood::default()),
    |_| Box::new(ForwardOnly::default()),
    |_| Box::new(OrderedChanges::default()),
    |_| Box::new(KeptChanges::default()),
    |layout| Box::new(Suspicion::new(layout)),
    |_| Box::new(SeedsHeal::default()),
    |_| Box::new(HonestDigests::default()),
    |_| Box::new(GossipCost::default()),
    |_| Box::new(RangesWhole::default()),
    |_| Box::new(RangesDropped::default()),
    |layout| Box::new(PassChains::new(layout.machines)),
    |_| Box::new(HomeCopies::default()),
    |layout| Box::new(ViewOverlap::new(layout)),
];

/// The number of each invariant, and the name of its judge.
pub const INVARIANTS: [(&str, &str); 16] = [
    ("M1", "one_owner"),
    ("M2", "whole_ring"),
    ("M3", "same_views"),
    ("M4", "gone_for_good"),
    ("M5", "forward_only"),
    ("M6", "ordered_changes"),
    ("M7", "kept_changes"),
    ("M8", "suspicion"),
    ("M9", "seeds_heal"),
    ("M10", "honest_digests"),
    ("M11", "gossip_cost"),
    ("T1", "ranges_whole"),
    ("T2", "ranges_dropped"),
    ("T3", "pass_chains"),
    ("T4", "home_copies"),
    ("T5", "view_overlap"),
];

/// What it is that somebody does not know in the end: where rumours die, and nobody reconciles, it
/// is what such gossip does.
fn of_ignorance(layout: &Layout) -> Outcome {
    match layout.cluster.gossip.reconciles_every() {
        Some(_) => Outcome::Violated,
        None => Outcome::Anomaly,
    }
}

/// Nothing is said of what was not met where no administrator could change anything.
fn if_met_or_administered(layout: &Layout, verdict: Verdict) -> Option<Verdict> {
    (layout.administered || verdict.outcome != Outcome::NotMet).then_some(verdict)
}
