//! Routing (sections 4.5 and 6.4): how far requests go to their coordinators, and how well clients
//! that coordinate know the membership.

use serde::Serialize;

use crate::metrics::window::share;
use crate::time::Duration;
use crate::workload::words::{Invocation, OperationResult};

/// Counts steps and misses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Routing {
    succeeded: u64,
    hops: u64,
    by_clients: u64,
    /// Attempts of clients that coordinate.
    aimed: u64,
    misrouted: u64,
    ages: u128,
    uses: u64,
    oldest: Duration,
    refreshes: u64,
    at_once: u64,
}

/// Section `routing` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct RoutingFigures {
    pub hops_mean: Option<f64>,
    pub coordinated_by_clients: u64,
    pub aimed: u64,
    pub misrouted: u64,
    pub misrouted_share: Option<f64>,
    pub view_age_mean_s: Option<f64>,
    pub view_age_max_s: Option<f64>,
    pub refreshes: u64,
    pub refreshes_at_once: u64,
}

impl Routing {
    /// An operation began.
    pub fn invoked(&mut self, invocation: &Invocation) {
        let Some(age) = invocation.view_age else { return };
        self.aimed += 1;
        self.uses += 1;
        self.ages += u128::from(age.0);
        self.oldest = self.oldest.max(age);
    }

    /// A further attempt began.
    pub fn retried(&mut self) {
        // Of clients that do not coordinate nothing is aimed.
        self.aimed += u64::from(self.uses > 0);
    }

    /// An operation ended.
    pub fn ended(&mut self, result: &OperationResult) {
        if let OperationResult::Ok { hops, coordinator, .. } = result {
            self.succeeded += 1;
            self.hops += u64::from(*hops);
            self.by_clients += u64::from(coordinator.is_none());
        }
    }

    /// A node was none of the homes for which a client took it.
    pub fn misrouted(&mut self) {
        self.misrouted += 1;
    }

    /// A client asks for the membership.
    pub fn refreshed(&mut self, at_once: bool) {
        self.refreshes += 1;
        self.at_once += u64::from(at_once);
    }

    /// What it comes to.
    pub fn figures(&self) -> RoutingFigures {
        let used = self.uses > 0;
        let mean = self.ages as f64 / self.uses.max(1) as f64 / 1e9;
        RoutingFigures {
            hops_mean: share(self.hops, self.succeeded),
            coordinated_by_clients: self.by_clients,
            aimed: self.aimed,
            misrouted: self.misrouted,
            misrouted_share: share(self.misrouted, self.aimed),
            view_age_mean_s: used.then_some(mean),
            view_age_max_s: used.then_some(self.oldest.seconds()),
            refreshes: self.refreshes,
            refreshes_at_once: self.at_once,
        }
    }
}
