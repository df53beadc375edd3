//! From a checked scenario to the plan of a run.

use crate::dynamo::config::plant::Planted;
use crate::faults::composed::laid_out;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;
use crate::sim::plan::Plan;

impl Checked {
    /// The plan of the run that this scenario describes.
    pub fn plan(&self) -> Plan {
        plan_of(self.scenario())
    }
}

/// The plan of the run that a scenario describes which keeps every rule.
pub(super) fn plan_of(scenario: &Scenario) -> Plan {
    let mut cluster = scenario.cluster.clone();
    // In a small cluster all are seeds.
    cluster.gossip.seeds = cluster.gossip.seeds.min(cluster.nodes);
    cluster.planted = scenario.plant.map_or(Planted::NONE, Planted::with);
    Plan {
        seed: scenario.seed,
        duration: scenario.duration,
        settle_limit: scenario.settle_limit,
        sampling: scenario.sampling,
        cluster,
        network: scenario.network.clone(),
        disk: scenario.disk.clone(),
        pauses: scenario.pauses.clone(),
        workload: scenario.workload.clone(),
        faults: laid_out(&scenario.faults),
        administration: scenario.administration.clone(),
    }
}
