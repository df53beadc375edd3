//! A chart of each kind, from invented numbers.

use crate::report::plot::chart::{Axis, Chart, Heat, Panel, Scale, Series, Shade, Style, Whisker};
use crate::report::plot::pareto::{Better, Plane, Point, Side, Spread};

/// All kinds with the names of their files.
pub fn all() -> Vec<(&'static str, Chart)> {
    vec![
        ("kind-whiskers", whiskers()),
        ("kind-distribution", distribution()),
        ("kind-histogram", histogram()),
        ("kind-heat", heat(5, 4)),
        ("kind-heat-large", heat(40, 30)),
        ("kind-scatter", scatter()),
        ("kind-pareto", pareto()),
    ]
}

fn chart(title: &str, x: &str, panel: Panel) -> Chart {
    let x = Axis { title: x.to_string(), ..Axis::default() };
    Chart { title: title.to_string(), x, panels: vec![panel], ..Chart::default() }
}

fn panel(y_title: &str, series: Vec<Series>) -> Panel {
    Panel { y_title: y_title.to_string(), series, ..Panel::default() }
}

fn whiskers() -> Chart {
    let series = |label: &str, start: f64| Series {
        label: label.to_string(),
        points: (0..6).map(|i| (f64::from(i), Some(start + f64::from(i * i)))).collect(),
        whiskers: (0..6)
            .map(|i| {
                let at = (f64::from(i), start + f64::from(i * i));
                Whisker { at, across: None, up: Some((at.1 - 2.0, at.1 + 3.0)) }
            })
            .collect(),
        style: Style::Joined,
        ..Series::default()
    };
    let panel = panel("keys", vec![series("R=1", 3.0), series("R=2", 9.0)]);
    chart("Points with whiskers", "partition, s", panel)
}

fn distribution() -> Chart {
    let series = |label: &str, mean: f64, style| Series {
        label: label.to_string(),
        points: (0..4000)
            .map(|i| {
                let share = f64::from(i) / 4000.0;
                (-mean * libm::log(1.0 - share), Some(share))
            })
            .collect(),
        style,
        ..Series::default()
    };
    let both = vec![series("get", 2.0, Style::Line), series("put", 5.0, Style::Dashed)];
    let panel = Panel { scale: Scale::Nines, ..panel("operations no slower", both) };
    let mut chart = chart("A distribution with its tail", "latency, ms", panel);
    chart.x.scale = Scale::Log;
    chart.x.from = Some(0.1);
    chart
}

fn histogram() -> Chart {
    let series = |label: &str, counts: &[f64], shift: f64| Series {
        label: label.to_string(),
        points: counts
            .iter()
            .enumerate()
            .flat_map(|(i, count)| {
                let left = i as f64 + shift;
                [(left, Some(*count)), (left + 0.3, Some(0.0)), (left + 0.3, None)]
            })
            .collect(),
        style: Style::Columns,
        ..Series::default()
    };
    let all = vec![
        series("one", &[3.0, 9.0, 14.0, 6.0], 0.0),
        series("two", &[5.0, 2.0, 8.0, 1.0], 0.3),
        series("three", &[1.0, 4.0, 12.0, 7.0], 0.6),
    ];
    chart("Columns", "versions", panel("reads", all))
}

fn heat(columns: usize, rows: usize) -> Chart {
    let cells = (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y, (x * y) as f64 * 1.37)));
    let heat =
        Heat { title: "diverged keys".to_string(), cells: cells.collect(), scale: Scale::Linear };
    let names = |count: usize| (0..count).map(|i| (10 * i).to_string()).collect();
    let panel = Panel { heat: Some(heat), y_names: names(rows), ..panel("loss, %", vec![]) };
    let mut chart = chart("Cells", "partition, s", panel);
    chart.x.names = names(columns);
    chart
}

fn scatter() -> Chart {
    let series = |label: &str, salt: u32| Series {
        label: label.to_string(),
        points: (0..400)
            .map(|i: u32| {
                let noise = f64::from(i.wrapping_mul(2_654_435_761).wrapping_add(salt) >> 20);
                (f64::from(i) / 10.0, Some(1.0 + noise / 400.0))
            })
            .collect(),
        style: Style::Specks,
        ..Series::default()
    };
    let both = vec![series("get", 1), series("put", 9_000_000)];
    let mut chart = chart("Operations", "simulated time, s", panel("latency, ms", both));
    let label = "partition".to_string();
    chart.shades = vec![Shade { from: 12.0, to: 20.0, label, colour: 0 }];
    chart
}

pub fn pareto() -> Chart {
    let spread = |value: f64, half: f64| Spread { value, low: value - half, high: value + half };
    let point = |(name, x, y): (&str, f64, f64)| Point {
        name: name.to_string(),
        x: spread(x, 0.01),
        y: spread(y, 0.02),
    };
    let points = [
        ("(3,1,1) sloppy", 0.30, 1.0),
        ("(3,2,2) sloppy", 0.21, 0.998),
        ("(3,1,3) sloppy", 0.2, 0.99),
        ("(3,1,1) strict", 0.22, 0.86),
        ("(3,2,2) strict", 0.0, 0.52),
        ("(3,3,1) strict", 0.0, 0.45),
        ("(3,1,3) strict", 0.01, 0.44),
        ("(5,3,3) strict", 0.0, 0.5),
    ];
    let side = |title: &str, better| Side { title: title.to_string(), better, ..Side::default() };
    let plane = Plane {
        title: "Consistency against availability".to_string(),
        subtitle: "during the partition; whiskers are 95 % intervals".to_string(),
        x: side("stale reads, share", Better::Low),
        y: side("answered, share", Better::High),
        points: points.map(point).to_vec(),
    };
    plane.chart()
}
