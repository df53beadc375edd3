//! Small worlds, and observers that keep what whole-world tests ask about.
#![allow(dead_code)] // Each test target uses its own share.

use std::collections::BTreeMap;
use std::rc::Rc;

use dynamo_sim::check::judges::Judges;
use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::dynamo::config::handoff::HintedHandoff;
use dynamo_sim::dynamo::config::{AntiEntropy, Cluster, Versioning};
use dynamo_sim::dynamo::fact::Fact;
use dynamo_sim::dynamo::storage::hint_store::Hint;
use dynamo_sim::dynamo::versioning::reconcile::merge;
use dynamo_sim::dynamo::versioning::version::VersionSet;
use dynamo_sim::faults;
use dynamo_sim::faults::fault::Fault;
use dynamo_sim::faults::spec::{Crash, DiskAfterCrash};
use dynamo_sim::ghost::{Ghost, Past};
use dynamo_sim::id::{Key, NodeId};
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::metrics::observer::Metrics;
use dynamo_sim::quantity::Rate;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::switch::Switch;
use dynamo_sim::time::{Duration, Time};
use dynamo_sim::trace::observer::{Interest, Observer, Observers};
use dynamo_sim::trace::record::{Account, Record};
use dynamo_sim::workload::spec::{Arrivals, Keys, Mix, Spec};
use dynamo_sim::workload::words::{ClientFact, Ending, Invocation};

/// Five nodes and a handful of clients for ten seconds, all mechanisms on and quick.
pub fn small_plan(seed: u64) -> Plan {
    let settings =
        AntiEntropy { interval: Duration::from_secs(2), depth: 6, ..AntiEntropy::default() };
    let handoff =
        HintedHandoff { scan_interval: Duration::from_secs(2), ..HintedHandoff::default() };
    Plan {
        seed,
        duration: Duration::from_secs(10),
        settle_limit: Duration::from_secs(900),
        sampling: Duration::from_secs(1),
        cluster: Cluster {
            nodes: 5,
            anti_entropy: Switch::On(settings),
            hinted_handoff: Switch::On(handoff),
            ..Cluster::default()
        },
        network: Default::default(),
        disk: Default::default(),
        pauses: Default::default(),
        workload: Spec {
            clients: 6,
            arrivals: Arrivals::Poisson(Rate { count: 20.0, per: Duration::from_secs(1) }),
            keys: Keys::Uniform { count: 20 },
            mix: Mix { get: 0.4, put: 0.5, blind: 0.1, ..Mix::default() },
            ..Spec::default()
        },
        faults: Vec::new(),
        administration: Vec::new(),
    }
}

/// A node stops at a second of the run and is back some seconds later.
pub fn crash(node: u32, at: u64, back_after: u64, disk: DiskAfterCrash) -> Fault {
    Fault::from(faults::spec::Spec::Crash(Crash {
        node: NodeId(node).into(),
        at: Duration::from_secs(at),
        restart_after: Some(Duration::from_secs(back_after)),
        disk,
    }))
}

/// Runs a plan under these eyes.
pub fn run(plan: &Plan, observer: &mut dyn Observer) -> Account {
    Simulation::new(plan).run(&mut Observers::new(vec![observer]))
}

/// Judges of the whole run; those of single moments are tried elsewhere.
const OF_THE_RUN: [&str; 7] = [
    "message_ledger",
    "hint_ledger",
    "operations",
    "no_invention",
    "durability",
    "convergence",
    "vacuity",
];

