//! What the trade is, in sentences made of the numbers: nothing is said that they do not bear.

use crate::experiment::frontier::axes::{Axis, short};
use crate::experiment::frontier::planes::{PLANES, Plane, Stand, stands};
use crate::experiment::frontier::points::{MEASURES, Measure, Point};
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::mean;

/// What a reader must know who compares the two kinds of versioning.
const WEAKER: &str = "Where the last write wins (lww), a read counts as stale only if it missed a \
    write with a larger stamp than what it returned: its consistency is by a weaker measure.";

/// One paragraph: what each front is, and what each field does to each measure, as far as that is
/// told from zero.
pub fn words(axes: &[Axis], points: &[Point]) -> String {
    let mut sentences: Vec<String> = PLANES.iter().map(|plane| front(points, *plane)).collect();
    for (place, axis) in axes.iter().enumerate().filter(|(_, axis)| axis.values.len() > 1) {
        sentences.push(effect(place, axis, points));
    }
    let last_write = |axis: &Axis| axis.values.iter().any(|value| value == "last_write_wins");
    if axes.iter().any(last_write) {
        sentences.push(WEAKER.to_string());
    }
    sentences.join(" ")
}

/// The ends of the front, and what lies between them.
fn front(points: &[Point], plane: Plane) -> String {
    let stands = stands(points, plane);
    let known = stands.iter().filter(|stand| **stand != Stand::Nowhere).count();
    let on = points.iter().zip(&stands).filter(|(_, stand)| **stand == Stand::Front);
    let mut on: Vec<Ends> = on.filter_map(|(point, _)| Ends::of(point, plane)).collect();
    on.sort_by(|one, other| {
        other.y.value.total_cmp(&one.y.value).then(one.rank().total_cmp(&other.rank()))
    });
    let (Some(first), Some(_)) = (on.first(), on.last()) else {
        return format!("{}: nothing could be measured.", plane.title);
    };
    let last = on.iter().min_by(|one, other| one.rank().total_cmp(&other.rank())).unwrap_or(first);
    let head = format!("{}: {} of {known} settings are on the front", plane.title, on.len());
    let (x, y) = (plane.x.spoken(), plane.y.spoken());
    let alike =
        first.name == last.name || (first.x.value == last.x.value && first.y.value == last.y.value);
    if alike {
        let one = &first.name;
        let (at_y, at_x) = (told(plane.y, &first.y), told(plane.x, &first.x));
        return format!(
            "{head}, and one of them, {one}, is best at both in the mean, with {y} {at_y} and \
             {x} {at_x}: no trade between the two shows here."
        );
    }
    let (gain, loss) = (last.x.value - first.x.value, first.y.value - last.y.value);
    format!(
        "{head}. It reaches from {} with {y} {} and {x} {} to {} with {y} {} and {x} {}: \
         from one end to the other {x} changes by {} and {y} by {}.",
        first.name,
        told(plane.y, &first.y),
        told(plane.x, &first.x),
        last.name,
        told(plane.y, &last.y),
        told(plane.x, &last.x),
        signed(plane.x, gain),
        signed(plane.y, -loss),
    )
}

/// A setting on a front.
struct Ends {
    name: String,
    x: Estimate,
    y: Estimate,
    less_is_better: bool,
}

impl Ends {
    fn of(point: &Point, plane: Plane) -> Option<Ends> {
        let (x, y) = (point.estimate(plane.x)?, point.estimate(plane.y)?);
        Some(Ends { name: point.name.clone(), x, y, less_is_better: !plane.x.is_gain() })
    }

    /// The smaller, the better along the horizontal axis.
    fn rank(&self) -> f64 {
        if self.less_is_better { self.x.value } else { -self.x.value }
    }
}

/// What the last value of an axis does against the first, all else alike.
fn effect(place: usize, axis: &Axis, points: &[Point]) -> String {
    let (from, to) = (&axis.values[0], &axis.values[axis.values.len() - 1]);
    let twin = |point: &Point| {
        let mut values = point.values.clone();
        values[place].clone_from(to);
        points.iter().find(|other| other.values == values)
    };
    let firsts = points.iter().filter(|point| point.values[place] == *from);
    let twins: Vec<(&Point, &Point)> =
        firsts.filter_map(|point| twin(point).map(|twin| (point, twin))).collect();
    let (mut surely, mut unsure) = (Vec::new(), Vec::new());
    for (measure, ..) in MEASURES {
        let name = measure.spoken();
        let Some(change) = change(&twins, measure) else { continue };
        match change.runs > 1 && !change.holds(0.0) {
            true => surely.push(format!(
                "{name} by {} ({} to {})",
                signed(measure, change.value),
                signed(measure, change.low),
                signed(measure, change.high)
            )),
            false => unsure.push(name),
        }
    }
    let (from, to) = (short(&axis.path, from), short(&axis.path, to));
    let nothing = "nothing that can be told from luck".to_string();
    let surely = if surely.is_empty() { nothing } else { surely.join(", ") };
    let rest = match (surely.starts_with("nothing"), unsure.is_empty()) {
        (false, false) => format!("; {} not told from luck", unsure.join(", ")),
        (_, _) => String::new(),
    };
    format!(
        "{to} instead of {from}, over {} pairs of settings alike in all else, changes \
         {surely}{rest}.",
        twins.len()
    )
}

/// The mean change over all pairs of settings, seed by seed.
fn change(twins: &[(&Point, &Point)], measure: Measure) -> Option<Estimate> {
    let seeds = twins.first()?.0.runs.len();
    let of_seed = |seed: usize| {
        let pairs = twins
            .iter()
            .filter_map(|(from, to)| from.runs[seed].get(measure).zip(to.runs[seed].get(measure)));
        let changes: Vec<f64> = pairs.map(|(from, to)| to - from).collect();
        (!changes.is_empty()).then(|| mean(&changes))
    };
    let changes: Vec<f64> = (0..seeds).filter_map(of_seed).collect();
    (!changes.is_empty()).then(|| Estimate::of_mean(&changes))
}

fn told(measure: Measure, estimate: &Estimate) -> String {
    let unit = if measure.is_share() { "" } else { " ms" };
    match estimate.runs {
        0 | 1 => format!("{:.4}{unit}", estimate.value),
        _more => format!("{:.4} ± {:.4}{unit}", estimate.value, estimate.half_width()),
    }
}

fn signed(measure: Measure, value: f64) -> String {
    let unit = if measure.is_share() { "" } else { " ms" };
    // A change that rounds to nothing has no sign.
    let value = if value.abs() < 5e-7 { 0.0 } else { value };
    match value.abs() < 0.01 {
        true => format!("{value:+.6}{unit}"),
        false => format!("{value:+.4}{unit}"),
    }
}
