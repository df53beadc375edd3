//! Phi accrual (Hayashibara, Defago, Yared, Katayama, SRDS 2004): a peer is believed down once a
//! heartbeat of it has stayed away for so long that this was too improbable by the gaps before.
//!
//! Phi itself is never computed: the instant at which it would reach the threshold is known with
//! each heartbeat, and one timer for each peer waits for it.

use std::collections::{BTreeMap, VecDeque};

use crate::dynamo::config::detection::{Accrual as Settings, GapModel};
use crate::dynamo::membership::probing::others;
use crate::dynamo::membership::watch::send;
use crate::dynamo::message::Membership;
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::timer::{Timer, Watch};
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::NodeId;
use crate::random::normal;
use crate::time::{Duration, Time};

/// How many heartbeats longer a peer is waited for that has never been heard: it may not know yet
/// that this node belongs.
const FIRST_HEARTBEATS: u64 = 10;

/// The part of a node that sends heartbeats and listens to those of others.
#[derive(Debug)]
pub struct Accrual {
    settings: Settings,
    rhythm: Rhythm,
    threshold: Threshold,
    heard: BTreeMap<NodeId, Heard>,
}

/// When phi reaches what it may be.
#[derive(Clone, Copy, Debug)]
struct Threshold {
    model: GapModel,
    /// In means, or in deviations after the mean.
    reach: f64,
    least_deviation: f64,
}

/// What is known of one peer.
#[derive(Debug)]
struct Heard {
    /// When its last heartbeat came, if one has.
    last: Option<Time>,
    gaps: Gaps,
    /// How long a gap after that heartbeat could be.
    patience: Duration,
    /// When it is to be believed down.
    deadline: Time,
    /// What the timer that counts is due at, if there is one, and its name.
    armed: Option<Time>,
    serial: u32,
}

impl Accrual {
    /// Sends heartbeats in this rhythm.
    pub fn new(settings: Settings, rhythm: Rhythm) -> Accrual {
        let threshold = Threshold::new(&settings);
        Accrual { settings, rhythm, threshold, heard: BTreeMap::new() }
    }

    pub(super) fn start(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        ctx.arm(self.rhythm.until_next(ctx.now), Timer::Watch(Watch::Beat));
        self.look(ctx, view);
    }

    /// Begins to wait for the heartbeats of those who have become members, once this node is one.
    pub(super) fn look(&mut self, ctx: &mut NodeCtx<'_>, view: &View) {
        if !view.history().is_member(view.me) {
            return;
        }
        for peer in others(view) {
            if !self.heard.contains_key(&peer) {
                let gaps = Gaps::assumed(self.settings.heartbeat);
                let grace = self.settings.heartbeat.0.saturating_mul(FIRST_HEARTBEATS);
                let patience = self.threshold.patience(&gaps) + Duration(grace);
                let (deadline, armed, serial) = (ctx.ran, None, 0);
                let heard = Heard { last: None, gaps, patience, deadline, armed, serial };
                self.heard.insert(peer, heard);
                self.on_back(ctx, peer);
            }
        }
    }

    /// Sends a heartbeat to each other member, and to who is about to be one.
    pub(super) fn on_beat(&self, ctx: &mut NodeCtx<'_>, view: &View) {
        ctx.arm(self.rhythm.until_another(ctx.now), Timer::Watch(Watch::Beat));
        let number = self.rhythm.round(ctx.now);
        for peer in view.history().peers().iter().filter(|peer| **peer != view.me) {
            send(ctx, *peer, Membership::Heartbeat { number });
        }
    }

    /// A heartbeat: the gap before it is known, and the patience for the next follows.
    pub(super) fn on_heartbeat(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        // Of one that is not known to be a member yet, or no more.
        let Some(heard) = self.heard.get_mut(&peer) else { return };
        if let Some(last) = heard.last.replace(ctx.ran) {
            let gap = ctx.ran.since(last);
            if gap <= self.settings.longest_gap.unwrap_or(heard.patience) {
                heard.gaps.add(gap, self.settings.window);
            }
        }
        heard.patience = self.threshold.patience(&heard.gaps);
        self.on_back(ctx, peer);
    }

    /// A peer shows that it runs: what there is of patience begins anew.
    pub(super) fn on_back(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        let Some(heard) = self.heard.get_mut(&peer) else { return };
        heard.deadline = ctx.ran + heard.patience;
        // A timer that is due before looks again by itself.
        if heard.armed.is_none_or(|due| due > heard.deadline) {
            heard.wait(ctx, peer);
        }
    }

    /// A timer is due. Returns the peer if it has to be believed down.
    pub(super) fn on_overdue(
        &mut self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        (peer, serial): (NodeId, u32),
    ) -> Option<NodeId> {
        let heard = self.heard.get_mut(&peer).filter(|heard| heard.serial == serial)?;
        let due = heard.armed.take();
        if ![peer, view.me].iter().all(|node| view.history().is_member(*node)) {
            self.heard.remove(&peer);
            return None;
        }
        if due == Some(heard.deadline) {
            return Some(peer);
        }
        // Something has come since the timer was armed. A node that stood still meanwhile may have
        // more of it in line, and looks at that first, however late it is.
        heard.wait(ctx, peer);
        None
    }
}

