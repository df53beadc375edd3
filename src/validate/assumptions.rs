//! Where the assumptions of PBS do not hold in a scenario: each with the field that breaks it.

use crate::dynamo::config::{Flush, Quorum, Versioning};
use crate::random::distribution::Distribution;
use crate::sim::plan::Plan;
use crate::validate::predict::Prediction;
use crate::workload::spec::Routing;

/// An assumption that does not hold.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Broken {
    /// The field of the scenario.
    pub field: String,
    /// What it does that PBS leaves out.
    pub why: String,
}

/// All of them, in the order of a scenario.
pub fn broken(plan: &Plan, prediction: &Prediction) -> Vec<Broken> {
    let mut list = Vec::new();
    coordination(plan, &mut list);
    repairs(plan, prediction, &mut list);
    links(plan, &mut list);
    times(plan, &mut list);
    failures(plan, &mut list);
    list
}

fn add(list: &mut Vec<Broken>, holds: bool, field: &str, why: impl Into<String>) {
    if !holds {
        list.push(Broken { field: field.to_string(), why: why.into() });
    }
}

fn coordination(plan: &Plan, list: &mut Vec<Broken>) {
    let (cluster, workload) = (&plan.cluster, &plan.workload);
    let outside = workload.routing == Routing::ClientDriven;
    add(
        list,
        outside,
        "workload.routing",
        "a replica coordinates writes, and may coordinate reads: its own copy costs no leg, and \
         clients are a leg away from it",
    );
    let by_client = !outside || cluster.versioning == Versioning::LastWriteWins;
    add(
        list,
        by_client,
        "cluster.versioning",
        "only a replica makes such versions, so that it coordinates writes and keeps each first",
    );
    let strict = cluster.quorum == Quorum::Strict;
    add(list, strict, "cluster.quorum", "stand-ins count where homes are silent: sloppy quorums");
    add(list, workload.hedge_after.is_none(), "workload.hedge_after", "gets are sent twice");
    add(list, workload.load_balancer.is_none(), "workload.load_balancer", "it takes time");
    let right = cluster.clock_skew.is_none() || cluster.versioning != Versioning::LastWriteWins;
    add(list, right, "cluster.clock_skew", "a later write may lose to an earlier one");
}

fn repairs(plan: &Plan, prediction: &Prediction, list: &mut Vec<Broken>) {
    let cluster = &plan.cluster;
    let silent = cluster.anti_entropy.on().is_none();
    add(list, silent, "cluster.anti_entropy", "replicas also learn of writes in the background");
    add(list, !cluster.read_repair, "cluster.read_repair", "reads bring writes to replicas");
    let hints = cluster.hinted_handoff.on().is_none() || cluster.quorum == Quorum::Strict;
    add(list, hints, "cluster.hinted_handoff", "stand-ins bring writes to replicas later");
    let slow = prediction.too_slow;
    let why = format!("{:.3} % of round trips to replicas take longer", 100.0 * slow);
    add(list, slow == 0.0, "cluster.timeouts.replica", why);
}

fn links(plan: &Plan, list: &mut Vec<Broken>) {
    let network = &plan.network;
    let loses = network.loss > 0.0 || network.between.iter().any(|it| it.loss > Some(0.0));
    add(list, !loses, "network.loss", "messages are lost");
    add(list, network.duplication == 0.0, "network.duplication", "messages arrive twice");
    add(list, network.reordering.is_none(), "network.reordering", "messages are held back");
}

fn times(plan: &Plan, list: &mut Vec<Broken>) {
    let times = plan.disk.times();
    let nothing = |it: &Distribution| *it == Distribution::Constant(crate::time::Duration::ZERO);
    add(list, nothing(&times.read), "disk.read", "replicas take time to read, and queue");
    add(list, nothing(&times.write), "disk.write", "replicas take time to write, and queue");
    let always = plan.cluster.flush == Flush::Always;
    add(list, always, "cluster.flush", "crashes can take what was confirmed");
    add(list, plan.pauses.is_none(), "pauses", "processes stop now and then");
}

fn failures(plan: &Plan, list: &mut Vec<Broken>) {
    let count = plan.faults.len();
    add(list, count == 0, "faults", format!("{count} faults: nodes or links fail"));
    let calm = plan.administration.is_empty();
    add(list, calm, "administration", "homes of keys change");
}
