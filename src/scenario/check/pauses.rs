//! Rules of `pauses`.

use crate::random::distribution::Distribution;
use crate::sim::pauses::{Beginning, Pausing, Spec};
use crate::time::Duration;

use crate::scenario::check::check_distribution;
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let Spec { nodes, clients, load_balancers, operations_begin } = &scenario.pauses;
    let path = Path::from("pauses");
    let kinds = [("nodes", nodes), ("clients", clients), ("load_balancers", load_balancers)];
    for (name, pausing) in kinds {
        if let Some(pausing) = pausing {
            check_pausing(pausing, &path.name(name), findings);
        }
    }
    findings.require_with(
        load_balancers.is_none() || scenario.workload.load_balancer.is_some(),
        path.name("load_balancers"),
        ["workload.load_balancer"],
        "requests pass no load balancer that could pause: give `workload.load_balancer`",
    );
    findings.require_with(
        clients.is_some() || *operations_begin == Beginning::Wanted,
        path.name("operations_begin"),
        [path.name("clients")],
        "operations begin when they are wanted in any case: no client pauses",
    );
}

fn check_pausing(pausing: &Pausing, path: &Path, findings: &mut Findings) {
    let Pausing { every, length } = pausing;
    for (name, distribution, problem) in [
        ("every", every, "a process runs for longer than 0s between two pauses"),
        ("length", length, "a pause of 0s is none: give it a length, or leave it out"),
    ] {
        let path = path.name(name);
        check_distribution(distribution, &path, findings);
        let nothing = *distribution == Distribution::Constant(Duration::ZERO);
        findings.require(!nothing, path, problem);
    }
}
