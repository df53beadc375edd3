//! The one observer behind all numbers: owns the folds and hands each what it wants to see.

use crate::dynamo::fact::Fact;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::metrics::admission::Admission;
use crate::metrics::anti_entropy::AntiEntropy;
use crate::metrics::carts::Carts;
use crate::metrics::clusters::Clusters;
use crate::metrics::corruption::Corruption;
use crate::metrics::divergence::Divergence;
use crate::metrics::durability;
use crate::metrics::faults::{Beliefs, full_label};
use crate::metrics::figures::Figures;
use crate::metrics::handoff::Handoff;
use crate::metrics::latency::Latency;
use crate::metrics::load::Load;
use crate::metrics::membership::MembershipChanges;
use crate::metrics::moment::Standing;
use crate::metrics::object_buffer::ObjectBuffers;
use crate::metrics::operations::Operations;
use crate::metrics::pauses;
use crate::metrics::read::Read;
use crate::metrics::read_repair::ReadRepair;
use crate::metrics::repair::Repair;
use crate::metrics::routing::Routing;
use crate::metrics::sessions::Sessions;
use crate::metrics::staleness::Staleness;
use crate::metrics::timeline::{Running, Timeline};
use crate::metrics::versions::Versions;
use crate::metrics::window::Windows;
use crate::time::Time;
use crate::trace::acknowledged::Acknowledged;
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::{Account, Record, Totals};
use crate::workload::words::{ClientFact, Ending, Function, Invocation, OperationResult};

/// Measures a run.
#[derive(Debug)]
pub struct Metrics {
    layout: Layout,
    windows: Windows,
    operations: Operations,
    latency: Latency,
    staleness: Staleness,
    sessions: Sessions,
    versions: Versions,
    divergence: Divergence,
    handoff: Handoff,
    anti_entropy: AntiEntropy,
    read_repair: ReadRepair,
    repair: Repair,
    carts: Carts,
    corruption: Corruption,
    acknowledged: Acknowledged,
    load: Load,
    routing: Routing,
    beliefs: Beliefs,
    buffers: ObjectBuffers,
    admission: Admission,
    timeline: Timeline,
    membership: MembershipChanges,
    clusters: Clusters,
    rest: Rest,
}

/// The wait for rest after the scenario's end: all homes equal, no hint pending.
#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    settling: Option<Time>,
    reached: Option<Time>,
}

impl Metrics {
    /// Nothing has happened yet.
    pub fn new(layout: &Layout) -> Metrics {
        Metrics::by_windows(layout, Windows::new(layout))
    }

    /// As `new`, with other parts of the run.
    pub fn by_windows(layout: &Layout, windows: Windows) -> Metrics {
        let (keys, nodes) = (layout.keys, layout.machines);
        Metrics {
            windows,
            operations: Operations::new(layout.clients),
            latency: Latency::default(),
            staleness: Staleness::new(keys, layout.cluster.versioning),
            sessions: Sessions::new(layout.clients),
            versions: Versions::default(),
            divergence: Divergence::new(layout),
            handoff: Handoff::new(keys),
            anti_entropy: AntiEntropy::default(),
            read_repair: ReadRepair::default(),
            repair: Repair::default(),
            carts: Carts::new(layout.cart_policy),
            corruption: Corruption::default(),
            acknowledged: Acknowledged::new(keys),
            load: Load::new(nodes),
            routing: Routing::default(),
            beliefs: Beliefs::default(),
            buffers: ObjectBuffers::default(),
            admission: Admission::default(),
            timeline: Timeline::new(layout.cluster.nodes, nodes, layout.faults.len()),
            membership: MembershipChanges::default(),
            clusters: Clusters::default(),
            rest: Rest::default(),
            layout: layout.clone(),
        }
    }

