//! Rules of `workload`.

use crate::quantity::{Bytes, Rate};
use crate::workload::spec::{Arrivals, Keys, Mix};

use crate::scenario::check::{DURATION_LIMIT, check_distribution, check_positive, check_share};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

/// Most clients.
pub const CLIENT_LIMIT: u32 = 100_000;
/// Most keys.
pub const KEY_LIMIT: u32 = 10_000_000;
/// Largest value.
pub const VALUE_LIMIT: Bytes = Bytes(16 << 20);
/// Most operations of one client in a second.
pub const RATE_LIMIT: f64 = 1e6;
/// Most further attempts.
pub const RETRY_LIMIT: u8 = 10;
/// Most operations of a run, as expected from the rates.
pub const OPERATION_LIMIT: f64 = 2e9;
/// Most uneven choice of keys.
pub const EXPONENT_LIMIT: f64 = 10.0;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let workload = &scenario.workload;
    let (clients, value) = (workload.clients, workload.value);
    findings.require(
        (1..=CLIENT_LIMIT).contains(&clients),
        "workload.clients",
        format!("there are 1 to {CLIENT_LIMIT} clients, not {clients}"),
    );
    check_arrivals(scenario, findings);
    check_keys(&workload.keys, findings);
    check_mix(&workload.mix, findings);
    let message = format!("a value is at most {VALUE_LIMIT}, not {value}");
    findings.require(value <= VALUE_LIMIT, "workload.value", message);
    check_positive(workload.timeout, "workload.timeout", findings);
    findings.require(
        workload.retries <= RETRY_LIMIT,
        "workload.retries",
        format!("at most {RETRY_LIMIT} further attempts, not {}", workload.retries),
    );
}

fn check_arrivals(scenario: &Scenario, findings: &mut Findings) {
    let path = Path::from("workload.arrivals");
    match &scenario.workload.arrivals {
        Arrivals::Poisson(rate) => check_rate(*rate, path.name("poisson"), scenario, findings),
        Arrivals::Constant(rate) => check_rate(*rate, path.name("constant"), scenario, findings),
        Arrivals::Closed { think } => {
            check_distribution(think, &path.name("closed").name("think"), findings);
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

fn check_keys(keys: &Keys, findings: &mut Findings) {
    let path = Path::from("workload.keys");
    let (count, kind) = match *keys {
        Keys::Uniform { count } => (count, "uniform"),
        Keys::Zipf { count, exponent } => {
            let message =
                format!("the exponent is from 0 (uniform) to {EXPONENT_LIMIT}, not {exponent}");
            let holds = (0.0..=EXPONENT_LIMIT).contains(&exponent);
            findings.require(holds, path.name("zipf").name("exponent"), message);
            (count, "zipf")
        }
        Keys::HotSet { count, hot, share } => {
            let path = path.name("hot_set");
            let message =
                format!("the hot keys are some of all: from 1 to count, which is {count}");
            let holds = (1..=count).contains(&hot);
            findings.require_with(holds, path.name("hot"), [path.name("count")], message);
            check_share(share, path.name("share"), findings);
            (count, "hot_set")
        }
    };
    findings.require(
        (1..=KEY_LIMIT).contains(&count),
        path.name(kind).name("count"),
        format!("there are 1 to {KEY_LIMIT} keys, not {count}"),
    );
}

fn check_mix(mix: &Mix, findings: &mut Findings) {
    let path = Path::from("workload.mix");
    let weights = [
        ("get", mix.get),
        ("put", mix.put),
        ("blind", mix.blind),
        ("delete", mix.delete),
        ("add", mix.add),
        ("remove", mix.remove),
    ];
    for (name, weight) in weights {
        let message = format!("a weight is 0 or more, not {weight}");
        findings.require(weight >= 0.0 && weight.is_finite(), path.name(name), message);
    }
    let message = "clients would do nothing: give at least one kind of operation a weight above 0";
    findings.require(weights.iter().any(|(_, weight)| *weight != 0.0), path.clone(), message);
    let carts = mix.add > 0.0 || mix.remove > 0.0;
    let values = mix.put > 0.0 || mix.blind > 0.0;
    findings.require(
        !(carts && values),
        path,
        "add and remove write shopping carts, put and blind write plain values: a run has one \
         kind or the other",
    );
}
