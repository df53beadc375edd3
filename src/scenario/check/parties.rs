//! Rules about who is named: parties exist, and stand on one side or at one site only.

use crate::id::{Address, Span};

use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;
use crate::sim::administration::Order;

/// Highest number of a node, whether a member from the start or not.
pub(super) const MACHINE_LIMIT: u32 = 10_000;

/// Refuses spans that name nodes or clients that the scenario does not have.
pub(super) fn check_exist(spans: &[(Span, Path)], scenario: &Scenario, findings: &mut Findings) {
    for (span, path) in spans {
        check_exists(span.last, path, scenario, findings);
    }
}

/// Refuses a party that the scenario does not have.
pub(super) fn check_exists(
    party: Address,
    path: &Path,
    scenario: &Scenario,
    findings: &mut Findings,
) {
    let (number, count, kind, letter, because) = match party {
        Address::Node(node) => (node.0, machines(scenario), "nodes", 'n', "cluster.nodes"),
        Address::Client(client) => {
            (client.0, scenario.workload.clients, "clients", 'c', "workload.clients")
        }
    };
    let there_are = match count {
        0 => format!("there are no {kind}"),
        _ => format!("the {count} {kind} are {letter}0 to {letter}{}", count - 1),
    };
    let message = format!("there is no {party}: {there_are}");
    findings.require_with(number < count, path.clone(), [because], message);
}

/// All nodes of a scenario: its members, and those that an administrator starts, if they can be.
fn machines(scenario: &Scenario) -> u32 {
    let started = scenario.administration.iter().filter_map(Order::starts);
    started
        .filter(|node| node.0 < MACHINE_LIMIT)
        .map(|node| node.0 + 1)
        .fold(scenario.cluster.nodes, u32::max)
}

/// A run of parties that stands in one group, where it is written.
#[derive(Clone)]
pub(super) struct Member {
    pub span: Span,
    pub group: usize,
    pub path: Path,
}

/// Pairs of members of different groups that share a party: the later start, with one that began
/// before it and still runs. Takes time by the number of members, not of pairs.
pub(super) fn in_two_groups(mut members: Vec<Member>) -> Vec<(Member, Member)> {
    members.sort_by(|a, b| (a.span.first, &a.path).cmp(&(b.span.first, &b.path)));
    let mut overlaps = Vec::new();
    // Of the members seen, the one that runs furthest, and the furthest of any other group.
    let (mut furthest, mut rival): (Option<Member>, Option<Member>) = (None, None);
    for member in members {
        let others = [&furthest, &rival].into_iter().flatten();
        let other = others
            .filter(|other| other.group != member.group)
            .find(|other| other.span.last >= member.span.first);
        if let Some(other) = other {
            overlaps.push((member.clone(), other.clone()));
        }
        let beyond = |seen: &Option<Member>| {
            seen.as_ref().is_none_or(|seen| member.span.last > seen.span.last)
        };
        let same_group = furthest.as_ref().is_none_or(|seen| seen.group == member.group);
        if beyond(&furthest) {
            let passed = furthest.replace(member);
            rival = if same_group { rival } else { passed };
        } else if !same_group && beyond(&rival) {
            rival = Some(member);
        }
    }
    overlaps
}

/// The parties that two spans share, spelt as a span.
pub(super) fn shared(a: Span, b: Span) -> Span {
    Span { first: a.first.max(b.first), last: a.last.min(b.last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlaps(members: &[(&str, usize)]) -> Vec<String> {
        let member = |(i, (span, group)): (usize, &(&str, usize))| Member {
            span: Span::parse(span).unwrap(),
            group: *group,
            path: Path::root().index(i),
        };
        let pairs = in_two_groups(members.iter().enumerate().map(member).collect());
        pairs.iter().map(|(a, b)| shared(a.span, b.span).to_string()).collect()
    }

    #[test]
    fn whoever_stands_in_two_groups_is_found() {
        let nobody: [&str; 0] = [];
        assert_eq!(overlaps(&[("n0..n5", 0), ("n6..n9", 1)]), nobody);
        assert_eq!(overlaps(&[("n0..n5", 0), ("n5..n9", 1)]), ["n5"]);
        assert_eq!(overlaps(&[("n0..n5", 0), ("n3", 0), ("c0..c9", 1)]), nobody);
        assert_eq!(overlaps(&[("n0..n9", 0), ("n1..n2", 0), ("n7", 1), ("n8", 2)]), ["n7", "n8"]);
        assert_eq!(overlaps(&[("n0..n9", 0), ("n1..n12", 1), ("n11", 0)]), ["n1..n9", "n11"]);
    }
}
