//! Charts like those of a run with a partition and two crashes, from invented numbers.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Shade, Style};
use crate::report::plot::tests::kinds;

/// All samples with the names of their files.
pub fn all() -> Vec<(&'static str, Chart)> {
    let mut all = kinds::all();
    all.extend(vec![
        ("divergence", divergence()),
        ("hints", hints()),
        ("repair", repair()),
        ("latency", latency()),
        ("availability", availability()),
        ("small", small()),
        ("crowded", crowded()),
        ("swept", swept()),
        ("empty", chart("Nothing happened", vec![panel("", "keys", Scale::Log, vec![])])),
    ]);
    all
}

/// Repeatable noise between 0 and 1.
fn noise(second: u32, salt: u32) -> f64 {
    let mixed =
        (second.wrapping_mul(2_654_435_761) ^ salt.wrapping_mul(40_503)).wrapping_mul(69_069);
    f64::from((mixed ^ mixed >> 15) >> 8) / f64::from(1 << 24)
}

/// One value a second, for 260 seconds.
fn series(label: &str, style: Style, value: impl Fn(f64, u32) -> f64) -> Series {
    let points =
        (0..=260).map(|second| (f64::from(second), Some(value(f64::from(second), second))));
    Series { label: label.to_string(), style, points: points.collect(), ..Series::default() }
}

fn panel(title: &str, y_title: &str, scale: Scale, series: Vec<Series>) -> Panel {
    let (title, y_title) = (title.to_string(), y_title.to_string());
    Panel { title, y_title, scale, series, ..Panel::default() }
}

fn chart(title: &str, panels: Vec<Panel>) -> Chart {
    let shade =
        |from, to, label: &str, colour| Shade { from, to, label: label.to_string(), colour };
    Chart {
        title: title.to_string(),
        subtitle: "partition-heals · N=3 R=2 W=2 · 12 nodes · seed 42".to_string(),
        x: Axis {
            title: "simulated time, s".to_string(),
            from: Some(0.0),
            to: Some(260.0),
            ..Axis::default()
        },
        panels,
        shades: vec![
            shade(60.0, 120.0, "partition {1–6} | {7–12}", 0),
            shade(80.0, 100.0, "crash n3", 1),
            shade(95.0, 110.0, "crash n9", 1),
        ],
        ..Chart::default()
    }
}

/// Rises through the partition and falls after it.
fn hump(time: f64, height: f64, fall: f64) -> f64 {
    match time {
        time if time < 60.0 => 0.0,
        time if time < 120.0 => height * (time - 60.0) / 60.0,
        time => height * libm::exp((120.0 - time) / fall),
    }
}

fn divergence() -> Chart {
    let keys = |height: f64, fall: f64, salt| {
        move |time, second| {
            (hump(time, height, fall) + 9.0 * noise(second, salt) - 4.0).max(0.0).trunc()
        }
    };
    let series = vec![
        series("stale replicas", Style::Line, keys(4200.0, 18.0, 1)),
        series("diverged keys", Style::Dashed, keys(1900.0, 22.0, 2)),
        series("keys with siblings", Style::Dotted, keys(160.0, 9.0, 3)),
    ];
    chart("Divergence", vec![panel("Keys in divergence", "keys", Scale::Log, series)])
}

fn hints() -> Chart {
    let pending =
        |time, second| (hump(time, 8300.0, 7.0) * (0.97 + 0.06 * noise(second, 4))).trunc();
    let count = vec![
        series("pending", Style::Area, pending),
        series("held longest by one node", Style::Dashed, move |t, s| pending(t, s) * 0.31),
    ];
    let bytes = vec![series("pending", Style::Area, move |t, s| pending(t, s) * 1112.0)];
    let panels = vec![
        panel("Hints", "hints", Scale::Linear, count),
        panel("Bytes of hints", "bytes", Scale::Linear, bytes),
    ];
    chart("Hint backlog", panels)
}

fn repair() -> Chart {
    let rate = |base: f64, height: f64, fall: f64, salt| {
        move |time: f64, second| {
            let idle = base * (0.6 + 0.8 * noise(second, salt));
            idle + hump(time - 60.0, height, fall) * (0.7 + 0.6 * noise(second, salt + 7))
        }
    };
    let healed = |time: f64| if (120.0..150.0).contains(&time) { 3.0e6 } else { 0.0 };
    let series = vec![
        series("Merkle exchange", Style::Line, rate(4_000.0, 90_000.0, 30.0, 5)),
        series("anti-entropy values", Style::Dashed, rate(150.0, 2.0e6, 20.0, 6)),
        series("read repair", Style::Dotted, rate(900.0, 30_000.0, 14.0, 7)),
        series("hinted handoff", Style::Step, move |t, s| healed(t) * (0.5 + noise(s, 8))),
    ];
    let panel = panel("Traffic by mechanism", "bytes/s", Scale::Log, series);
    chart("Anti-entropy and repair traffic", vec![panel])
}

