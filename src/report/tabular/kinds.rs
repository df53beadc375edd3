//! The chart of each kind.

use crate::report::plot::chart::{Axis, Chart, Heat, Panel, Scale, Series, Style, Whisker};
use crate::report::plot::pareto::{Plane, Point, Side, Spread};
use crate::report::tabular::choice::{Choice, Chosen, Kind};
use crate::report::tabular::grouped::{Group, Places, groups, numbers, runs, series};
use crate::report::tabular::table::{Problem, Table};
use crate::statistics::estimate::Estimate;

/// Steps of a histogram.
const STEPS: usize = 24;
/// Points of a distribution that are drawn; more could not be told apart.
const STAIRS: usize = 4000;
/// Styles of lines in turn.
const LINES: [Style; 3] = [Style::Line, Style::Dashed, Style::Dotted];

/// Draws what was chosen of a table.
pub fn chart(table: &Table, choice: &Choice) -> Result<Chart, Problem> {
    let chosen = choice.rows(table)?;
    let mut chart = match choice.kind {
        Kind::Line | Kind::Points => means(choice, &chosen)?,
        Kind::Distribution => distribution(choice, &chosen)?,
        Kind::Histogram => histogram(choice, &chosen)?,
        Kind::Heat => heat(choice, &chosen)?,
        Kind::Pareto => pareto(choice, &chosen)?,
        Kind::Scatter => scatter(choice, &chosen)?,
    };
    if let Some(title) = &choice.title {
        chart.title.clone_from(title);
    }
    let filters = choice.filters.iter().map(|(column, value)| format!("{column}={value}"));
    let skipped = (chosen.skipped > 0).then(|| format!("{} rows without a value", chosen.skipped));
    let skipped = skipped.map(|told| format!("{told} left out"));
    let told = std::iter::once(chart.subtitle.clone()).chain(filters).chain(skipped);
    chart.subtitle = told.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("; ");
    chart.shades.clone_from(&choice.shades);
    Ok(chart)
}

/// A column's name with its unit as axes spell it: `latency.get.p99, ms`.
pub fn titled(column: &str) -> String {
    let units = [("_ms", "ms"), ("_us", "µs"), ("_s", "s"), ("_bytes", "bytes"), ("_keys", "keys")];
    let found = units.iter().find_map(|(end, unit)| Some((column.strip_suffix(end)?, unit)));
    let (name, unit) = match found {
        Some((name, unit)) => (name, format!(", {unit}")),
        None => (column, String::new()),
    };
    format!("{}{unit}", name.replace('_', " "))
}

fn needed(choice: &Choice) -> Result<&str, Problem> {
    let told = "this kind of chart needs --y COLUMN; `cdf` and `histogram` do not";
    choice.y.as_deref().ok_or_else(|| Problem(told.to_string()))
}

fn axis(choice: &Choice, names: Vec<String>) -> Axis {
    Axis { title: titled(&choice.x), scale: choice.x_scale, names, ..Axis::default() }
}

fn framed(title: String, subtitle: String, x: Axis, panel: Panel) -> Chart {
    Chart { title, subtitle, x, panels: vec![panel], ..Chart::default() }
}

/// Names of series in order: as numbers if all are numbers, else as they come.
fn ordered(mut groups: Vec<Group>) -> Vec<Group> {
    if groups.iter().all(|group| group.name.parse::<f64>().is_ok()) {
        let number = |group: &Group| group.name.parse::<f64>().unwrap_or(0.0);
        groups.sort_by(|one, other| number(one).total_cmp(&number(other)));
    }
    groups
}

/// What stands in the legend: with the column's name where the cell alone says too little.
fn legend(choice: &Choice, name: &str) -> String {
    match &choice.by[..] {
        [] => String::new(),
        [column] => format!("{} = {name}", column.rsplit('.').next().unwrap_or(column)),
        _several => name.to_string(),
    }
}

