//! Figure 6: how many versions reads are behind (k-staleness, PBS section 3.1), with quorums that
//! do not grow: a write reaches its coordinator's own copy at once and no other before the end.
//! Figure 8: the chance that a read is fresh, by the time since the write: the step that Wada et
//! al. (CIDR 2011) saw at SimpleDB, where the other copies are written some 475 ms later.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, panel, theory, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

/// Versions behind, up to which shares are told.
const MOST_BEHIND: u32 = 10;
/// (N, R), and the chance that R of N homes miss the only copy of the last write.
const QUORUMS: [(u32, u32, f64); 4] =
    [(3, 1, 2.0 / 3.0), (3, 2, 1.0 / 3.0), (5, 1, 0.8), (5, 2, 0.6)];
/// Milliseconds of a step, and how many steps.
const STEP_MS: f64 = 25.0;
const STEPS: u32 = 40;

/// The runs of figure 6.
pub fn behind_trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let each = QUORUMS.iter().flat_map(|quorum| (1..=seeds).map(move |seed| (*quorum, seed)));
    each.map(|((n, r, _), seed)| {
        let setting = Setting::new("versions-behind", seed)
            .set(format!("cluster.nodes={n}"))
            .set(format!("cluster.n={n}"))
            .set(format!("cluster.r={r}"));
        let told = vec![("quorum", format!("N={n} R={r}"))];
        Trial::of(setting, told, versions_behind)
    })
    .collect()
}

fn versions_behind(seen: &Seen) -> Vec<Cells> {
    let knew = seen.watch.operations.iter().filter_map(|it| it.knew);
    let reads: Vec<u32> =
        knew.filter(|knew| knew.commits >= MOST_BEHIND).map(|knew| knew.behind).collect();
    let share = |k: u32| {
        let within = reads.iter().filter(|behind| **behind < k).count();
        (!reads.is_empty()).then(|| within as f64 / reads.len() as f64)
    };
    let row = |k: u32| vec![("k_versions", Some(f64::from(k))), ("within_k_share", share(k))];
    (1..=MOST_BEHIND).map(row).collect()
}

/// The chart of figure 6.
pub fn behind(table: &Table) -> Result<Drawn, Problem> {
    let pane = Pane {
        x: "k_versions",
        y: "within_k_share",
        by: vec!["quorum"],
        y_title: "reads within k versions, share".to_string(),
        ends: Some((0.0, 1.0)),
        ..Pane::default()
    };
    let mut shown = panel(table, &pane, |name| format!("{name} W=1"))?;
    let (mut seen, mut furthest) = (Vec::new(), 0.0_f64);
    for (place, (n, r, miss)) in QUORUMS.into_iter().enumerate() {
        let within = |k: u32| 1.0 - libm::pow(miss, f64::from(k));
        let points = (1..=MOST_BEHIND).map(|k| (f64::from(k), within(k))).collect();
        let label = if place == 0 { "closed form" } else { "" };
        shown.series.push(theory(label, points, place));
        let quorum = format!("N={n} R={r}");
        for k in 1..=MOST_BEHIND {
            let filters = [("quorum", quorum.as_str()), ("k_versions", &k.to_string())];
            let found = estimate(table, "within_k_share", &filters)?;
            furthest = furthest.max((found.value - within(k)).abs());
        }
        let filters = [("quorum", quorum.as_str()), ("k_versions", "1")];
        let fresh = told(estimate(table, "within_k_share", &filters)?);
        seen.push(format!(
            "{quorum}, W=1: {fresh} of reads return the latest version; the closed form says \
             {:.4}.",
            within(1)
        ));
    }
    seen.push(
        "A read that returns a write which was still under way when it began counts as fresh, so \
         that shares lie a little above the closed form."
            .to_string(),
    );
    seen.push(format!("The largest difference from the closed form at any k is {furthest:.4}."));
    let chart = chart(
        "Few reads are many versions behind: k-staleness falls geometrically",
        "writes reach one home only; bars are 95 % intervals over runs; dotted: 1 - miss^k",
        "k, versions",
        vec![shown],
    );
    Ok(Drawn { charts: vec![("k-staleness", chart)], seen })
}

/// The runs of figure 8.
pub fn step_trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let each = ["1", "2"].into_iter().flat_map(|r| (1..=seeds).map(move |seed| (r, seed)));
    each.map(|(r, seed)| {
        let setting = Setting::new("late-copies", seed).set(format!("cluster.r={r}"));
        Trial::of(setting, vec![("r", r.to_string())], fresh_by_age)
    })
    .collect()
}

fn fresh_by_age(seen: &Seen) -> Vec<Cells> {
    let (mut reads, mut fresh) = (vec![0_u32; STEPS as usize], vec![0_u32; STEPS as usize]);
    for knew in seen.watch.operations.iter().filter_map(|it| it.knew) {
        let step = (knew.age_ms / STEP_MS) as usize;
        if step < STEPS as usize {
            reads[step] += 1;
            fresh[step] += u32::from(knew.behind == 0);
        }
    }
    let row = |(step, (reads, fresh)): (usize, (u32, u32))| {
        let share = (reads > 0).then(|| f64::from(fresh) / f64::from(reads));
        vec![
            ("since_write_ms", Some((step as f64 + 0.5) * STEP_MS)),
            ("reads", Some(f64::from(reads))),
            ("fresh_share", share),
        ]
    };
    reads.into_iter().zip(fresh).enumerate().map(row).collect()
}

/// The chart of figure 8.
pub fn step(table: &Table) -> Result<Drawn, Problem> {
    let pane = Pane {
        x: "since_write_ms",
        y: "fresh_share",
        by: vec!["r"],
        y_title: "fresh reads, share".to_string(),
        banded: true,
        ends: Some((0.0, 1.0)),
        ..Pane::default()
    };
    let shown = panel(table, &pane, |r| format!("R={r}"))?;
    let mut seen = Vec::new();
    for r in ["1", "2"] {
        let at = |since: &str| {
            estimate(table, "fresh_share", &[("r", r), ("since_write_ms", since)]).map(told)
        };
        seen.push(format!(
            "R={r}: {} of reads are fresh 200 to 225 ms after the write, {} after 600 to 625 ms.",
            at("212.5")?,
            at("612.5")?
        ));
    }
    seen.push(
        "At SimpleDB a third of reads was fresh up to 450 ms, and 98 % from 507 ms on.".to_string(),
    );
    let chart = chart(
        "Until the other copies are written a read sees one of three: a step",
        "N=3, W=1; the other copies follow after some 475 ms; bands are 95 % intervals over runs",
        "time since the write was acknowledged, ms",
        vec![shown],
    );
    Ok(Drawn { charts: vec![("step", chart)], seen })
}
