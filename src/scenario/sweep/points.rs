//! The points of a sweep: every combination of its axes' values that keeps its constraints.

use std::fmt;

use serde_json::Value;

use crate::scenario::path::{Path, shortened};
use crate::scenario::spec::Scenario;
use crate::scenario::sweep::constraint::Constraint;
use crate::scenario::sweep::quantity::{Quantity, Unit};
use crate::scenario::sweep::{AXIS_LIMIT, POINT_LIMIT, RUN_LIMIT, Sweep};

/// A field and the value that it has at a point.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    pub path: Path,
    pub value: Value,
}

/// What is wrong with a sweep: in which member of it, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// From `sweep` on: `axes`, then the name of one; `where` and a number; `seeds`.
    pub place: Path,
    pub message: String,
}

/// Fields that no axis varies, each with the reason.
const NO_AXES: [(&str, &str); 7] = [
    ("seed", "seeds are repetitions: write them under `sweep.seeds`"),
    ("name", "all runs of a sweep have one name"),
    ("about", "it changes nothing in a run"),
    ("sweep", "a sweep does not vary itself"),
    ("hunt", "a run takes no notice of it"),
    ("extends", "the files are read before a sweep is known"),
    ("$schema", "it changes nothing in a run"),
];

impl Setting {
    /// As `--set` takes it: `cluster.r=1`.
    pub fn written(&self) -> String {
        format!("{}={}", self.path, self.value)
    }

    /// The value without quotes, as a table has it.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, shortened(&self.shown()))
    }
}

/// All combinations in their order, the last axis by name varying fastest, or all that is wrong
/// with the sweep.
pub fn points(sweep: &Sweep, base: &Scenario) -> Result<Vec<Vec<Setting>>, Vec<Mistake>> {
    let (mut mistakes, mut axes) = (Vec::new(), Vec::new());
    for (name, axis) in &sweep.axes {
        let read = path_of(name).and_then(|path| Ok((path, axis.values()?)));
        match read {
            Ok(axis) => axes.push(axis),
            Err(message) => {
                mistakes.push(Mistake { place: Path::from("axes").name(name), message })
            }
        }
    }
    mistakes.extend(sizes(sweep, base, &axes));
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let paths: Vec<Path> = axes.iter().map(|(path, _)| path.clone()).collect();
    let resolved = serde_json::to_value(base).expect("a scenario is plain data");
    let mut constraints = Vec::new();
    for (place, text) in sweep.constraints.iter().enumerate() {
        match Constraint::parse(text, &paths, &resolved) {
            Ok(constraint) => constraints.push(constraint),
            Err(message) => mistakes.push(at_constraint(place, message)),
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    kept(&axes, &constraints).map_err(|mistake| vec![mistake])
}

/// The unit that all values of an axis have: none if some are no numbers, or of another unit.
pub fn unit<'v>(mut values: impl Iterator<Item = &'v Value>) -> Option<Unit> {
    let first = Quantity::of(values.next()?)?.unit;
    let same = |value| Quantity::of(value).is_some_and(|it| it.unit == first);
    values.all(same).then_some(first)
}

/// A value as a table has it: a number in the unit of its column where all have one.
pub fn cell(value: &Value, unit: Option<Unit>) -> Value {
    match Quantity::of(value).filter(|_| unit.is_some_and(|unit| unit != Unit::Plain)) {
        Some(quantity) => Value::from(quantity.in_column()),
        None => value.clone(),
    }
}

fn path_of(name: &str) -> Result<Path, String> {
    let path = Path::parse(name).ok_or("this is no path; write it as in cluster.r")?;
    let top = name.split(['.', '[']).next().unwrap_or("");
    match NO_AXES.iter().find(|(field, _)| *field == top) {
        Some((field, why)) => Err(format!("`{field}` cannot be an axis: {why}")),
        None => Ok(path),
    }
}

fn sizes(sweep: &Sweep, base: &Scenario, axes: &[(Path, Vec<Value>)]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut refuse = |place: &str, message: String| {
        mistakes.push(Mistake { place: Path::from(place), message });
    };
    if sweep.axes.len() > AXIS_LIMIT {
        refuse("axes", format!("a sweep has at most {AXIS_LIMIT} axes"));
    }
    let points = axes.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()));
    let points = points.filter(|points| *points <= POINT_LIMIT);
    if points.is_none() {
        let message = format!("these are more than {POINT_LIMIT} combinations; leave some out");
        refuse("axes", message);
    }
    let (_, seeds) = sweep.seeds.span(base.seed);
    let runs = points.and_then(|points| (points as u64).checked_mul(seeds));
    if points.is_some() && runs.is_none_or(|runs| runs > RUN_LIMIT) {
        refuse("seeds", format!("a sweep has at most {RUN_LIMIT} runs"));
    }
    mistakes
}

