//! Availability of one write where each node is up with a probability of its own luck: strict
//! quorums over the N homes, sloppy ones over all nodes. Nodes are down by real crashes; the client
//! coordinates, so that no coordinator can be down as well.

use std::collections::BTreeMap;

use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::sim::plan::Plan;
use crate::validate::chain::binomial;
use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, Share};
use crate::validate::wars::read;
use crate::validate::worlds::{Firsts, MUTE, NO_DISK, OUTSIDE, QUIET, drive};

/// The name of the group.
pub const GROUP: &str = "quorum";

const TRIALS: u64 = 4_000;
const QUICK_TRIALS: u64 = 200;
/// Copies of each key.
const N: u32 = 3;
/// Nodes, by whether stand-ins are allowed; probabilities that one is up.
const KINDS: [(&str, u32, [f64; 3]); 2] =
    [("strict", 3, [0.5, 0.9, 0.99]), ("sloppy", 10, [0.2, 0.3, 0.9])];

/// A job for each kind, probability and W.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let trials = effort.choose(TRIALS, QUICK_TRIALS);
    let mut jobs = Vec::new();
    for (kind, nodes, chances) in KINDS {
        for chance in chances {
            for w in 1..=N {
                jobs.push(Job::new(GROUP, move |seed| {
                    vec![availability((kind, nodes, w), chance, seed, trials)]
                }));
            }
        }
    }
    jobs
}

fn availability((kind, nodes, w): (&str, u32, u32), chance: f64, seed: u64, trials: u64) -> Row {
    let luck = Luck::new(seed);
    let mut worlds: BTreeMap<Vec<bool>, Plan> = BTreeMap::new();
    let mut hits = 0;
    for trial in 0..trials {
        let mut draw = luck.draw(Purpose::Model, 4, trial);
        let up: Vec<bool> = (0..nodes).map(|_| draw.chance(chance)).collect();
        let world = worlds.entry(up.clone());
        let mut plan = world.or_insert_with(|| read(&world_with(kind, w, &up)).plan()).clone();
        plan.seed = seed.wrapping_add(trial);
        let mut firsts = Firsts::default();
        drive(&plan, &mut firsts, |_, firsts| firsts.succeeded.is_empty());
        hits += u64::from(firsts.succeeded.values().all(|succeeded| *succeeded));
    }
    let exact = (w..=nodes).map(|up| binomial(nodes, up, chance)).sum();
    let case = format!("{kind}, N={N}, {nodes} nodes, each up with {chance}");
    let name = (GROUP, &*case, format!("P(write succeeds) W={w}"));
    Row::share(name, Share { hits, trials }, (exact, 0.0), "sum over j >= W of C(n,j) p^j q^(n-j)")
}

fn world_with(kind: &str, w: u32, up: &[bool]) -> String {
    let down = up.iter().enumerate().filter(|(_, up)| !**up);
    let crash =
        |(node, _)| format!("{{ \"crash\": {{ \"node\": \"n{node}\", \"at\": \"1ms\" }} }}");
    let crashes: Vec<String> = down.map(crash).collect();
    format!(
        r#"{{ "name": "quorum", "duration": "1h", "sampling": "1h",
        "cluster": {{ "nodes": {nodes}, "n": {N}, "r": 1, "w": {w}, "quorum": "{kind}",
            "versioning": "last_write_wins", {QUIET}, {MUTE},
            "partitioning": {{ "tokens": 4 }},
            "timeouts": {{ "operation": "30s", "replica": "100ms", "forward": "100ms" }} }},
        "network": {{ "latency": {{ "constant": "1ms" }} }}, {NO_DISK},
        "workload": {{ "clients": 1, "keys": {{ "uniform": {{ "count": 1 }} }},
            "arrivals": {{ "closed": {{ "think": {{ "constant": "1s" }} }} }},
            "mix": {{ "blind": 1 }}, "timeout": "60s", "retries": 0, {OUTSIDE} }},
        "faults": [{crashes}] }}"#,
        nodes = up.len(),
        crashes = crashes.join(", ")
    )
}
