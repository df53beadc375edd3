//! Which kind of trouble met which part of the protocol, and how that came out.
//!
//! A cell is a kind of fault, a phase and an outcome: a message of the phase arrived while the
//! fault held, or was lost, or its receiver stopped within [`NEAR`] of hearing it; or an operation
//! of a client, during which both were, succeeded, failed, or ended in nobody knows what. The phase
//! was there for an operation if one of the nodes that it was sent to heard of it before it ended;
//! that it is a request is always so. A fault still counts for [`NEAR`] after its end: what a heal
//! sets free is part of it. Counted are worlds, not messages: what happens a thousand times in one
//! world is one thing that is tested.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use crate::dynamo::message::{Kind, Message};
use crate::id::{Address, NodeId, OperationId};
use crate::scenario::hunt::KINDS;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, Ending, OperationResult};

/// How near in time two things are that meet.
const NEAR: Duration = Duration::from_millis(50);

/// Parts of the protocol, by the messages that carry them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Phase {
    /// Between client and coordinator.
    Request,
    Read,
    Write,
    ReadRepair,
    Handoff,
    /// Between the levels of Merkle trees.
    Trees,
    /// What differs under their leaves.
    Differences,
    Gossip,
    Probe,
    /// Ranges that change hands.
    Transfer,
    /// An order, or clients who ask who belongs.
    Membership,
    Reaping,
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 12] = [
        Phase::Request,
        Phase::Read,
        Phase::Write,
        Phase::ReadRepair,
        Phase::Handoff,
        Phase::Trees,
        Phase::Differences,
        Phase::Gossip,
        Phase::Probe,
        Phase::Transfer,
        Phase::Membership,
        Phase::Reaping,
    ];

    /// The heading of its column.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Request => "request",
            Phase::Read => "read",
            Phase::Write => "write",
            Phase::ReadRepair => "read repair",
            Phase::Handoff => "handoff",
            Phase::Trees => "trees",
            Phase::Differences => "differences",
            Phase::Gossip => "gossip",
            Phase::Probe => "probe",
            Phase::Transfer => "transfer",
            Phase::Membership => "membership",
            Phase::Reaping => "reaping",
        }
    }

    fn of(kind: Kind) -> Phase {
        match kind {
            Kind::Request | Kind::Reply => Phase::Request,
            Kind::Fetch | Kind::Fetched => Phase::Read,
            Kind::Write | Kind::Store | Kind::Written | Kind::Stored => Phase::Write,
            Kind::Confirmed | Kind::Confirm => Phase::Request,
            Kind::Repair => Phase::ReadRepair,
            Kind::Deliver | Kind::Delivered => Phase::Handoff,
            Kind::Hashes => Phase::Trees,
            Kind::Keys | Kind::Sets => Phase::Differences,
            Kind::GossipDigest | Kind::GossipSame | Kind::GossipHistory => Phase::Gossip,
            Kind::Ping | Kind::Pong => Phase::Probe,
            Kind::Offer | Kind::Transfer | Kind::Transferred | Kind::Prepared => Phase::Transfer,
            Kind::TakeOver | Kind::Withdraw | Kind::Given | Kind::Pass => Phase::Transfer,
            Kind::Ask | Kind::Filled | Kind::Declined => Phase::Transfer,
            Kind::Command | Kind::MembershipPull | Kind::Membership => Phase::Membership,
            Kind::NotHome => Phase::Membership,
            Kind::ReapAsk | Kind::ReapHeld | Kind::Reap => Phase::Reaping,
        }
    }
}

/// How a fault and a phase came out of their meeting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Outcome {
    Arrives,
    Lost,
    ReceiverStops,
    /// Of an operation: its client was told that it is done.
    Succeeds,
    /// It surely had no effect: refused, or a get without an answer.
    Fails,
    /// A write without an answer.
    Unknown,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 6] = [
        Outcome::Arrives,
        Outcome::Lost,
        Outcome::ReceiverStops,
        Outcome::Succeeds,
        Outcome::Fails,
        Outcome::Unknown,
    ];

    /// The heading of its table.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Arrives => "a message arrives",
            Outcome::Lost => "a message is lost",
            Outcome::ReceiverStops => "a message's receiver stops",
            Outcome::Succeeds => "an operation succeeds",
            Outcome::Fails => "an operation fails",
            Outcome::Unknown => "an operation's effect is unknown",
        }
    }

    fn of(result: &OperationResult) -> Outcome {
        match result {
            OperationResult::Ok { .. } => Outcome::Succeeds,
            OperationResult::Failed => Outcome::Fails,
            OperationResult::Unknown => Outcome::Unknown,
        }
    }
}

/// All cells there are.
pub const CELLS: usize = KINDS.len() * Phase::ALL.len() * Outcome::ALL.len();

/// A cell, by its place in the matrix.
pub type Cell = u16;