/// What a run comes to, and what the judges say: the names of those that found something, with how
/// they take it.
pub fn measure(plan: &Plan) -> (Figures, Account, Vec<(&'static str, Outcome)>) {
    let layout = plan.layout();
    let (mut metrics, mut judges) = (Metrics::new(&layout), Judges::new(&layout));
    let mut observers = Observers::new(vec![&mut metrics, &mut judges]);
    let account = Simulation::new(plan).run(&mut observers);
    let figures = metrics.finish(&account);
    let verdicts = judges.verdicts(&account).into_iter();
    let found = verdicts.filter(|it| OF_THE_RUN.contains(&it.judge) && it.outcome != Outcome::Held);
    (figures, account, found.map(|verdict| (verdict.judge, verdict.outcome)).collect())
}

/// All that a set knows of, its versions and what they replaced.
pub fn known(set: Option<&Rc<VersionSet>>) -> Past {
    set.map_or_else(Past::default, |set| set.history().into_owned())
}

/// Does one set know all that another does?
pub fn covers(one: Option<&Rc<VersionSet>>, other: &Rc<VersionSet>) -> bool {
    other.history().count_missing_from(&known(one)) == 0
}

/// Follows copies and hints, and keeps the books of hints.
#[derive(Default)]
pub struct Ledger {
    versioning: Versioning,
    copies: BTreeMap<(NodeId, Key), Rc<VersionSet>>,
    pub committed: Vec<(Key, Ghost)>,
    pub created: u64,
    pub revived: u64,
    pub delivered: u64,
    pub superseded: u64,
    pub lost: Vec<Hint>,
    pub repaired: u64,
    pub suspected: u64,
    pub cleared: u64,
    /// A hint that went before its target held it: when, and which.
    pub dips: Vec<(Time, Hint)>,
    pub invoked: Vec<Invocation>,
    pub ended: Vec<Ending>,
}

impl Ledger {
    /// An empty one for this plan.
    pub fn of(plan: &Plan) -> Ledger {
        Ledger { versioning: plan.cluster.versioning, ..Ledger::default() }
    }

    fn take(&mut self, now: Time, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Kept { change, .. }
            | Fact::Lost { change }
            | Fact::Released { change }
            | Fact::Reaped { change }
            | Fact::Damaged { change } => {
                match &change.after {
                    Some(set) => self.copies.insert((node, change.key), Rc::clone(set)),
                    None => self.copies.remove(&(node, change.key)),
                };
            }
            Fact::Committed { key, ghost, .. } => self.committed.push((*key, ghost.clone())),
            Fact::HintCreated { .. } => self.created += 1,
            Fact::HintRevived { .. } => self.revived += 1,
            Fact::HintSuperseded { .. } => self.superseded += 1,
            Fact::HintLost { hint } | Fact::HintDropped { hint } => self.lost.push(hint.clone()),
            Fact::StandIn(_) | Fact::Exchange(_) => {}
            Fact::HintDelivered { hint } => {
                self.delivered += 1;
                if !self.holds(hint) {
                    self.dips.push((now, hint.clone()));
                }
            }
            Fact::ReadRepaired { .. } => self.repaired += 1,
            Fact::Suspected { .. } => self.suspected += 1,
            Fact::Cleared { .. } => self.cleared += 1,
            Fact::Announced { .. } | Fact::Believes { .. } | Fact::Passed | Fact::Declined => {}
            Fact::Replanted { .. } | Fact::Merged(_) => {}
            Fact::Flush(_) | Fact::Buffer(_) | Fact::Admission(_) | Fact::Member(_) => {}
            Fact::Compared { .. } | Fact::Made { .. } | Fact::Recognised { .. } => {}
            Fact::Counted(_) | Fact::GivenUp(_) => {}
            Fact::Forwarded { .. } | Fact::Mended(_) => {}
        }
    }

    /// Does the target hold what is hinted, as far as the protocol can tell?
    fn holds(&self, hint: &Hint) -> bool {
        let held = self.copies.get(&(hint.target, hint.key));
        let after = |held| merge(self.versioning, held, &hint.set).digest();
        held.is_some_and(|held| after(held) == held.digest())
    }

    /// Hints that came, and hints that went or are still here.
    pub fn hints(&self, account: &Account) -> (u64, u64) {
        let pending: usize = account.nodes.iter().map(|node| node.hints.len()).sum();
        let gone = self.delivered + self.superseded + self.lost.len() as u64;
        (self.created + self.revived, gone + pending as u64)
    }
}

impl Observer for Ledger {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.take(now, *node, fact),
            Record::Client { fact: ClientFact::Invoked(invocation), .. } => {
                self.invoked.push(invocation.clone());
            }
            Record::Client { fact: ClientFact::Ended(ending), .. } => {
                self.ended.push(ending.clone());
            }
            _ => {}
        }
    }
}

/// Messages of each kind: sent and copied, and what became of them.
pub fn message_books(account: &Account) -> Vec<(u64, u64)> {
    let kinds = account.totals.kinds.iter().zip(account.in_flight);
    let book = |(kind, in_flight): (&dynamo_sim::trace::record::KindTotals, u64)| {
        let dropped: u64 = kind.dropped.iter().sum();
        (kind.sent + kind.copies, kind.delivered + dropped + in_flight)
    };
    kinds.map(book).collect()
}

/// Keys of which two homes hold different sets at the end.
pub fn unequal_keys(plan: &Plan, account: &Account) -> Vec<Key> {
    let layout = plan.layout();
    let held = |node: NodeId, key: Key| {
        let copies = &account.nodes[node.index()].copies;
        copies.iter().find(|(of, _)| *of == key).map(|(_, set)| set.digest())
    };
    let differs = |key: &Key| {
        let homes = layout.homes.of(*key);
        homes.iter().any(|home| held(*home, *key) != held(homes[0], *key))
    };
    (0..layout.keys).map(Key).filter(differs).collect()
}

/// Acknowledged writes of which neither a copy nor a hint knows any more.
pub fn lost_writes(ledger: &Ledger, account: &Account) -> Vec<dynamo_sim::id::EventId> {
    let mut all: BTreeMap<Key, Past> = BTreeMap::new();
    for node in &account.nodes {
        let hints = node.hints.iter().map(|hint| (hint.key, &hint.set));
        for (key, set) in node.copies.iter().map(|(key, set)| (*key, set)).chain(hints) {
            all.entry(key).or_default().join(&set.history());
        }
    }
    let events = ledger.committed.iter().map(|(_, ghost)| ghost.event());
    let gone = |event: &dynamo_sim::id::EventId| {
        !all.get(&event.key).is_some_and(|past| past.contains(event.number))
    };
    events.filter(gone).collect()
}
