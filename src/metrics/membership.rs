//! Members that come and go (section 4.9): how long it takes, and what it costs.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::ring::history::{Change as MemberChange, History, Status};
use crate::dynamo::storage::store::Change;
use crate::id::NodeId;
use crate::metrics::clusters::Clusters;
use crate::metrics::handoff::Amount;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::record::Account;

/// Follows joins and leaves.
#[derive(Clone, Debug, Default)]
pub struct MembershipChanges {
    /// All changes that were announced so far.
    known: Rc<History>,
    /// Those under way, with the moment at which they began.
    open: BTreeMap<NodeId, Time>,
    begun: u64,
    /// How long those took that have ended.
    took: Vec<f64>,
    transferred: Amount,
    released: u64,
    passed: u64,
    declined: u64,
    replanted_ranges: u64,
    replanted_keys: u64,
}

/// Section `membership` of a report.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct MembershipFigures {
    pub members: u64,
    pub transitions: u64,
    pub completed: u64,
    pub refused_orders: u64,
    pub longest_s: Option<f64>,
    pub most_clusters: u64,
    pub apart_s: f64,
    pub merged_after_s: Option<f64>,
    pub transferred_copies: u64,
    pub transferred_bytes: u64,
    pub released_copies: u64,
    pub passed_requests: u64,
    pub declined_reads: u64,
    pub replanted_ranges: u64,
    pub replanted_keys: u64,
}

impl MembershipChanges {
    /// A node told something.
    pub fn fact(&mut self, now: Time, fact: &Fact) {
        match fact {
            Fact::Announced { history } => self.announced(now, history),
            Fact::Released { .. } => self.released += 1,
            Fact::Passed => self.passed += 1,
            Fact::Declined => self.declined += 1,
            Fact::Replanted { ranges, keys } => {
                self.replanted_ranges += u64::from(*ranges);
                self.replanted_keys += u64::from(*keys);
            }
            _other => {}
        }
    }

    /// A copy was written.
    pub fn kept(&mut self, change: &Change, cause: Cause) {
        if cause == Cause::Transfer && change.is_news() {
            let bytes = change.after.as_ref().map_or(0, |set| u64::from(set.bytes()));
            self.transferred.add(bytes);
        }
    }

    fn announced(&mut self, now: Time, history: &Rc<History>) {
        // Who announces one change need not know of the others.
        self.known = History::join(&self.known, history);
        let is_moving =
            |change: &MemberChange| matches!(change.status, Status::Joining | Status::Leaving);
        for (node, change) in self.known.changes() {
            match (is_moving(change), self.open.contains_key(&node)) {
                (true, false) => {
                    self.begun += 1;
                    self.open.insert(node, now);
                }
                (false, true) => {
                    let began = self.open.remove(&node).expect("it was there just now");
                    self.took.push(now.since(began).seconds());
                }
                (true, true) | (false, false) => {}
            }
        }
    }

    /// What it comes to; none if nobody could change the membership.
    pub fn figures(
        &self,
        layout: &Layout,
        account: &Account,
        clusters: &Clusters,
    ) -> Option<MembershipFigures> {
        layout.administered.then(|| MembershipFigures {
            members: account.nodes.iter().filter(|node| node.belongs).count() as u64,
            transitions: self.begun,
            completed: self.took.len() as u64,
            refused_orders: account.refused_orders,
            longest_s: self.took.iter().copied().reduce(f64::max),
            most_clusters: clusters.most(),
            apart_s: clusters.apart(account.now).seconds(),
            merged_after_s: clusters.merged_after().map(Duration::seconds),
            transferred_copies: self.transferred.count,
            transferred_bytes: self.transferred.bytes,
            released_copies: self.released,
            passed_requests: self.passed,
            declined_reads: self.declined,
            replanted_ranges: self.replanted_ranges,
            replanted_keys: self.replanted_keys,
        })
    }
}
