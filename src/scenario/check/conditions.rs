//! Rules of `cluster.conditions` and `cluster.sibling_limit`.

use crate::dynamo::config::conditions::Conditions;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

/// Most siblings that a limit may allow.
pub const SIBLING_LIMIT: u32 = 10_000;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let cluster = &scenario.cluster;
    let Conditions { pr, pw, read_sites, write_sites } = cluster.conditions;
    for (name, value) in [("pr", pr), ("pw", pw)] {
        findings.require_with(
            value <= cluster.n,
            format!("cluster.conditions.{name}").as_str(),
            ["cluster.n"],
            format!(
                "{name} is how many of those who answer must be homes: at most n, which is {}, \
                 not {value}",
                cluster.n
            ),
        );
    }
    let named = scenario.network.sites.len() as u32;
    for (name, value) in [("read_sites", read_sites), ("write_sites", write_sites)] {
        let path = format!("cluster.conditions.{name}");
        let limit = named.min(cluster.n);
        findings.require_with(
            value <= limit.max(1),
            path.as_str(),
            ["network.sites"],
            format!(
                "{name} is at how many sites those who answer must stand: at most n, and at most \
                 as many as network.sites names, not {value} of {named}"
            ),
        );
        findings.require_with(
            value <= 1 || cluster.partitioning.span_sites,
            path.as_str(),
            ["cluster.partitioning.span_sites"],
            format!("{name} needs lists that know of sites: set span_sites to true"),
        );
    }
    let limit = cluster.sibling_limit.unwrap_or(1);
    findings.require(
        (1..=SIBLING_LIMIT).contains(&limit),
        "cluster.sibling_limit",
        format!(
            "a key keeps 1 to {SIBLING_LIMIT} versions beside each other, not {limit}; for no \
             limit, leave it out"
        ),
    );
}