    /// What it all comes to.
    pub fn finish(self, account: &Account) -> Figures {
        let running = self.running().with_traffic(&account.totals);
        let (layout, totals, repaired) = (&self.layout, &account.totals, self.repair.overall());
        let overwritten = self.staleness.overwritten();
        Figures {
            availability: self.operations.availability(),
            latency: self.latency.figures(),
            staleness: self.staleness.figures(),
            versions: self.versions.figures(),
            divergence: self.divergence.figures(account.now, self.rest.after_s()),
            handoff: self.handoff.figures(),
            anti_entropy: self.anti_entropy.figures(totals, repaired.anti_entropy),
            read_repair: self.read_repair.figures(totals, repaired.read_repair),
            faults: self.beliefs.figures(layout, account),
            repair: self.repair.figures(),
            durability: durability::figures(&self.acknowledged, account, overwritten),
            corruption: self.corruption.figures(account),
            sessions: self.sessions.figures(),
            load: self.load.figures(),
            routing: self.routing.figures(),
            carts: self.carts.figures(account),
            membership: self.membership.figures(layout, account, &self.clusters),
            operations: self.operations.figures(),
            object_buffer: self.buffers.figures(&layout.cluster),
            admission: self.admission.figures(&layout.cluster),
            pauses: pauses::figures(&account.stopped, account.now.seconds()),
            timeline: self.timeline.finish(account.now, running),
        }
    }

    /// What stands now.
    pub fn standing(&self) -> Standing {
        let pending = self.handoff.pending();
        let (up, active) = self.timeline.standing();
        Standing([self.divergence.now(), pending.count, pending.bytes, up, active])
    }

    fn on_node(&mut self, now: Time, node: NodeId, fact: &Fact) {
        self.acknowledged.fact(fact);
        if let Some(key) = self.handoff.fact(now, fact) {
            self.settle(key);
        }
        match fact {
            Fact::Kept { change, cause } => {
                self.repair.kept(change, *cause);
                self.membership.kept(change, *cause);
                self.corruption.kept(change, *cause);
                self.on_change(now, node, change);
            }
            Fact::Lost { change } | Fact::Reaped { change } => self.on_change(now, node, change),
            Fact::Damaged { change } => {
                self.corruption.damaged();
                self.on_change(now, node, change);
            }
            Fact::Committed { ghost, set, .. } => self.staleness.committed(now, ghost, set),
            Fact::Suspected { .. } => self.beliefs.raised(),
            Fact::Cleared { .. } => self.beliefs.cleared(),
            Fact::Compared { hashes, differing, .. } => {
                self.anti_entropy.compared(*hashes, *differing);
            }
            Fact::Made { attempt, .. } => self.operations.writes.made(*attempt),
            Fact::Recognised { .. } => self.operations.writes.recognised(),
            Fact::ReadRepaired { replicas, .. } => self.read_repair.repaired(*replicas),
            Fact::Believes { history } if self.layout.administered => {
                self.clusters.believes(now, node, history);
            }
            Fact::Believes { .. } => {}
            Fact::Announced { .. }
            | Fact::Released { .. }
            | Fact::Passed
            | Fact::Declined
            | Fact::Replanted { .. } => self.membership.fact(now, fact),
            Fact::Member(_) => {}
            Fact::Buffer(fact) => self.buffers.fact(*fact),
            Fact::Admission(fact) => self.admission.fact(*fact),
            Fact::Flush(_)
            | Fact::HintCreated { .. }
            | Fact::HintSuperseded { .. }
            | Fact::HintDelivered { .. }
            | Fact::HintLost { .. }
            | Fact::HintRevived { .. }
            | Fact::Counted(_)
            | Fact::GivenUp(_)
            | Fact::Forwarded { .. }
            | Fact::Mended(_)
            | Fact::Merged(_)
            | Fact::HintDropped { .. }
            | Fact::StandIn(_)
            | Fact::Exchange(_) => {}
        }
        self.look_for_rest(now);
    }

    fn on_change(&mut self, now: Time, node: NodeId, change: &Change) {
        if change.is_news() && self.divergence.changed(now, node, change) {
            self.settle(change.key);
        }
    }

    /// If all homes of a key agree, its commits need not be remembered one by one.
    fn settle(&mut self, key: Key) {
        if self.divergence.is_equal(key) {
            let set = self.divergence.first_of(key).map(|set| &**set);
            self.staleness.agreed(key, set, self.handoff.is_pending(key));
        }
    }

    fn on_client(&mut self, now: Time, fact: &ClientFact) {
        match fact {
            ClientFact::Invoked(invocation) => self.on_invocation(now, invocation),
            ClientFact::Retried { attempt, .. } => {
                self.operations.retried(*attempt);
                self.routing.retried();
            }
            ClientFact::Moved { .. } => self.operations.moved(),
            ClientFact::Refreshed { at_once } => self.routing.refreshed(*at_once),
            ClientFact::Misrouted { .. } => self.routing.misrouted(),
            ClientFact::Coordinated(fact) => self.on_coordinated(now, fact),
            ClientFact::Ended(ending) => self.on_ending(now, ending),
        }
    }

