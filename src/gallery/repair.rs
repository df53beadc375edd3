//! Figure 15: bytes that anti-entropy sends to find and mend what differs, against how much
//! differs, by the depth of the Merkle trees.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, grouped, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::metrics::timeline::Row;
use crate::report::plot::chart::{Panel, Scale, Series, Style, Whisker};
use crate::report::plot::pareto::Spread;
use crate::report::tabular::kinds::spread;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;
use crate::statistics::estimate::Estimate;

const DEPTHS: [u32; 3] = [1, 5, 10];
/// How long a node is down, in milliseconds.
const DOWN_MS: [u32; 5] = [100, 300, 1_000, 3_000, 10_000];

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 6 } else { 3 };
    let settings = DEPTHS.into_iter().flat_map(|depth| DOWN_MS.map(|down| (depth, down)));
    let each = settings.flat_map(|it| (1..=seeds).map(move |seed| (it, seed)));
    each.map(|((depth, down), seed)| {
        let setting = Setting::new("tree-shapes", seed)
            .set(format!("cluster.anti_entropy.depth={depth}"))
            .set(format!("variables.down={down}ms"))
            .set(format!("duration={}ms", 21_000 + down));
        let told = vec![("depth", depth.to_string()), ("down_ms", down.to_string())];
        Trial::of(setting, told, traffic)
    })
    .collect()
}

/// Bytes from the heal until all that differed then had been equal.
fn traffic(seen: &Seen) -> Vec<Cells> {
    let heal = seen.figure("divergence.heals.0.time_s");
    let after = seen.figure("divergence.heals.0.converged_after_s");
    let bytes = heal.zip(after).map(|(heal, after)| {
        let within = |row: &&Row| row.time_s > heal && row.time_s <= heal + after + 1.0;
        let rows = seen.outcome.rows.iter().filter(within);
        rows.map(|row| row.anti_entropy_sent_bytes as f64).sum()
    });
    vec![vec![
        ("diverged_keys", seen.figure("divergence.heals.0.divergent_keys")),
        ("sent_bytes", bytes),
        ("converged_after_s", after),
    ]]
}

/// The chart.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y| Pane { x: "down_ms", y, by: vec!["depth"], ..Pane::default() };
    let keys = grouped(table, &pane("diverged_keys"))?;
    let bytes = grouped(table, &pane("sent_bytes"))?;
    let (mut series, mut seen) = (Vec::new(), Vec::new());
    for (keys, bytes) in keys.iter().zip(&bytes) {
        let places = keys.values.iter().zip(&bytes.values);
        let places: Vec<(Spread, Spread)> =
            places.map(|((_, x), (_, y))| (spread(x), spread(y))).collect();
        let leaves = 1_u32 << keys.name.parse::<u32>().unwrap_or(0);
        series.push(Series {
            label: format!("depth {} ({leaves} leaves)", keys.name),
            points: places.iter().map(|(x, y)| (x.value, Some(y.value))).collect(),
            whiskers: places.iter().map(whisker).collect(),
            style: Style::Joined,
            ..Series::default()
        });
        let ends = [places.first(), places.last()].into_iter().flatten();
        let end = |(x, y): &(Spread, Spread)| {
            format!("{} bytes for {} keys", told(whole(y)), told(whole(x)))
        };
        let ends: Vec<String> = ends.map(end).collect();
        seen.push(format!("Depth {}: {}.", keys.name, ends.join(", ")));
    }
    let panel = Panel {
        y_title: "bytes sent by anti-entropy".to_string(),
        scale: Scale::Log,
        series,
        ..Panel::default()
    };
    let mut chart = chart(
        "Deep trees find a few keys cheaply; when much differs all cost alike",
        "a node was down for 0.1 to 10 s; no hints, no read repair; bars: 95 % intervals over runs",
        "keys that differ when it returns",
        vec![panel],
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("anti-entropy-bytes", chart)], seen })
}

/// Intervals along both axes, which have no place for nothing or less.
fn whisker((x, y): &(Spread, Spread)) -> Whisker {
    Whisker {
        at: (x.value, y.value),
        across: Some((x.low.max(1.0), x.high)),
        up: Some((y.low.max(1.0), y.high)),
    }
}

fn whole(spread: &Spread) -> Estimate {
    Estimate { value: spread.value, low: spread.low, high: spread.high, runs: 0 }
}
