//! What reads knew of the writes before them, when nodes heard of each other, and when they learnt
//! of a change of the membership.

use std::collections::BTreeMap;

use crate::dynamo::fact::Fact;
use crate::dynamo::message::Kind;
use crate::id::{Address, Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// Watches one run.
#[derive(Debug)]
pub struct Watch {
    messages: bool,
    /// Committed writes of each key in order of commit: moment and event.
    commits: Vec<Vec<(Time, u32)>>,
    /// Operations that ended, in order of their ends.
    pub operations: Vec<Operation>,
    /// By receiver and sender, the seconds at which gossip arrived.
    pub heard: BTreeMap<(NodeId, NodeId), Vec<f64>>,
    /// When a member was first told of a change, and when each node then changed its mind.
    pub announced_s: Option<f64>,
    pub learnt_s: BTreeMap<NodeId, f64>,
}

/// One operation of a client.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Operation {
    pub function: Function,
    pub began_s: f64,
    pub latency_ms: f64,
    pub succeeded: bool,
    /// Of a successful get: what it knew.
    pub knew: Option<Knew>,
}

/// What a get knew of the committed writes of its key.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Knew {
    /// Writes committed when it began.
    pub commits: u32,
    /// Of those, how many were committed after the newest that it knows.
    pub behind: u32,
    /// Milliseconds from the last of those commits to the start of the get.
    pub age_ms: f64,
}

impl Watch {
    /// Nothing has happened yet. `messages`: whether to look at who hears of whom.
    pub fn new(layout: &Layout, messages: bool) -> Watch {
        Watch {
            messages,
            commits: vec![Vec::new(); layout.keys as usize],
            operations: Vec::new(),
            heard: BTreeMap::new(),
            announced_s: None,
            learnt_s: BTreeMap::new(),
        }
    }

    fn committed(&mut self, now: Time, key: Key, event: u32) {
        let commits = &mut self.commits[key.index()];
        if commits.iter().rev().all(|(_, known)| *known != event) {
            commits.push((now, event));
        }
    }

    fn ended(&mut self, now: Time, ending: &Ending) {
        let succeeded = matches!(ending.result, OperationResult::Ok { .. });
        let knew = match (&ending.result, ending.function) {
            (OperationResult::Ok { set, .. }, Function::Get) => {
                let history = set.as_ref().map(|set| set.history());
                let knows = |event: u32| history.as_ref().is_some_and(|it| it.contains(event));
                self.knew(ending, &knows)
            }
            _other => None,
        };
        self.operations.push(Operation {
            function: ending.function,
            began_s: ending.began.seconds(),
            latency_ms: now.since(ending.began).millis(),
            succeeded,
            knew,
        });
    }

    fn knew(&self, ending: &Ending, knows: &dyn Fn(u32) -> bool) -> Option<Knew> {
        let all = &self.commits[ending.key.index()];
        let before = &all[..all.partition_point(|(at, _)| *at <= ending.began)];
        let (last, _) = before.last()?;
        let behind = before.iter().rev().take_while(|(_, event)| !knows(*event)).count();
        // A read that returns what was committed only after it began is behind nothing.
        let newer = all[before.len()..].iter().any(|(_, event)| knows(*event));
        Some(Knew {
            commits: before.len() as u32,
            behind: if newer { 0 } else { behind as u32 },
            age_ms: ending.began.since(*last).millis(),
        })
    }

    fn on_fact(&mut self, now: Time, node: Option<NodeId>, fact: &Fact) {
        match (fact, node) {
            (Fact::Committed { key, ghost, .. }, _) => {
                self.committed(now, *key, ghost.event().number);
            }
            (Fact::Announced { .. }, Some(node)) if now > Time::ZERO => {
                self.announced_s.get_or_insert(now.seconds());
                self.learnt_s.entry(node).or_insert(now.seconds());
            }
            (Fact::Believes { .. }, Some(node)) if self.announced_s.is_some() => {
                self.learnt_s.entry(node).or_insert(now.seconds());
            }
            _other => {}
        }
    }
}

impl Observer for Watch {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: self.messages }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_fact(now, Some(*node), fact),
            Record::Client { fact: ClientFact::Coordinated(fact), .. } => {
                self.on_fact(now, None, fact);
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => self.ended(now, ending),
            Record::Delivered { from, to, message, .. } => {
                let gossip = [Kind::GossipDigest, Kind::GossipSame, Kind::GossipHistory];
                let (Address::Node(from), Address::Node(to)) = (from, to) else { return };
                if gossip.contains(&message.kind()) {
                    self.heard.entry((*to, *from)).or_default().push(now.seconds());
                }
            }
            _other => {}
        }
    }
}
