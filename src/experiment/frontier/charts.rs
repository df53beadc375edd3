//! The planes as pictures.

use crate::experiment::frontier::planes::{Plane, Stand, stands};
use crate::experiment::frontier::points::{Measure, Point};
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style, Whisker};
use crate::statistics::estimate::Estimate;

/// A setting in a plane.
struct Dot<'p> {
    name: &'p str,
    x: Estimate,
    y: Estimate,
}

/// One plane: the front as a staircase through its best means with its settings named, what is
/// beaten in grey, and intervals in both directions.
pub fn chart(scenario: &str, seeds: usize, points: &[Point], plane: Plane) -> Chart {
    let stands = stands(points, plane);
    let of = |wanted: fn(&Stand) -> bool| -> Vec<Dot<'_>> {
        let some = points.iter().zip(&stands).filter(|(_, stand)| wanted(stand));
        some.filter_map(|(point, _)| dot(point, plane)).collect()
    };
    let front = of(|stand| *stand == Stand::Front);
    let beaten = of(|stand| matches!(stand, Stand::Beaten(_)));
    let edge = Series { points: edge(&front, plane), style: Style::Dotted, ..Series::default() };
    let mut series = Vec::new();
    if !beaten.is_empty() {
        let style = Style::Hollow;
        series.push(Series {
            muted: true,
            style,
            ..dots("surely beaten by another", &beaten, false)
        });
    }
    series.push(edge);
    let place = series.len() - 1;
    series.push(Series {
        like: Some(place),
        ..dots("on the front: best, or not told from it", &front, true)
    });
    let panel = Panel {
        y_title: titled(plane.y),
        y_from: Some(ends(beaten.iter().chain(&front).map(|dot| &dot.y)).0),
        y_to: Some(ends(beaten.iter().chain(&front).map(|dot| &dot.y)).1),
        series,
        ..Panel::default()
    };
    let x = Axis {
        title: titled(plane.x),
        from: Some(ends(beaten.iter().chain(&front).map(|dot| &dot.x)).0),
        to: Some(ends(beaten.iter().chain(&front).map(|dot| &dot.x)).1),
        scale: Scale::Linear,
        ..Axis::default()
    };
    let subtitle = format!(
        "{scenario}: {} settings, {seeds} seeds, means with 95 % intervals",
        front.len() + beaten.len()
    );
    Chart { title: plane.title.to_string(), subtitle, x, panels: vec![panel], ..Chart::default() }
}

fn dot(point: &Point, plane: Plane) -> Option<Dot<'_>> {
    let (x, y) = (point.estimate(plane.x)?, point.estimate(plane.y)?);
    Some(Dot { name: &point.name, x, y })
}

fn titled(measure: Measure) -> String {
    let better = if measure.is_gain() { "more is better" } else { "less is better" };
    format!("{} ({better})", measure.title())
}

/// A little beyond the least and the most, so that no marker lies on the frame.
fn ends<'e>(estimates: impl Iterator<Item = &'e Estimate>) -> (f64, f64) {
    let ends = estimates.flat_map(|it| [it.value, it.low, it.high]).filter(|end| end.is_finite());
    let (least, most) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |it, end| (it.0.min(end), it.1.max(end)));
    if !least.is_finite() {
        return (0.0, 1.0);
    }
    // Where nothing varies there is still something to see.
    let air = if most > least { 0.04 * (most - least) } else { 0.04 * most.abs().max(1e-3) };
    (least - air, most + air)
}

/// The corners of what is reached: of the means on the front, those that no other mean beats.
fn edge(front: &[Dot<'_>], plane: Plane) -> Vec<(f64, Option<f64>)> {
    let sign = if plane.x.is_gain() { -1.0 } else { 1.0 };
    let mut sorted: Vec<(f64, f64)> =
        front.iter().map(|dot| (sign * dot.x.value, dot.y.value)).collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)));
    let mut best = f64::NEG_INFINITY;
    let mut corners = Vec::new();
    for (cost, gain) in sorted {
        if gain > best {
            // Up to here it stays as it was, then it rises.
            if best.is_finite() {
                corners.push((sign * cost, Some(best)));
            }
            corners.push((sign * cost, Some(gain)));
            best = gain;
        }
    }
    if sign < 0.0 {
        corners.reverse();
    }
    corners
}

fn dots(label: &str, dots: &[Dot<'_>], named: bool) -> Series {
    let ends = |it: &Estimate| it.interval();
    let whisker = |dot: &Dot<'_>| Whisker {
        at: (dot.x.value, dot.y.value),
        across: ends(&dot.x),
        up: ends(&dot.y),
    };
    let names = if named { dots.iter().map(|dot| dot.name.to_string()).collect() } else { vec![] };
    Series {
        label: label.to_string(),
        points: dots.iter().map(|dot| (dot.x.value, Some(dot.y.value))).collect(),
        names,
        whiskers: dots.iter().map(whisker).collect(),
        style: Style::Points,
        ..Series::default()
    }
}
