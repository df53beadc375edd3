//! Rules of `workload.trace`.

use crate::id::ClientId;
use crate::time::{Duration, Time};
use crate::workload::intent::Intent;
use crate::workload::recording::Recorded;
use crate::workload::spec::Keys;

use crate::scenario::check::workload::keys::KEY_LIMIT;
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let Some(file) = &scenario.workload.trace else { return };
    let (path, recording) = (Path::from("workload.trace"), &file.content);
    let operations = &recording.operations;
    let message = "a trace has operations, and this one has none";
    findings.require(!operations.is_empty(), path.clone(), message);
    let message = format!("a trace is about at most {KEY_LIMIT} keys, not {}", recording.keys);
    findings.require(recording.keys <= KEY_LIMIT, path.clone(), message);
    let keys = matches!(scenario.workload.keys, Keys::File(_));
    let message = "the trace says which keys are asked for, and so does `workload.keys.file`";
    findings.require_with(!keys, path.clone(), ["workload.keys"], message);
    check_clients(operations, scenario, path.clone(), findings);
    let last = operations.last().map_or(Time::ZERO, |last| last.at);
    let duration = scenario.duration;
    let message = format!(
        "its last operation is at {}, but clients begin nothing more after {duration}",
        Duration(last.0)
    );
    findings.require_with(last < Time::ZERO + duration, path.clone(), ["duration"], message);
    let has = |kinds: [Intent; 2]| operations.iter().any(|one| kinds.contains(&one.intent));
    findings.require(
        !(has([Intent::Add, Intent::Remove]) && has([Intent::Put, Intent::Blind])),
        path,
        "add and remove write shopping carts, put and blind write plain values: a trace has one \
         kind or the other",
    );
}

fn check_clients(
    operations: &[Recorded],
    scenario: &Scenario,
    path: Path,
    findings: &mut Findings,
) {
    let clients = scenario.workload.clients;
    let unknown = |recorded: &&Recorded| recorded.client >= ClientId(clients);
    if let Some(recorded) = operations.iter().filter(unknown).max_by_key(|one| one.client) {
        let message = format!(
            "it tells of {}, but there are {clients} clients, counted from c0",
            recorded.client
        );
        findings.require_with(false, path, ["workload.clients"], message);
    }
}
