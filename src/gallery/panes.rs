//! Charts from tables, as the figures of the gallery share them.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::report::tabular::choice::{Choice, Chosen};
use crate::report::tabular::grouped::{Group, Places, groups, numbers, series};
use crate::report::tabular::kinds::estimated;
use crate::report::tabular::table::{Problem, Table};
use crate::statistics::estimate::Estimate;

/// What one panel shows of a table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pane {
    pub x: &'static str,
    pub y: &'static str,
    pub by: Vec<&'static str>,
    pub filters: Vec<(&'static str, String)>,
    pub title: String,
    pub y_title: String,
    pub scale: Scale,
    /// Intervals as bands, not as whiskers.
    pub banded: bool,
    pub ends: Option<(f64, f64)>,
}

/// The groups of a pane, in the order in which they come.
pub fn grouped(table: &Table, pane: &Pane) -> Result<Vec<Group>, Problem> {
    let choice = choice(pane);
    let chosen: Chosen<'_> = choice.rows(table)?;
    let names = series(&choice, &chosen)?;
    let places = Places::of(&chosen, pane.x, false)?;
    Ok(groups(&names, &places.at, &numbers(&chosen, pane.y)?))
}

fn choice(pane: &Pane) -> Choice {
    Choice {
        x: pane.x.to_string(),
        y: Some(pane.y.to_string()),
        by: pane.by.iter().map(ToString::to_string).collect(),
        filters: pane.filters.iter().map(|(name, it)| (name.to_string(), it.clone())).collect(),
        skip_missing: true,
        ..Choice::default()
    }
}

/// The panel, with the names of its series spelt by `label`.
pub fn panel(table: &Table, pane: &Pane, label: impl Fn(&str) -> String) -> Result<Panel, Problem> {
    let drawn = grouped(table, pane)?.into_iter().enumerate().map(|(place, group)| {
        let series = estimated(&possible(&group.means(), pane.ends), pane.banded);
        let style = match (pane.banded, place % 3) {
            (false, _) => Style::Joined,
            (true, 0) => Style::Line,
            (true, 1) => Style::Dashed,
            (true, _) => Style::Dotted,
        };
        Series { label: label(&group.name), style, ..series }
    });
    Ok(Panel {
        title: pane.title.clone(),
        y_title: pane.y_title.clone(),
        scale: pane.scale,
        y_from: pane.ends.map(|ends| ends.0),
        y_to: pane.ends.map(|ends| ends.1),
        series: drawn.collect(),
        ..Panel::default()
    })
}

/// Means with intervals that are cut at what is possible: no count and no share is negative, and no
/// share is above one.
pub fn possible(means: &[(f64, Estimate)], ends: Option<(f64, f64)>) -> Vec<(f64, Estimate)> {
    let most = ends.map_or(f64::INFINITY, |(_, to)| to);
    let cut = |(at, it): &(f64, Estimate)| {
        let high = if it.high.is_finite() { it.high.min(most) } else { it.high };
        let low = if it.low.is_finite() { it.low.max(0.0) } else { it.low };
        (*at, Estimate { low, high, ..*it })
    };
    means.iter().map(cut).collect()
}

/// A chart of panels.
pub fn chart(title: &str, subtitle: &str, x: &str, panels: Vec<Panel>) -> Chart {
    let (title, subtitle) = (title.to_string(), subtitle.to_string());
    let x = Axis { title: x.to_string(), ..Axis::default() };
    Chart { title, subtitle, x, panels, ..Chart::default() }
}

/// The estimate of the rows that have these values.
pub fn estimate(table: &Table, y: &str, filters: &[(&str, &str)]) -> Result<Estimate, Problem> {
    let choice = Choice {
        x: y.to_string(),
        filters: filters.iter().map(|(name, it)| (name.to_string(), it.to_string())).collect(),
        skip_missing: true,
        ..Choice::default()
    };
    Ok(Estimate::of_mean(&numbers(&choice.rows(table)?, y)?))
}

/// A value with its interval, as sentences say it: `0.31 (0.29 to 0.33)`.
pub fn told(estimate: Estimate) -> String {
    let Estimate { value, low, high, .. } = estimate;
    let short = |value: f64| match value.abs() {
        0.0 => "0".to_string(),
        size if size < 0.001 => format!("{value:.1e}"),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 10.0 => format!("{value:.3}"),
        size if size < 100.0 => format!("{value:.1}"),
        _large => format!("{value:.0}"),
    };
    match low.is_finite() && high.is_finite() && low < high {
        // What is told here cannot be negative.
        true => format!("{} ({} to {})", short(value), short(low.max(0.0)), short(high)),
        false => short(value),
    }
}

/// A line that theory gives.
pub fn theory(label: &str, points: Vec<(f64, f64)>, like: usize) -> Series {
    Series {
        label: label.to_string(),
        points: points.into_iter().map(|(x, y)| (x, Some(y))).collect(),
        style: Style::Dotted,
        like: Some(like),
        ..Series::default()
    }
}
