//! Why the day comes out as it does: the same world at steady loads, and with objects of one size.
//! Looked at after the day was known, and held to nothing.

use crate::experiment::Outcome;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::day::{self, Mode, SIZES, Tail};
use crate::reproduce::result::{Figure, Picture, Row, Table};
use crate::reproduce::work::{Stopped, Work};
use crate::scenario::read::Checked;
use crate::statistics::estimate::Estimate;

/// A quiet hour, and objects that are all alike.
const QUIET: f64 = 40.0;
const ALIKE: &str = r#""10KiB""#;
/// Requests a second, up to where disks are all but busy, and how busy they are by calculation.
const LOADS: [(f64, f64); 5] =
    [(250.0, 0.31), (500.0, 0.62), (600.0, 0.74), (680.0, 0.84), (740.0, 0.91)];
/// Puts that are measured in each run, at least.
const PUTS: f64 = 8_000.0;
/// So many times as many where processes pause, since one pause strikes many puts.
const PAUSED: f64 = 8.0;

/// What was found, for a table and a picture.
pub struct Why {
    rows: Vec<Row>,
    /// How busy disks are, and the factor.
    points: Vec<(f64, Option<f64>)>,
}

/// The 99.9th percentiles of puts, in milliseconds, directly and buffered, by repetition.
type Tails = Vec<(f64, f64)>;

fn tails(work: &mut Work<'_>, tail: Tail, requests: f64, sizes: &str) -> Result<Tails, Stopped> {
    let until = work.part();
    let puts = match tail {
        Tail::Messages => PUTS,
        Tail::Pauses => PUTS * PAUSED,
    };
    let seconds = (work.choose(puts, puts / 4.0) * 2.0 / requests) as u64;
    let modes = |seed| [(Mode::Direct, seed), (Mode::Buffered, seed)];
    let runs: Vec<Checked> = (work.seed..work.seed + work.choose(3, 2))
        .flat_map(modes)
        .map(|(mode, seed)| day::steady((mode, tail), requests, seconds, sizes, seed).checked)
        .collect();
    let figure = |outcome: &Outcome| outcome.report.figure("latency.put.p99_9_ms").flatten();
    let found = work.run_all(&runs, until)?;
    let found: Vec<f64> = found.iter().map(|it| figure(it).unwrap_or(f64::NAN)).collect();
    Ok(found.chunks(2).map(|pair| (pair[0], pair[1])).collect())
}

fn factor(tails: &Tails) -> Estimate {
    Estimate::of_mean(&tails.iter().map(|(direct, buffered)| direct / buffered).collect::<Vec<_>>())
}

/// Runs them all.
pub fn look(work: &mut Work<'_>) -> Result<Why, Stopped> {
    let (mut rows, mut points) = (Vec::new(), Vec::new());
    for (what, sizes) in [("of all sizes", SIZES), ("of 10 KiB each", ALIKE)] {
        let found = factor(&tails(work, Tail::Messages, QUIET, sizes)?);
        let what = format!("factor at {QUIET} requests/s, objects {what}");
        rows.push(Row::number(what, Figure::Nothing, found));
    }
    for (requests, busy) in LOADS {
        let tails = tails(work, Tail::Messages, requests, SIZES)?;
        let direct: Vec<f64> = tails.iter().map(|(direct, _)| *direct).collect();
        let at = format!("{requests} requests/s (disks {:.0} % busy)", 100.0 * busy);
        let found = factor(&tails);
        points.push((busy, Some(found.value)));
        rows.push(Row::number(format!("factor at {at}"), Figure::Nothing, found));
        let direct = Estimate::of_mean(&direct);
        rows.push(Row::number(format!("direct, ms, at {at}"), Figure::Nothing, direct));
    }
    for requests in [QUIET, day::PEAK] {
        let found = factor(&tails(work, Tail::Pauses, requests, SIZES)?);
        let what = format!("factor at {requests} requests/s, pauses in place of slow messages");
        rows.push(Row::number(what, Figure::Nothing, found));
    }
    Ok(Why { rows, points })
}

impl Why {
    /// All of it in numbers.
    pub fn table(&self) -> Table {
        let title = "Why: the same world at steady loads; looked at after the day, and no bar";
        Table::new(title, self.rows.clone())
    }

    /// The factor over how busy the disks are.
    pub fn picture(&self) -> Picture {
        let series = Series {
            label: "simulated".to_string(),
            points: self.points.clone(),
            style: Style::Joined,
            ..Series::default()
        };
        let text = |factor: f64, label: &str| Series {
            label: label.to_string(),
            points: self.points.iter().map(|(busy, _)| (*busy, Some(factor))).collect(),
            style: Style::Dashed,
            ..Series::default()
        };
        let panel = Panel {
            y_title: "direct / buffered".to_string(),
            series: vec![series, text(5.0, "the text at peak"), text(2.0, "the drawing at peak")],
            ..Panel::default()
        };
        let chart = Chart {
            title: "The factor where disks are busier".to_string(),
            subtitle: "99.9th percentile of puts, steady load".to_string(),
            x: Axis {
                title: "part of the time that disks are busy, direct, by calculation".to_string(),
                from: Some(0.0),
                to: Some(1.0),
                ..Axis::default()
            },
            panels: vec![panel],
            ..Chart::default()
        };
        let caption = "How the factor grows as disks become busy.".to_string();
        Picture { stem: "busy", caption, chart }
    }
}