/// Watches which cells a run reaches.
pub struct Meetings {
    /// By fault of the scenario, its kind; none for one that a hunt cannot draw.
    kinds: Vec<Option<usize>>,
    /// By kind, how many hold, and until when the last still counts.
    holding: [(u32, Time); KINDS.len()],
    /// By node and phase, when it last heard of it.
    heard: Vec<[Time; Phase::ALL.len()]>,
    /// The nodes that operations under way were sent to.
    asked: BTreeMap<OperationId, SmallVec<[NodeId; 2]>>,
    reached: Vec<bool>,
}

impl Meetings {
    /// Nothing has met.
    pub fn new(layout: &Layout) -> Meetings {
        let kind = |name: &str| KINDS.iter().position(|kind| *kind == name);
        Meetings {
            kinds: layout.faults.iter().map(|fault| kind(fault.kind)).collect(),
            holding: [(0, Time::ZERO); KINDS.len()],
            heard: vec![[Time::ZERO; Phase::ALL.len()]; layout.machines as usize],
            asked: BTreeMap::new(),
            reached: vec![false; CELLS],
        }
    }

    /// The cells that were reached.
    pub fn cells(&self) -> BTreeSet<Cell> {
        let reached = self.reached.iter().enumerate().filter(|(_, reached)| **reached);
        reached.map(|(cell, _)| cell as Cell).collect()
    }

    /// They met now, or at some time since `from`.
    fn meet(&mut self, from: Time, phase: Phase, outcome: Outcome) {
        for kind in 0..KINDS.len() {
            let (holding, until) = self.holding[kind];
            if holding > 0 || until > from {
                self.reached[place(kind, phase, outcome)] = true;
            }
        }
    }

    fn message(&mut self, now: Time, message: &Message, outcome: Outcome) -> Phase {
        let phase = Phase::of(message.outline().kind);
        self.meet(now, phase, outcome);
        phase
    }

    fn stops(&mut self, now: Time, node: NodeId) {
        for phase in Phase::ALL {
            let heard = self.heard[node.index()][phase as usize];
            if heard > Time::ZERO && now.since(heard) <= NEAR {
                self.meet(now, phase, Outcome::ReceiverStops);
            }
        }
    }

    fn told(&mut self, fact: &ClientFact) {
        match fact {
            ClientFact::Invoked(invocation) => {
                self.asked.insert(invocation.operation, SmallVec::from_slice(&[invocation.to]));
            }
            ClientFact::Retried { attempt, to } => {
                self.asked.entry(attempt.operation).or_default().push(*to);
            }
            ClientFact::Ended(ending) => self.ends(ending),
            ClientFact::Moved { .. } | ClientFact::Refreshed { .. } => {}
            ClientFact::Misrouted { .. } | ClientFact::Coordinated(_) => {}
        }
    }

    fn ends(&mut self, ending: &Ending) {
        let nodes = self.asked.remove(&ending.operation).unwrap_or_default();
        let outcome = Outcome::of(&ending.result);
        for phase in Phase::ALL {
            let since = |node: &NodeId| self.heard[node.index()][phase as usize] > ending.began;
            if phase == Phase::Request || nodes.iter().any(since) {
                self.meet(ending.began, phase, outcome);
            }
        }
    }
}

/// The cell of a kind of fault, by its place, a phase and an outcome.
pub fn cell(kind: usize, phase: Phase, outcome: Outcome) -> Cell {
    place(kind, phase, outcome) as Cell
}

fn place(kind: usize, phase: Phase, outcome: Outcome) -> usize {
    (kind * Phase::ALL.len() + phase as usize) * Outcome::ALL.len() + outcome as usize
}

impl Observer for Meetings {
    fn interest(&self) -> Interest {
        Interest { messages: true, facts: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::FaultBegan { fault } => {
                if let Some(kind) = self.kinds[*fault] {
                    self.holding[kind].0 += 1;
                    self.holding[kind].1 = now + NEAR;
                }
            }
            Record::FaultEnded { fault } => {
                if let Some(kind) = self.kinds[*fault] {
                    let (holding, _) = self.holding[kind];
                    self.holding[kind] = (holding.saturating_sub(1), now + NEAR);
                }
            }
            Record::Delivered { to, message, .. } => {
                let phase = self.message(now, message, Outcome::Arrives);
                if let Address::Node(node) = to {
                    self.heard[node.index()][phase as usize] = now;
                }
            }
            Record::Dropped { message, .. } => {
                self.message(now, message, Outcome::Lost);
            }
            Record::Down { node, .. } => self.stops(now, *node),
            Record::Sent { .. } | Record::Copied { .. } | Record::Up { .. } => {}
            Record::Client { fact, .. } => self.told(fact),
            Record::Node { .. } => {}
            Record::Rehomed { .. } | Record::Settling => {}
        }
    }
}

/// By cell, in how many worlds it was reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrix {
    worlds: Vec<u64>,
}

impl Default for Matrix {
    fn default() -> Matrix {
        Matrix { worlds: vec![0; CELLS] }
    }
}

impl Matrix {
    /// One more world.
    pub fn add(&mut self, cells: &BTreeSet<Cell>) {
        cells.iter().for_each(|cell| self.worlds[usize::from(*cell)] += 1);
    }

    /// In how many worlds the cell was reached.
    pub fn worlds(&self, cell: Cell) -> u64 {
        self.worlds[usize::from(cell)]
    }