impl Heard {
    /// Waits for the deadline as it is now.
    fn wait(&mut self, ctx: &mut NodeCtx<'_>, peer: NodeId) {
        self.serial = self.serial.wrapping_add(1);
        self.armed = Some(self.deadline);
        let overdue = Watch::Overdue { peer, serial: self.serial };
        ctx.arm(self.deadline.since(ctx.ran), Timer::Watch(overdue));
    }
}

impl Threshold {
    fn new(settings: &Settings) -> Threshold {
        let Settings { model, phi, least_deviation, .. } = *settings;
        let reach = match model {
            // 10^-phi = exp(-t / mean)
            GapModel::Exponential => phi * std::f64::consts::LN_10,
            // 10^-phi is the share of the bell curve beyond it.
            GapModel::Normal => -normal::inverse(libm::pow(10.0, -phi)),
        };
        Threshold { model, reach, least_deviation: least_deviation.0 as f64 }
    }

    /// How long after a heartbeat it is reached, by the gaps before.
    fn patience(self, gaps: &Gaps) -> Duration {
        let wait = match self.model {
            GapModel::Exponential => self.reach * gaps.mean(),
            GapModel::Normal => {
                gaps.mean() + self.reach * gaps.deviation().max(self.least_deviation)
            }
        };
        Duration(libm::ceil(wait).max(1.0) as u64)
    }
}

/// The latest gaps between heartbeats, in nanoseconds, with their moments as whole numbers: what
/// leaves the window leaves no error behind.
#[derive(Debug)]
struct Gaps {
    gaps: VecDeque<u64>,
    sum: u128,
    squares: u128,
}

impl Gaps {
    /// Before anything is known: two gaps with the mean and a quarter of it as deviation.
    fn assumed(mean: Duration) -> Gaps {
        let quarter = mean.0 / 4;
        let mut gaps = Gaps { gaps: VecDeque::new(), sum: 0, squares: 0 };
        for gap in [mean.0 - quarter, mean.0.saturating_add(quarter)] {
            gaps.add(Duration(gap), 2);
        }
        gaps
    }

    fn add(&mut self, gap: Duration, window: u32) {
        let square = |gap: u64| u128::from(gap) * u128::from(gap);
        self.gaps.push_back(gap.0);
        self.sum += u128::from(gap.0);
        self.squares = self.squares.saturating_add(square(gap.0));
        while self.gaps.len() > window as usize {
            let oldest = self.gaps.pop_front().unwrap_or_default();
            self.sum -= u128::from(oldest);
            self.squares = self.squares.saturating_sub(square(oldest));
        }
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.gaps.len() as f64
    }

    fn deviation(&self) -> f64 {
        let count = self.gaps.len() as u128;
        let square = self.sum.saturating_mul(self.sum);
        let spread = count.saturating_mul(self.squares).saturating_sub(square);
        (spread as f64).sqrt() / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold(model: GapModel, phi: f64) -> Threshold {
        let least_deviation = Duration(0);
        Threshold::new(&Settings { model, phi, least_deviation, ..Settings::default() })
    }

    #[test]
    fn phi_reaches_its_threshold_where_the_models_say() {
        let (exponential, normal) = (GapModel::Exponential, GapModel::Normal);
        let rows = [
            (exponential, 8.0, 18.420_681),
            (exponential, 1.0, std::f64::consts::LN_10),
            (normal, 1.0, 1.282),
            (normal, 2.0, 2.326),
            (normal, 3.0, 3.090),
            (normal, 5.0, 4.265),
            (normal, 8.0, 5.612),
            (normal, 12.0, 7.034),
        ];
        for (model, phi, expected) in rows {
            let reach = threshold(model, phi).reach;
            assert!((reach - expected).abs() < 6e-4, "{model:?} {phi}: {reach}");
        }
    }

    #[test]
    fn a_window_forgets_its_oldest_gaps_without_a_trace() {
        let mut gaps = Gaps::assumed(Duration(1_000));
        assert_eq!((gaps.mean(), gaps.deviation()), (1_000.0, 250.0));
        for gap in [u64::MAX / 2, 7, u64::MAX / 3, 40, 50, 60, 50] {
            gaps.add(Duration(gap), 4);
        }
        assert_eq!((gaps.mean(), gaps.deviation()), (50.0, 50.0_f64.sqrt()));
        let normal = Threshold { reach: 2.0, ..threshold(GapModel::Normal, 8.0) };
        assert_eq!(normal.patience(&gaps), Duration(65));
        let least = Threshold { least_deviation: 30.0, ..normal };
        assert_eq!(least.patience(&gaps), Duration(110));
        let exponential = Threshold { reach: 2.0, ..threshold(GapModel::Exponential, 8.0) };
        assert_eq!(exponential.patience(&gaps), Duration(100));
    }
}
