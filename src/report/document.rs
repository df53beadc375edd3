//! The report of a run: plain data that holds everything except the timeline, the history and the
//! trace. Nothing in it depends on the machine or the hour.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::check::verdict::Verdict;
use crate::metrics::admission::AdmissionFigures;
use crate::metrics::anti_entropy::AntiEntropyFigures;
use crate::metrics::carts::CartsFigures;
use crate::metrics::corruption::CorruptionFigures;
use crate::metrics::divergence::DivergenceFigures;
use crate::metrics::durability::DurabilityFigures;
use crate::metrics::faults::FaultsFigures;
use crate::metrics::figures::Figures;
use crate::metrics::handoff::HandoffFigures;
use crate::metrics::latency::LatencyFigures;
use crate::metrics::load::LoadFigures;
use crate::metrics::membership::MembershipFigures;
use crate::metrics::object_buffer::ObjectBufferFigures;
use crate::metrics::operations::{AvailabilityFigures, OperationsFigures};
use crate::metrics::pauses::PausesFigures;
use crate::metrics::read_repair::ReadRepairFigures;
use crate::metrics::repair::RepairFigures;
use crate::metrics::routing::RoutingFigures;
use crate::metrics::sessions::SessionsFigures;
use crate::metrics::staleness::StalenessFigures;
use crate::metrics::versions::VersionsFigures;
use crate::report::definitions::{Definition, all, find};
use crate::report::ledgers::{Ledgers, Messages, ledgers, messages};
use crate::trace::layout::{Layout, Placed};
use crate::trace::record::Account;

/// Sections that a run may have nothing to say in.
const OPTIONAL: [&str; 5] = ["carts.", "membership.", "object_buffer.", "admission.", "pauses."];

/// Everything that is known of a run when it has ended.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    pub header: Header,
    pub verdicts: Vec<Verdict>,
    pub availability: AvailabilityFigures,
    pub latency: LatencyFigures,
    pub staleness: StalenessFigures,
    pub versions: VersionsFigures,
    pub divergence: DivergenceFigures,
    pub handoff: HandoffFigures,
    pub anti_entropy: AntiEntropyFigures,
    pub read_repair: ReadRepairFigures,
    pub messages: Messages,
    pub faults: FaultsFigures,
    pub ledgers: Ledgers,
    pub repair: RepairFigures,
    pub durability: DurabilityFigures,
    pub corruption: CorruptionFigures,
    pub sessions: SessionsFigures,
    pub load: LoadFigures,
    pub routing: RoutingFigures,
    pub placement: Placed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carts: Option<CartsFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipFigures>,
    pub operations: OperationsFigures,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_buffer: Option<ObjectBufferFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admission: Option<AdmissionFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pauses: Option<PausesFigures>,
    /// Unit and meaning of every number, by path; `*` stands for any one step, `a|b` for a or b.
    pub definitions: BTreeMap<&'static str, Definition>,
}

/// Where a run came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The scenario's name.
    pub scenario: String,
    /// Fingerprint of the scenario with all defaults filled in.
    pub scenario_hash: String,
    pub seed: u64,
    /// Digests of the files that the scenario names, by where a run keeps its copies.
    pub inputs: BTreeMap<&'static str, String>,
}

/// Which run this is, and how it ended.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Header {
    pub tool: &'static str,
    pub version: &'static str,
    pub scenario: String,
    pub scenario_hash: String,
    pub seed: u64,
    /// Digests of the files that the scenario names, by where a run keeps its copies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<&'static str, String>,
    /// Fingerprint of what happened, when and to whom, in hexadecimal.
    pub digest: String,
    pub duration_s: f64,
    pub ended_at_s: f64,
    pub events: u64,
    pub quiescent: bool,
}

impl Report {
    /// Puts the report together. The timeline is a file of its own and not in it.
    pub fn new(
        origin: Origin,
        layout: &Layout,
        account: &Account,
        figures: Figures,
        verdicts: Vec<Verdict>,
    ) -> Report {
        let messages = messages(account);
        Report {
            header: Header::new(origin, layout, account),
            verdicts,
            ledgers: ledgers(&messages, &figures.handoff, account),
            messages,
            availability: figures.availability,
            latency: figures.latency,
            staleness: figures.staleness,
            versions: figures.versions,
            divergence: figures.divergence,
            handoff: figures.handoff,
            anti_entropy: figures.anti_entropy,
            read_repair: figures.read_repair,
            faults: figures.faults,
            repair: figures.repair,
            durability: figures.durability,
            corruption: figures.corruption,
            sessions: figures.sessions,
            load: figures.load,
            routing: figures.routing,
            placement: layout.placement.clone(),
            carts: figures.carts,
            membership: figures.membership,
            operations: figures.operations,
            object_buffer: figures.object_buffer,
            admission: figures.admission,
            pauses: figures.pauses,
            definitions: all().copied().collect(),
        }
    }

    /// The number at a path such as `latency.get.p99_ms`: none if no report has such a number, and
    /// none inside if this one has nothing to say there.
    pub fn figure(&self, path: &str) -> Option<Option<f64>> {
        find(path)?;
        let document = serde_json::to_value(self).expect("a report is plain data");
        let step = |value: &Value, name: &str| match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?).cloned(),
            value => value.get(name).cloned(),
        };
        match path.split('.').try_fold(document, |value, name| step(&value, name)) {
            Some(value) => Some(value.as_f64()),
            // A run in which no cart was changed has nothing to say of carts, and so on.
            None => OPTIONAL.iter().any(|section| path.starts_with(section)).then_some(None),
        }
    }
}

impl Header {
    fn new(origin: Origin, layout: &Layout, account: &Account) -> Header {
        Header {
            tool: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            scenario: origin.scenario,
            scenario_hash: origin.scenario_hash,
            seed: origin.seed,
            inputs: origin.inputs,
            digest: format!("{:016x}", account.digest),
            duration_s: layout.duration.seconds(),
            ended_at_s: account.now.seconds(),
            events: account.totals.events,
            quiescent: account.quiescent,
        }
    }
}
