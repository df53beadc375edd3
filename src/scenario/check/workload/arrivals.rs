//! Rules of `workload.arrivals`.

use crate::quantity::Rate;
use crate::random::distribution::Distribution;
use crate::time::Duration;
use crate::workload::spec::{Arrivals, Diurnal};

use crate::scenario::check::{DURATION_LIMIT, check_distribution};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

/// Most operations of one client in a second.
pub const RATE_LIMIT: f64 = 1e6;
/// Most operations of a run, as expected from the rates.
pub const OPERATION_LIMIT: f64 = 2e9;
/// Shortest and longest day.
pub const SHORTEST_DAY: Duration = Duration::from_secs(1);
pub const LONGEST_DAY: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let path = Path::from("workload.arrivals");
    match &scenario.workload.arrivals {
        Arrivals::Poisson(rate) => check_rate(*rate, path.name("poisson"), scenario, findings),
        Arrivals::Constant(rate) => check_rate(*rate, path.name("constant"), scenario, findings),
        Arrivals::Diurnal(diurnal) => {
            check_diurnal(diurnal, &path.name("diurnal"), scenario, findings);
        }
        Arrivals::Bursts { base, burst, pause, length } => {
            let path = path.name("bursts");
            check_rates(&[(*base, "base"), (*burst, "burst")], &path, scenario, findings);
            check_distribution(pause, &path.name("pause"), findings);
            check_distribution(length, &path.name("length"), findings);
            check_passes(pause, path.name("pause"), findings);
            check_passes(length, path.name("length"), findings);
        }
        Arrivals::Closed { think } => {
            check_distribution(think, &path.name("closed").name("think"), findings);
        }
    }
}

/// What takes no time at all was not meant.
fn check_passes(distribution: &Distribution, path: Path, findings: &mut Findings) {
    let nothing = *distribution == Distribution::Constant(Duration::ZERO);
    findings.require(!nothing, path, "bursts and the pauses between them last longer than 0s");
}

/// Rates of which one may be nothing.
fn check_rates(rates: &[(Rate, &str)], path: &Path, scenario: &Scenario, findings: &mut Findings) {
    let nothing = rates.iter().all(|(rate, _)| rate.count == 0.0);
    findings.require(!nothing, path.clone(), "clients would do nothing: all rates are 0");
    for (rate, name) in rates.iter().filter(|(rate, _)| rate.count != 0.0) {
        check_rate(*rate, path.name(*name), scenario, findings);
    }
}

fn check_diurnal(diurnal: &Diurnal, path: &Path, scenario: &Scenario, findings: &mut Findings) {
    let Diurnal { period, table } = diurnal;
    let message = format!("a day takes {SHORTEST_DAY} to 30 days (720h), not {period}");
    let holds = (SHORTEST_DAY..=LONGEST_DAY).contains(period);
    findings.require(holds, path.name("period"), message);
    let path = path.name("table");
    let nothing = table.iter().all(|(_, rate)| rate.count == 0.0);
    findings.require(!nothing, path.clone(), "clients would do nothing: no rate is above 0");
    let mut before = None;
    for (i, (hour, rate)) in table.iter().enumerate() {
        let place = path.index(i);
        let message = format!("an hour is from 0 to less than {}, not {hour}", Diurnal::HOURS);
        findings.require((0.0..Diurnal::HOURS).contains(hour), place.index(0), message);
        if let Some(before) = before {
            let message = format!("hours come in order: {hour} is not after {before}");
            findings.require(*hour > before, place.index(0), message);
        }
        before = Some(*hour);
        if rate.count != 0.0 {
            check_rate(*rate, place.index(1), scenario, findings);
        }
    }
}

fn check_rate(rate: Rate, path: Path, scenario: &Scenario, findings: &mut Findings) {
    let each_second = rate.count / rate.per.seconds();
    findings.require(
        rate.count > 0.0 && each_second <= RATE_LIMIT,
        path.clone(),
        format!(
            "each client begins more than 0 and at most {RATE_LIMIT} operations a second, not \
             {rate}"
        ),
    );
    let (clients, duration) = (scenario.workload.clients, scenario.duration);
    let operations = each_second * f64::from(clients) * duration.seconds();
    findings.require_with(
        operations <= OPERATION_LIMIT || each_second > RATE_LIMIT || duration > DURATION_LIMIT,
        path,
        ["workload.clients", "duration"],
        format!(
            "{clients} clients at {rate} for {duration} make about {operations:.0} operations; a \
             run has at most {OPERATION_LIMIT}"
        ),
    );
}
