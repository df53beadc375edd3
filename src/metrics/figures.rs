//! All numbers of a run, as plain data.

use crate::metrics::admission::AdmissionFigures;
use crate::metrics::anti_entropy::AntiEntropyFigures;
use crate::metrics::carts::CartsFigures;
use crate::metrics::corruption::CorruptionFigures;
use crate::metrics::divergence::DivergenceFigures;
use crate::metrics::durability::DurabilityFigures;
use crate::metrics::faults::FaultsFigures;
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
use crate::metrics::timeline::Row;
use crate::metrics::versions::VersionsFigures;

/// What [`crate::metrics::observer::Metrics`] comes to.
#[derive(Clone, PartialEq, Debug)]
pub struct Figures {
    pub availability: AvailabilityFigures,
    pub latency: LatencyFigures,
    pub staleness: StalenessFigures,
    pub versions: VersionsFigures,
    pub divergence: DivergenceFigures,
    pub handoff: HandoffFigures,
    pub anti_entropy: AntiEntropyFigures,
    pub read_repair: ReadRepairFigures,
    pub faults: FaultsFigures,
    pub repair: RepairFigures,
    pub durability: DurabilityFigures,
    pub corruption: CorruptionFigures,
    pub sessions: SessionsFigures,
    pub load: LoadFigures,
    pub routing: RoutingFigures,
    /// None if no cart was ever changed.
    pub carts: Option<CartsFigures>,
    pub membership: Option<MembershipFigures>,
    pub operations: OperationsFigures,
    /// None if nothing is buffered.
    pub object_buffer: Option<ObjectBufferFigures>,
    /// None if background work is not controlled.
    pub admission: Option<AdmissionFigures>,
    /// None if no process pauses by itself.
    pub pauses: Option<PausesFigures>,
    /// In order of time.
    pub timeline: Vec<Row>,
}
