//! The rules that types cannot state: every one with its numbers in the sentence.
//!
//! One file per section of a scenario; each rule names the value at fault and the values that it
//! was compared with.

mod administration;
mod cluster;
mod conditions;
mod cuts;
mod detection;
mod disk;
mod expect;
mod faults;
mod gossip;
mod hunt;
mod network;
mod parties;
mod partitioning;
mod pauses;
mod sweep;
pub(in crate::scenario) mod timelines;
mod traffic;
mod workload;

use crate::id::Span;
use crate::random::distribution::Distribution;
use crate::time::Duration;

use crate::scenario::path::{Path, Step};
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::spec::Scenario;

/// Longest run, and longest wait after it. Software stays up for years.
pub const DURATION_LIMIT: Duration = Duration::from_secs(1_000 * 24 * 3600);
/// How far a clock may be off: a day.
pub const CLOCK_LIMIT: Duration = Duration::from_secs(24 * 3600);
/// Most rows of a timeline.
pub const ROW_LIMIT: u64 = 100_000;
/// Longest name of a scenario, in characters.
pub const NAME_LIMIT: usize = 64;

/// Everything that is wrong with a scenario that could be read.
///
/// `known_figures` are the paths of all figures that a report can hold; where the list is empty,
/// the names in `expect` are not checked.
pub fn check(scenario: &Scenario, known_figures: &[&str]) -> Vec<Problem> {
    let mut findings = Findings::default();
    check_name(&scenario.name, &mut findings);
    check_times(scenario, &mut findings);
    cluster::check(&scenario.cluster, &mut findings);
    conditions::check(scenario, &mut findings);
    administration::check(scenario, &mut findings);
    partitioning::check(scenario, &mut findings);
    network::check(scenario, &mut findings);
    disk::check(scenario, &mut findings);
    workload::check(scenario, &mut findings);
    pauses::check(scenario, &mut findings);
    faults::check(scenario, &mut findings);
    timelines::check(&scenario.faults, &mut findings);
    if let Some(hunt) = &scenario.hunt {
        hunt::check(hunt, &mut findings);
    }
    if let Some(sweep) = &scenario.sweep {
        sweep::check(sweep, scenario, &mut findings);
    }
    expect::check(scenario, known_figures, &mut findings);
    findings.problems()
}

fn check_name(name: &str, findings: &mut Findings) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    findings.require(
        !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain),
        "name",
        "a name consists of lower-case letters, digits and `-`, and does not begin with `-`: \
         it is also the name of a folder",
    );
    let length = name.chars().count();
    findings.require(
        length <= NAME_LIMIT,
        "name",
        format!("a name has at most {NAME_LIMIT} characters; this one has {length}"),
    );
}

fn check_times(scenario: &Scenario, findings: &mut Findings) {
    let Scenario { duration, settle_limit, sampling, .. } = scenario;
    let in_limit = |what: &str| format!("{what} is at most 1000 days (24000h)");
    check_positive(*duration, "duration", findings);
    findings.require(*duration <= DURATION_LIMIT, "duration", in_limit("duration"));
    findings.require(*settle_limit <= DURATION_LIMIT, "settle_limit", in_limit("settle_limit"));
    check_positive(*sampling, "sampling", findings);
    let rows = duration.0.checked_div(sampling.0).unwrap_or(0);
    findings.require_with(
        rows <= ROW_LIMIT,
        "sampling",
        ["duration"],
        format!(
            "{duration} in rows of {sampling} make a timeline of {rows} rows; at most {ROW_LIMIT} \
             are kept"
        ),
    );
}

pub(in crate::scenario) fn check_positive(
    duration: Duration,
    path: impl Into<Path>,
    findings: &mut Findings,
) {
    let path = path.into();
    let message = format!("{path} must be longer than 0s");
    findings.require(duration > Duration::ZERO, path, message);
}

fn check_share(share: f64, path: impl Into<Path>, findings: &mut Findings) {
    if (0.0..=1.0).contains(&share) {
        return;
    }
    let percent = share > 1.0 && share <= 100.0;
    let help = percent.then(|| format!("for {share} percent, write {}", share / 100.0));
    let message = format!("a share is from 0 (none of them) to 1 (all of them), not {share}");
    findings.add(Problem { help, ..Problem::new(path.into(), message) });
}

/// A distribution's own rules, told under the path where it is written.
pub(in crate::scenario) fn check_distribution(
    distribution: &Distribution,
    path: &Path,
    findings: &mut Findings,
) {
    for (relative, message) in distribution.problems() {
        let path = path.join(&Path::parse(&relative).unwrap_or_default());
        // The sentences begin with "is"; say who is.
        let message = match path.steps().last() {
            Some(Step::Name(name)) if message.starts_with("is ") => format!("{name} {message}"),
            Some(Step::Index(_)) if message.starts_with("is ") => format!("this {message}"),
            Some(Step::Name(_) | Step::Index(_)) | None => message,
        };
        findings.require(false, path, message);
    }
}

/// Where each of several spans is written.
fn entries<'s>(spans: &'s [Span], list: &Path) -> Vec<(Span, Path)> {
    let entry = |(i, span): (usize, &'s Span)| (*span, list.index(i));
    spans.iter().enumerate().map(entry).collect()
}
