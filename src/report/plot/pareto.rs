//! A Pareto front: points that no other point beats in one direction without losing in the other,
//! among those that are beaten.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style, Whisker};

/// Closer than this part of an axis, markers cover each other.
const HIDDEN: f64 = 0.01;

/// Points in a plane, and what is better in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plane {
    /// The heading of the picture.
    pub title: String,
    /// A smaller line beneath it.
    pub subtitle: String,
    pub x: Side,
    pub y: Side,
    pub points: Vec<Point>,
}

/// One direction of the plane.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Side {
    /// With its unit: `"stale reads, share"`.
    pub title: String,
    pub scale: Scale,
    pub better: Better,
    /// Where it begins and ends, unless data lie beyond; none: where data do.
    pub ends: Option<(f64, f64)>,
}

/// Which end of an axis one would like to be at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Better {
    #[default]
    Low,
    High,
}

/// A value with its interval.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Spread {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// One setting.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Point {
    /// Written beside it.
    pub name: String,
    pub x: Spread,
    pub y: Spread,
}

impl Better {
    /// Which of two is better; equal where neither is.
    fn compare(self, one: f64, other: f64) -> std::cmp::Ordering {
        match self {
            Better::Low => other.total_cmp(&one),
            Better::High => one.total_cmp(&other),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Better::Low => "lower is better",
            Better::High => "higher is better",
        }
    }
}

impl Plane {
    /// Is some other point at least as good in both directions, and better in one?
    pub fn is_dominated(&self, point: &Point) -> bool {
        self.points.iter().any(|other| {
            let x = self.x.better.compare(other.x.value, point.x.value);
            let y = self.y.better.compare(other.y.value, point.y.value);
            x.is_ge() && y.is_ge() && (x.is_gt() || y.is_gt())
        })
    }

    /// The points that none dominates, from the best to the worst along the horizontal axis.
    pub fn front(&self) -> Vec<&Point> {
        let mut front: Vec<&Point> =
            self.points.iter().filter(|point| !self.is_dominated(point)).collect();
        front.sort_by(|one, other| self.x.better.compare(other.x.value, one.x.value));
        front
    }

    /// What is written beside each point. Points so close that their markers cover each other share
    /// a name, beside the first of them.
    fn names(&self, points: &[&Point]) -> Vec<String> {
        let near = |of: fn(&Point) -> Spread, one: &Point, other: &Point| {
            let (low, high) = span(of, &self.points);
            (of(one).value - of(other).value).abs() <= HIDDEN * (high - low)
        };
        let mut names: Vec<String> = vec![String::new(); points.len()];
        for (place, point) in points.iter().enumerate() {
            let hides =
                |other: &&Point| near(|it| it.x, other, point) && near(|it| it.y, other, point);
            let first = points.iter().position(hides).unwrap_or(place);
            let comma = if names[first].is_empty() { "" } else { ", " };
            let longer = format!("{}{comma}{}", names[first], point.name);
            names[first] = longer;
        }
        names
    }

    /// The chart: the front as a staircase with its points named, all others grey, and intervals in
    /// both directions.
    pub fn chart(&self) -> Chart {
        let front = self.front();
        let beaten: Vec<&Point> = self.points.iter().filter(|p| self.is_dominated(p)).collect();
        let edge = Series {
            points: front.iter().map(|it| (it.x.value, Some(it.y.value))).collect(),
            style: Style::Step,
            ..Series::default()
        };
        let mut series = vec![
            edge,
            Series {
                like: Some(0),
                names: self.names(&front),
                ..dots("the front: none is better in both", &front)
            },
        ];
        if !beaten.is_empty() {
            let (style, names) = (Style::Hollow, self.names(&beaten));
            let like = Some(0);
            series.push(Series { muted: true, style, like, names, ..dots("dominated", &beaten) });
        }
        let panel = Panel {
            y_title: format!("{} ({})", self.y.title, self.y.better.told()),
            scale: self.y.scale,
            y_from: Some(self.y.from(|point| point.y, &self.points)),
            y_to: Some(self.y.to(|point| point.y, &self.points)),
            series,
            ..Panel::default()
        };
        let x = Axis {
            title: format!("{} ({})", self.x.title, self.x.better.told()),
            scale: self.x.scale,
            from: Some(self.x.from(|point| point.x, &self.points)),
            to: Some(self.x.to(|point| point.x, &self.points)),
            ..Axis::default()
        };
        let (title, subtitle) = (self.title.clone(), self.subtitle.clone());
        Chart { title, subtitle, x, panels: vec![panel], ..Chart::default() }
    }
}

impl Side {
    /// Where the axis begins: with some air, lest markers lie on the frame.
    fn from(&self, of: fn(&Point) -> Spread, points: &[Point]) -> f64 {
        let (low, high) = span(of, points);
        let air = if self.scale == Scale::Linear { 0.04 * (high - low) } else { 0.0 };
        self.ends.map_or(low - air, |(from, _)| from)
    }

    /// Where it ends.
    fn to(&self, of: fn(&Point) -> Spread, points: &[Point]) -> f64 {
        let (low, high) = span(of, points);
        let air = if self.scale == Scale::Linear { 0.04 * (high - low) } else { 0.0 };
        self.ends.map_or(high + air, |(_, to)| to)
    }
}

/// The lowest and the highest end of any interval.
fn span(of: fn(&Point) -> Spread, points: &[Point]) -> (f64, f64) {
    let ends = || points.iter().map(of).flat_map(|it| [it.value, it.low, it.high]);
    let ends = || ends().filter(|end| end.is_finite());
    (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max))
}

fn dots(label: &str, points: &[&Point]) -> Series {
    let whisker = |point: &&Point| Whisker {
        at: (point.x.value, point.y.value),
        across: Some((point.x.low, point.x.high)),
        up: Some((point.y.low, point.y.high)),
    };
    Series {
        label: label.to_string(),
        points: points.iter().map(|it| (it.x.value, Some(it.y.value))).collect(),
        whiskers: points.iter().map(whisker).collect(),
        style: Style::Points,
        ..Series::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(x: Better, y: Better, points: &[(f64, f64)]) -> Plane {
        let sure = |value| Spread { value, low: value, high: value };
        let point =
            |(x, y): &(f64, f64)| Point { name: format!("{x},{y}"), x: sure(*x), y: sure(*y) };
        let side = |better| Side { better, ..Side::default() };
        let points = points.iter().map(point).collect();
        Plane { x: side(x), y: side(y), points, ..Plane::default() }
    }

    #[test]
    fn the_front_is_what_nothing_beats() {
        let points = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (3.0, 0.5), (1.0, 1.0)];
        let rows = [
            (Better::Low, Better::Low, "1,1 1,1 3,0.5"),
            (Better::Low, Better::High, "1,2"),
            (Better::High, Better::Low, "3,0.5"),
            (Better::High, Better::High, "3,0.5 2,2"),
        ];
        for (x, y, wanted) in rows {
            let plane = plane(x, y, &points);
            let names: Vec<&str> = plane.front().iter().map(|it| it.name.as_str()).collect();
            assert_eq!(names.join(" "), wanted, "{x:?} {y:?}");
        }
    }
}
