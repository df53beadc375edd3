//! Figure 20: staleness after a partition with each way of repair on or off.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{chart, estimate, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::report::plot::chart::{Panel, Series, Style, Whisker};
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

/// What it is called, and which of read repair, hinted handoff and anti-entropy are on.
const WAYS: [(&str, [bool; 3]); 8] = [
    ("nothing", [false, false, false]),
    ("read repair", [true, false, false]),
    ("anti-entropy", [false, false, true]),
    ("read repair, anti-entropy", [true, false, true]),
    ("hints", [false, true, false]),
    ("hints, read repair", [true, true, false]),
    ("hints, anti-entropy", [false, true, true]),
    ("all three", [true, true, true]),
];

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 10 } else { 3 };
    let each = WAYS.into_iter().flat_map(|way| (1..=seeds).map(move |seed| (way, seed)));
    each.map(|((name, [reads, hints, trees]), seed)| {
        let mut setting = Setting::new("repair-ablation", seed);
        if !reads {
            setting = setting.set("cluster.read_repair=false");
        }
        if !hints {
            setting = setting.set("cluster.hinted_handoff=false");
        }
        if !trees {
            setting = setting.set("cluster.anti_entropy=false");
        }
        Trial::of(setting, vec![("repair", name.to_string())], after)
    })
    .collect()
}

fn after(seen: &Seen) -> Vec<Cells> {
    vec![vec![
        ("stale_during_share", seen.figure("staleness.during.share")),
        ("stale_after_share", seen.figure("staleness.after.share")),
    ]]
}

/// What else goes with hints.
const WITHOUT_HINTS: &str = "Without hinted handoff nobody stands in for a home either: what is \
    read during the partition differs, too.";

/// The chart.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let (mut series, mut seen) = (Vec::new(), Vec::new());
    for (column, label) in [
        ("stale_after_share", "in 30 s after the heal"),
        ("stale_during_share", "during the partition"),
    ] {
        let mut points = Vec::new();
        let mut whiskers = Vec::new();
        for (place, (name, _)) in WAYS.iter().enumerate() {
            let found = estimate(table, column, &[("repair", name)])?;
            let up = place as f64;
            points.push((found.value, Some(up)));
            if found.low.is_finite() {
                let across = Some((found.low.max(0.0), found.high));
                whiskers.push(Whisker { at: (found.value, up), across, up: None });
            }
            if column == "stale_after_share" {
                seen.push(format!("{name}: {} of reads after the heal are stale.", told(found)));
            }
        }
        series.push(Series {
            label: label.to_string(),
            points,
            whiskers,
            style: Style::Points,
            ..Series::default()
        });
    }
    let names = WAYS.iter().map(|(name, _)| name.to_string()).collect();
    let panel =
        Panel { y_title: "what repairs".to_string(), y_names: names, series, ..Panel::default() };
    let mut chart = chart(
        "Stale reads after a partition, with each way of repair on or off",
        "10 nodes, R=W=1 sloppy, halves parted for 20 s; bars are 95 % intervals over runs",
        "stale reads, share",
        vec![panel],
    );
    chart.x.from = Some(0.0);
    // Air at the right of the longest bar.
    chart.x.to = Some(0.3);
    seen.push(WITHOUT_HINTS.to_string());
    Ok(Drawn { charts: vec![("ablation", chart)], seen })
}
