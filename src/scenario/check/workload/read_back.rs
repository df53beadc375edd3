//! Rules of `workload.read_back`.

use crate::workload::read_back::{From, ReadBack};

use crate::scenario::check::DURATION_LIMIT;
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

/// Most reads after a write.
pub const READ_LIMIT: usize = 1_000;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let Some(ReadBack { after, from, .. }) = &scenario.workload.read_back else { return };
    let path = Path::from("workload.read_back");
    let count = after.len();
    let message = format!("a write is read 1 to {READ_LIMIT} times, not {count}");
    findings.require((1..=READ_LIMIT).contains(&count), path.name("after"), message);
    for (i, after) in after.iter().enumerate() {
        let message = format!("it would come after {after}; at most {DURATION_LIMIT}");
        findings.require(*after <= DURATION_LIMIT, path.name("after").index(i), message);
    }
    findings.require_with(
        *from == From::Here || !scenario.network.sites.is_empty(),
        path.name("from"),
        ["network.sites"],
        "clients read at any site, but `network.sites` names none",
    );
}