fn latency() -> Chart {
    let milliseconds = |base: f64, trouble: f64, salt| {
        move |time: f64, second| {
            let hurt = if (60.0..122.0).contains(&time) { trouble } else { 1.0 };
            base * hurt * (0.85 + 0.3 * noise(second, salt))
        }
    };
    let series = vec![
        series("get p50", Style::Line, milliseconds(1.9, 1.1, 11)),
        series("get p99", Style::Dashed, milliseconds(9.0, 9.0, 12)),
        series("put p50", Style::Line, milliseconds(3.1, 1.2, 13)),
        series("put p99", Style::Dashed, milliseconds(17.0, 11.0, 14)),
    ];
    chart("Latency", vec![panel("Client latency", "latency, ms", Scale::Log, series)])
}

fn availability() -> Chart {
    let share = |trouble: f64, salt| {
        move |time: f64, second| {
            let hurt = (60.0..120.0).contains(&time);
            if hurt { 1.0 - trouble * (0.6 + 0.5 * noise(second, salt)) } else { 1.0 }
        }
    };
    let mut puts = series("puts", Style::Dashed, share(0.02, 16));
    puts.points[180..190].fill((185.0, None));
    let mut panel = panel(
        "Requests that succeeded",
        "share of requests",
        Scale::Linear,
        vec![series("gets", Style::Line, share(0.07, 15)), puts],
    );
    (panel.y_from, panel.y_to) = (Some(0.9), Some(1.0));
    chart("Availability", vec![panel])
}

/// Few points, every style, a moment, and text beyond ASCII.
pub fn small() -> Chart {
    let styles =
        [Style::Line, Style::Dashed, Style::Dotted, Style::Step, Style::Area, Style::Points];
    let points = |shift: usize| -> Vec<(f64, Option<f64>)> {
        let value = |at: usize| (at != 5).then_some((at * at + 3 * shift) as f64 * 1e-5);
        (0..=9).map(|at| (at as f64, value(at))).collect()
    };
    let series = styles.into_iter().enumerate();
    let series = series.map(|(shift, style)| Series {
        label: format!("{style:?} µ²"),
        points: points(shift),
        style,
        ..Series::default()
    });
    let mut chart =
        chart("Small", vec![panel("Styles", "delay, µs", Scale::Linear, series.collect())]);
    chart.x = Axis { title: "time, s".to_string(), ..Axis::default() };
    chart.shades = vec![Shade { from: 4.0, to: 4.0, label: "crash n1".to_string(), colour: 1 }];
    chart
}

/// Many panels, series and windows, with names that are too long.
fn crowded() -> Chart {
    let wave = |salt: u32| move |_, second| 1e8 * f64::from(salt) + 1e7 * noise(second, salt);
    let many = |count: u32| -> Vec<Series> {
        let label = |index| format!("mechanism number {index} of several");
        (1..=count).map(|index| series(&label(index), Style::Line, wave(index))).collect()
    };
    let mut chart = chart(
        &"A title that goes on and on ".repeat(4),
        vec![
            panel("First", "bytes/s", Scale::Linear, many(9)),
            panel("", "a title that is too long for its axis, bytes/s", Scale::Log, many(3)),
            panel("No data here", "keys", Scale::Linear, vec![]),
        ],
    );
    let windows = (0..14u32).map(|index| Shade {
        from: 17.0 * f64::from(index),
        to: 17.0 * f64::from(index) + f64::from(index % 4) * 12.0,
        label: format!("fault {index}: slow disk of node {index}"),
        colour: index as usize,
    });
    chart.shades.extend(windows);
    chart
}

/// An experiment over many sizes beside what others have found, and one over named cases.
fn swept() -> Chart {
    let sizes = [10.0, 30.0, 100.0, 1000.0, 10_000.0];
    let value = |size: f64| 2.0 * libm::log10(size);
    let points = sizes.map(|size| (size, Some(value(size)))).to_vec();
    let band = sizes.map(|size| (size, value(size) - 0.4, value(size) + 0.4)).to_vec();
    let joined = Series {
        label: "ours".to_string(),
        points,
        style: Style::Joined,
        band,
        ..Series::default()
    };
    let hollow = Series {
        label: "theirs".to_string(),
        points: vec![(30.0, Some(3.1)), (1000.0, Some(5.8))],
        style: Style::Hollow,
        like: Some(0),
        ..Series::default()
    };
    let mut chart = chart("Swept", vec![panel("", "rounds", Scale::Linear, vec![joined, hollow])]);
    chart.panels[0].y_names = ["none", "few", "some", "many", "most", "all", "more", "over", "far"]
        .map(str::to_string)
        .to_vec();
    chart.x = Axis { title: "nodes".to_string(), scale: Scale::Log, ..Axis::default() };
    chart.shades = Vec::new();
    chart
}