    /// How many cells were reached at all.
    pub fn reached(&self) -> usize {
        self.worlds.iter().filter(|worlds| **worlds > 0).count()
    }

    /// A table for each outcome, a row for each kind of fault; `-` where a cell was never reached.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for outcome in Outcome::ALL {
            let (reached, all) = (self.reached_with(outcome), KINDS.len() * Phase::ALL.len());
            text += &format!("\n{} ({reached} of {all} cells):\n\n| fault |", outcome.name());
            Phase::ALL.iter().for_each(|phase| text += &format!(" {} |", phase.name()));
            text += &format!("\n|---|{}\n", "---:|".repeat(Phase::ALL.len()));
            for (kind, name) in KINDS.iter().enumerate() {
                text += &format!("| `{name}` |");
                for phase in Phase::ALL {
                    let worlds = self.worlds[place(kind, phase, outcome)];
                    let shown = if worlds == 0 { "-".to_string() } else { worlds.to_string() };
                    text += &format!(" {shown} |");
                }
                text.push('\n');
            }
        }
        text
    }

    /// All cells as a table for programs, those too that were never reached.
    pub fn csv(&self) -> String {
        let mut text = "fault,phase,outcome,worlds\n".to_string();
        for (kind, name) in KINDS.iter().enumerate() {
            for phase in Phase::ALL {
                for outcome in Outcome::ALL {
                    let worlds = self.worlds[place(kind, phase, outcome)];
                    let (phase, outcome) = (phase.name(), outcome.name());
                    text += &format!("{name},{phase},{outcome},{worlds}\n");
                }
            }
        }
        text
    }

    fn reached_with(&self, outcome: Outcome) -> usize {
        let outcomes = self.worlds.chunks(Outcome::ALL.len());
        outcomes.filter(|worlds| worlds[outcome as usize] > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Scenario;
    use crate::sim::simulation::Simulation;
    use crate::trace::observer::Observers;

    #[test]
    fn a_partition_loses_writes_and_nothing_stops() {
        let text = r#"{ "name": "small", "duration": "4s", "cluster": { "nodes": 3 },
            "workload": { "clients": 4, "keys": { "uniform": { "count": 9 } },
                          "mix": { "put": 1 } },
            "faults": [{ "partition": { "sides": [["n0"], ["n1", "n2"]], "from": "1s",
                                        "to": "2s" } }] }"#;
        let plan = Scenario::read("small", text, &[], &[]).unwrap().plan();
        let mut meetings = Meetings::new(&plan.layout());
        Simulation::new(&plan).run(&mut Observers::new(vec![&mut meetings]));
        let cells = meetings.cells();
        let reached = |phase, outcome| cells.contains(&cell(0, phase, outcome));
        assert!(reached(Phase::Write, Outcome::Arrives) && reached(Phase::Write, Outcome::Lost));
        assert!(!reached(Phase::Write, Outcome::ReceiverStops));
        assert!(!reached(Phase::Transfer, Outcome::Arrives));
        let mut matrix = Matrix::default();
        matrix.add(&cells);
        assert_eq!((matrix.reached(), matrix.worlds(*cells.first().unwrap())), (cells.len(), 1));
        assert!(matrix.markdown().contains("| `partition` | 1 |"));
        let rows = matrix.csv().lines().filter(|row| row.ends_with(",1")).count();
        assert_eq!((rows, matrix.csv().lines().count()), (cells.len(), CELLS + 1));
    }

    /// With both replicas of a write wanted and one of them cut off, those who ask in the majority
    /// are told, and those who ask the node on its own are not.
    #[test]
    fn operations_that_meet_a_fault_end_in_each_way() {
        let text = r#"{ "name": "small", "duration": "8s",
            "cluster": { "nodes": 3, "n": 3, "r": 2, "w": 2, "hinted_handoff": false },
            "workload": { "clients": 6, "timeout": "500ms", "keys": { "uniform": { "count": 9 } },
                          "mix": { "put": 1, "get": 1 }, "retry": { "policy": "none" } },
            "faults": [{ "partition": { "sides": [["n0"], ["n1", "n2"]], "from": "1s",
                                        "to": "6s" } }] }"#;
        let plan = Scenario::read("small", text, &[], &[]).unwrap().plan();
        let mut meetings = Meetings::new(&plan.layout());
        Simulation::new(&plan).run(&mut Observers::new(vec![&mut meetings]));
        assert!(meetings.asked.is_empty(), "each operation ends");
        let cells = meetings.cells();
        for outcome in [Outcome::Succeeds, Outcome::Fails, Outcome::Unknown] {
            assert!(cells.contains(&cell(0, Phase::Request, outcome)), "{outcome:?}");
            assert!(!cells.contains(&cell(0, Phase::Transfer, outcome)), "{outcome:?}");
        }
        assert!(cells.contains(&cell(0, Phase::Write, Outcome::Succeeds)));
        let none = cells.iter().all(|it| usize::from(*it) < Phase::ALL.len() * Outcome::ALL.len());
        assert!(none, "no other kind of fault was there");
    }
}
