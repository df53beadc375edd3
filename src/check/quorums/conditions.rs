//! Verifies: where PR, PW or a number of sites is asked for, those whose answers made a request
//! succeed were so many homes of the key, in the ring in which the coordinator began the request or
//! in that which it had come to believe in meanwhile, at so many sites.
//!
//! Does not verify that a request which could meet its conditions does succeed. No knob breaks
//! this. Silent where nothing is asked for. Examines each successful request that is asked for it.

use crate::check::judge::Judge;
use crate::check::quorums::promise::counted;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::config::conditions::Conditions as Settings;
use crate::dynamo::fact::request::{Counted, Heard};
use crate::dynamo::ring::placement::Ring;
use crate::id::NodeId;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Conditions {
    settings: Settings,
    examined: u64,
    findings: Findings,
}

impl Conditions {
    /// Nothing has succeeded.
    pub fn new(layout: &Layout) -> Conditions {
        let settings = layout.cluster.conditions;
        Conditions { settings, examined: 0, findings: Findings::default() }
    }

    fn look_at(&mut self, now: Time, counted: &Counted) {
        let Settings { pr, pw, read_sites, write_sites } = self.settings;
        let request = &counted.request;
        let (homes, sites) =
            if request.ghost.is_some() { (pw, write_sites) } else { (pr, read_sites) };
        if homes + sites == 0 {
            return;
        }
        self.examined += 1;
        let answered = request.asked.iter().filter(|asked| asked.heard == Heard::Answer);
        let answered: Vec<NodeId> = answered.map(|asked| asked.node).collect();
        let ring = &request.ring;
        let is_home = |ring: &Ring, node| ring.is_home(node, ring.range_of(request.key));
        let rings = [&request.began_in, ring];
        let homes_of = |node: &&NodeId| rings.iter().any(|ring| is_home(ring, **node));
        let at_home = answered.iter().filter(homes_of).count();
        let mut at: Vec<usize> = answered.iter().map(|node| ring.site(*node)).collect();
        at.sort_unstable();
        at.dedup();
        let fault = match () {
            () if at_home < homes as usize => "too few homes among those who answered",
            () if at.len() < sites as usize => "too few sites among those who answered",
            () => return,
        };
        let (attempt, stood) = (request.attempt, at.len());
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(request.key),
            nodes: answered,
            event: request.ghost.as_ref().map(|ghost| ghost.event()),
            mechanism: fault,
            story: format!(
                "attempt {attempt} needs answers of {homes} homes and {sites} sites, and succeeded \
                 with {at_home} homes and {stood} sites"
            ),
        });
    }
}

impl Judge for Conditions {
    fn interest(&self) -> Interest {
        Interest { facts: !self.settings.are_none(), messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Some(counted) = counted(record).filter(|_| !self.settings.are_none()) {
            self.look_at(now, counted);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let Conditions { settings, examined, findings } = *self;
        let verdict = || findings.verdict_if_met("conditions", examined, Outcome::Violated);
        (!settings.are_none()).then(verdict)
    }
}