fn means(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let y = needed(choice)?;
    let places = Places::of(chosen, &choice.x, false)?;
    let (names, values) = (series(choice, chosen)?, numbers(chosen, y)?);
    let groups = ordered(groups(&names, &places.at, &values));
    let drawn = groups.iter().enumerate().map(|(place, group)| {
        let label = legend(choice, &group.name);
        let styled = Series { label, ..estimated(&group.means(), choice.kind == Kind::Line) };
        let style =
            if choice.kind == Kind::Line { LINES[place % LINES.len()] } else { Style::Points };
        Series { style, ..styled }
    });
    let panel = Panel {
        y_title: titled(y),
        scale: choice.y_scale,
        series: drawn.collect(),
        ..Panel::default()
    };
    let title = format!("{} against {}", titled(y), titled(&choice.x));
    Ok(framed(title, runs(&groups), axis(choice, places.names), panel))
}

/// Means with their intervals: as a band, or as whiskers.
pub fn estimated(means: &[(f64, Estimate)], banded: bool) -> Series {
    let sure = means.iter().filter(|(_, it)| it.low.is_finite() && it.high.is_finite());
    let whisker = |(at, it): &(f64, Estimate)| Whisker {
        at: (*at, it.value),
        across: None,
        up: Some((it.low, it.high)),
    };
    let (band, whiskers) = match banded {
        true => (sure.map(|(at, it)| (*at, it.low, it.high)).collect(), Vec::new()),
        false => (Vec::new(), sure.map(whisker).collect()),
    };
    let points = means.iter().map(|(at, it)| (*at, Some(it.value))).collect();
    Series { points, band, whiskers, style: Style::Joined, ..Series::default() }
}

fn distribution(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let (names, values) = (series(choice, chosen)?, numbers(chosen, &choice.x)?);
    let zeros = vec![0.0; values.len()];
    let groups = ordered(groups(&names, &zeros, &values));
    let drawn = groups.iter().enumerate().map(|(place, group)| {
        let all = group.values.iter().flat_map(|(_, values)| values).copied().collect();
        let label = legend(choice, &group.name);
        Series { label, style: LINES[place % LINES.len()], ..cumulative(all) }
    });
    let panel = Panel {
        y_title: "share of rows up to this".to_string(),
        scale: Scale::Nines,
        series: drawn.collect(),
        ..Panel::default()
    };
    let title = format!("Distribution of {}", titled(&choice.x));
    let subtitle = format!("{} rows", values.len());
    Ok(framed(title, subtitle, axis(choice, Vec::new()), panel))
}

/// The share of values up to each of them. The largest lies at 100 %, which no axis of nines
/// reaches: it is left out, and the line ends at the one before.
pub fn cumulative(mut values: Vec<f64>) -> Series {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    let every = count.div_ceil(STAIRS).max(1);
    // The tail is kept whole: that is what the axis is for.
    let kept = |place: &usize| place.is_multiple_of(every) || *place + STAIRS / 2 > count;
    let share = |place: usize| (place + 1) as f64 / count as f64;
    let points = (0..count.saturating_sub(1).max(1)).filter(kept);
    let points = points.map(|place| (values[place], Some(share(place)))).collect();
    Series { points, ..Series::default() }
}

fn histogram(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let (names, values) = (series(choice, chosen)?, numbers(chosen, &choice.x)?);
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = if high > low { (high - low) / STEPS as f64 } else { 1.0 };
    let places: Vec<f64> = values
        .iter()
        .map(|value| libm::floor((value - low) / width).min(STEPS as f64 - 1.0))
        .collect();
    let groups = ordered(groups(&names, &places, &values));
    let drawn = groups.iter().map(|group| {
        let count = |step: usize| {
            let own = group.values.iter().find(|(at, _)| *at == step as f64);
            own.map_or(0, |(_, all)| all.len()) as f64
        };
        let points = (0..=STEPS).map(|step| (low + step as f64 * width, Some(count(step))));
        Series {
            label: legend(choice, &group.name),
            points: points.collect(),
            style: Style::Columns,
            ..Series::default()
        }
    });
    let panel = Panel {
        y_title: "rows".to_string(),
        scale: choice.y_scale,
        series: drawn.collect(),
        ..Panel::default()
    };
    let subtitle = format!("{} rows in {STEPS} equal steps", values.len());
    let title = format!("Histogram of {}", titled(&choice.x));
    Ok(framed(title, subtitle, axis(choice, Vec::new()), panel))
}

