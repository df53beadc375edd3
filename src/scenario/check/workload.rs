//! Rules of `workload`.

mod arrivals;
mod keys;
mod moves;
mod read_back;
mod trace;

use crate::quantity::Bytes;
use crate::workload::size::{Shape, Sizes, VALUE_LIMIT};
use crate::workload::spec::{Context, Mix, Retry, Routing, Session, Spec, Writes};

use crate::scenario::check::{check_distribution, check_positive};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;

/// Most clients.
pub const CLIENT_LIMIT: u32 = 100_000;
/// Most further attempts.
pub const RETRY_LIMIT: u8 = 10;
/// Steepest growth of pauses.
pub const FACTOR_LIMIT: f64 = 10.0;
/// Most keys that a client remembers.
pub const MEMORY_LIMIT: u32 = 1_000;
/// Most load balancers.
pub const BALANCER_LIMIT: u32 = 10_000;
/// Widest spread of sizes.
pub const SIGMA_LIMIT: f64 = 10.0;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let workload = &scenario.workload;
    let clients = workload.clients;
    findings.require(
        (1..=CLIENT_LIMIT).contains(&clients),
        "workload.clients",
        format!("there are 1 to {CLIENT_LIMIT} clients, not {clients}"),
    );
    arrivals::check(scenario, findings);
    keys::check(&workload.keys, findings);
    trace::check(scenario, findings);
    moves::check(scenario, findings);
    read_back::check(scenario, findings);
    check_mix(&workload.mix, findings);
    check_sizes(&workload.value, findings);
    check_positive(workload.timeout, "workload.timeout", findings);
    check_hedge(workload, findings);
    check_writers(workload, findings);
    check_session(&workload.session, findings);
    check_routing(scenario, findings);
    check_retry(&workload.retry, findings);
    findings.require(
        workload.retries <= RETRY_LIMIT,
        "workload.retries",
        format!("at most {RETRY_LIMIT} further attempts, not {}", workload.retries),
    );
}

fn check_writers(workload: &Spec, findings: &mut Findings) {
    let Some(writers) = workload.writers_per_key else { return };
    let (path, clients) = ("workload.writers_per_key", workload.clients);
    let message = format!("a key has 1 to {clients} writers, as many as there are clients");
    let holds = (1..=clients).contains(&writers);
    findings.require_with(holds, path, ["workload.clients"], message);
    let keys = workload.key_count();
    let message = format!(
        "with {writers} writers for each of {keys} keys, some of {clients} clients have none to \
         write"
    );
    let enough = u64::from(writers) * u64::from(keys) >= u64::from(clients);
    findings.require_with(enough || !holds, path, ["workload.clients", "workload.keys"], message);
    let message = "the trace says who writes which key";
    findings.require_with(workload.trace.is_none(), path, ["workload.trace"], message);
}

fn check_hedge(workload: &Spec, findings: &mut Findings) {
    let Some(patience) = workload.hedge_after else { return };
    check_positive(patience, "workload.hedge_after", findings);
    let message = format!(
        "a second request after {patience} comes too late: the first is given up after {}",
        workload.timeout
    );
    let holds = patience < workload.timeout;
    findings.require_with(holds, "workload.hedge_after", ["workload.timeout"], message);
}

fn check_retry(retry: &Retry, findings: &mut Findings) {
    let path = Path::from("workload.retry");
    let Retry { pause, factor, longest, .. } = retry;
    if let Some(pause) = pause {
        check_distribution(pause, &path.name("pause"), findings);
    }
    let message = format!("the factor is from 1 to {FACTOR_LIMIT}, not {factor}");
    findings.require((1.0..=FACTOR_LIMIT).contains(factor), path.name("factor"), message);
    findings.require_with(
        pause.is_some() || *factor <= 1.0,
        path.name("factor"),
        [path.name("pause")],
        "it makes pauses longer, and there is no `pause`",
    );
    check_positive(*longest, path.name("longest"), findings);
}

fn check_session(session: &Session, findings: &mut Findings) {
    let memory = session.memory;
    let message = format!("a client remembers 1 to {MEMORY_LIMIT} keys, not {memory}");
    findings.require((1..=MEMORY_LIMIT).contains(&memory), "workload.session.memory", message);
    findings.require_with(
        session.context == Context::Kept || session.writes == Writes::ReadFirst,
        "workload.session.writes",
        ["workload.session.context"],
        "what a client remembers for its writes is their context, and here it is lost",
    );
}

fn check_routing(scenario: &Scenario, findings: &mut Findings) {
    let holds = scenario.workload.routing != Routing::OwnSite || !scenario.network.sites.is_empty();
    let message = "clients prefer nodes of their own site, but `network.sites` names none";
    findings.require_with(holds, "workload.routing", ["network.sites"], message);
    let Spec { routing, load_balancer, membership_refresh, .. } = &scenario.workload;
    if let Some(balancer) = load_balancer {
        let path = Path::from("workload.load_balancer");
        check_distribution(&balancer.latency, &path.name("latency"), findings);
        let count = balancer.count;
        let message = format!("there are 1 to {BALANCER_LIMIT} load balancers, not {count}");
        let holds = (1..=BALANCER_LIMIT).contains(&count);
        findings.require(holds, path.name("count"), message);
        let holds = matches!(routing, Routing::LoadBalancer | Routing::OwnSite);
        let message = "clients find their nodes without one, by `routing`";
        findings.require_with(holds, path, ["workload.routing"], message);
    }
    check_positive(*membership_refresh, "workload.membership_refresh", findings);
}

fn check_sizes(sizes: &Sizes, findings: &mut Findings) {
    let path = Path::from("workload.value");
    let mut check_size = |size: Bytes, path: Path| {
        let message = format!("a value is at most {VALUE_LIMIT}, not {size}");
        findings.require(size <= VALUE_LIMIT, path, message);
    };
    match sizes {
        Sizes::Constant(size) => check_size(*size, path),
        Sizes::Drawn(Shape::Uniform { from, to }) => {
            let path = path.name("uniform");
            check_size(*to, path.name("to"));
            let message = format!("from is at most `to`, which is {to}");
            findings.require_with(from <= to, path.name("from"), [path.name("to")], message);
        }
        Sizes::Drawn(Shape::LogNormal { median, sigma }) => {
            let path = path.name("log_normal");
            check_size(*median, path.name("median"));
            let message = "the median is more than nothing";
            findings.require(*median > Bytes(0), path.name("median"), message);
            let message = format!("sigma is from 0 to {SIGMA_LIMIT}, not {sigma}");
            let holds = (0.0..=SIGMA_LIMIT).contains(sigma);
            findings.require(holds, path.name("sigma"), message);
        }
        Sizes::Drawn(Shape::Choice(choices)) => {
            let path = path.name("choice");
            for (i, (_, size)) in choices.iter().enumerate() {
                check_size(*size, path.index(i).index(1));
            }
            let weights: Vec<f64> = choices.iter().map(|(weight, _)| *weight).collect();
            check_weights(&weights, &path, 0, findings);
        }
    }
}

/// Weights that stand at one place in each entry of a list.
fn check_weights(weights: &[f64], list: &Path, place: usize, findings: &mut Findings) {
    for (i, weight) in weights.iter().enumerate() {
        let message = format!("a weight is 0 or more, not {weight}");
        let holds = *weight >= 0.0 && weight.is_finite();
        findings.require(holds, list.index(i).index(place), message);
    }
    let some = weights.iter().any(|weight| *weight != 0.0);
    findings.require(some, list.clone(), "nothing has a weight above 0");
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
