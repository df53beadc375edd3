//! Verifies (H6): hints go home. While their holder runs and does not believe the home down, one of
//! them arrives within three scans, `idle` and twice the `timeout`, even if later writes melt into
//! it meanwhile, so that it stays; and once all trouble is over for long enough, no member that
//! runs keeps a hint for a member that runs.
//!
//! Long enough is until a target is tried again and believed up, three scans, `idle`, gossip, and
//! 50 ms for each hint. The first part is judged only where nothing but that makes a holder wait:
//! no change of members, no pauses, slow machines, failing disks or wrong clocks, no admission
//! control, and a peer believed down after one silence. Does not verify how long all hints of a
//! holder take (`handoff.drained_after_s`). A knob that legitimately breaks it, and makes it an
//! anomaly where members come and go: `gossip.rumours` that nobody reconciles, since who never
//! learns of a member brings it nothing. Examines each hint that comes to be.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::hints::patience;
use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::hint_store::Hint;
use crate::id::{Key, NodeId};
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// Kinds of fault that make a holder itself wait.
const HINDRANCES: [&str; 4] = ["pause", "slow", "disk", "clock"];

/// The judge.
#[derive(Debug)]
pub struct Drain {
    /// Within which a delivery must come, where that can be said.
    bound: Option<Duration>,
    idles: bool,
    waiting: BTreeMap<(NodeId, NodeId), Waiting>,
    /// Who believes whom down.
    suspects: BTreeSet<(NodeId, NodeId)>,
    /// Who does not run; a disk that goes back in time brings hints to it all the same.
    down: BTreeSet<NodeId>,
    settled: Option<Time>,
    examined: u64,
    findings: Findings,
}

/// Hints of one holder for one home.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    hints: u64,
    /// Since when nothing has kept them from being delivered, if nothing does.
    since: Option<Time>,
}

impl Drain {
    /// No hint yet.
    pub fn new(layout: &Layout) -> Drain {
        let cluster = &layout.cluster;
        let free = !layout.administered
            && cluster.admission.on().is_none()
            && cluster.failure_detection.after == 1
            && cluster.failure_detection.by.is_requests()
            && !layout.faults.iter().any(|fault| HINDRANCES.contains(&fault.kind));
        let bound = cluster.hinted_handoff.on().filter(|_| free).map(|settings| {
            let idle = settings.idle.unwrap_or_default().0;
            Duration(3 * settings.scan_interval.0 + 2 * settings.timeout.0 + idle)
        });
        Drain {
            bound,
            idles: cluster.hinted_handoff.on().is_some_and(|settings| settings.idle.is_some()),
            waiting: BTreeMap::new(),
            suspects: BTreeSet::new(),
            down: BTreeSet::new(),
            settled: None,
            examined: 0,
            findings: Findings::default(),
        }
    }

    fn on_fact(&mut self, now: Time, node: NodeId, fact: &Fact) {
        match fact {
            Fact::HintCreated { hint } | Fact::HintRevived { hint } => self.more(now, node, hint),
            Fact::HintDelivered { hint } => self.less(now, node, hint, true),
            Fact::HintSuperseded { hint } => self.less(now, node, hint, false),
            Fact::HintLost { hint } | Fact::HintDropped { hint } => {
                self.less(now, node, hint, false);
            }
            Fact::Suspected { peer } => {
                self.suspects.insert((node, *peer));
                self.mark(now, |pair| pair == (node, *peer), None);
            }
            Fact::Cleared { peer } => {
                self.suspects.remove(&(node, *peer));
                self.mark(now, |pair| pair == (node, *peer), Some(now));
            }
            _other => {}
        }
    }

    /// A home has been brought a copy: whoever keeps a hint of it for that home may have sent it.
    fn on_brought(&mut self, now: Time, home: NodeId, key: Key, holdings: &Holdings) {
        let hints = holdings.hints(key);
        self.mark(now, |pair| pair.1 == home && hints.contains_key(&pair), Some(now));
    }

