//! Figures 1 to 5 and 7: what PBS (Bailis et al., VLDB 2012) shows, from runs of this simulator.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, grouped, panel, possible, theory, told};
use crate::gallery::wars::VALIDATED;
use crate::report::plot::chart::{Panel, Scale, Series, Style};
use crate::report::plot::pareto::{Better, Plane, Point, Side};
use crate::report::tabular::grouped::Group;
use crate::report::tabular::kinds::{estimated, spread};
use crate::report::tabular::table::{Problem, Table};

const BARS: &str = "bars are 95 % intervals over runs";

fn fresh(title: &str, by: &'static str, filters: Vec<(&'static str, String)>) -> Pane {
    Pane {
        x: "after_ms",
        y: "fresh_share",
        by: vec![by],
        filters,
        title: title.to_string(),
        y_title: "fresh reads, share".to_string(),
        ends: Some((0.0, 1.0)),
        ..Pane::default()
    }
}

/// Figure 1.
pub fn fits(table: &Table) -> Result<Drawn, Problem> {
    let (mut panels, mut seen) = (Vec::new(), Vec::new());
    for case in ["LNKD-SSD", "LNKD-DISK", "YMMR-alpha3.5", "WAN"] {
        let pane = Pane {
            by: vec!["r", "w"],
            y_title: "fresh reads".to_string(),
            scale: Scale::Nines,
            ..fresh(case, "r", vec![("case", case.to_string())])
        };
        panels.push(panel(table, &pane, |name| {
            let (r, w) = name.split_once(", ").unwrap_or((name, ""));
            format!("R={r} W={w}")
        })?);
        let at = |after: &str| {
            let filters = [("case", case), ("r", "1"), ("w", "1"), ("after_ms", after)];
            estimate(table, "fresh_share", &filters).map(told)
        };
        seen.push(format!("{case}, R=W=1: {} fresh at once, {} after 5 ms.", at("0")?, at("5")?));
    }
    let mut chart = chart(
        "How soon a write can be read: by fit of latencies and by (R,W)",
        &format!(
            "N=3, latencies that PBS fitted to LinkedIn (SSD, disk), Yammer and a wide area; {BARS}"
        ),
        "time from the commit to the read, ms",
        panels,
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("t-visibility", chart)], seen })
}

/// Figure 2.
pub fn replicas(table: &Table) -> Result<Drawn, Problem> {
    let shown = panel(table, &fresh("", "n", Vec::new()), |n| format!("N={n}"))?;
    let mut seen = Vec::new();
    for n in ["2", "3", "5", "10"] {
        let at = estimate(table, "fresh_share", &[("n", n), ("after_ms", "0")])?;
        seen.push(format!("N={n}: {} fresh at once.", told(at)));
    }
    let mut chart = chart(
        "More replicas, older reads: with R=W=1 each further copy may lag",
        &format!("LNKD-DISK latencies, R=W=1; {BARS}"),
        "time from the commit to the read, ms",
        vec![shown],
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("replicas", chart)], seen })
}

/// Figure 3.
pub fn rates(table: &Table) -> Result<Drawn, Problem> {
    let label = |rate: &str| {
        let mean = rate.parse::<f64>().map_or(0.0, |rate| 1.0 / rate);
        format!("W {mean} ms")
    };
    let shown = panel(table, &fresh("", "write_rate", Vec::new()), label)?;
    let mut seen = Vec::new();
    for rate in ["0.1", "1", "4"] {
        let at = estimate(table, "fresh_share", &[("write_rate", rate), ("after_ms", "0")])?;
        seen.push(format!("Writes of {} in the mean: {} fresh at once.", label(rate), told(at)));
    }
    let mut chart = chart(
        "Slow writes make old reads: what counts is W beside the other legs",
        &format!("N=3, R=W=1; all legs exponential, A, R and S of 1 ms in the mean; {BARS}"),
        "time from the commit to the read, ms",
        vec![shown],
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("write-rates", chart)], seen })
}

/// Figure 4.
pub fn latencies(table: &Table) -> Result<Drawn, Problem> {
    let (mut panels, mut seen) = (Vec::new(), Vec::new());
    for case in ["LNKD-SSD", "LNKD-DISK"] {
        let mut series = Vec::new();
        for (is_write, name) in [("0", "R"), ("1", "W")] {
            let pane = Pane {
                x: "share",
                y: "latency_ms",
                by: vec!["answers"],
                filters: vec![("case", case.to_string()), ("is_write", is_write.to_string())],
                ..Pane::default()
            };
            for group in grouped(table, &pane)? {
                series.push(Series {
                    label: format!("{name}={}", group.name),
                    style: if is_write == "0" { Style::Line } else { Style::Dashed },
                    ..across(&group)
                });
                let tail = group.means().into_iter().find(|(part, _)| *part == 0.999);
                let tail = tail.map_or(String::new(), |(_, it)| told(it));
                seen.push(format!("{case}, {name}={}: 99.9 % within {tail} ms.", group.name));
            }
        }
        panels.push(Panel {
            title: case.to_string(),
            y_title: "operations no slower".to_string(),
            scale: Scale::Nines,
            series,
            ..Panel::default()
        });
    }
    let mut chart = chart(
        "To wait for one more answer costs the tail most: latencies by R and W",
        "N=3; solid: reads, dashed: writes; means of the quantiles of runs, to 99.95 %",
        "latency, ms",
        panels,
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("latency", chart)], seen })
}