fn heat(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let y = needed(choice)?;
    let [colour] = &choice.by[..] else {
        let told = "a heat map needs --by COLUMN once: the column that the colours show";
        return Err(Problem(told.to_string()));
    };
    let across = Places::of(chosen, &choice.x, true)?;
    let up = Places::of(chosen, y, true)?;
    let values = numbers(chosen, colour)?;
    let rows: Vec<String> = up.at.iter().map(|at| format!("{at}")).collect();
    let groups = groups(&rows, &across.at, &values);
    let cells = groups.iter().flat_map(|group| {
        let row = group.name.parse::<usize>().unwrap_or(0);
        group.means().into_iter().map(move |(at, it)| (at as usize, row, it.value))
    });
    let heat = Heat { title: titled(colour), cells: cells.collect(), scale: choice.y_scale };
    let panel =
        Panel { y_title: titled(y), y_names: up.names, heat: Some(heat), ..Panel::default() };
    let title = format!("{} over {} and {}", titled(colour), titled(&choice.x), titled(y));
    let subtitle = runs(&groups).replace(", 95 % intervals", "").replace(": no intervals", "");
    Ok(framed(title, subtitle, axis(choice, across.names), panel))
}

fn pareto(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let y = needed(choice)?;
    if choice.by.is_empty() {
        let told = "a Pareto front needs --by COLUMN: the settings that become points";
        return Err(Problem(told.to_string()));
    }
    let names = series(choice, chosen)?;
    let zeros = vec![0.0; names.len()];
    let across = groups(&names, &zeros, &numbers(chosen, &choice.x)?);
    let up = groups(&names, &zeros, &numbers(chosen, y)?);
    let point = |(x, y): (&Group, &Group)| Point {
        name: x.name.clone(),
        x: spread(&x.values[0].1),
        y: spread(&y.values[0].1),
    };
    let side =
        |column: &str, scale, better| Side { title: titled(column), scale, better, ends: None };
    let plane = Plane {
        title: format!("{} against {}", titled(y), titled(&choice.x)),
        subtitle: runs(&across),
        x: side(&choice.x, choice.x_scale, choice.better.0),
        y: side(y, choice.y_scale, choice.better.1),
        points: across.iter().zip(&up).map(point).collect(),
    };
    Ok(plane.chart())
}

/// The mean of runs as a place with its interval; one run has none.
pub fn spread(values: &[f64]) -> Spread {
    let Estimate { value, low, high, .. } = Estimate::of_mean(values);
    let sure = low.is_finite() && high.is_finite();
    let (low, high) = if sure { (low, high) } else { (value, value) };
    Spread { value, low, high }
}

fn scatter(choice: &Choice, chosen: &Chosen<'_>) -> Result<Chart, Problem> {
    let y = needed(choice)?;
    let places = Places::of(chosen, &choice.x, false)?;
    let (names, values) = (series(choice, chosen)?, numbers(chosen, y)?);
    let groups = ordered(groups(&names, &places.at, &values));
    let drawn = groups.iter().map(|group| {
        let all = group.values.iter();
        let points = all.flat_map(|(at, values)| values.iter().map(|it| (*at, Some(*it))));
        Series {
            label: legend(choice, &group.name),
            points: points.collect(),
            style: Style::Specks,
            ..Series::default()
        }
    });
    let panel = Panel {
        y_title: titled(y),
        scale: choice.y_scale,
        series: drawn.collect(),
        ..Panel::default()
    };
    let title = format!("{} against {}", titled(y), titled(&choice.x));
    let subtitle = format!("a point for each of {} rows", values.len());
    Ok(framed(title, subtitle, axis(choice, places.names), panel))
}
