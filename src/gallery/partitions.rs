//! Figures 13, 14 and 18: what a partition leaves, the backlog of hints, and every operation's
//! latency over time.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, grouped, panel, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::gallery::watch::Operation;
use crate::metrics::faults::full_label;
use crate::metrics::timeline::Row;
use crate::report::plot::chart::{Chart, Panel, Scale, Series, Shade, Style};
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;
use crate::trace::layout::FaultWindow;
use crate::workload::words::Function;

const LENGTHS_S: [u32; 5] = [2, 5, 10, 20, 40];
const KINDS: [&str; 2] = ["sloppy", "strict"];
/// Seconds from one scan for deliverable hints to the next.
const SCANS: [&str; 2] = ["1s", "10s"];

/// The runs of figure 13.
pub fn length_trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let kinds = KINDS.into_iter().flat_map(|kind| LENGTHS_S.map(|length| (kind, length)));
    let each = kinds.flat_map(|it| (1..=seeds).map(move |seed| (it, seed)));
    each.map(|((kind, length), seed)| {
        let setting = Setting::new("partition-length", seed)
            .set(format!("cluster.quorum={kind}"))
            .set(format!("variables.heal={}s", 5 + length))
            .set(format!("duration={}s", 10 + length));
        let told = vec![("quorum", kind.to_string()), ("partition_s", length.to_string())];
        Trial::of(setting, told, after_heal)
    })
    .collect()
}

fn after_heal(seen: &Seen) -> Vec<Cells> {
    let several = ["two", "three", "four", "five_or_more"];
    let several = several.iter().filter_map(|it| seen.figure(&format!("versions.{it}"))).sum();
    vec![vec![
        ("diverged_at_heal_keys", seen.figure("divergence.heals.0.divergent_keys")),
        ("reads_with_siblings", Some(several)),
        ("converged_after_s", seen.figure("divergence.heals.0.converged_after_s")),
    ]]
}

/// The chart of figure 13.
pub fn length(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y, title: &str, y_title: &str| Pane {
        x: "partition_s",
        y,
        by: vec!["quorum"],
        title: title.to_string(),
        y_title: y_title.to_string(),
        ..Pane::default()
    };
    let panes = [
        pane("diverged_at_heal_keys", "Keys whose homes differ at the heal", "keys of 1,000"),
        pane("reads_with_siblings", "Reads that returned several versions", "reads"),
        pane("converged_after_s", "From the heal until they had all been equal", "seconds"),
    ];
    let panels: Result<Vec<Panel>, Problem> =
        panes.iter().map(|pane| panel(table, pane, str::to_string)).collect();
    let mut seen = Vec::new();
    for kind in KINDS {
        let at = |y: &str, length: &str| {
            estimate(table, y, &[("quorum", kind), ("partition_s", length)]).map(told)
        };
        seen.push(format!(
            "{kind}: {} keys differ after 2 s and {} after 40 s; all are equal again {} s and {} s \
             after the heal.",
            at("diverged_at_heal_keys", "2")?,
            at("diverged_at_heal_keys", "40")?,
            at("converged_after_s", "2")?,
            at("converged_after_s", "40")?
        ));
    }
    let chart = chart(
        "The longer a partition, the more keys diverge, up to all that are written",
        "10 nodes in two halves, (3,2,2); bars are 95 % intervals over runs",
        "length of the partition, s",
        panels?,
    );
    Ok(Drawn { charts: vec![("partition-length", chart)], seen })
}

/// The runs of figure 14.
pub fn hint_trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let each = SCANS.into_iter().flat_map(|scan| (1..=seeds).map(move |seed| (scan, seed)));
    each.map(|(scan, seed)| {
        let setting = Setting::new("hint-backlog", seed)
            .set(format!("cluster.hinted_handoff.scan_interval={scan}"));
        Trial::of(setting, vec![("scan_interval", scan.to_string())], backlog)
    })
    .collect()
}

fn backlog(seen: &Seen) -> Vec<Cells> {
    let row = |row: &Row| {
        vec![
            ("time_s", Some(row.time_s)),
            ("pending_hints", Some(row.hints_pending as f64)),
            ("delivered_hints", Some(row.hints_delivered as f64)),
        ]
    };
    seen.outcome.rows.iter().filter(|row| row.time_s <= 60.0).map(row).collect()
}

