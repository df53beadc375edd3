//! The planes as pictures.

use crate::experiment::frontier::axes::Axis as Varied;
use crate::experiment::frontier::planes::{Plane, Stand, stands};
use crate::experiment::frontier::points::{Measure, Point};
use crate::experiment::frontier::shared::told;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style, Whisker};
use crate::statistics::estimate::Estimate;

/// Nearer than these parts of the axes, markers cover each other.
const COVERED: (f64, f64) = (0.01, 0.025);

/// A setting in a plane.
struct Dot<'p> {
    values: &'p [String],
    x: Estimate,
    y: Estimate,
}

/// One plane: the front as a staircase through its best means, what is beaten in grey, and
/// intervals in both directions. Places on the front have numbers; which settings lie there stands
/// beneath.
pub fn chart(
    scenario: &str,
    seeds: usize,
    (axes, points): (&[Varied], &[Point]),
    plane: Plane,
) -> Chart {
    let stands = stands(points, plane);
    let of = |wanted: fn(&Stand) -> bool| -> Vec<Dot<'_>> {
        let some = points.iter().zip(&stands).filter(|(_, stand)| wanted(stand));
        some.filter_map(|(point, _)| dot(point, plane)).collect()
    };
    let front = of(|stand| *stand == Stand::Front);
    let beaten = of(|stand| matches!(stand, Stand::Beaten(_)));
    let ends_of = |of: fn(&Dot<'_>) -> Estimate| ends(beaten.iter().chain(&front).map(of));
    let (across, up) = (ends_of(|dot| dot.x), ends_of(|dot| dot.y));
    let places = places(&front, across, up);
    let edge = Series { points: edge(&front, plane), style: Style::Dotted, ..Series::default() };
    let mut series = Vec::new();
    if !beaten.is_empty() {
        let style = Style::Hollow;
        series.push(Series { muted: true, style, ..dots("surely beaten by another", &beaten) });
    }
    series.push(edge);
    let place = series.len() - 1;
    series.push(Series {
        like: Some(place),
        names: numbers(&places, front.len()),
        ..dots("on the front: best, or not told from it", &front)
    });
    let panel = Panel {
        y_title: titled(plane.y),
        y_from: Some(up.0),
        y_to: Some(up.1),
        series,
        ..Panel::default()
    };
    let x = Axis {
        title: titled(plane.x),
        from: Some(across.0),
        to: Some(across.1),
        scale: Scale::Linear,
        ..Axis::default()
    };
    let subtitle = format!(
        "{scenario}: {} settings, {seeds} seeds, means with 95 % intervals",
        front.len() + beaten.len()
    );
    let all: Vec<&[String]> = points.iter().map(|point| point.values.as_slice()).collect();
    let notes = key(axes, &front, &places, &all);
    let title = plane.title.to_string();
    Chart { title, subtitle, x, panels: vec![panel], notes, ..Chart::default() }
}

/// The front by places: settings whose markers cover each other share one. In the order of the
/// axes' own best, each with the dots that lie there.
fn places(front: &[Dot<'_>], across: (f64, f64), up: (f64, f64)) -> Vec<Vec<usize>> {
    let near = |one: f64, other: f64, (from, to): (f64, f64), part: f64| {
        (one - other).abs() <= part * (to - from)
    };
    let mut order: Vec<usize> = (0..front.len()).collect();
    let at = |dot: usize| (front[dot].x.value, front[dot].y.value);
    order.sort_by(|one, other| {
        at(*one).0.total_cmp(&at(*other).0).then(at(*one).1.total_cmp(&at(*other).1))
    });
    let mut places: Vec<Vec<usize>> = Vec::new();
    for dot in order {
        let covers = |first: usize| {
            near(at(first).0, at(dot).0, across, COVERED.0)
                && near(at(first).1, at(dot).1, up, COVERED.1)
        };
        match places.iter_mut().find(|place| covers(place[0])) {
            Some(place) => place.push(dot),
            None => places.push(vec![dot]),
        }
    }
    places
}

/// What is written beside each dot: the number of its place, beside the first one there.
fn numbers(places: &[Vec<usize>], dots: usize) -> Vec<String> {
    let mut names = vec![String::new(); dots];
    for (number, place) in (1..).zip(places) {
        names[place[0]] = format!("{number}");
    }
    names
}

/// What the numbers stand for.
fn key(
    axes: &[Varied],
    front: &[Dot<'_>],
    places: &[Vec<usize>],
    all: &[&[String]],
) -> Vec<String> {
    let mut key = Vec::new();
    for (number, place) in (1..).zip(places) {
        let there: Vec<&[String]> = place.iter().map(|dot| front[*dot].values).collect();
        let count = match there.len() {
            1 => String::new(),
            several => format!(" ({several} settings)"),
        };
        key.push(format!("{number}   {}{count}", told(axes, &there, all).join("; ")));
    }
    if places.iter().any(|place| place.len() > 1) {
        key.push(
            "What a line leaves out of a setting makes no difference to where it lies.".into(),
        );
    }
    key
}

fn dot(point: &Point, plane: Plane) -> Option<Dot<'_>> {
    let (x, y) = (point.estimate(plane.x)?, point.estimate(plane.y)?);
    Some(Dot { values: &point.values, x, y })
}

fn titled(measure: Measure) -> String {
    let better = if measure.is_gain() { "more is better" } else { "less is better" };
    format!("{} ({better})", measure.title())
}

/// A little beyond the least and the most, so that no marker lies on the frame.
fn ends(estimates: impl Iterator<Item = Estimate>) -> (f64, f64) {
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

fn dots(label: &str, dots: &[Dot<'_>]) -> Series {
    let ends = |it: &Estimate| it.interval();
    let whisker = |dot: &Dot<'_>| Whisker {
        at: (dot.x.value, dot.y.value),
        across: ends(&dot.x),
        up: ends(&dot.y),
    };
    Series {
        label: label.to_string(),
        points: dots.iter().map(|dot| (dot.x.value, Some(dot.y.value))).collect(),
        whiskers: dots.iter().map(whisker).collect(),
        style: Style::Points,
        ..Series::default()
    }
}
