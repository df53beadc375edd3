//! Rules of `workload.moves`.

use crate::id::{Address, NodeId, Span};
use crate::random::distribution::Distribution;
use crate::time::Duration;
use crate::workload::spec::{Move, MovedSession, Writes};

use crate::scenario::check::network::check_site;
use crate::scenario::check::parties::check_exist;
use crate::scenario::check::{check_distribution, entries};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let Some(moves) = &scenario.workload.moves else { return };
    let path = Path::from("workload.moves");
    let some = moves.every.is_some() || !moves.planned.is_empty();
    findings.require(some, path.clone(), "say when clients move: give `every` or `planned`");
    if let Some(every) = &moves.every {
        let path = path.name("every");
        check_distribution(every, &path, findings);
        let nothing = *every == Distribution::Constant(Duration::ZERO);
        findings.require(!nothing, path.clone(), "clients stay at a site longer than 0s");
        let message = "clients move between two sites with nodes at least, and `network.sites` \
                       names fewer";
        findings.require_with(with_nodes(scenario) >= 2, path, ["network.sites"], message);
    }
    for (i, planned) in moves.planned.iter().enumerate() {
        check_planned(planned, &path.name("planned").index(i), scenario, findings);
    }
    findings.require_with(
        moves.session == MovedSession::Kept
            || scenario.workload.session.writes == Writes::FromMemory,
        path.name("session"),
        ["workload.session.writes"],
        "a client that reads before each write has nothing to lose; let it write `from_memory`",
    );
}

/// How many sites have nodes.
fn with_nodes(scenario: &Scenario) -> usize {
    let node = |span: &Span| matches!(span.first, Address::Node(NodeId(_)));
    let sites = scenario.network.sites.values();
    sites.filter(|members| members.iter().any(node)).count()
}

fn check_planned(planned: &Move, path: &Path, scenario: &Scenario, findings: &mut Findings) {
    let clients = path.name("clients");
    findings.require(!planned.clients.is_empty(), clients.clone(), "nobody moves");
    let entries = entries(&planned.clients, &clients);
    check_exist(&entries, scenario, findings);
    for (span, path) in entries {
        let client = matches!(span.first, Address::Client(_));
        findings.require(client, path, format!("clients move, and {span} is none"));
    }
    let message = format!("the run is over at {}: nobody moves any more", scenario.duration);
    let holds = planned.at < scenario.duration;
    findings.require_with(holds, path.name("at"), ["duration"], message);
    check_site(&planned.to, path.name("to"), scenario, findings);
}
