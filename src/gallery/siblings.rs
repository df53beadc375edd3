//! Figure 12: versions side by side over time, by how the store tells versions apart, whether
//! clients hand back what they read, and how often they read.
//! (Preguiça et al., "Dotted version vectors", 2012.)

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, panel, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::metrics::timeline::Row;
use crate::report::plot::chart::Scale;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

/// Two clients put in turn, ten times a second each, with what they know of their own last put
/// alone; one operation in fifty is a read.
const IN_TURN: [&str; 2] =
    [r#"workload.arrivals={"constant":"10/s"}"#, r#"workload.mix={"get":0.02,"put":0.98}"#];

/// What it is called, which scenario, and what is set.
const CLOCKS: [(&str, &str, &[&str]); 6] = [
    ("dotted", "two-writers", &[]),
    (
        "dotted, puts in turn",
        "without-dots",
        &["cluster.versioning=dotted", IN_TURN[0], IN_TURN[1]],
    ),
    ("vectors without dots, puts in turn", "without-dots", &[IN_TURN[0], IN_TURN[1]]),
    ("dotted, context lost", "two-writers", &[r#"workload.session={"context": "lost"}"#]),
    ("literal", "two-writers", &["cluster.versioning=literal"]),
    ("last write wins", "two-writers", &["cluster.versioning=last_write_wins"]),
];

/// All runs; more of those in which reads are rare.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = |scenario| match (effort, scenario) {
        (Effort::Full, "without-dots") => 40,
        (Effort::Full, _) => 8,
        (_quick, "without-dots") => 12,
        _quick => 3,
    };
    let each =
        CLOCKS.into_iter().flat_map(|clock| (1..=seeds(clock.1)).map(move |seed| (clock, seed)));
    each.map(|((name, scenario, set), seed)| {
        let setting = Setting::new(scenario, seed).set("duration=30s").set("expect=[]");
        let setting = set.iter().fold(setting, |all, set| all.set(*set));
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
    for (name, ..) in CLOCKS {
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
        "Dots keep siblings few, vectors or lost contexts do not, others lose writes",
        "two clients write each key with the context of their last answer; bands: 95 % intervals",
        "simulated time, s",
        vec![panel(table, &pane, label)?],
    );
    Ok(Drawn { charts: vec![("siblings", chart)], seen })
}