    fn more(&mut self, now: Time, node: NodeId, hint: &Hint) {
        self.examined += 1;
        let pair = (node, hint.target);
        let waiting = self.waiting.entry(pair).or_insert(Waiting { hints: 0, since: None });
        waiting.hints += 1;
        // Each one that is kept begins the time of idleness anew.
        if waiting.hints == 1 || self.idles {
            let hindered = self.suspects.contains(&pair) || self.down.contains(&node);
            waiting.since = (!hindered).then_some(now);
        }
    }

    fn less(&mut self, now: Time, node: NodeId, hint: &Hint, delivered: bool) {
        let pair = (node, hint.target);
        if delivered {
            self.mark(now, |it| it == pair, Some(now));
        }
        if let Some(waiting) = self.waiting.get_mut(&pair) {
            waiting.hints = waiting.hints.saturating_sub(1);
        }
    }

    /// From now on these wait anew, or for another reason. They may have waited too long already.
    fn mark(&mut self, now: Time, which: impl Fn((NodeId, NodeId)) -> bool, since: Option<Time>) {
        let Some(bound) = self.bound else { return };
        for (pair, waiting) in self.waiting.iter_mut().filter(|(pair, _)| which(**pair)) {
            let (node, target) = *pair;
            let late = waiting.since.filter(|since| waiting.hints > 0 && *since + bound < now);
            // What comes of an earlier delivery is no reason to try one who is believed down.
            let hindered = self.suspects.contains(pair) || self.down.contains(&pair.0);
            waiting.since = since.filter(|_| !hindered);
            let Some(late) = late else { continue };
            self.findings.add(|| Finding {
                time: Some(now),
                nodes: vec![node, target],
                mechanism: "hints that wait for nothing",
                ..Finding::story(format!(
                    "{node} has kept hints for {target}, which it does not believe down, and has \
                     delivered none since {late}"
                ))
            });
        }
    }
}

impl Judge for Drain {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        match record {
            Record::Settling => self.settled = Some(now),
            Record::Node { node, fact: Fact::Kept { change, cause: Cause::Handoff } } => {
                self.on_brought(now, *node, change.key, holdings);
            }
            Record::Node { node, fact } => self.on_fact(now, *node, fact),
            Record::Down { node, .. } => {
                self.suspects.retain(|(who, _)| who != node);
                self.down.insert(*node);
                self.mark(now, |pair| pair.0 == *node, None);
            }
            // Whom it believed down it has forgotten.
            Record::Up { node } => {
                self.down.remove(node);
                self.mark(now, |pair| pair.0 == *node, Some(now));
            }
            _other => {}
        }
    }

    fn verdict(mut self: Box<Self>, layout: &Layout, account: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?;
        self.mark(account.now, |_| true, None);
        let free = layout.cluster.admission.on().is_none();
        let runs = |node: NodeId| {
            account.nodes.get(node.index()).is_some_and(|node| node.up && node.belongs)
        };
        for (node, holder) in (0_u32..).map(NodeId).zip(&account.nodes) {
            let bound = patience(layout, holder.hints.len() as u64);
            let over = self.settled.is_some_and(|settled| settled + bound <= account.now);
            if !over || !free || !runs(node) {
                continue;
            }
            for hint in holder.hints.iter().filter(|hint| runs(hint.target)) {
                self.findings.add(|| Finding {
                    key: Some(hint.key),
                    nodes: vec![node, hint.target],
                    mechanism: "a hint that is never delivered",
                    ..Finding::story(format!(
                        "{node} still keeps a hint of {} for {}, though both have been well for {}",
                        hint.key,
                        hint.target,
                        account.now.since(self.settled.unwrap_or(account.now))
                    ))
                });
            }
        }
        let all_learn = layout.cluster.gossip.reconciles_every().is_some() || !layout.administered;
        let otherwise = if all_learn { Outcome::Violated } else { Outcome::Anomaly };
        Some(self.findings.verdict_if_met("hint_drain", self.examined, otherwise))
    }
}
