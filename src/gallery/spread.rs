//! Figure 16: rounds of gossip until all know of a new member, from when it has all that it shall
//! keep, against the number of nodes, and how many do not know yet after each round. Gossip
//! exchanges both ways, once a second for each node. And where nodes lose interest in what they
//! tell (Demers et al. 1987): how many never learn of a node's removal, against k.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, grouped, panel, theory, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::report::plot::chart::{Chart, Scale};
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

const NODES: [u32; 5] = [6, 12, 25, 50, 100];
/// Rounds after which the rest is told.
const ROUNDS: u32 = 12;

/// Useless contacts after which interest is lost, and among how many nodes.
const INTERESTS: [u32; 5] = [1, 2, 3, 4, 5];
const TELLERS: u32 = 100;
/// How news spreads: for ever and both ways, or as rumours.
const ENDLESS: &str = "both ways";
const RUMOURS: &str = "rumours";
/// When all rumours are dead for certain.
const LAST_ROUND: u32 = 100;

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let mut trials = exchanges(if effort == Effort::Full { 10 } else { 3 });
    trials.extend(rumours(if effort == Effort::Full { 40 } else { 3 }));
    trials
}

/// A node is taken out, which one other knows. It tells a random node in each round until it has
/// met k that knew, and so does whoever learns of it.
fn rumours(seeds: u64) -> Vec<Trial> {
    let each = INTERESTS.into_iter().flat_map(|k| (1..=seeds).map(move |seed| (k, seed)));
    each.map(|(k, seed)| {
        let order = r#"{ "remove": { "node": "n1", "at": "5s", "via": "n0" } }"#;
        let setting = Setting::new("gossip-spread", seed)
            .set(format!("cluster.nodes={TELLERS}"))
            .set("cluster.gossip.spread=push")
            .set(format!("cluster.gossip.rumours={{\"k\":{k}}}"))
            .set(format!("administration=[{order}]"))
            .set("duration=105s")
            .set("settle_limit=1s");
        let told = vec![
            ("nodes", TELLERS.to_string()),
            ("spread", RUMOURS.to_string()),
            ("k", k.to_string()),
        ];
        Trial::of(setting, told, |seen| {
            let told = seen.watch.learnt_s.len() as f64 / f64::from(TELLERS - 1);
            vec![vec![
                ("round", Some(f64::from(LAST_ROUND))),
                ("unaware_share", Some((1.0 - told).max(0.0))),
                ("rounds_until_all_know", None),
            ]]
        })
    })
    .collect()
}

fn exchanges(seeds: u64) -> Vec<Trial> {
    let each = NODES.into_iter().flat_map(|nodes| (1..=seeds).map(move |seed| (nodes, seed)));
    each.map(|(nodes, seed)| {
        let setting = Setting::new("gossip-spread", seed)
            .set(format!("cluster.nodes={nodes}"))
            .set(format!("variables.newcomer=n{nodes}"));
        let told = vec![
            ("nodes", nodes.to_string()),
            ("spread", ENDLESS.to_string()),
            // They never lose interest.
            ("k", "0".to_string()),
        ];
        Trial::of(setting, told, move |seen| rounds(seen, f64::from(nodes)))
    })
    .collect()
}

fn rounds(seen: &Seen, nodes: f64) -> Vec<Cells> {
    let watch = &seen.watch;
    let Some(start) = watch.announced_s else { return Vec::new() };
    // The newcomer itself is the first to know.
    let times: Vec<f64> = watch.learnt_s.values().map(|at| at - start).collect();
    let knowing = |round: u32| times.iter().filter(|at| **at <= f64::from(round)).count() as f64;
    let all = (times.len() as f64 >= nodes).then(|| times.iter().copied().fold(0.0, f64::max));
    let row = |round: u32| {
        vec![
            ("round", Some(f64::from(round))),
            ("unaware_share", Some((1.0 - knowing(round) / nodes).max(0.0))),
            ("rounds_until_all_know", all),
        ]
    };
    (0..=ROUNDS).map(row).collect()
}

/// Why the simulation is faster than the formula.
const IN_STEP: &str = "The formula has all nodes exchange at the same moments. Here each has a \
    phase of its own, so that news travels on within a round; with `gossip.in_step` the rounds are \
    those of theory (`dynamo-sim validate gossip`).";

/// The charts.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let until = Pane {
        x: "nodes",
        y: "rounds_until_all_know",
        filters: vec![("round", "0".to_string()), ("spread", ENDLESS.to_string())],
        y_title: "rounds until all know".to_string(),
        ..Pane::default()
    };
    let mut all = panel(table, &until, |_| "simulated".to_string())?;
    let log3 = |n: f64| libm::log(n) / libm::log(3.0);
    let closed = |n: u32| (f64::from(n), log3(f64::from(n)) + libm::log2(libm::log(f64::from(n))));
    all.series.push(theory("push-pull: log3 n + log2 ln n", NODES.map(closed).to_vec(), 1));
    let rest = Pane {
        x: "round",
        y: "unaware_share",
        filters: vec![("spread", ENDLESS.to_string())],
        by: vec!["nodes"],
        y_title: "nodes that do not know, share".to_string(),
        ends: Some((0.0, 1.0)),
        ..Pane::default()
    };
    let rest = panel(table, &rest, |nodes| format!("{nodes} nodes"))?;
    let mut seen = Vec::new();
    for group in grouped(table, &until)? {
        for (nodes, estimate) in group.means() {
            seen.push(format!("{nodes} nodes: {} rounds until all know.", told(estimate)));
        }
    }
    seen.push(IN_STEP.to_string());
    let bars =
        "once a second each node exchanges with a random other; bars are 95 % intervals over runs";
    let mut rounds = chart(
        "Gossip reaches all in rounds that grow like a logarithm of the nodes",
        bars,
        "nodes",
        vec![all],
    );
    rounds.x.scale = Scale::Log;
    let residue = chart(
        "Few know at first; then the rest learn within a few rounds",
        bars,
        "rounds since the newcomer took over its ranges",
        vec![rest],
    );
    let never = never_told(table, &mut seen)?;
    Ok(Drawn { charts: vec![("rounds", rounds), ("residue", residue), ("rumours", never)], seen })
}

/// Who never learns where rumours die.
fn never_told(table: &Table, seen: &mut Vec<String>) -> Result<Chart, Problem> {
    let pane = Pane {
        x: "k",
        y: "unaware_share",
        filters: vec![("spread", RUMOURS.to_string())],
        y_title: "nodes that never know, share".to_string(),
        scale: Scale::Log,
        ..Pane::default()
    };
    let mut never = panel(table, &pane, |_| format!("simulated, {TELLERS} nodes"))?;
    let limit = |k: u32| (f64::from(k), residue_of(f64::from(k)));
    let limits = INTERESTS.map(limit).to_vec();
    never.series.push(theory("many nodes, by a coin: s = exp(-(k + 1)(1 - s))", limits, 1));
    for group in grouped(table, &pane)? {
        for (k, estimate) in group.means() {
            seen.push(format!("Interest lost after {k} in vain: {} never know.", told(estimate)));
        }
    }
    Ok(chart(
        "Where interest is lost some never know, fewer with each contact in vain",
        "each round whoever is interested tells a random node; 95 % intervals over runs",
        "contacts in vain after which a node tells nobody any more",
        vec![never],
    ))
}

/// The share below 1 that solves it: each step brings it nearer.
fn residue_of(k: f64) -> f64 {
    (0..200).fold(0.5, |share, _| libm::exp(-(k + 1.0) * (1.0 - share)))
}