/// Quantiles with the latency across.
fn across(group: &Group) -> Series {
    let means = group.means();
    let points = means.iter().map(|(part, it)| (it.value, Some(*part))).collect();
    Series { points, ..Series::default() }
}

/// Figure 5.
pub fn promises(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y| Pane { x: "seed", y, by: vec!["r", "w"], ..Pane::default() };
    let all = |y| -> Result<Vec<(String, Vec<f64>)>, Problem> {
        let flat = |group: &Group| {
            let values = group.values.iter().flat_map(|(_, values)| values).copied().collect();
            (group.name.clone(), values)
        };
        Ok(grouped(table, &pane(y))?.iter().map(flat).collect())
    };
    let (visible, latency) = (all("visible_after_ms")?, all("read_and_write_p99_9_ms")?);
    let point = |(name, x): &(String, Vec<f64>)| {
        let y = latency.iter().find(|(other, _)| other == name)?;
        let (r, w) = name.split_once(", ")?;
        Some(Point { name: format!("R={r} W={w}"), x: spread(x), y: spread(&y.1) })
    };
    let side = |title: &str, scale| Side {
        title: title.to_string(),
        scale,
        better: Better::Low,
        ends: None,
    };
    let plane = Plane {
        title: "Consistency costs latency: what each (R,W) promises, and its price".to_string(),
        subtitle: "N=3, LNKD-DISK latencies; 95 % intervals over runs".to_string(),
        x: side("from this long after the commit on 99.9 % of reads are fresh, ms", Scale::Linear),
        y: side("read + write at 99.9 %, ms", Scale::Log),
        points: visible.iter().filter_map(point).collect(),
    };
    let front = plane.front();
    let names: Vec<String> = front
        .iter()
        .map(|it| format!("{} ({:.1} ms stale, {:.1} ms latency)", it.name, it.x.value, it.y.value))
        .collect();
    let seen = vec![format!("The front, from fresh to fast: {}.", names.join(", "))];
    Ok(Drawn { charts: vec![("frontier", plane.chart())], seen })
}

/// Figure 7.
pub fn validated(table: &Table) -> Result<Drawn, Problem> {
    let (mut series, mut seen, mut worst) = (Vec::new(), Vec::new(), 0.0_f64);
    for (place, case) in VALIDATED.iter().enumerate() {
        let pane = Pane {
            x: "predicted_share",
            y: "measured_share",
            filters: vec![("case", case.to_string())],
            ..Pane::default()
        };
        let groups = grouped(table, &pane)?;
        let means: Vec<_> = groups.iter().flat_map(Group::means).collect();
        let squares = means.iter().map(|(wanted, it)| (it.value - wanted) * (it.value - wanted));
        let rmse = (squares.sum::<f64>() / means.len() as f64).sqrt();
        worst = worst.max(rmse);
        seen.push(format!("{case}: RMSE {:.3} % over 1 to 191 ms.", 100.0 * rmse));
        let short = case.replace("VAL-", "").replace("-ARS", " ARS ").replace('W', "W ");
        let like = Some(place % 7);
        series.push(Series {
            label: short,
            style: Style::Points,
            like,
            ..estimated(&possible(&means, Some((0.0, 1.0))), false)
        });
        let last = series.len() - 1;
        series[last].style = if place < 4 { Style::Points } else { Style::Hollow };
    }
    seen.push(format!(
        "The largest RMSE is {:.3} %; PBS against Cassandra had at most 0.53 %.",
        100.0 * worst
    ));
    series.push(theory("equal", vec![(0.3, 0.3), (1.0, 1.0)], 6));
    let panel = Panel {
        y_title: "measured, share fresh".to_string(),
        y_from: Some(0.3),
        y_to: Some(1.0),
        series,
        ..Panel::default()
    };
    let chart = chart(
        "The simulator does what the model says: measured against predicted",
        &format!(
            "N=3, R=W=1, the rates (1/ms) with which PBS was validated against Cassandra; {BARS}"
        ),
        "predicted by the model, solved exactly, share fresh",
        vec![panel],
    );
    Ok(Drawn { charts: vec![("validation", chart)], seen })
}