fn kept(
    axes: &[(Path, Vec<Value>)],
    constraints: &[Constraint],
) -> Result<Vec<Vec<Setting>>, Mistake> {
    let mut all = vec![Vec::new()];
    for (path, values) in axes {
        let longer = |before: &Vec<Setting>| -> Vec<Vec<Setting>> {
            let with = |value: &Value| {
                let setting = Setting { path: path.clone(), value: value.clone() };
                before.iter().cloned().chain([setting]).collect()
            };
            values.iter().map(with).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    let (mut kept, whole) = (Vec::new(), all.len());
    for settings in all {
        let mut holds = true;
        for (place, constraint) in constraints.iter().enumerate() {
            let one = constraint.holds(&settings);
            holds &= one.map_err(|message| at_constraint(place, message))?;
        }
        kept.extend(holds.then_some(settings));
    }
    if kept.is_empty() {
        let message = format!("none of the {whole} combinations keeps all constraints");
        return Err(Mistake { place: Path::from("where"), message });
    }
    Ok(kept)
}

fn at_constraint(place: usize, message: String) -> Mistake {
    Mistake { place: Path::from("where").index(place), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(sweep: Value) -> Result<Vec<String>, String> {
        let text = json!({"name": "a", "duration": "1s", "sweep": sweep}).to_string();
        let read = Scenario::read("a.json", &text, &[], &[]).map_err(|told| told.to_string())?;
        let base = read.scenario();
        let points = points(base.sweep.as_ref().unwrap(), base).expect("it was checked");
        let line = |settings: Vec<Setting>| {
            settings.iter().map(Setting::to_string).collect::<Vec<_>>().join(" ")
        };
        Ok(points.into_iter().map(line).collect())
    }

    #[test]
    fn the_last_axis_varies_fastest_and_constraints_hold() {
        let axes = json!({"cluster.w": [1, 2], "cluster.r": [1, 2]});
        let all = of(json!({"axes": axes, "where": ["r + w >= n"]})).unwrap();
        let expected =
            ["cluster.r=1 cluster.w=2", "cluster.r=2 cluster.w=1", "cluster.r=2 cluster.w=2"];
        assert_eq!(all, expected);
        assert_eq!(of(json!({})).unwrap(), [""]);
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        let rows = [
            (json!({"axes": {"seed": [1]}}), "sweep.axes.seed"),
            (json!({"axes": {"a..b": [1]}}), "this is no path"),
            (json!({"axes": {"cluster.r": []}}), "one value or more"),
            (json!({"axes": {"cluster.r": [1]}, "where": ["r >"]}), "sweep.where[0]"),
            (json!({"axes": {"cluster.r": [1]}, "where": ["r > 1"]}), "none of the 1 combinations"),
            (json!({"seeds": 0}), "write how many seeds"),
            (json!({"seeds": 1e9 as u64}), "at most 10000000 runs"),
            (json!({"axis": {}}), "unknown field `axis`"),
        ];
        for (sweep, expected) in rows {
            let told = of(sweep.clone()).unwrap_err();
            assert!(told.contains(expected), "{sweep}: {told}");
        }
    }
}
