//! Verifies of the failure detector: who has left as many requests in a row unanswered as the
//! configuration says is believed down; who is suspected had not answered already; and a suspicion
//! ends within a bound, once the peer runs and no fault is at work.
//!
//! This detector is purely local and works by traffic only (section 4.8.3): who is dead and asked
//! for nothing is suspected by nobody, and need not be. So completeness is per unanswered request.
//! Accuracy cannot mean that nobody is suspected while all are well, since a slow disk can outlast
//! any patience; it means that of a node that stood still no answer waits which came before every
//! timer by which it gives peers up. The bound of recovery is four of the longest pauses between
//! two tries, and a second, for tries that get lost. No knob breaks it. Where peers are watched by
//! probes or heartbeats (`failure_detection.by`), answers are pongs alone, and that the dead are
//! suspected in time is not verified. Examines each suspicion.

use std::collections::BTreeMap;

use crate::check::judge::Judge;
use crate::check::members::if_met_or_administered;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::id::NodeId;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Suspicion {
    /// Unanswered requests in a row that make a suspicion.
    after: u32,
    recovery: Duration,
    /// By who believes and of whom.
    unanswered: BTreeMap<(NodeId, NodeId), u32>,
    /// The same, of those believed down: since when.
    suspected: BTreeMap<(NodeId, NodeId), Time>,
    /// Faults at work.
    faults: u32,
    /// Since when no fault is.
    calm: Time,
    up_since: Vec<Option<Time>>,
    /// What has come to nodes that stand still, in order: an answer of a peer, or a timer.
    waiting: BTreeMap<NodeId, Vec<Option<NodeId>>>,
    /// Who has gone on since, and when: nothing of that waits any more after that moment.
    went_on: BTreeMap<NodeId, Time>,
    examined: u64,
    findings: Findings,
}

impl Suspicion {
    /// Nobody suspects anybody.
    pub fn new(layout: &Layout) -> Suspicion {
        let settings = &layout.cluster.failure_detection;
        let recovery = Duration(settings.retry_limit.0.saturating_mul(4).saturating_add(SECOND));
        Suspicion {
            after: settings.after,
            recovery,
            unanswered: BTreeMap::new(),
            suspected: BTreeMap::new(),
            faults: 0,
            calm: Time::ZERO,
            up_since: vec![None; layout.machines as usize],
            waiting: BTreeMap::new(),
            went_on: BTreeMap::new(),
            examined: 0,
            findings: Findings::default(),
        }
    }
}

const SECOND: u64 = 1_000_000_000;

impl Judge for Suspicion {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_fact(now, *node, fact),
            Record::Down { node, .. } => {
                self.look(now);
                self.up_since[node.index()] = None;
                self.suspected.retain(|(believer, _), _| believer != node);
                self.unanswered.retain(|(believer, _), _| believer != node);
                self.waiting.remove(node);
            }
            Record::Up { node } => self.up_since[node.index()] = Some(now),
            Record::FaultBegan { .. } => {
                self.look(now);
                self.faults += 1;
            }
            Record::FaultEnded { .. } => {
                self.faults = self.faults.saturating_sub(1);
                self.calm = now;
            }
            Record::Sent { .. } | Record::Copied { .. } | Record::Delivered { .. } => {}
            Record::Dropped { .. } | Record::Client { .. } => {}
            Record::Rehomed { .. } | Record::Settling => {}
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        self.look(account.now);
        let verdict = self.findings.verdict_if_met("suspicion", self.examined, Outcome::Violated);
        if_met_or_administered(layout, verdict)
    }
}

impl Suspicion {
    fn on_fact(&mut self, now: Time, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Member(MemberFact::Unanswered { peer }) => {
                let count = self.unanswered.entry((node, *peer)).or_insert(0);
                *count += 1;
                if *count > self.after && !self.suspected.contains_key(&(node, *peer)) {
                    self.find(now, [node, *peer], "silence that raises no suspicion");
                }
            }
            Fact::Suspected { peer } => {
                self.examined += 1;
                self.suspected.insert((node, *peer), now);
            }
            Fact::Cleared { peer } => {
                self.unanswered.remove(&(node, *peer));
                let same = self.suspected.remove(&(node, *peer)) == Some(now);
                let comes_now = self.went_on.get(&node).is_none_or(|at| *at == now);
                if same && comes_now && self.had_come(node, *peer) {
                    self.find(now, [node, *peer], "a suspicion of one whose answer was there");
                }
            }
            Fact::Member(MemberFact::Waits { from }) => {
                if self.went_on.remove(&node).is_some() {
                    self.waiting.remove(&node);
                }
                self.waiting.entry(node).or_default().push(*from);
            }
            Fact::Member(MemberFact::GoesOn) => drop(self.went_on.insert(node, now)),
            Fact::Member(MemberFact::Answered { peer }) => {
                self.unanswered.remove(&(node, *peer));
            }
            _other => {}
        }
    }

    /// Had all answers of this peer come before any timer was due?
    fn had_come(&self, node: NodeId, peer: NodeId) -> bool {
        let Some(waiting) = self.waiting.get(&node) else { return false };
        let last = waiting.iter().rposition(|from| *from == Some(peer));
        let timer = waiting.iter().position(Option::is_none).unwrap_or(waiting.len());
        last.is_some_and(|last| last < timer)
    }

    /// Something is about to change: which suspicions have lasted too long?
    fn look(&mut self, now: Time) {
        if self.faults > 0 || self.suspected.is_empty() {
            return;
        }
        let up = |node: NodeId| self.up_since.get(node.index()).copied().flatten();
        let lasting = |((believer, peer), since): (&(NodeId, NodeId), &Time)| {
            let well = up(*believer)?.max(up(*peer)?).max(*since).max(self.calm);
            (now > well + self.recovery).then_some([*believer, *peer])
        };
        let lasting: Vec<[NodeId; 2]> = self.suspected.iter().filter_map(lasting).collect();
        for pair in lasting {
            self.find(now, pair, "a suspicion that outlasts its cause");
            self.suspected.remove(&(pair[0], pair[1]));
        }
    }

    fn find(&mut self, now: Time, [node, peer]: [NodeId; 2], mechanism: &'static str) {
        self.findings.add(|| Finding {
            time: Some(now),
            nodes: vec![node, peer],
            mechanism,
            ..Finding::story(format!("{node}, of {peer}: {mechanism}"))
        });
    }
}
