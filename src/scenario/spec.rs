//! The scenario file as a type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::faults;
use crate::id::Span;
use crate::network;
use crate::scenario::hunt::Hunt;
use crate::scenario::sweep::Sweep;
use crate::sim;
use crate::sim::administration::Order;
use crate::time::Duration;
use crate::workload;

/// A scenario as written, defaults filled in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Where editors find the schema; ignored.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Another scenario that this one changes: a file beside this one, or the name of a shipped
    /// scenario. Objects are merged, everything else is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Values with a name, used as `"$name"` wherever a value stands.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, serde_json::Value>,
    /// Name of the scenario, and of its folder of results: lower-case letters, digits, `-`.
    pub name: String,
    /// One sentence on what it shows.
    #[serde(default)]
    pub about: String,
    /// Seed of all luck, unless the command line gives another.
    #[serde(default = "one")]
    pub seed: u64,
    /// How long clients ask and faults happen.
    pub duration: Duration,
    /// How long the run may go on after that until it is quiescent.
    #[serde(default = "ten_minutes")]
    pub settle_limit: Duration,
    /// Simulated time from one row of the timeline to the next.
    #[serde(default = "one_second")]
    pub sampling: Duration,
    /// The Dynamo instance.
    #[serde(default)]
    pub cluster: Cluster,
    /// The network between all parties.
    #[serde(default)]
    pub network: network::spec::Spec,
    /// Nodes and clients that have something in common, by name: in the lists of faults,
    /// `"group:rack-a"` stands for all of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<Span>>,
    /// The disk of every node.
    #[serde(default)]
    pub disk: sim::disk::Spec,
    /// Processes that stop now and then, as for a collection of garbage; none does without it.
    #[serde(default, skip_serializing_if = "sim::pauses::Spec::is_none")]
    pub pauses: sim::pauses::Spec,
    /// The clients.
    #[serde(default)]
    pub workload: workload::spec::Spec,
    /// What an administrator does, and when: nodes that join, leave, are removed or replaced. Only
    /// that ever changes who is a member (section 4.8.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administration: Vec<Order>,
    /// What goes wrong, and when.
    #[serde(default)]
    pub faults: Vec<faults::fault::Fault>,
    /// What `dynamo-sim hunt` may draw for each seed, in the place of parts of this scenario and
    /// beside others. A run takes no notice of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunt: Option<Hunt>,
    /// What `dynamo-sim sweep` varies: fields, the values they take, and repetitions. A run takes
    /// no notice of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// A bug planted into the code that runs, for those who test judges: `dynamo-sim bugs` lists
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plant: Option<Plant>,
    /// What must hold at the end. Any figure of the report: `"availability.put >= 0.999"`; over the
    /// operations that began in a window: `"during partition: availability.get >= 0.99"`; at a
    /// moment: `"30s after heal: divergence.keys == 0"`; compared with another window:
    /// `"after last heal: latency.get.p99_ms <= 2 * before first fault"`.
    #[serde(default)]
    pub expect: Vec<String>,
}

fn one() -> u64 {
    1
}

fn one_second() -> Duration {
    Duration::from_secs(1)
}

fn ten_minutes() -> Duration {
    Duration::from_secs(600)
}
