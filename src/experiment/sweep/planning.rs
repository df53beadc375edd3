//! From a scenario with a sweep to the plan of all runs.

use crate::experiment::known_figures;
use crate::report::sweep::plan::{Axis, Plan, Point, Span, Until, fingerprint};
use crate::scenario::read::Checked;
use crate::scenario::sweep::Sweep;
use crate::scenario::sweep::points::{Mistake, Setting, cell, points, unit};
use crate::scenario::sweep::quantity::Unit;
use crate::time::Duration;

/// Why there is no plan.
#[derive(Clone, PartialEq, Debug)]
pub enum Refusal {
    /// The sweep itself cannot be.
    Mistakes(Vec<Mistake>),
    /// Some points are no scenarios: each with its settings and all that is wrong there.
    Points(Vec<(String, String)>),
}

/// Reads a scenario with fields set to other values, or tells what is wrong with it.
pub type Read<'r> = &'r mut dyn FnMut(&[String]) -> Result<Checked, String>;

/// What the shipped scenarios do, to the byte.
const DIGESTS: &str = include_str!("../../../tests/golden/digests.txt");

/// How a sweep is measured.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measuring {
    /// When repetitions end before all seeds are used, if they may.
    pub until: Vec<Until>,
    /// What is left out at the beginning of each run.
    pub warm_up: Duration,
}

/// The runs of a sweep over a scenario. `read` reads the scenario at a point.
pub fn plan(
    base: &Checked,
    sweep: &Sweep,
    measuring: Measuring,
    read: Read<'_>,
) -> Result<Plan, Refusal> {
    let Measuring { until, warm_up } = measuring;
    let all = points(sweep, base.scenario()).map_err(Refusal::Mistakes)?;
    let axes = axes(&all);
    let (mut worlds, mut broken) = (Vec::new(), Vec::new());
    for settings in &all {
        let written: Vec<String> = settings.iter().map(Setting::written).collect();
        match read(&written) {
            Ok(checked) if checked.scenario().duration <= warm_up => {
                let lasts = checked.scenario().duration;
                let told = format!("a run lasts {lasts}: nothing is left after {warm_up}");
                broken.push((written.join(" "), told));
            }
            Ok(checked) => worlds.push(checked.family()),
            Err(told) => broken.push((written.join(" "), told)),
        }
    }
    if !broken.is_empty() {
        return Err(Refusal::Points(broken));
    }
    let point = |(settings, world): (&Vec<Setting>, String)| Point {
        world,
        values: settings.iter().map(|setting| setting.value.clone()).collect(),
        cells: settings.iter().zip(&axes).map(|(it, (_, unit))| cell(&it.value, *unit)).collect(),
    };
    let points = all.iter().zip(worlds).map(point).collect();
    let (first, count) = sweep.seeds.span(base.scenario().seed);
    let plan = Plan {
        tool: env!("CARGO_PKG_NAME").to_string(),
        version: env!("CARGO_PKG_VERSION").to_string(),
        behaviour: format!("{:016x}", fingerprint(&DIGESTS.replace('\r', ""))),
        scenario: base.scenario().name.clone(),
        plan: String::new(),
        seeds: Span { first, count },
        until,
        warm_up,
        axes: axes.into_iter().map(|(axis, _)| axis).collect(),
        points,
        figures: figures(),
    };
    Ok(plan.sealed())
}

/// The columns of the axes, and the unit of the numbers in each.
fn axes(points: &[Vec<Setting>]) -> Vec<(Axis, Option<Unit>)> {
    let axis = |place: usize| {
        let path = points[0][place].path.to_string();
        let unit = unit(points.iter().map(|settings| &settings[place].value));
        let column = format!("{path}{}", unit.map_or("", Unit::suffix));
        (Axis { path, column, unit: unit.map_or("", Unit::name).to_string() }, unit)
    };
    (0..points[0].len()).map(axis).collect()
}

/// The figures that are kept of a run: all that every report can have; of messages of each kind,
/// how many and how large.
pub fn figures() -> Vec<String> {
    let kept = |path: &String| {
        let kind = path.strip_prefix("messages.");
        let size = |kind: &str| kind.ends_with(".sent") || kind.ends_with(".bytes");
        kind.is_none_or(|kind| kind.starts_with("total.") || size(kind)) && path != "header.seed"
    };
    known_figures().into_iter().filter(kept).collect()
}