/// The chart of figure 14.
pub fn hints(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y, title: &str, y_title: &str| Pane {
        x: "time_s",
        y,
        by: vec!["scan_interval"],
        title: title.to_string(),
        y_title: y_title.to_string(),
        banded: true,
        ..Pane::default()
    };
    let label = |scan: &str| format!("looked for each {scan}");
    let panels = vec![
        panel(table, &pane("pending_hints", "Hints waiting for the node", "hints"), label)?,
        panel(table, &pane("delivered_hints", "Hints delivered", "hints per second"), label)?,
    ];
    let mut seen = Vec::new();
    for group in grouped(table, &pane("pending_hints", "", ""))? {
        let means = group.means();
        let peak = means.iter().map(|(_, it)| *it).max_by(|a, b| a.value.total_cmp(&b.value));
        let empty = means.iter().find(|(at, it)| *at > 40.0 && it.value == 0.0);
        let empty =
            empty.map_or("not within the minute".to_string(), |(at, _)| format!("at {at} s"));
        let peak = peak.map_or(String::new(), told);
        seen.push(format!(
            "Looked for each {}: {peak} hints at the most, and none left in any run {empty}.",
            group.name
        ));
    }
    let mut chart = chart(
        "Hints pile up while a node is down and drain as holders see it return",
        "9 nodes, (3,2,2) sloppy; means of runs, bands are 95 % intervals",
        "simulated time, s",
        panels,
    );
    chart.shades = shades("hint-backlog");
    Ok(Drawn { charts: vec![("hint-backlog", chart)], seen })
}

/// The windows of the faults of a scenario of the gallery.
fn shades(scenario: &'static str) -> Vec<Shade> {
    let layout = Setting::new(scenario, 1).checked().plan().layout();
    let window = |(colour, fault): (usize, &FaultWindow)| Shade {
        from: fault.from.seconds(),
        to: fault.to.seconds(),
        label: full_label(fault),
        colour,
    };
    layout.faults.iter().enumerate().map(window).collect()
}

/// The run of figure 18.
pub fn scatter_trials(_: Effort) -> Vec<Trial> {
    let told = vec![("scenario", "bad-minute".to_string())];
    vec![Trial::of(Setting::new("bad-minute", 1), told, operations)]
}

fn operations(seen: &Seen) -> Vec<Cells> {
    let row = |it: &Operation| {
        vec![
            ("time_s", Some(it.began_s)),
            ("latency_ms", Some(it.latency_ms)),
            ("is_get", Some(f64::from(u8::from(it.function == Function::Get)))),
            ("succeeded", Some(f64::from(u8::from(it.succeeded)))),
        ]
    };
    seen.watch.operations.iter().map(row).collect()
}

/// The chart of figure 18.
pub fn scatter(table: &Table) -> Result<Drawn, Problem> {
    let at = ["time_s", "latency_ms", "is_get", "succeeded"].map(|name| table.column(name));
    let [time, latency, is_get, succeeded] = at;
    let (time, latency, is_get, succeeded) = (time?, latency?, is_get?, succeeded?);
    let mut points: [Vec<(f64, Option<f64>)>; 3] = Default::default();
    for row in &table.rows {
        let place = match (table.number(row, is_get)?, table.number(row, succeeded)?) {
            (_, 0.0) => 2,
            (0.0, _) => 1,
            _gets => 0,
        };
        points[place].push((table.number(row, time)?, Some(table.number(row, latency)?)));
    }
    let counts = points.each_ref().map(Vec::len);
    let series = |label: &str, points, style, like| Series {
        label: label.to_string(),
        points,
        style,
        like: Some(like),
        ..Series::default()
    };
    let [gets, puts, failed] = points;
    let panel = Panel {
        y_title: "latency, ms".to_string(),
        scale: Scale::Log,
        series: vec![
            series("gets", gets, Style::Specks, 0),
            series("puts", puts, Style::Specks, 1),
            series("failed", failed, Style::Specks, 6),
        ],
        ..Panel::default()
    };
    let chart = Chart {
        shades: shades("bad-minute"),
        ..chart(
            "What clients see of faults: each operation by the time it began",
            "6 nodes, (3,2,2) strict, one run; what failed ended at a time-out or at once",
            "simulated time, s",
            vec![panel],
        )
    };
    let [gets, puts, failed] = counts;
    let seen = vec![format!("{gets} gets and {puts} puts succeeded, {failed} operations failed.")];
    Ok(Drawn { charts: vec![("latency-scatter", chart)], seen })
}
