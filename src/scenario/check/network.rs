//! Rules of `network`, and of groups of parties.

use std::collections::BTreeMap;

use crate::network::spec::{Between, Legs};

use crate::scenario::check::parties::{Member, check_exist, in_two_groups, shared};
use crate::scenario::check::{check_distribution, check_share, entries};
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::spec::Scenario;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let network = &scenario.network;
    check_distribution(&network.latency, &"network.latency".into(), findings);
    check_legs(&network.legs, &"network.legs".into(), findings);
    check_share(network.loss, "network.loss", findings);
    check_share(network.duplication, "network.duplication", findings);
    if let Some(reordering) = &network.reordering {
        check_share(reordering.probability, "network.reordering.probability", findings);
        check_distribution(&reordering.delay, &"network.reordering.delay".into(), findings);
    }
    check_sites(scenario, findings);
    check_groups(scenario, findings);
    for (i, between) in network.between.iter().enumerate() {
        check_between(between, &Path::from("network.between").index(i), scenario, findings);
    }
    check_pairs(&network.between, findings);
}

fn check_legs(legs: &Legs, path: &Path, findings: &mut Findings) {
    for (name, distribution) in [
        ("write", &legs.write),
        ("ack", &legs.ack),
        ("read", &legs.read),
        ("response", &legs.response),
        ("other", &legs.other),
    ] {
        if let Some(distribution) = distribution {
            check_distribution(distribution, &path.name(name), findings);
        }
    }
}

fn check_sites(scenario: &Scenario, findings: &mut Findings) {
    let sites = Path::from("network.sites");
    let mut members = Vec::new();
    for (group, (name, spans)) in scenario.network.sites.iter().enumerate() {
        let site = sites.name(name);
        findings.require(!spans.is_empty(), site.clone(), "nobody stands at this site");
        let entries = entries(spans, &site);
        check_exist(&entries, scenario, findings);
        members.extend(entries.into_iter().map(|(span, path)| Member { span, group, path }));
    }
    for (member, other) in in_two_groups(members) {
        let who = shared(member.span, other.span);
        let message = format!("{who} would be at two sites at once: also at {}", other.path);
        findings.require_with(false, member.path, [other.path], message);
    }
}

/// Whom groups name exists. A party can be in several.
fn check_groups(scenario: &Scenario, findings: &mut Findings) {
    for (name, spans) in &scenario.groups {
        let group = Path::from("groups").name(name);
        findings.require(!spans.is_empty(), group.clone(), "nobody is in this group");
        check_exist(&entries(spans, &group), scenario, findings);
    }
}

fn check_between(between: &Between, path: &Path, scenario: &Scenario, findings: &mut Findings) {
    for (i, name) in between.sites.iter().enumerate() {
        check_site(name, path.name("sites").index(i), scenario, findings);
    }
    if let Some(latency) = &between.latency {
        check_distribution(latency, &path.name("latency"), findings);
    }
    check_legs(&between.legs, &path.name("legs"), findings);
    if let Some(loss) = between.loss {
        check_share(loss, path.name("loss"), findings);
    }
    let changes =
        between.latency.is_some() || between.loss.is_some() || between.legs != Legs::default();
    let message = "it changes nothing: give at least one of latency, legs and loss";
    findings.require(changes, path.clone(), message);
}

/// Refuses a site that the scenario does not have.
pub(super) fn check_site(name: &str, path: Path, scenario: &Scenario, findings: &mut Findings) {
    let sites = &scenario.network.sites;
    if sites.contains_key(name) {
        return;
    }
    let known = sites.keys().map(String::as_str);
    let message = match sites.is_empty() {
        true => "there are no sites; name them and their members in network.sites".into(),
        false => format!("there is no site `{}` in network.sites", shortened(name)),
    };
    findings.add(Problem {
        because: vec!["network.sites".into()],
        help: did_you_mean(name, known),
        ..Problem::new(path, message)
    });
}

/// Two statements about one pair of sites: which would hold?
fn check_pairs(betweens: &[Between], findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    let list = Path::from("network.between");
    for (i, between) in betweens.iter().enumerate() {
        let [mut a, mut b] = [&between.sites[0], &between.sites[1]];
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        let first = *seen.entry((a, b)).or_insert(i);
        let message = format!(
            "the links between these two sites are described already, in {}",
            list.index(first)
        );
        findings.require_with(first == i, list.index(i), [list.index(first)], message);
    }
}
