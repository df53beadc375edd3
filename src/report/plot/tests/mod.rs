//! Whole charts: the same bytes every time, nothing that panics, and samples to look at.

mod kinds;
mod samples;

use std::io::Cursor;

use md5::{Digest, Md5};

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Shade, Style};
use crate::report::plot::{Drawing, draw};

const STYLES: [Style; 9] = [
    Style::Line,
    Style::Dashed,
    Style::Dotted,
    Style::Step,
    Style::Area,
    Style::Points,
    Style::Hollow,
    Style::Joined,
    Style::Columns,
];

type Points = Vec<(f64, Option<f64>)>;

fn hash(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Width, height and pixels of a PNG.
fn decode(drawing: &Drawing) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(&drawing.png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    (frame.width, frame.height, pixels)
}

/// A chart of one panel with the same points in every style.
fn chart_of(points: &[(f64, Option<f64>)], scale: Scale) -> Chart {
    let series = |style| {
        let label = format!("{style:?}");
        Series { label, points: points.to_vec(), style, ..Series::default() }
    };
    let panel = Panel {
        title: "Panel".to_string(),
        y_title: "things, 1/s".to_string(),
        scale,
        series: STYLES.into_iter().map(series).collect(),
        ..Panel::default()
    };
    Chart { title: "Edge".to_string(), panels: vec![panel], ..Chart::default() }
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    for (_, chart) in samples::all() {
        assert_eq!(draw(&chart).unwrap(), draw(&chart).unwrap());
    }
}

/// Changes when anything about the picture changes: look at the samples, then take the new values.
/// If only the PNG differs and not the pixels, the encoder's compression changed.
#[test]
fn a_small_chart_has_not_changed() {
    let drawing = draw(&samples::small()).unwrap();
    let (_, _, pixels) = decode(&drawing);
    let found = [hash(&drawing.svg), hash(&pixels), hash(&drawing.png)];
    let wanted = [
        "3c15025df7e34aa9645f4a7d9f65770b",
        "c3781f8dd257fa2c8ea26f418a45ce70",
        "82b1c0059f495c7fe6e3139b70e061d8",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn a_png_has_the_size_of_the_drawing() {
    let drawing = draw(&samples::small()).unwrap();
    let (width, height, pixels) = decode(&drawing);
    assert_eq!(pixels.len(), (width * height * 3) as usize);
    let svg = String::from_utf8(drawing.svg).unwrap();
    assert!(svg.contains(&format!("viewBox=\"0 0 {width} {height}\"")));
    assert!(svg.contains("stroke-linejoin=\"round\""), "the header of the SVG was not found");
}

#[test]
fn odd_data_are_drawn() {
    let some = |values: &[f64]| -> Points {
        values.iter().enumerate().map(|(at, value)| (at as f64, Some(*value))).collect()
    };
    let rows: [(Points, bool); 9] = [
        (vec![], true),
        (vec![(1.0, None), (2.0, None)], true),
        (some(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]), true),
        (vec![(f64::NAN, Some(1.0)), (f64::INFINITY, Some(1.0))], true),
        (some(&[0.0; 5]), false),
        (some(&[3.0]), false),
        (some(&[-1.0, 0.0, 1e-300, 1e99, f64::MAX]), false),
        (vec![(5.0, Some(1.0)), (5.0, Some(2.0)), (4.0, Some(3.0))], false),
        (vec![(0.0, Some(1.0)), (1.0, None), (2.0, Some(1.0)), (3.0, None)], false),
    ];
    for (points, empty) in rows {
        for scale in [Scale::Linear, Scale::Log, Scale::Nines] {
            let drawing = draw(&chart_of(&points, scale)).unwrap();
            let svg = String::from_utf8(drawing.svg).unwrap();
            assert_eq!(svg.contains("no data"), empty, "{scale:?} {points:?}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{points:?}");
        }
    }
}

#[test]
fn odd_charts_are_drawn() {
    draw(&Chart::default()).unwrap();
    let shade =
        |from, to| Shade { from, to, label: "trouble <&> 漢\n\u{1}".repeat(9), colour: 99 };
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -5.0, 0.0, 3.0, 1e9];
    let pairs = odd.iter().flat_map(|from| odd.iter().map(move |to| shade(*from, *to)));
    let mut chart = chart_of(&[(0.0, Some(1.0)), (9.0, Some(2.0))], Scale::Linear);
    chart.shades = pairs.collect();
    chart.x =
        Axis { title: "t".repeat(400), from: Some(f64::NAN), to: Some(12.0), ..Axis::default() };
    chart.title = "long ".repeat(100);
    chart.subtitle = "long ".repeat(100);
    chart.panels[0].y_title = "long ".repeat(100);
    chart.panels[0].series[0].label = "long ".repeat(100);
    let drawing = draw(&chart).unwrap();
    assert!(decode(&drawing).0 == 1800);
    chart.panels = vec![Panel::default(); 5];
    draw(&chart).unwrap();
}

#[test]
fn many_points_cost_no_more_than_the_pixels_they_cover() {
    let points = |count: u32| -> Points {
        (0..count).map(|at| (f64::from(at), Some(f64::from(at * 7919 % 101)))).collect()
    };
    let mut chart = chart_of(&points(200_000), Scale::Linear);
    let alone = |style: Style| style.is_marked() || style == Style::Columns;
    chart.panels[0].series.retain(|series| !alone(series.style));
    let drawing = draw(&chart).unwrap();
    assert!(drawing.svg.len() < 4_000_000, "{}", drawing.svg.len());
}

/// `PLOT_SAMPLES=1 cargo test plot` leaves the samples in the temporary folder, to be looked at.
#[test]
fn samples_are_written_when_asked_for() {
    if std::env::var_os("PLOT_SAMPLES").is_none() {
        return;
    }
    let folder = std::env::temp_dir().join("dynamo-sim-plots");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, chart) in samples::all() {
        let drawing = draw(&chart).unwrap();
        std::fs::write(folder.join(format!("{name}.svg")), drawing.svg).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), drawing.png).unwrap();
    }
}