    /// What a client that coordinates tells; whom it believes down is its own affair.
    fn on_coordinated(&mut self, now: Time, fact: &Fact) {
        self.acknowledged.fact(fact);
        match fact {
            Fact::Committed { ghost, set, .. } => self.staleness.committed(now, ghost, set),
            Fact::Made { attempt, .. } => self.operations.writes.made(*attempt),
            Fact::ReadRepaired { replicas, .. } => self.read_repair.repaired(*replicas),
            _other => {}
        }
    }

    fn on_invocation(&mut self, now: Time, invocation: &Invocation) {
        self.operations.invoked(self.windows.of(now), invocation);
        self.sessions.invoked(invocation);
        self.carts.invoked(invocation);
        self.routing.invoked(invocation);
        if invocation.function == Function::Get {
            self.staleness.read_began(now, invocation.key, invocation.operation);
        } else {
            self.load.writers.wrote(invocation.key, invocation.operation.client);
        }
    }

    fn on_ending(&mut self, now: Time, ending: &Ending) {
        let window = self.windows.of(ending.began);
        self.operations.ended(now, window, ending);
        self.timeline.ended(now, ending);
        self.routing.ended(&ending.result);
        if let OperationResult::Ok { set, coordinator, .. } = &ending.result {
            self.latency.record(window, ending.function, now.since(ending.began));
            coordinator.iter().for_each(|node| self.load.coordinated(*node));
            if ending.function == Function::Get {
                self.on_read(ending, set.as_deref());
            }
        } else if ending.function == Function::Get {
            self.staleness.read_failed(ending.key, ending.operation);
        }
        self.sessions.ended(ending);
        self.carts.ended(now, ending);
    }

    fn on_read(&mut self, ending: &Ending, set: Option<&VersionSet>) {
        let history = set.map(VersionSet::history).unwrap_or_default().into_owned();
        let read = Read {
            operation: ending.operation,
            key: ending.key,
            began: ending.began,
            window: self.windows.of(ending.began),
            set,
            history: &history,
        };
        self.staleness.read(&read);
        self.sessions.read(&read);
        self.versions.read(&read);
        self.corruption.read(&read);
        self.carts.read(&read);
    }

    fn on_heal(&mut self, now: Time, fault: usize) {
        let label = full_label(&self.layout.faults[fault]);
        self.timeline.fault(fault, false);
        self.divergence.healed(now, &label);
        self.handoff.healed(now);
        self.repair.healed();
    }

    fn look_for_rest(&mut self, now: Time) {
        if self.rest.settling.is_some() {
            let at_rest = self.divergence.now() == 0 && self.handoff.pending().count == 0;
            self.rest.reached = at_rest.then(|| self.rest.reached.unwrap_or(now));
        }
    }

    fn running(&self) -> Running {
        let repaired = self.repair.overall();
        Running {
            stale_reads: self.staleness.stale_reads(),
            versions: self.versions.running(),
            divergent_keys: self.divergence.now(),
            hints_pending: self.handoff.pending(),
            hints_delivered: self.handoff.delivered(),
            anti_entropy_copies: repaired.anti_entropy.count,
            read_repair_copies: repaired.read_repair.count,
            handoff_copies: repaired.handoff.count,
            slices: self.admission.running(),
            ..Running::default()
        }
    }
}

impl Rest {
    fn after_s(&self) -> Option<f64> {
        let (settling, reached) = self.settling.zip(self.reached)?;
        Some(reached.since(settling).seconds())
    }
}

impl Observer for Metrics {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Node { node, fact } => self.on_node(now, *node, fact),
            Record::Client { fact, .. } => self.on_client(now, fact),
            Record::Down { node, .. } => self.timeline.node(*node, false),
            Record::Up { node } => self.timeline.node(*node, true),
            Record::FaultBegan { fault } => self.timeline.fault(*fault, true),
            Record::FaultEnded { fault } => self.on_heal(now, *fault),
            Record::Rehomed { homes, held } => self.divergence.rehomed(now, homes, held),
            Record::Settling => {
                self.rest.settling = Some(now);
                self.look_for_rest(now);
            }
            Record::Sent { .. }
            | Record::Copied { .. }
            | Record::Delivered { .. }
            | Record::Dropped { .. } => {}
        }
    }

    fn sample(&mut self, now: Time, totals: &Totals) {
        let running = self.running().with_traffic(totals);
        self.timeline.sample(now, running);
    }
}
