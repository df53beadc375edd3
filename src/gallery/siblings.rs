//! Figure 12: versions side by side over time, by how the store tells versions apart, whether
//! clients hand back what they read, and how often they read. (Preguiça et al., "Dotted version vectors", 2012.)

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, panel, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::metrics::timeline::Row;
use crate::report::plot::chart::Scale;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

/// Each puts again and again with what it knows of its own last put alone.
const SELDOM_READ: &str = r#"workload.mix={"get":0.05,"put":0.95}"#;

/// What it is called, and what is set.
const CLOCKS: [(&str, &[&str]); 6] = [
    ("dotted", &[]),
    ("dotted, seldom read", &[SELDOM_READ]),
    ("vectors without dots, seldom read", &["cluster.versioning=vectors", SELDOM_READ]),
    ("dotted, context lost", &["workload.session={\"context\": \"lost\"}"]),
    ("literal", &["cluster.versioning=literal"]),
    ("last write wins", &["cluster.versioning=last_write_wins"]),
];

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let each = CLOCKS.into_iter().flat_map(|clock| (1..=seeds).map(move |seed| (clock, seed)));
    each.map(|((name, set), seed)| {
        let setting = set.iter().fold(Setting::new("two-writers", seed), |all, set| all.set(*set));
        Trial::of(setting, vec![("clocks", name.to_string())], over_time)
    })
    .collect()
}

fn over_time(seen: &Seen) -> Vec<Cells> {
    let lost = seen.figure("durability.lost_writes");
    let written = seen.figure("durability.acknowledged_writes");
    let share = lost.zip(written).map(|(lost, written)| lost / written);
    let row = |row: &Row| {
        vec![
            ("time_s", Some(row.time_s)),
            ("versions_per_read", row.versions_per_read_mean),
            ("lost_writes_share", share),
        ]
    };
    let rows = seen.outcome.rows.iter().filter(|row| row.time_s <= 30.0);
    rows.map(row).collect()
}

/// The chart.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let pane = Pane {
        x: "time_s",
        y: "versions_per_read",
        by: vec!["clocks"],
        y_title: "versions a read returns, mean".to_string(),
        scale: Scale::Log,
        banded: true,
        ..Pane::default()
    };
    let mut lost = Vec::new();
    let mut seen = Vec::new();
    for (name, _) in CLOCKS {
        let share = estimate(table, "lost_writes_share", &[("clocks", name)])?;
        let last = estimate(table, "versions_per_read", &[("clocks", name), ("time_s", "30")])?;
        let spelt = format!("{:.0} %", 100.0 * share.value);
        seen.push(format!(
            "{name}: {} versions a read in the 30th second; {spelt} of acknowledged writes are \
             lost at the end.",
            told(last)
        ));
        lost.push((name, spelt));
    }
    let label = |name: &str| {
        let found = lost.iter().find(|(known, _)| *known == name);
        found.map_or(name.to_string(), |(_, spelt)| format!("{name} ({spelt} lost)"))
    };
    let chart = chart(
        "Dots keep siblings few, vectors or contexts without them do not, others lose writes",
        "two clients write each key with the context of their last answer; bands: 95 % intervals",
        "simulated time, s",
        vec![panel(table, &pane, label)?],
    );
    Ok(Drawn { charts: vec![("siblings", chart)], seen })
}
